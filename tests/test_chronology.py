"""The one rule about the order of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import clock
from casework.chronology import After, broken, refuse_out_of_order
from casework.errors import RuleBroken

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
FLOORS = st.lists(st.builds(After, st.sampled_from(["a", "b", "c"]), st.none() | DAYS), max_size=4)
TODAY = date(2026, 3, 12)


def test_the_very_day_of_the_act_before_is_in_order() -> None:
    assert broken(TODAY, TODAY, After("a", TODAY)) is None


def test_the_day_before_breaks_the_rule_that_names_it() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert broken(yesterday, TODAY, After("a", yesterday), After("b", TODAY)) == "b"


def test_of_several_the_first_is_told() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert broken(yesterday, TODAY, After("a", TODAY), After("b", TODAY)) == "a"


def test_a_day_to_come_is_told_before_everything() -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert broken(tomorrow, TODAY, After("a", tomorrow + timedelta(days=1))) == "future_date"


def test_a_floor_nobody_knows_holds_nothing() -> None:
    assert broken(date(1990, 1, 1), TODAY, After("a", None)) is None


@given(DAYS, DAYS, FLOORS)
def test_what_is_in_order_lies_between_every_floor_and_today(
    on: date, today: date, floors: list[After]
) -> None:
    between = on <= today and all(each.day is None or each.day <= on for each in floors)
    assert (broken(on, today, *floors) is None) is between


def test_the_refusal_bears_the_name_of_the_rule() -> None:
    with pytest.raises(RuleBroken, match="a"):
        refuse_out_of_order(clock.today() - timedelta(days=1), After("a", clock.today()))
    refuse_out_of_order(clock.today(), After("a", clock.today()))
