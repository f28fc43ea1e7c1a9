"""How long a closed file is kept, and why: never shorter than each rule says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import codes
from casework.rights import retention
from casework.rights.retention import PROPOSED, Ground, Told, after, earliest, kept
from config import KEPT

CLOSED = date(2026, 3, 12)
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
PROBLEMS = st.sets(st.sampled_from(codes.codes("type_cas_justice")), max_size=3)
AGES = st.lists(
    st.one_of(
        st.none(),
        st.builds(
            lambda years, on: {"years": years, "as_of": on.isoformat()}, st.integers(0, 90), DAYS
        ),
        st.builds(lambda year: {"birth_year": year}, st.integers(1950, 2030)),
    ),
    max_size=4,
)
STEPS = st.one_of(st.none(), st.sampled_from(codes.codes("etape_justice")))
CLOSURES = st.sampled_from(codes.codes("motif_cloture"))


def told(**more: Any) -> Told:
    """A file of an adult about violence, closed because her needs were met."""
    values: dict[str, Any] = {
        "closed_on": CLOSED,
        "closed_as": "besoins_satisfaits",
        "problems": frozenset({"vbg_agr_physique"}),
        "ages": ({"years": 30, "as_of": "2026-01-01"},),
        "last_step": None,
    }
    return Told(**{**values, **more})


def test_two_years_after_the_closure_by_default() -> None:
    assert kept(told()) == retention.Kept(date(2028, 3, 12), Ground.CLOSED)


@pytest.mark.parametrize("problem", ["ec_naissance", "fon_terre", "suc_heritage"])
def test_papers_that_serve_for_years_are_kept_ten(problem: str) -> None:
    found = kept(told(problems=frozenset({problem, "vbg_deni"})))
    assert found == retention.Kept(date(2036, 3, 12), Ground.PAPERS)


@pytest.mark.parametrize(
    "age",
    [
        {"birth_on": "2020-03-12"},
        {"years": 6, "as_of": "2026-03-12"},
        {"band": "5_11", "as_of": "2026-03-12"},
    ],
    ids=["birth", "years", "band"],
)
def test_a_childs_file_is_kept_until_the_child_is_surely_twenty_one(age: dict[str, Any]) -> None:
    found = kept(told(ages=(None, age)))
    assert found.ground is Ground.CHILD
    assert found.until is not None
    assert date(2041, 3, 12) <= found.until <= date(2042, 3, 12)


def test_somebody_who_is_nearly_grown_up_shortens_nothing() -> None:
    found = kept(told(ages=({"birth_on": "2005-05-01"},)))
    assert found == retention.Kept(date(2028, 3, 12), Ground.CLOSED)


def test_nothing_goes_while_a_court_has_the_word() -> None:
    for step in codes.codes("etape_justice"):
        found = kept(told(last_step=step))
        over = step in ("decision", "execution")
        assert (found.until is not None, found.ground is not Ground.COURT) == (over, over), step


def test_a_duplicate_goes_first_whatever_stands_in_it() -> None:
    found = kept(told(closed_as="doublon", problems=frozenset({"fon_terre"}), last_step="audience"))
    assert found == retention.Kept(date(2027, 3, 12), Ground.DUPLICATE)


def test_another_deployment_may_keep_otherwise() -> None:
    assert kept(told(), {**PROPOSED, "closed": 36}).until == date(2029, 3, 12)


def test_the_last_step_is_the_one_of_the_latest_day() -> None:
    steps = [
        {"code": "decision", "happened_on": "2026-03-01"},
        {"code": "plainte", "happened_on": "2026-01-01"},
    ]
    closure = {"code": "decision_executee", "happened_on": "2026-03-12"}
    assert retention.told_of(closure, [], [], steps).last_step == "decision"


@given(DAYS, CLOSURES, PROBLEMS, AGES, STEPS)
def test_no_rule_makes_a_file_go_sooner_than_can_be_told_without_keys(
    closed_on: date, code: str, problems: set[str], ages: list[Any], step: str | None
) -> None:
    whole = Told(closed_on, code, frozenset(problems), tuple(ages), step)
    found = kept(whole)
    assert found.until is None or found.until >= earliest(closed_on, code)


@given(DAYS, st.integers(0, 300), st.integers(0, 300))
def test_months_add_up_and_stay_in_their_month(day: date, some: int, more: int) -> None:
    later = after(day, some)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == some
    assert later.day <= day.day
    assert after(day, some + more) >= later - timedelta(days=3)


def test_every_number_that_is_proposed_can_be_set() -> None:
    assert set(PROPOSED) == KEPT


def test_every_ground_has_its_words() -> None:
    assert set(retention.REASONS) == set(Ground)
