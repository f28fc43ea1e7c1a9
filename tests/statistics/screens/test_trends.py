"""A line shows what was published: hollow where low, broken where nothing was, banded all along."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from casework.facts.calendar import last_day, quarter_of
from casework.statistics.routes_periods import PERIOD, logged, usually_closed_on
from casework.statistics.routes_trends import CHART, SPARK, Frame, trend

FIGURES = st.integers(0, 400).map(lambda step: 5 * step)
SEVERAL = st.lists(st.none() | FIGURES, min_size=1, max_size=6)


def names(values: list[int | None]) -> list[str]:
    return [f"T{number}" for number, _ in enumerate(values)]


@given(SEVERAL, st.sampled_from([CHART, SPARK]))
def test_every_mark_stands_inside_the_drawing(values: list[int | None], frame: Frame) -> None:
    for point in trend("", names(values), values, frame=frame).points:
        assert frame.start <= point.x <= frame.width - frame.end
        assert frame.above - 0.1 <= point.upper <= point.y <= point.lower <= frame.floor + 0.1


@given(SEVERAL)
def test_exactly_the_rounded_zeros_are_hollow(values: list[int | None]) -> None:
    drawn = trend("", names(values), values)
    assert [point.low for point in drawn.points] == [v == 0 for v in values if v is not None]


@given(st.lists(FIGURES, min_size=2, max_size=6))
def test_higher_figures_stand_higher(values: list[int]) -> None:
    points = trend("", names([*values]), values).points
    for (one, here), (other, there) in zip(
        zip(values, points, strict=True), zip(values[1:], points[1:], strict=True), strict=False
    ):
        assert (one >= other) == (here.y <= there.y) or here.y == there.y


def test_a_rounded_zero_stands_in_the_middle_of_what_it_stands_for() -> None:
    (point, _) = trend("", ["T1", "T2"], [0, 20]).points
    assert point.y == pytest.approx((point.upper + point.lower) / 2, abs=0.1)
    assert point.lower == CHART.floor
    assert point.y < CHART.floor


def test_an_unpublished_quarter_breaks_the_line() -> None:
    drawn = trend("", ["T1", "T2", "T3", "T4", "T5"], [5, 10, None, 15, 20])
    assert len(drawn.lines) == len(drawn.bands) == 2
    assert drawn.words.split(", ")[2] == "T3 –"


def test_a_single_quarter_is_a_mark_without_a_line() -> None:
    drawn = trend("", ["T1"], [15])
    assert (len(drawn.points), drawn.lines) == (1, ())


def test_the_words_of_a_dip_stand_below_it() -> None:
    high, dip, _ = trend("", ["T1", "T2", "T3"], [50, 30, 50]).points
    assert high.words_y < high.y
    assert dip.words_y > dip.y


@given(SEVERAL)
def test_no_words_stand_under_the_axis(values: list[int | None]) -> None:
    assert all(p.words_y <= CHART.floor for p in trend("", names(values), values).points)


@given(st.dates(date(2020, 1, 1), date(2100, 12, 31)))
def test_a_quarter_usually_closes_fifteen_days_after_its_end(today: date) -> None:
    assert usually_closed_on(today) == last_day(quarter_of(today)) + timedelta(days=15)


@pytest.mark.parametrize(
    ("period", "written"), [("2026Q3", "2026-Q3"), ("2026", "2026"), ("FY2027", "2027")]
)
def test_the_log_writes_periods_its_own_way(app: Flask, period: str, written: str) -> None:
    assert PERIOD.fullmatch(period)
    assert logged(period) == written
