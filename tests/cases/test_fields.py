"""The declaration of fields: complete, unambiguous, and followed by its page in docs."""

from collections import Counter
from pathlib import Path

import pytest

from casework import codes, places
from casework.cases import fields, fields_page
from casework.cases.fields import ENTRIES, FIELDS, Field, Kind, Page, Per, Section

ROOT = Path(__file__).resolve().parents[2]
CODED = {Kind.CHOICE, Kind.CHOICES, Kind.APPROXIMATE_AGE}


def named(found: list[Field]) -> list[str]:
    return [f"{one.section}.{one.per}.{one.name}" for one in found]


def test_no_field_is_declared_twice() -> None:
    places_ = Counter((one.section, one.per, one.name) for one in FIELDS)
    assert [place for place, times in places_.items() if times > 1] == []


def test_every_choice_names_a_list_and_nothing_else_does() -> None:
    assert named([one for one in FIELDS if (one.kind in CODED) != bool(one.codes)]) == []


def test_every_list_exists_and_offers_something() -> None:
    assert named([one for one in FIELDS if one.codes and not one.options("fr")]) == []


def test_what_is_offered_stands_in_the_list() -> None:
    wrong = [one for one in FIELDS if set(one.offered or ()) - set(one.known_codes())]
    assert named(wrong) == []


def test_every_field_has_a_label_and_a_purpose_with_words() -> None:
    assert named([one for one in FIELDS if not str(one.label)]) == []
    assert {one.purpose for one in FIELDS} <= set(fields.PURPOSES)


def test_beyond_consent_the_intake_requires_municipality_sex_and_age_only() -> None:
    required = {one.name for one in FIELDS if one.required and one.per not in ENTRIES}
    assert required == {"commune", "sex", "age"}


def test_every_entry_says_when_it_happened() -> None:
    dated = {one.per for one in FIELDS if one.name == "happened_on" and one.required}
    assert dated == set(ENTRIES)


def test_an_entry_stands_in_one_section() -> None:
    assert [k for k in ENTRIES if len({one.section for one in fields.of_entry(k)}) != 1] == []


def test_entries_are_asked_on_no_intake_page() -> None:
    assert named([one for one in FIELDS if one.page and one.per in ENTRIES]) == []


def test_every_intake_page_but_search_and_consent_asks_something() -> None:
    silent = [page for page in Page if not fields.on_page(page)]
    assert silent == [Page.SEARCH, Page.CONSENT]


def test_orientation_and_gender_identity_are_nowhere() -> None:
    words = " ".join(f"{one.name} {one.label} {one.hint} {one.codes}" for one in FIELDS).lower()
    assert [word for word in ("orientation", "gender identity", "genre_") if word in words] == []


def test_the_internal_section_declares_no_field() -> None:
    assert fields.of_section(Section.ADMIN) == ()


def test_who_the_perpetrator_is_never_stands_with_the_facts() -> None:
    facts = {one.name for one in fields.of_section(Section.FACTS)}
    assert facts & {"relations", "actor", "author_name", "author_age"} == set()


def test_a_field_for_violence_only_does_not_apply_to_another_matter() -> None:
    practice = fields.field(Section.FACTS, Per.GRIEVANCE, "harmful_practice")
    assert (practice.applies(gbv=True, child=False), practice.applies(gbv=False, child=True)) == (
        True,
        False,
    )


def test_the_municipality_is_chosen_among_those_of_the_programme() -> None:
    commune = fields.field(Section.IDENTITY, Per.CASE, "commune")
    assert commune.options() == places.choices()


def test_a_retired_code_stays_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    source = fields.field(Section.IDENTITY, Per.CASE, "source")
    monkeypatch.setattr(codes, "offered", lambda _name: ("auto",))
    assert (len(source.options("fr")), "radio" in source.known_codes()) == (1, True)


def test_an_unknown_field_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        fields.field(Section.IDENTITY, Per.CASE, "religion")


def test_docs_show_the_fields_as_they_are_declared() -> None:
    written = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
    assert written == fields_page.page(), (
        "run python -m casework.cases.fields_page > docs/fields.md"
    )
