"""Elapsed time, care windows, urgency."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import codes
from casework.cases import deadlines

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
RAPE = {"gbv_acts": ["vbg_viol"], "happened_on": "2026-03-01", "part_of_day": "matin"}
BEATING = {"gbv_acts": ["vbg_agr_physique"], "happened_on": "2026-02-27"}


def happened(days_ago: int, part: str | None = None) -> dict[str, Any]:
    day = (TODAY - timedelta(days_ago)).isoformat()
    return {"happened_on": day, **({"part_of_day": part} if part else {})}


def test_bands_are_the_codes_of_the_list() -> None:
    bands = {code for _, code in deadlines.ELAPSED} | {"plus_1m", "inconnu"}
    assert bands == set(codes.codes("delai_signalement"))


def test_risks_are_the_codes_of_the_list() -> None:
    assert tuple(deadlines.ACT_WITHIN) == codes.codes("risque")


def test_parts_of_the_day_are_the_codes_of_the_list_and_cover_it() -> None:
    parts = deadlines.PARTS_OF_DAY
    assert tuple(parts) == codes.codes("moment_jour")
    assert [hour for first, last in parts.values() for hour in range(first, last)] == list(
        range(24)
    )


@pytest.mark.parametrize(
    ("hours", "band"),
    [
        (0, "0_3j"),
        (72, "0_3j"),
        (73, "4_5j"),
        (96, "4_5j"),
        (120, "4_5j"),
        (121, "6_14j"),
        (336, "6_14j"),
        (337, "15_30j"),
        (720, "15_30j"),
        (721, "plus_1m"),
        (None, "inconnu"),
    ],
)
def test_elapsed_time_is_counted_in_hours(hours: float | None, band: str) -> None:
    assert deadlines.band_of(hours) == band


@pytest.mark.parametrize(
    ("days", "part", "band"),
    [(3, None, "0_3j"), (3, "soir", "0_3j"), (3, "nuit", "4_5j"), (5, None, "4_5j")],
)
def test_the_fourth_day_is_not_among_the_first_three(days: int, part: str, band: str) -> None:
    assert deadlines.elapsed_band(happened(days, part), TODAY) == band


def test_a_month_is_enough_when_all_its_days_give_the_same_band() -> None:
    assert deadlines.elapsed_band({"happened_on": "2025-11"}, TODAY) == "plus_1m"


@pytest.mark.parametrize("text", ["2026-02", "2026", ""])
def test_a_date_too_vague_for_a_band_gives_none(text: str) -> None:
    assert deadlines.elapsed_band({"happened_on": text}, TODAY) == "inconnu"


@given(st.integers(0, 400), st.sampled_from([None, *deadlines.PARTS_OF_DAY]))
def test_hours_are_never_negative(days: int, part: str | None) -> None:
    assert (deadlines.hours_until(happened(days, part), TODAY) or 0) >= 0


def test_care_is_counted_from_the_earliest_possible_moment() -> None:
    first = deadlines.care_windows(RAPE)[0]
    assert (first.kind, first.until.isoformat()) == ("pep", "2026-03-04T06:00:00+00:00")


def test_when_prophylaxis_is_over_contraception_is_what_is_left() -> None:
    late = datetime(2026, 3, 5, tzinfo=UTC)
    assert deadlines.care_until(RAPE, late) == datetime(2026, 3, 6, 6, tzinfo=UTC)


def test_after_five_days_no_window_is_open() -> None:
    assert deadlines.care_until(RAPE, NOW + timedelta(days=6)) is None


def test_a_man_has_the_window_of_prophylaxis_only() -> None:
    assert [w.kind for w in deadlines.care_windows(RAPE, sex="M")] == ["pep"]


@pytest.mark.parametrize(
    "grievance", [BEATING, {"gbv_acts": ["vbg_viol"], "happened_on": "2026-03"}]
)
def test_without_rape_or_day_there_is_no_window(grievance: dict[str, Any]) -> None:
    assert deadlines.care_windows(grievance) == ()


def test_a_recent_rape_is_an_emergency_and_says_why() -> None:
    found = deadlines.suggested_urgency([RAPE], {}, {}, NOW)
    assert (found.urgency, len(found.reasons)) == ("urgence", 2)


@pytest.mark.parametrize(
    ("facts", "health"),
    [({"life_in_danger": True}, {}), ({}, {"grievances": {"g": {"wants_to_die": True}}})],
)
def test_danger_to_life_is_an_emergency(facts: dict[str, Any], health: dict[str, Any]) -> None:
    assert deadlines.suggested_urgency([], facts, health, NOW).urgency == "urgence"


@pytest.mark.parametrize(
    ("grievances", "facts"), [([BEATING], {}), ([], {"child_in_danger": True})]
)
def test_recent_violence_or_a_child_in_danger_is_urgent(
    grievances: list[dict[str, Any]], facts: dict[str, Any]
) -> None:
    assert deadlines.suggested_urgency(grievances, facts, {}, NOW).urgency == "urgent"


@pytest.mark.parametrize(
    "grievance",
    [
        {"justice_type": "ec_naissance", "happened_on": "2026-03-01"},
        {**RAPE, "happened_on": "2025-01-01"},
    ],
)
def test_everything_else_is_normal(grievance: dict[str, Any]) -> None:
    answers = {"life_in_danger": False, "child_in_danger": False}
    assert deadlines.suggested_urgency([grievance], answers, {}, NOW).urgency == "normal"


@pytest.mark.parametrize(("days", "tries", "lost"), [(31, 3, True), (30, 3, False), (90, 2, False)])
def test_contact_is_lost_after_thirty_days_and_three_safe_tries(
    days: int, tries: int, lost: bool
) -> None:
    assert (
        deadlines.contact_is_lost(date(2026, 1, 1), tries, date(2026, 1, 1) + timedelta(days))
        is lost
    )


@pytest.mark.parametrize(
    ("risk", "hours"), [("eleve", 24), ("moyen", 72), ("faible", 168), ("", 168)]
)
def test_risk_says_by_when_to_act(risk: str, hours: int) -> None:
    assert deadlines.act_within(risk) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("risk", "urgency", "hours"),
    [
        ("moyen", "urgence", 24),
        ("", "urgence", 24),
        ("faible", "urgent", 72),
        ("eleve", "normal", 24),
        ("faible", "normal", 168),
    ],
)
def test_the_shorter_of_risk_and_urgency_says_by_when_to_act(
    risk: str, urgency: str, hours: int
) -> None:
    assert deadlines.act_within(risk, urgency) == timedelta(hours=hours)
