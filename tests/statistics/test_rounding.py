"""One closed quarter: additive, within bounds, unbiased, and unreadable (acceptance T1, T2, T3)."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.statistics.blocks import Block
from casework.statistics.catalogue import Bounds
from casework.statistics.closing import Record, quarter_block, residual
from casework.statistics.grid import Grid
from casework.statistics.rounding import Chance, Rounded, draw, round_quarter
from tests.statistics.examples import CATALOGUE, YEAR, record, records

SEEDS = range(30)


def year_of_blocks(kind: str, facts: Sequence[Record], rng: random.Random) -> list[Block]:
    blocks: list[Block] = []
    for quarter in YEAR:
        known = [fact for fact in facts if fact.quarter <= quarter]
        blocks.append(quarter_block(CATALOGUE, kind, quarter, known, blocks, Chance(rng)))
    return blocks


def true_counts(grid: Grid, facts: Sequence[Record], quarter: str) -> list[int]:
    return grid.count((fact.codes, fact.count) for fact in facts if fact.quarter == quarter)


def additive(grid: Grid, values: Sequence[int]) -> bool:
    return all(values[whole] == sum(values[part] for part in parts) for whole, parts in grid.sums)


@st.composite
def quarters(draw_one: st.DrawFn) -> tuple[Grid, list[int], random.Random]:
    kind = CATALOGUE.kinds[draw_one(st.sampled_from(sorted(CATALOGUE.kinds)))]
    seed = random.Random(draw_one(st.integers(0, 2**32)))
    facts = [record(kind, "2026Q1", seed) for _ in range(draw_one(st.integers(0, 90)))]
    grid = Grid(kind)
    return grid, true_counts(grid, facts, "2026Q1"), seed


@settings(max_examples=40, deadline=None)
@given(quarters())
def test_every_figure_is_a_sum_of_its_parts_and_a_multiple_of_five_within_four(
    example: tuple[Grid, list[int], random.Random],
) -> None:
    grid, counts, rng = example
    rounded = round_quarter(grid, counts, [0] * len(counts), Chance(rng))
    assert additive(grid, rounded.values)
    assert all(value >= 0 and value % 5 == 0 for value in rounded.values)
    assert all(abs(a - z) <= 4 for a, z in zip(rounded.values, counts, strict=True))
    assert rounded.bounds == Bounds(4, 9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["registered", "incident", "referral"]))
def test_the_year_to_date_stays_within_nine_and_adds_up(seed: int, kind: str) -> None:
    rng = random.Random(seed)
    facts = records(kind, 60, rng)
    blocks = year_of_blocks(kind, facts, rng)
    grid = Grid(CATALOGUE.kinds[kind])
    assert max(abs(each) for each in residual(grid, facts, blocks)) <= 9
    to_date = [sum(block.values[place] for block in blocks) for place in grid.places]
    assert additive(grid, to_date)


def test_a_figure_that_does_not_add_up_is_noticed() -> None:
    grid = Grid(CATALOGUE.kinds["registered"])
    values = [0] * len(grid.places)
    values[0] = 5
    assert not additive(grid, values)


def test_the_full_grid_is_published_even_when_nothing_happened(rng: random.Random) -> None:
    block = quarter_block(CATALOGUE, "redress", "2026Q1", [], [], Chance(rng))
    assert set(block.values) == set(Grid(CATALOGUE.kinds["redress"]).places)
    assert set(block.values.values()) == {0}


class Trial:
    """Thirty years of quarters: how far figures are off, and what small counts become."""

    def __init__(self) -> None:
        self.errors: list[int] = []
        self.yearly: list[int] = []
        self.shown: dict[int, list[bool]] = {z: [] for z in range(5)}
        for seed in SEEDS:
            self.one_year(random.Random(seed))

    def one_year(self, rng: random.Random) -> None:
        facts = records("registered", 75, rng)
        grid = Grid(CATALOGUE.kinds["registered"])
        blocks = year_of_blocks("registered", facts, rng)
        for block in blocks:
            for z, a in zip(
                true_counts(grid, facts, block.period), block.values.values(), strict=True
            ):
                self.errors.append(a - z)
                self.shown.get(z, []).append(a > 0)
        self.yearly += residual(grid, facts, blocks)


@pytest.fixture(scope="module")
def trial() -> Trial:
    return Trial()


def test_quarters_are_never_off_by_more_than_four(trial: Trial) -> None:
    assert max(abs(error) for error in trial.errors) <= 4


def test_figures_are_unbiased(trial: Trial) -> None:
    assert abs(sum(trial.errors) / len(trial.errors)) <= 0.1


def test_years_are_off_by_more_than_four_in_two_cells_of_a_hundred_at_most(trial: Trial) -> None:
    within = sum(abs(error) <= 4 for error in trial.yearly)
    assert within / len(trial.yearly) >= 0.98
    assert max(abs(error) for error in trial.yearly) <= 9


def test_one_case_is_shown_as_five_about_one_time_in_five(trial: Trial) -> None:
    assert 0.12 <= sum(trial.shown[1]) / len(trial.shown[1]) <= 0.30


def test_small_counts_show_in_the_order_of_their_size(trial: Trial) -> None:
    shares = [sum(shown) / len(shown) for shown in trial.shown.values()]
    assert shares == sorted(shares)
    assert shares[0] == 0


def test_a_rounding_that_always_falls_is_noticed_as_biased() -> None:
    floored = [5 * (z // 5) - z for z in range(100)]
    assert abs(sum(floored) / len(floored)) > 0.1


@given(st.integers(-30, 300), st.floats(0, 0.9999))
def test_a_draw_is_a_multiple_of_five_next_to_its_value(value: int, luck: float) -> None:
    drawn = draw(value, 5, luck)
    assert drawn % 5 == 0
    assert abs(drawn - value) < 5


@given(st.integers(-30, 300))
def test_over_all_luck_a_draw_is_its_value(value: int) -> None:
    assert sum(draw(value, 5, (step + 0.5) / 100) for step in range(100)) == 100 * value


def test_the_same_people_counted_under_two_kinds_are_not_rounded_apart(rng: random.Random) -> None:
    """Registered and helped are often the same: two draws would narrow each other's window."""
    facts = records("registered", 60, rng, ["2026Q1"])
    chance = Chance(rng)
    once = quarter_block(CATALOGUE, "registered", "2026Q1", facts, [], chance)
    again = quarter_block(CATALOGUE, "registered", "2026Q1", facts, [], chance)
    apart = quarter_block(CATALOGUE, "registered", "2026Q1", facts, [], Chance(rng))
    assert once.values == again.values != apart.values


def one_cell(count: int, residual_of_it: int, rng: random.Random) -> Rounded:
    """All cases in one commune, sex, age, category and problem."""
    grid = Grid(CATALOGUE.kinds["registered"])
    codes = {
        "commune": "ML060208",
        "sex": "F",
        "age": "18_59",
        "category": "woman",
        "problem": "land",
    }
    counts = grid.count([(codes, count)])
    return round_quarter(grid, counts, grid.count([(codes, residual_of_it)]), Chance(rng))


def test_a_correction_downwards_is_taken_in_by_the_next_quarter() -> None:
    shown = [one_cell(8, 6, random.Random(seed)).values[0] for seed in range(40)]
    assert set(shown) == {5}


def test_a_net_below_zero_is_never_shown_and_carried_forward() -> None:
    rounded = one_cell(2, 30, random.Random(1))
    assert set(rounded.values) == {0}
    assert rounded.bounds.running > 9
    assert rounded.bounds.quarter == 4


def test_more_taken_back_than_recorded_shows_nothing() -> None:
    assert set(one_cell(-20, 0, random.Random(1)).values) == {0}
