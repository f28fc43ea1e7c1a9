"""No figure looks more exact than it is, and no change or share is read where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.statistics import charts
from casework.statistics.presentation import about, change, figure, note, progress, share

FIGURES = st.integers(0, 4000).map(lambda step: 5 * step)


def test_a_figure_is_shown_as_about_with_its_interval() -> None:
    shown = figure(15)
    assert (shown.text, shown.lower, shown.upper, shown.symbol) == ("≈\u00a015", 11, 19, "")


def test_a_rounded_zero_is_below_five_and_not_nothing() -> None:
    shown = figure(0)
    assert (shown.text, shown.lower, shown.upper, shown.symbol) == ("<5", 0, 4, "[low]")


def test_thousands_stand_apart() -> None:
    assert about(12345) == "≈\u00a012\u202f345"


@pytest.mark.parametrize(("before", "after"), [(15, 20), (20, 15), (15, 15)])
def test_a_difference_of_the_base_is_stable(app_context: None, before: int, after: int) -> None:
    assert change(before, after) == "stable"


def test_a_difference_of_ten_is_a_change() -> None:
    assert change(15, 25) == "+\u00a0≈\u00a010"
    assert change(25, 15) == "−\u00a0≈\u00a010"


def test_no_change_is_read_from_an_unpublished_quarter() -> None:
    assert change(None, 25) == ""


def test_a_share_needs_thirty() -> None:
    assert share(10, 25) == ""
    assert share(15, 30) == "≈\u00a050\u00a0%"


def test_a_rounded_zero_has_no_share() -> None:
    assert share(0, 100) == ""


@given(FIGURES, FIGURES)
def test_a_share_never_exceeds_the_whole(part: int, whole: int) -> None:
    text = share(part, whole)
    assert text == "" or int(text.split("\u00a0")[1]) <= 100


def test_progress_needs_a_target() -> None:
    assert progress(50, 0) == ""
    assert progress(50, 200) == "≈\u00a025\u00a0%"


def test_the_note_says_how_far_figures_may_be_off(app_context: None) -> None:
    assert "4 at most (9 at most" in note()


@given(st.lists(FIGURES, max_size=8))
def test_axes_are_marked_in_fives_and_show_every_figure(values: list[int]) -> None:
    along = charts.scale(values, 300)
    assert all(mark % 5 == 0 for mark in along.marks)
    assert along.top >= max([*values, 0])
    assert len(along.marks) <= 7


def test_a_low_bar_is_hatched_and_spans_its_interval() -> None:
    along = charts.scale([0, 25], 300)
    low, plain = charts.bars([("a", 0), ("b", 25)], along)
    assert (low.low, low.text, low.length) == (True, "<5", along.place(4))
    assert (plain.low, plain.whisker) == (False, (along.place(21), along.place(29)))


@given(st.lists(FIGURES, min_size=1, max_size=6))
def test_stacked_parts_end_at_the_printed_total(values: list[int]) -> None:
    along = charts.scale([sum(values)], 400)
    parts = charts.stacked([(str(n), value) for n, value in enumerate(values)], along)
    assert parts[-1].whisker[1] == along.place(sum(values))


def test_bars_follow_each_other_without_touching() -> None:
    first, second = charts.bars([("a", 5), ("b", 10)], charts.scale([10], 100))
    assert second.offset >= first.offset + first.thickness


def test_a_chart_of_large_figures_has_few_marks() -> None:
    assert charts.scale([1_000_000], 300).marks[-1] >= 1_000_000
