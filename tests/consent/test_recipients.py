"""Sections and what is proposed to share with whom."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import codes
from casework.consent import recipients
from casework.consent.recipients import Recipient, Section

KINDS = st.sampled_from(codes.codes("type_partenaire"))
SERVICES = st.sampled_from(codes.codes("type_service"))


def test_every_shareable_section_has_a_code_of_the_list_and_every_code_a_section() -> None:
    assert sorted(recipients.CODE_OF_SECTION.values()) == sorted(codes.codes("section_partage"))


def test_the_internal_section_has_no_words_to_share_it() -> None:
    with pytest.raises(KeyError):
        recipients.section_label(Section.ADMIN)


@given(KINDS, SERVICES)
def test_notes_and_the_internal_section_are_never_proposed(kind: str, service: str) -> None:
    assert not {Section.NOTES, Section.ADMIN} & set(recipients.proposed_sections(kind, service))


def test_a_town_hall_is_proposed_the_identity_only() -> None:
    assert set(recipients.proposed_sections("mairie", "etat_civil")) == {Section.IDENTITY}


def test_the_clinic_is_proposed_identity_and_health_and_no_facts() -> None:
    found = recipients.proposed_sections("sante", "sante_urgence")
    assert found == (Section.IDENTITY, Section.HEALTH)


def test_proposals_use_only_known_kinds_and_services() -> None:
    assert set(recipients._LEAST) <= set(codes.codes("type_partenaire"))
    assert set(recipients._LEAST_FOR_SERVICE) <= set(codes.codes("type_service"))


def test_a_named_person_does_not_show_in_a_traceback() -> None:
    assert "sage" not in repr(Recipient(uuid4(), "la sage-femme"))
