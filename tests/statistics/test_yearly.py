"""A closed year: crossed tables that add up with everything published before (T1, T3 for years)."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest

from casework.statistics import closing, yearly
from casework.statistics.blocks import Block
from casework.statistics.certificate import count_crossed, witness_holds
from casework.statistics.closing import NoCertificate, Record, quarter_block, year_block
from casework.statistics.grid import Grid, Place, code_in
from casework.statistics.rounding import Chance
from casework.statistics.yearly import Year, arrange_year
from tests.statistics.examples import CATALOGUE, YEAR, record, records

KIND = CATALOGUE.kinds["registered"]
GRID = Grid(KIND)


def quarters_of_year(facts: Sequence[Record], rng: random.Random) -> list[Block]:
    blocks: list[Block] = []
    for quarter in YEAR:
        known = [fact for fact in facts if fact.quarter <= quarter]
        blocks.append(quarter_block(CATALOGUE, "registered", quarter, known, blocks, Chance(rng)))
    return blocks


class Closed:
    """One closed year of about 500 people, with the truth beside it."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.facts = records("registered", 125, rng)
        self.quarters = quarters_of_year(self.facts, rng)
        self.year = year_block(
            CATALOGUE, "registered", "2026", self.facts, self.quarters, Chance(rng)
        )
        self.true = count_crossed(KIND, [(dict(f.codes), f.count) for f in self.facts])
        self.crossed = {p: a for p, a in self.year.values.items() if len(p[1]) > 1}


@pytest.fixture(scope="module")
def closed() -> Closed:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yearly, "EXCHANGES", 400_000)
        return Closed(4)


def margins(values: Mapping[Place, int], table: str, dimension: str) -> dict[str, int]:
    place = table.split("*").index(dimension)
    sums = dict.fromkeys(KIND.codes[dimension], 0)
    for (name, cell), value in values.items():
        if name == table:
            sums[cell[place]] += value
    return sums


def test_a_year_is_the_sum_of_its_published_quarters(closed: Closed) -> None:
    for place in GRID.places:
        assert closed.year.values[place] == sum(q.values[place] for q in closed.quarters)


def test_every_margin_of_every_crossed_table_is_the_published_figure(closed: Closed) -> None:
    for table in KIND.crossed():
        for dimension in table.dimensions:
            printed = {
                code: closed.year.values[dimension, (code,)] for code in KIND.codes[dimension]
            }
            assert margins(closed.year.values, table.name, dimension) == printed


def test_a_circle_is_the_sum_of_its_communes_in_crossed_tables_too(closed: Closed) -> None:
    under = KIND.nests["commune", "circle"]
    for (table, cell), value in closed.crossed.items():
        if table == "circle*sex":
            parts = [
                closed.crossed["commune*sex", (c, cell[1])] for c in under if under[c] == cell[0]
            ]
            assert value == sum(parts)


def test_three_way_tables_add_up_to_two_way_tables(closed: Closed) -> None:
    for (table, cell), value in closed.crossed.items():
        if table == "circle*sex":
            parts = [closed.crossed["circle*sex*age", (*cell, age)] for age in KIND.codes["age"]]
            assert value == sum(parts)


def test_the_full_grid_of_every_crossed_table_is_published(closed: Closed) -> None:
    assert set(closed.crossed) == {(t.name, cell) for t in KIND.crossed() for cell in t.cells}
    assert all(value >= 0 and value % 5 == 0 for value in closed.crossed.values())


def test_crossed_figures_are_within_nine_and_nearly_all_within_four(closed: Closed) -> None:
    errors = [value - closed.true[place] for place, value in closed.crossed.items()]
    assert max(abs(error) for error in errors) <= 9
    assert sum(abs(error) <= 4 for error in errors) / len(errors) >= 0.98


def test_crossed_figures_are_unbiased(closed: Closed) -> None:
    errors = [value - closed.true[place] for place, value in closed.crossed.items()]
    assert abs(sum(errors) / len(errors)) <= 0.2


def arranged(facts: Sequence[Record], rng: random.Random, exchanges: int = 30_000) -> Year:
    quarters = quarters_of_year(facts, rng)
    pairs = [[(f.codes, f.count) for f in facts if f.quarter == q] for q in YEAR]
    figures = [block.values for block in quarters]
    year = arrange_year(KIND, figures, pairs, Chance(rng), bound=50, exchanges=exchanges)
    assert year is not None
    assert all(
        witness_holds(GRID, published, witness)
        for published, witness in zip(figures, year.witnesses, strict=True)
    )
    return year


def test_the_bundles_of_every_quarter_reproduce_its_published_figures(rng: random.Random) -> None:
    year = arranged(records("registered", 60, rng), rng)
    together = [pair for witness in year.witnesses for pair in witness]
    assert count_crossed(KIND, together) == year.values


def test_a_year_without_facts_has_a_grid_of_zeros(rng: random.Random) -> None:
    assert set(arranged([], rng).values.values()) == {0}


def test_a_year_of_one_person_can_be_published(rng: random.Random) -> None:
    year = arranged([record(KIND, "2026Q2", rng)], rng)
    assert sum(year.values.values()) in (0, 5 * len(KIND.crossed()))


def test_codes_of_people_removed_after_their_quarter_closed_are_still_matched(
    rng: random.Random,
) -> None:
    facts = records("registered", 60, rng)
    quarters = quarters_of_year(facts, rng)
    left = [fact for fact in facts if fact.codes["category"] != "young"]
    pairs = [[(f.codes, f.count) for f in left if f.quarter == q] for q in YEAR]
    figures = [block.values for block in quarters]
    year = arrange_year(KIND, figures, pairs, Chance(rng), bound=10**6, exchanges=1000)
    assert year is not None
    young = sum(block.values["category", ("young",)] for block in quarters)
    assert margins(year.values, "sex*category", "category")["young"] == young > 0


def test_figures_that_cannot_be_brought_near_the_truth_are_not_crossed(
    rng: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "arrange_year", lambda *_, **__: None)
    facts = records("registered", 60, rng)
    quarters = quarters_of_year(facts, rng)
    block = year_block(CATALOGUE, "registered", "2026", facts, quarters, Chance(rng))
    assert set(block.values) == set(GRID.places)


def test_a_year_whose_witness_lies_is_not_published(
    rng: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lying(*given: object, **_: object) -> Year:
        year = arranged([], rng)
        place = next(iter(year.values))
        return Year(year.values | {place: 5}, year.witnesses)

    monkeypatch.setattr(closing, "arrange_year", lying)
    with pytest.raises(NoCertificate):
        year_block(CATALOGUE, "registered", "2026", [], quarters_of_year([], rng), Chance(rng))


def test_a_circle_follows_from_its_commune() -> None:
    assert code_in(KIND, {"commune": "ML060208"}, "circle") == "ML0602"
    assert code_in(KIND, {"commune": "ML060101"}, "circle") == "elsewhere"
