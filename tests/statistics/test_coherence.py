"""Redress is part of what was registered: rounded with it, and proved with it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.statistics import closing
from casework.statistics.blocks import Block
from casework.statistics.catalogue import Bounds, Kind
from casework.statistics.certificate import Witness, witness_holds
from casework.statistics.closing import Record, draw_quarter, pairs
from casework.statistics.coherence import (
    Joint,
    Pair,
    joint_holds,
    joint_witness,
    never_exceeds,
)
from casework.statistics.grid import Grid, Place
from tests.statistics.examples import CATALOGUE, YEAR, record

WHOLE, PART = CATALOGUE.kinds["registered"], CATALOGUE.kinds["redress"]


def programme(rng: random.Random, share: float = 0.35, a_quarter: int = 70) -> list[Record]:
    """People registered, of whom some obtain redress in the same or a later quarter."""
    waiting: list[Record] = []
    found: list[Record] = []
    for quarter in YEAR:
        new = [record(WHOLE, quarter, rng) for _ in range(a_quarter)]
        waiting += new
        rng.shuffle(waiting)
        done = int(len(waiting) * share)
        found += new + [redressed(one, quarter, rng) for one in waiting[:done]]
        waiting = waiting[done:]
    return found


def redressed(one: Record, quarter: str, rng: random.Random) -> Record:
    own = {name: rng.choice(PART.codes[name]) for name in ("outcome", "way")}
    return Record("redress", quarter, {**one.codes, **own}, 1)


def draw_year(facts: Sequence[Record], rng: random.Random) -> list[Block]:
    blocks: list[Block] = []
    for quarter in YEAR:
        known = [fact for fact in facts if fact.quarter <= quarter]
        blocks += draw_quarter(CATALOGUE, quarter, YEAR, known, blocks, rng)
    return blocks


@pytest.fixture(scope="module")
def pair() -> Pair:
    rng = random.Random(2)
    (found,) = pairs(CATALOGUE, draw_year(programme(rng), rng), [])
    return found


@pytest.fixture(scope="module")
def joint(pair: Pair) -> Joint:
    found = joint_witness(pair, 5)
    assert found is not None
    return found


def test_a_year_of_quarters_has_one_proof_of_both_kinds(pair: Pair, joint: Joint) -> None:
    assert len(pair.quarters) == 4
    assert joint_holds(pair, joint)


def test_figures_of_the_part_stay_below_the_whole_to_date(pair: Pair) -> None:
    place: Place
    for end in range(1, 5):
        for place in Grid(WHOLE).places:
            if place in pair.quarters[0][1]:
                whole = sum(figures[place] for figures, _ in pair.quarters[:end])
                assert sum(part[place] for _, part in pair.quarters[:end]) <= whole


def test_more_redress_than_people_has_no_proof(pair: Pair) -> None:
    nobody = tuple((dict.fromkeys(whole, 0), part) for whole, part in pair.quarters)
    assert joint_witness(Pair(WHOLE, PART, nobody), 5) is None


def test_a_proof_in_which_the_part_comes_first_is_refused(pair: Pair, joint: Joint) -> None:
    late = Joint((*joint.whole[1:], joint.whole[0]), joint.part)
    assert not never_exceeds(pair, late)


def test_a_proof_that_misses_a_figure_is_refused(pair: Pair, joint: Joint) -> None:
    assert not joint_holds(pair, Joint(joint.whole, (joint.part[0][1:], *joint.part[1:])))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_any_set_of_the_part_may_count_four_more_or_less_under_the_rule(
    pair: Pair, joint: Joint, seed: int
) -> None:
    """The claim, tried: what is added to the part is added to the whole, and all bounds hold."""
    rng = random.Random(seed)
    quarter = rng.randrange(4)
    if not joint.part[quarter]:
        return
    codes, _ = rng.choice(joint.part[quarter])
    more = rng.randint(1, 4)
    shared = {name: code for name, code in codes.items() if name in WHOLE.dimensions}
    grown = Joint(
        added(joint.whole, quarter, shared, more), added(joint.part, quarter, codes, more)
    )
    assert never_exceeds(pair, grown)
    assert within_four(WHOLE, [w for w, _ in pair.quarters], grown.whole)
    assert within_four(PART, [p for _, p in pair.quarters], grown.part)


def added(
    several: tuple[Witness, ...], quarter: int, codes: dict[str, str], count: int
) -> tuple[Witness, ...]:
    return tuple(
        [*witness, (codes, count)] if number == quarter else witness
        for number, witness in enumerate(several)
    )


def within_four(
    kind: Kind, figures: Sequence[Mapping[Place, int]], several: Sequence[Witness]
) -> bool:
    grid = Grid(kind)
    return all(
        witness_holds(grid, values, witness, spare=4)
        for values, witness in zip(figures, several, strict=True)
    )


def test_a_quarter_without_a_common_proof_is_drawn_again_at_most_three_times(
    monkeypatch: pytest.MonkeyPatch, rng: random.Random
) -> None:
    tried: list[Pair] = []

    def never(pair: Pair, _base: int) -> None:
        tried.append(pair)

    monkeypatch.setattr(closing, "joint_witness", never)
    blocks = draw_quarter(CATALOGUE, "2026Q1", YEAR, programme(rng), [], rng)
    assert len(tried) == closing.DRAWS
    assert {block.kind for block in blocks} == set(CATALOGUE.kinds)


def test_kinds_are_not_proved_together_while_one_lacks_a_quarter(pair: Pair) -> None:
    whole, part = pair.quarters[0]
    blocks = [Block("registered", quarter, "1", Bounds(4, 9), whole) for quarter in YEAR[:2]] + [
        Block("redress", YEAR[1], "1", Bounds(4, 9), part)
    ]
    assert list(pairs(CATALOGUE, blocks, [])) == []
