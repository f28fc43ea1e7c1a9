"""Controlled rounding of a closed year: crossed tables that agree with its quarters. Pure.

The year is arranged as *bundles*: each stands for as many cases as the base, in one quarter, with
one combination of codes. In every quarter the bundles meet the published one-way figures exactly,
and stay so for ever after, because the search only lets two bundles of one quarter exchange the
codes of one family of dimensions. It exchanges until the crossed tables, counted over the bundles,
lie near the truth. So every table is additive with every other by construction, and the bundles
themselves are whole counts per base cell and quarter that reproduce all figures: the witness of
their safety.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from casework.statistics.catalogue import Kind, Table
from casework.statistics.certificate import Codes, Witness, combinations_of, families, spread
from casework.statistics.grid import Place, code_in
from casework.statistics.rounding import Chance, draw

NEAR = 0.3
"""Cost of each step of the base between a crossed figure and its target."""
FARTHER = 3.0
"""Cost of each unit by which a crossed figure is off by as much as the base, or more."""
TOO_FAR = 20.0
"""Cost of each unit beyond the bound that is promised."""
HOT, COLD = 2.0, 0.5
"""A worsening exchange is made with chance exp(-worsening / heat), from hot to cold in stages."""
STAGES = 100
EXCHANGES = 1_000_000
EXCHANGES_A_BUNDLE = 10_000
"""More than so many for each bundle brought nothing any more in our trials."""
Facts = Sequence[tuple[Mapping[str, str], int]]


@dataclass(frozen=True, slots=True)
class Year:
    """The figures of every crossed table, and for each quarter counts per base cell behind them."""

    values: dict[Place, int]
    witnesses: tuple[Witness, ...]


def arrange_year(
    kind: Kind,
    quarters: Sequence[Mapping[Place, int]],
    facts: Sequence[Facts],
    chance: Chance,
    *,
    base: int = 5,
    bound: int = 9,
    exchanges: int | None = None,
) -> Year | None:
    """Crossed figures of a year whose quarters published these; None when out of `bound`.

    `facts` are the true facts of each quarter as (codes by dimension, count) pairs. The more
    exchanges are tried, the nearer the figures; their safety does not depend on it.
    """
    tables = kind.crossed()
    layout = _Layout(kind, tables)
    true = layout.count(pair for quarter in facts for pair in quarter)
    bundles = [
        _start(layout, figures, pairs, base, chance.rng)
        for figures, pairs in zip(quarters, facts, strict=True)
    ]
    search = _Search(layout, bundles, true, base, bound, chance)
    enough = EXCHANGES_A_BUNDLE * sum(map(len, bundles))
    search.run(exchanges or min(EXCHANGES, enough))
    values = [base * count for count in search.counts]
    if any(abs(a - z) > bound for a, z in zip(values, true, strict=True)):
        return None
    witnesses = tuple(layout.witness(each, base) for each in bundles)
    return Year(dict(zip(layout.places, values, strict=True)), witnesses)


Bundle = list[int]
"""The number of the combination of codes in each family."""
Adds = list[int]
"""What each combination of one family adds to the number of a cell in one table."""
Beside = tuple[int, Adds, int, Adds, tuple[tuple[int, Adds], ...]]
"""Where a table starts, what one family adds, then a second and what it adds, then others."""


class _Layout:
    """Where each combination of codes counts in the crossed tables, as sums of offsets."""

    def __init__(self, kind: Kind, tables: Sequence[Table]) -> None:
        self.kind = kind
        self.families = families(kind)
        self.choices = [combinations_of(kind, family) for family in self.families]
        self.numbers = [
            {tuple(codes[d] for d in family): number for number, codes in enumerate(choices)}
            for family, choices in zip(self.families, self.choices, strict=True)
        ]
        self.places = [(table.name, cell) for table in tables for cell in table.cells]
        self.offsets = list(self._offsets(tables))
        self._seen: list[dict[tuple[str | None, ...], int]] = [{} for _ in self.families]
        self.by_family = [list(self._beside(number)) for number in range(len(self.families))]

    def _offsets(self, tables: Sequence[Table]) -> Iterator[tuple[int, dict[int, list[int]]]]:
        """For each table: where it starts, and what each combination of each family adds."""
        start = 0
        for table in tables:
            adds = {
                number: [self._add(table, family, codes) for codes in self.choices[number]]
                for number, family in enumerate(self.families)
                if set(family) & set(table.dimensions)
            }
            yield start, adds
            start += len(table.cells)

    def _add(self, table: Table, family: tuple[str, ...], codes: Codes) -> int:
        total, step = 0, 1
        for dimension in reversed(table.dimensions):
            known = self.kind.codes[dimension]
            if dimension in family:
                total += step * known.index(codes[dimension])
            step *= len(known)
        return total

    def _beside(self, number: int) -> Iterator[Beside]:
        """Each table that crosses the family with others, laid out for the search."""
        for start, adds in self.offsets:
            others = [(other, add) for other, add in adds.items() if other != number]
            if number in adds and others:
                (first, add), *rest = others
                yield start, adds[number], first, add, tuple(rest)

    def bundle(self, codes: Mapping[str, str]) -> Bundle:
        """The combination of each family that the codes of a fact make."""
        found = []
        for family, seen, numbers in zip(self.families, self._seen, self.numbers, strict=True):
            told = tuple(map(codes.get, family))
            if told not in seen:
                seen[told] = numbers[tuple(code_in(self.kind, codes, d) for d in family)]
            found.append(seen[told])
        return found

    def add(self, counts: list[int], bundle: Bundle, times: int) -> None:
        """The counts of all crossed tables have the bundle so many times more."""
        for start, adds in self.offsets:
            counts[start + sum(add[bundle[number]] for number, add in adds.items())] += times

    def count(self, facts: Iterable[tuple[Mapping[str, str], int]]) -> list[int]:
        """The true counts of all crossed tables."""
        counts = [0] * len(self.places)
        merged: Counter[tuple[int, ...]] = Counter()
        for codes, count in facts:
            merged[tuple(self.bundle(codes))] += count
        for key, count in merged.items():
            self.add(counts, list(key), count)
        return counts

    def witness(self, bundles: Sequence[Bundle], base: int) -> Witness:
        """The bundles as counts per base cell."""
        found = Counter(tuple(bundle) for bundle in bundles)
        return [(self._codes(key), base * times) for key, times in found.items()]

    def _codes(self, key: tuple[int, ...]) -> Codes:
        codes: Codes = {}
        for choices, number in zip(self.choices, key, strict=True):
            codes.update(choices[number])
        return codes


def _start(
    layout: _Layout,
    figures: Mapping[Place, int],
    facts: Facts,
    base: int,
    rng: random.Random,
) -> list[Bundle]:
    """Bundles of one quarter near its true facts that meet its published figures exactly."""
    bundles = [
        layout.bundle(codes)
        for codes, count in facts
        for _ in range(draw(max(0, count), base, rng.random()) // base)
    ]
    rng.shuffle(bundles)
    steps = {place: figure // base for place, figure in figures.items()}
    wanted = steps["total", ()]
    missing = wanted - len(bundles)
    bundles = bundles[:wanted] + [[0] * len(layout.families) for _ in range(missing)]
    for number, family in enumerate(layout.families):
        _meet(bundles, number, _targets(layout, number, family, steps))
    rng.shuffle(bundles)
    return bundles


def _targets(
    layout: _Layout, number: int, family: tuple[str, ...], steps: Mapping[Place, int]
) -> Counter[int]:
    found = spread(layout.kind, family, steps) or []
    numbers = layout.numbers[number]
    return Counter({numbers[tuple(codes[d] for d in family)]: count for codes, count in found})


def _meet(bundles: list[Bundle], number: int, targets: Counter[int]) -> None:
    """As many bundles have each combination of the family as its target says."""
    room = Counter(targets)
    astray = []
    for bundle in bundles:
        if room[bundle[number]] > 0:
            room[bundle[number]] -= 1
        else:
            astray.append(bundle)
    for bundle, combination in zip(astray, room.elements(), strict=True):
        bundle[number] = combination


class _Search:
    """Exchanges between bundles of one quarter, from hot to cold, towards the true counts."""

    def __init__(
        self,
        layout: _Layout,
        quarters: Sequence[list[Bundle]],
        true: Sequence[int],
        base: int,
        bound: int,
        chance: Chance,
    ) -> None:
        self.layout, self.rng, self.true, self.base, self.bound = (
            layout,
            chance.rng,
            true,
            base,
            bound,
        )
        self.quarters = [bundles for bundles in quarters if len(bundles) > 1]
        self.targets = [
            draw(count, base, chance.at(place))
            for place, count in zip(layout.places, true, strict=True)
        ]
        self.counts = [0] * len(true)
        for bundles in quarters:
            for bundle in bundles:
                layout.add(self.counts, bundle, 1)
        self.more = [0.0] * len(true)
        self.less = [0.0] * len(true)
        for cell in range(len(true)):
            self._price(cell)

    def run(self, exchanges: int) -> None:
        """So many exchanges are tried; every one-way figure of every quarter stays as it was."""
        peers = [(bundle, bundles) for bundles in self.quarters for bundle in bundles]
        if not peers or not any(self.layout.by_family):
            return
        for stage in range(STAGES):
            heat = HOT * (COLD / HOT) ** (stage / (STAGES - 1))
            self._stage(peers, heat, exchanges // STAGES)

    def _stage(
        self, peers: Sequence[tuple[Bundle, list[Bundle]]], heat: float, exchanges: int
    ) -> None:
        random_, all_, families_ = self.rng.random, len(peers), len(self.layout.families)
        for _ in range(exchanges):
            one, bundles = peers[int(random_() * all_)]
            other = bundles[int(random_() * len(bundles))]
            family = int(random_() * families_)
            if one[family] != other[family]:
                self._try(one, other, family, -heat * log(random_() or 1e-300))

    def _try(self, one: Bundle, other: Bundle, family: int, patience: float) -> None:
        """The two exchange the family unless that costs more than the patience."""
        mine, yours = one[family], other[family]
        more, less = self.more, self.less
        moves = []
        cost = 0.0
        for start, own, second, add, rest in self.layout.by_family[family]:
            step = own[yours] - own[mine]
            aside, across = add[one[second]], add[other[second]]
            for number, adds in rest:
                aside += adds[one[number]]
                across += adds[other[number]]
            if step and aside != across:
                here = start + own[mine] + aside
                there = start + own[yours] + across
                cost += less[here] + less[there] + more[here + step] + more[there - step]
                moves.append((here, there, step))
        if cost <= patience:
            one[family], other[family] = yours, mine
            for here, there, step in moves:
                self._shift(here, there, step)

    def _shift(self, here: int, there: int, step: int) -> None:
        for cell, change in ((here, -1), (there, -1), (here + step, 1), (there - step, 1)):
            self.counts[cell] += change
            self._price(cell)

    def _price(self, cell: int) -> None:
        count = self.counts[cell]
        now = self._cost(cell, count)
        self.more[cell] = self._cost(cell, count + 1) - now
        self.less[cell] = self._cost(cell, count - 1) - now

    def _cost(self, cell: int, count: int) -> float:
        figure = self.base * count
        off = abs(figure - self.true[cell])
        cost = NEAR * abs(figure - self.targets[cell]) / self.base
        if off >= self.base:
            cost += FARTHER * (off - self.base + 1)
        if off > self.bound:
            cost += TOO_FAR * (off - self.bound)
        return cost
