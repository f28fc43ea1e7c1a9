"""The proof of safety itself is tried: on releases, on random sets, and on a planted fault."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.statistics.certificate import (
    combinations_of,
    families,
    one_way_witness,
    witness_holds,
)
from casework.statistics.closing import quarter_block
from casework.statistics.grid import Grid
from casework.statistics.rounding import Chance
from tests.statistics.examples import CATALOGUE, records


def released(kind: str, seed: int) -> tuple[Grid, dict[tuple[str, tuple[str, ...]], int]]:
    rng = random.Random(seed)
    facts = records(kind, 50, rng, ["2026Q1"])
    block = quarter_block(CATALOGUE, kind, "2026Q1", facts, [], Chance(rng))
    return Grid(CATALOGUE.kinds[kind]), dict(block.values)


@pytest.mark.parametrize("kind", sorted(CATALOGUE.kinds))
def test_every_release_has_a_witness_that_reproduces_each_figure(kind: str) -> None:
    grid, values = released(kind, 3)
    assert witness_holds(grid, values, one_way_witness(grid, values))


def test_figures_that_contradict_each_other_have_no_witness() -> None:
    grid, values = released("incident", 3)
    values["sex", ("F",)] += 5
    assert not witness_holds(grid, values, one_way_witness(grid, values))


def test_a_witness_that_misses_a_figure_is_refused() -> None:
    grid, values = released("registered", 3)
    witness = one_way_witness(grid, values)
    assert witness
    assert not witness_holds(grid, values, witness[1:])


def test_a_negative_witness_is_refused() -> None:
    grid, values = released("registered", 3)
    witness = one_way_witness(grid, values)
    assert witness
    codes, count = witness[0]
    assert not witness_holds(grid, values, [(codes, -1), (codes, count + 1), *witness[1:]])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["registered", "incident"]))
def test_any_set_of_cases_may_count_five_consecutive_numbers(seed: int, kind: str) -> None:
    """The claim of the certificate, tried: move counts of a random set, and every bound holds."""
    grid, values = released(kind, seed % 50)
    witness = one_way_witness(grid, values) or []
    rng = random.Random(seed)
    chosen = [n for n in range(len(witness)) if rng.random() < 0.3]
    for step in range(5):
        grown = list(witness)
        shrunk = list(witness)
        if chosen:
            codes, count = grown[chosen[0]]
            grown[chosen[0]] = (codes, count + step)
            taken = step
            for n in chosen:
                codes, count = shrunk[n]
                shrunk[n], taken = (codes, max(0, count - taken)), max(0, taken - count)
        assert witness_holds(grid, values, grown, spare=4)
        assert witness_holds(grid, values, shrunk, spare=4)


@pytest.mark.parametrize("kind", sorted(CATALOGUE.kinds))
def test_families_share_no_dimension_and_leave_none_out(kind: str) -> None:
    found = [dimension for family in families(CATALOGUE.kinds[kind]) for dimension in family]
    assert sorted(found) == sorted(CATALOGUE.kinds[kind].dimensions)


def test_a_rape_is_never_combined_with_no_window_of_care() -> None:
    kind = CATALOGUE.kinds["incident"]
    combined = combinations_of(kind, ("problem", "core_type", "care"))
    assert {c["care"] for c in combined if c["core_type"] == "vbg_viol"} == {
        "in_time",
        "missed",
        "told_late",
    }
    assert {c["care"] for c in combined if c["core_type"] != "vbg_viol"} == {"not_rape"}
