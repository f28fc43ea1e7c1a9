"""Answers go into the sections and come out again; nothing else moves."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casework.cases.field_kinds import Page, Per
from casework.cases.fields import FIELDS
from casework.cases.form_sheets import MOST_ROWS, Sheet, placed, read, rows_of
from casework.cases.form_steps import (
    CHECK,
    CIRCUMSTANCES,
    FACTS,
    Stop,
    after,
    before,
    progress,
    sheet_at,
    sheet_of_section,
    stops,
)
from casework.consent.recipients import Section

GIRL, BOY, RAPE, BIRTH = "girl", "boy", "rape", "birth"
STORED: dict[str, Any] = {
    "identity": {
        "commune": "ML060208",
        "beneficiaries": [
            {"id": GIRL, "sex": "F", "age": {"years": 16, "as_of": "2026-01-01"}},
            {"id": BOY, "sex": "M", "age": {"band": "5_11", "as_of": "2026-01-01"}},
        ],
    },
    "facts": {
        "risk": "eleve",
        "grievances": [
            {"id": RAPE, "gbv_acts": ["vbg_viol"], "people": [GIRL], "story": "…"},
            {"id": BIRTH, "justice_type": "ec_naissance"},
        ],
    },
    "perpetrator": {"grievances": {RAPE: {"relations": ["voisin"]}}},
    "health": {"grievances": {RAPE: {"injured": True}}},
}
PAGES = [
    Stop(Page.BENEFICIARIES),
    Stop(Page.NAMES, GIRL),
    Stop(Page.CONTACT),
    Stop(Page.GRIEVANCE, RAPE),
    Stop(FACTS, RAPE),
    Stop(CIRCUMSTANCES, RAPE),
    Stop(Page.HEALTH),
    Stop(Page.RISK),
]
EDITED = (Section.IDENTITY, Section.CONTACT, Section.FACTS, Section.HEALTH, Section.PERPETRATOR)
SHEETS = [sheet_at(STORED, stop) for stop in PAGES]
SHEETS += [sheet_of_section(STORED, section) for section in EDITED]
sheets = st.sampled_from(SHEETS)


@st.composite
def answered(draw: Any) -> tuple[Sheet, dict[str, Any]]:
    """A sheet with answers to some of its questions."""
    sheet = draw(sheets)
    names = [question.name for question in sheet.questions]
    chosen = draw(st.sets(st.sampled_from(names)))
    return sheet, {name: draw(st.text(min_size=1, max_size=3)) for name in sorted(chosen)}


@given(answered())
def test_answers_come_out_as_they_went_in(drawn: tuple[Sheet, dict[str, Any]]) -> None:
    sheet, answers = drawn
    assert read(placed(STORED, sheet, answers), sheet.questions) == answers


@given(answered())
def test_no_other_answer_moves(drawn: tuple[Sheet, dict[str, Any]]) -> None:
    sheet, answers = drawn
    after_it = placed(STORED, sheet, answers)
    asked = {(one.declared, one.item) for one in sheet.questions}
    for other in SHEETS:
        rest = [one for one in other.questions if (one.declared, one.item) not in asked]
        assert read(after_it, rest) == read(STORED, rest)


@given(sheets)
def test_what_is_stored_and_sent_again_changes_nothing(sheet: Sheet) -> None:
    assert placed(STORED, sheet, read(STORED, sheet.questions)) == STORED


@given(answered())
def test_what_is_stored_is_never_touched_itself(drawn: tuple[Sheet, dict[str, Any]]) -> None:
    kept = deepcopy(STORED)
    placed(STORED, *drawn)
    assert kept == STORED


def test_an_age_said_again_keeps_the_day_it_was_said() -> None:
    sheet = sheet_at(STORED, Stop(Page.BENEFICIARIES))
    told = read(STORED, sheet.questions) | {"b1_age": {"years": 16, "as_of": "2027-06-01"}}
    assert placed(STORED, sheet, told) == STORED


def test_a_corrected_age_counts_from_today() -> None:
    sheet = sheet_at(STORED, Stop(Page.BENEFICIARIES))
    told = read(STORED, sheet.questions) | {"b1_age": {"years": 17, "as_of": "2027-06-01"}}
    girl = placed(STORED, sheet, told)["identity"]["beneficiaries"][0]  # type: ignore[index]
    assert girl["age"] == {"years": 17, "as_of": "2027-06-01"}


def test_a_row_taken_out_is_gone_from_every_section() -> None:
    sheet = sheet_at(STORED, Stop(Page.GRIEVANCE, RAPE))
    left = placed(STORED, sheet, read(STORED, sheet.questions), [RAPE])
    assert RAPE not in str(left)
    assert BIRTH in str(left)


def test_a_row_that_cannot_be_begun_here_is_not() -> None:
    rows = rows_of(STORED, Per.GRIEVANCE, ["unknown"])
    sheet = sheet_at(STORED, Stop(Page.HEALTH), ["unknown"])
    assert rows[0].stored is None
    assert not rows[0].needed
    assert placed(STORED, sheet, {"g1_injured": True}) == STORED


def test_no_page_has_more_than_twenty_rows() -> None:
    ids = [str(number) for number in range(50)]
    assert len(rows_of(STORED, Per.BENEFICIARY, ids)) == MOST_ROWS


# The way


def test_every_page_leads_to_the_next_and_back() -> None:
    way = stops(STORED)
    for here, there in pairwise(way):
        assert after(STORED, here) == there
        assert before(STORED, there) == here


def test_the_way_begins_after_consent_and_ends_with_the_last_look() -> None:
    way = stops(STORED)
    assert before(STORED, way[0]) == Stop(Page.CONSENT)
    assert way[-1] == Stop(CHECK)


def test_a_page_that_is_gone_leads_to_the_next_step() -> None:
    assert after(STORED, Stop(Page.GRIEVANCE, "gone")) == Stop(Page.HEALTH)
    assert after(STORED, Stop(Page.NAMES, "gone")) == Stop(Page.CONTACT)


def test_nobody_is_asked_about_a_perpetrator_of_papers() -> None:
    assert Stop(CIRCUMSTANCES, RAPE) in stops(STORED)
    assert Stop(CIRCUMSTANCES, BIRTH) not in stops(STORED)


def test_health_is_asked_only_about_what_may_hurt() -> None:
    assert [row.id for row in sheet_at(STORED, Stop(Page.HEALTH)).rows] == [RAPE]


def names_asked(values: dict[str, Any], stop: Stop) -> set[str]:
    """The names of the fields a page asks."""
    return {question.declared.name for question in sheet_at(values, stop).questions}


def test_questions_about_violence_stay_away_from_other_matters() -> None:
    assert "goods_exchanged" in names_asked(STORED, Stop(CIRCUMSTANCES, RAPE))
    assert "goods_exchanged" not in names_asked(STORED, Stop(CIRCUMSTANCES, BIRTH))


def test_whom_it_concerns_is_asked_only_where_there_are_several() -> None:
    alone = {**STORED, "identity": {"beneficiaries": STORED["identity"]["beneficiaries"][:1]}}
    assert "people" in names_asked(STORED, Stop(Page.GRIEVANCE, RAPE))
    assert "people" not in names_asked(alone, Stop(Page.GRIEVANCE, RAPE))


def test_every_field_of_the_intake_is_asked_on_some_page() -> None:
    asked = {one.declared for sheet in SHEETS[: len(PAGES)] for one in sheet.questions}
    assert {one for one in FIELDS if one.page is not None} == asked


def test_progress_never_runs_past_its_end() -> None:
    for stop in stops(STORED):
        step, total = progress(STORED, stop)
        assert 2 <= step <= total == 7
