"""Sections: a change names the revision it was made from; a lost key opens nothing new."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from casework.cases.field_kinds import Per
from casework.cases.intake import save_section
from casework.cases.models import CaseEntry, CaseSection
from casework.cases.sections import (
    read_entries,
    read_section,
    read_sections,
    rekey_section,
    write_section,
)
from casework.errors import StaleVersion
from casework.vault.case_keys import open_entry, open_section
from casework.vault.errors import SealBroken
from tests.support.cast import Cast, Person
from tests.support.databases import on_both_databases
from tests.support.files import noted, opened

CONTACT = {"place": "Camp au bord du fleuve"}


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


def test_the_second_of_two_who_change_a_section_is_refused(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    case, ibrahim = opened(session, zeinab, contact=CONTACT), cast.person("ibrahim")
    shown = read_section(session, case, "contact").revision
    save_section(
        session, ibrahim.actor, ibrahim.keyring, case.id, "contact", {"place": "Ville"}, shown
    )
    with pytest.raises(StaleVersion):
        save_section(
            session, zeinab.actor, zeinab.keyring, case.id, "contact", {"place": "Île"}, shown
        )
    assert read_section(session, case, "contact").value == {"place": "Ville"}


def test_a_section_first_written_by_two_is_the_firsts(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    write_section(session, zeinab.actor, case, "contact", {"place": "un"}, 0)
    with pytest.raises(StaleVersion):
        write_section(session, zeinab.actor, case, "contact", {"place": "deux"}, 0)


def test_a_form_that_lost_its_revision_overwrites_nothing(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab, contact=CONTACT)
    with pytest.raises(StaleVersion):
        write_section(session, zeinab.actor, case, "contact", {"place": "Ville"}, -1)


def test_a_section_nobody_wrote_is_empty(session: Session, zeinab: Person) -> None:
    section = read_section(session, opened(session, zeinab), "perpetrator")
    assert (section.value, section.revision) == ({}, 0)


@on_both_databases
def test_after_rekeying_the_former_key_opens_no_box_and_nothing_is_lost(
    session: Session, cast: Cast
) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab, legal={"papers_held": "Aucun."})
    entry_id = noted(session, zeinab, case, Per.STEP, code="plainte")
    kept = case.key("legal", 1)
    rekey_section(session, zeinab.actor, case, "legal")
    section = session.get_one(CaseSection, (case.id, "legal"))
    entry = session.get_one(CaseEntry, (case.id, entry_id))
    for version in (1, section.version):
        with pytest.raises(SealBroken):
            open_section(kept, case.id, "legal", version, section.revision, section.box)
        with pytest.raises(SealBroken):
            open_entry(kept, case.id, "legal", entry_id, version, entry.revision, entry.box)
    assert read_section(session, case, "legal").value == {"papers_held": "Aucun."}
    assert [one.value["code"] for one in read_entries(session, case, ["legal"])] == ["plainte"]


def test_rekeying_one_section_leaves_the_others_as_they_are(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab, contact=CONTACT)
    before = read_sections(session, case)["identity"]
    rekey_section(session, zeinab.actor, case, "contact")
    assert read_sections(session, case)["identity"] == before


def test_a_section_is_written_on_after_rekeying(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab, contact=CONTACT)
    rekey_section(session, zeinab.actor, case, "contact")
    shown = read_section(session, case, "contact")
    assert shown.version == 2
    write_section(session, zeinab.actor, case, "contact", {"place": "Ville"}, shown.revision)
    assert read_section(session, case, "contact").value == {"place": "Ville"}


def test_the_box_of_one_section_does_not_open_as_another(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab, contact=CONTACT)
    identity = session.get_one(CaseSection, (case.id, "identity"))
    contact = session.get_one(CaseSection, (case.id, "contact"))
    contact.box, contact.revision = identity.box, identity.revision
    with pytest.raises(SealBroken):
        read_section(session, case, "contact")


def test_what_a_section_says_stands_in_no_repr(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab, contact=CONTACT)
    assert "fleuve" not in repr(read_section(session, case, "contact"))
    assert "fleuve" not in repr(case)
