"""Ages as told: bands, children, and the age of marriage."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import codes
from casework.cases import ages

TOLD = date(2026, 3, 2)
DAYS = st.dates(date(2015, 1, 1), date(2035, 1, 1))


def told(years: int) -> dict[str, Any]:
    return {"years": years, "as_of": TOLD.isoformat(), "approximate": True}


def test_bands_are_the_codes_of_the_list() -> None:
    assert (*ages.BANDS, ages.UNKNOWN) == codes.codes("tranche_age")


@given(st.integers(0, 130))
def test_every_age_falls_in_the_one_band_that_holds_it(years: int) -> None:
    holding = [code for code, (first, last) in ages.BANDS.items() if first <= years <= last]
    assert holding == [ages.age_band(told(years), TOLD)]


@given(st.integers(0, 100), DAYS)
def test_the_day_an_age_is_told_it_is_that_age(years: int, day: date) -> None:
    assert ages.age_years({"years": years, "as_of": day.isoformat()}, day) == years


@given(st.integers(0, 90), DAYS, st.integers(0, 3000))
def test_nobody_gets_younger(years: int, day: date, later: int) -> None:
    age = {"years": years, "as_of": day.isoformat()}
    assert (ages.age_years(age, day + timedelta(later)) or 0) >= years


@given(st.dates(date(1950, 1, 1), TOLD), st.dates(date(1950, 1, 1), date(2040, 1, 1)))
def test_a_known_birthday_gives_the_exact_age(born: date, on: date) -> None:
    years = ages.age_years({"birth_on": born.isoformat()}, on) or 0
    reached = [y for y in range(95) if (born.year + y, born.month, born.day) <= on.timetuple()[:3]]
    assert years == max(reached, default=0)


def test_an_age_told_yesterday_did_not_change_overnight() -> None:
    assert ages.age_years(told(18), TOLD - timedelta(1)) == 18


def test_an_age_told_now_was_one_less_eight_months_ago() -> None:
    assert ages.age_years(told(18), TOLD - timedelta(240)) == 17


def test_a_year_of_birth_counts_from_its_middle() -> None:
    age = {"birth_year": 2008}
    assert [ages.age_years(age, date(2026, month, 1)) for month in (6, 7)] == [17, 18]


@pytest.mark.parametrize(
    ("age", "child"),
    [
        (told(17), True),
        (told(18), False),
        ({"band": "12_17", "as_of": "2026-03-02"}, True),
        ({"band": "18_24", "as_of": "2026-03-02"}, False),
        ({"band": "inconnu", "as_of": "2026-03-02"}, False),
        ({}, False),
    ],
)
def test_a_child_is_under_eighteen_and_known_to_be(age: dict[str, Any], child: bool) -> None:
    assert ages.is_child(age, TOLD) is child


def test_a_band_can_leave_the_age_of_marriage_open() -> None:
    assert ages.is_under({"band": "12_17"}, 16, TOLD) is None


@pytest.mark.parametrize(
    ("sex", "years", "forbidden"),
    [("F", 15, True), ("F", 16, False), ("M", 17, True), ("M", 18, False), ("NP", 17, True)],
)
def test_marriage_is_forbidden_under_sixteen_for_girls_and_eighteen_for_others(
    sex: str, years: int, forbidden: bool
) -> None:
    assert ages.below_marriage_age(sex, told(years), TOLD) is forbidden


@pytest.mark.parametrize(
    "age",
    [
        {"birth_on": "2026-03-03"},
        {"birth_on": "1880-01-01"},
        {"birth_year": 2027},
        {"birth_year": 85},
        {"years": 131},
        {"years": -1},
    ],
)
def test_an_impossible_age_is_recognised(age: dict[str, Any]) -> None:
    assert not ages.is_possible(age, TOLD)


@given(st.integers(0, 130))
def test_a_possible_age_passes(years: int) -> None:
    assert ages.is_possible(told(years), TOLD)


def test_a_birth_today_is_possible() -> None:
    assert ages.is_possible({"birth_on": TOLD.isoformat()}, TOLD)
