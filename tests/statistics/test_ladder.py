"""What is published of a bound tells nothing of the figures behind it."""

from __future__ import annotations

from itertools import pairwise

from casework.statistics.rounding import BOUNDS, _ladder


def test_the_bounds_tried_do_not_depend_on_the_figures() -> None:
    steps = list(_ladder(BOUNDS, 5))
    assert steps[0] == BOUNDS


def test_each_step_is_at_least_as_wide_as_the_one_before() -> None:
    for narrow, wide in pairwise(_ladder(BOUNDS, 5)):
        assert wide.quarter >= narrow.quarter
        assert wide.running >= narrow.running


def test_the_widest_bounds_hold_any_count_of_a_country() -> None:
    assert list(_ladder(BOUNDS, 5))[-1].quarter > 20_000_000
