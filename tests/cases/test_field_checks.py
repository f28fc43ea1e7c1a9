"""The last check before sealing: what each kind of field takes and refuses."""

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases import field_checks
from casework.cases.fields import FIELDS, Field, Kind, Per, Section, field, of_entry, of_section

TODAY = date(2026, 3, 2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
STORY = field(Section.FACTS, Per.GRIEVANCE, "story")
SEX = field(Section.IDENTITY, Per.BENEFICIARY, "sex")
AGE = field(Section.IDENTITY, Per.BENEFICIARY, "age")
WHEN = field(Section.FACTS, Per.GRIEVANCE, "happened_on")
ACTS = field(Section.FACTS, Per.GRIEVANCE, "gbv_acts")
CARE = field(Section.HEALTH, Per.GRIEVANCE, "care_on")
NEXT = field(Section.LEGAL, Per.STEP, "next_on")
GROUP = field(Section.IDENTITY, Per.CASE, "affected_female")
HURT = field(Section.HEALTH, Per.GRIEVANCE, "injured")
WHO = field(Section.FACTS, Per.GRIEVANCE, "people")


@pytest.mark.parametrize(
    ("declared", "answer"),
    [
        (STORY, "x" * 8000),
        (SEX, "F"),
        (ACTS, ["vbg_viol", "vbg_psy"]),
        (WHEN, "2026-03-02"),
        (WHEN, "2025-11"),
        (WHEN, "1999"),
        (CARE, "2026-03-01"),
        (NEXT, "2027-01-01"),
        (AGE, {"years": 16, "as_of": "2026-03-02", "approximate": True}),
        (AGE, {"birth_year": 1985}),
        (AGE, {"birth_on": "2009-01-31"}),
        (AGE, {"band": "inconnu", "as_of": "2026-03-02"}),
        (GROUP, 14),
        (HURT, False),
        (WHO, ["a", "b"]),
    ],
)
def test_a_sound_answer_passes(declared: Field, answer: Any) -> None:
    assert field_checks.problem(declared, answer, TODAY) is None


@pytest.mark.parametrize(
    ("declared", "answer", "wrong"),
    [
        (STORY, "x" * 8001, "too_long"),
        (STORY, "a\x00b", "unreadable"),
        (STORY, "a\ufffdb", "unreadable"),
        (STORY, 12, "unreadable"),
        (SEX, "X", "unknown_code"),
        (SEX, ["F"], "unknown_code"),
        (ACTS, ["non_vbg"], "unknown_code"),
        (ACTS, ["vbg_psy", "vbg_psy"], "unreadable"),
        (ACTS, "vbg_psy", "unreadable"),
        (WHEN, "2026-03-03", "impossible"),
        (WHEN, "2026-02-30", "impossible"),
        (WHEN, "1899", "impossible"),
        (WHEN, "hier", "unreadable"),
        (CARE, "2026-03", "unreadable"),
        (AGE, {"years": 131, "as_of": "2026-03-02"}, "impossible"),
        (AGE, {"years": 16}, "unreadable"),
        (AGE, {"years": 16, "as_of": "2026-03-02", "band": "12_17"}, "unreadable"),
        (AGE, {"band": "18_59"}, "unknown_code"),
        (AGE, {}, "unreadable"),
        (AGE, 16, "unreadable"),
        (GROUP, -1, "impossible"),
        (GROUP, True, "unreadable"),
        (HURT, "oui", "unreadable"),
        (WHO, "a", "unreadable"),
    ],
)
def test_an_answer_that_cannot_be_says_why(declared: Field, answer: Any, wrong: str) -> None:
    assert field_checks.problem(declared, answer, TODAY) == wrong


@given(st.sampled_from(FIELDS), JSON)
def test_no_answer_whatever_breaks_the_check(declared: Field, answer: Any) -> None:
    field_checks.problems([declared], {declared.name: answer}, TODAY)


def test_only_required_answers_may_not_be_missing() -> None:
    people = of_section(Section.IDENTITY, Per.BENEFICIARY)
    assert field_checks.problems(people, {}, TODAY) == {"sex": "missing", "age": "missing"}


@given(st.sampled_from([one for one in FIELDS if one.kind is Kind.YES_NO]))
def test_a_no_is_an_answer_and_is_kept(declared: Field) -> None:
    assert field_checks.cleaned([declared], {declared.name: False}) == {declared.name: False}


def test_what_nobody_declared_is_not_sealed() -> None:
    journal = of_entry(Per.JOURNAL)
    kept = field_checks.cleaned(journal, {"text": " vue ", "note": "", "csrf_token": "t"})
    assert kept == {"text": "vue"}


@given(st.text())
def test_text_is_kept_composed_and_trimmed(text: str) -> None:
    kept = field_checks.cleaned([STORY], {"story": text}).get("story", "")
    assert kept == unicodedata.normalize("NFC", text).strip()
