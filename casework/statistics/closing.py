"""Closing a quarter or a year, apart from any database: true counts in, figures out. Pure."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from casework.facts.counts import Counted
from casework.statistics.blocks import Block
from casework.statistics.catalogue import Bounds, Catalogue
from casework.statistics.certificate import count_crossed, one_way_witness, witness_holds
from casework.statistics.coherence import Pair, ceilings, joint_holds, joint_witness
from casework.statistics.grid import Grid, Place
from casework.statistics.rounding import Chance, round_quarter
from casework.statistics.yearly import Year, arrange_year

Record = Counted
DRAWS = 3
LEAST_HEADLINE = 100


class NoCertificate(Exception):
    """No set of counts was found that proves the figures safe to publish: nothing is published."""


def draw_quarter(
    catalogue: Catalogue,
    quarter: str,
    year: Collection[str],
    records: Sequence[Record],
    before: Sequence[Block],
    rng: random.Random,
) -> list[Block]:
    """The blocks of all kinds of a quarter, to be published once and for all.

    `year` names the quarters of its reporting year, `records` are all facts of those up to this
    one as known now, `before` the blocks of every earlier quarter. Where a kind is part of another
    and no proof of both together is found, the quarter is drawn again; after three draws each kind
    stands under its own proof. Raises NoCertificate when a kind has none.
    """
    kinds = [kind for kind in catalogue.kinds.values() if not kind.yearly_only]
    by_kind: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_kind[record.kind].append(record)
    drawn: list[Block] = []
    for _ in range(DRAWS):
        chance = Chance(rng)
        drawn = []
        for kind in kinds:
            own = [block for block in before if block.kind == kind.name and block.period in year]
            most = _most(catalogue, kind.name, before, drawn)
            facts = by_kind[kind.name]
            drawn.append(quarter_block(catalogue, kind.name, quarter, facts, own, chance, most))
        if all(_coherent(pair, catalogue.base) for pair in pairs(catalogue, before, drawn)):
            break
    return drawn


def pairs(catalogue: Catalogue, before: Sequence[Block], drawn: Sequence[Block]) -> Iterator[Pair]:
    """The kinds that are parts of others, with all figures of both; not while one has a gap."""
    for part, whole in catalogue.parts.items():
        both = catalogue.kinds[whole], catalogue.kinds[part]
        quarters = [
            [block.values for block in (*before, *drawn) if block.kind == kind.name]
            for kind in both
        ]
        full = all(
            set(Grid(kind).places) <= set(values)
            for kind, several in zip(both, quarters, strict=True)
            for values in several
        )
        if full and quarters[1] and len(quarters[0]) == len(quarters[1]):
            yield Pair(*both, tuple(zip(*quarters, strict=True)))


def _coherent(pair: Pair, base: int) -> bool:
    return joint_holds(pair, joint_witness(pair, base))


def _most(
    catalogue: Catalogue, kind: str, before: Sequence[Block], drawn: Sequence[Block]
) -> dict[Place, int]:
    """The most that the figures of a part may be, with the whole's as drawn just now."""
    whole = catalogue.parts.get(kind)
    if whole is None:
        return {}
    return ceilings(_to_date(whole, (*before, *drawn)), _to_date(kind, before))


def _to_date(kind: str, blocks: Iterable[Block]) -> dict[Place, int]:
    sums: Counter[Place] = Counter()
    for block in blocks:
        if block.kind == kind:
            sums.update(block.values)
    return dict(sums)


def quarter_block(
    catalogue: Catalogue,
    kind: str,
    quarter: str,
    records: Iterable[Record],
    earlier: Sequence[Block],
    chance: Chance,
    most: Mapping[Place, int] | None = None,
) -> Block:
    """The one-way figures of one kind for a quarter.

    `records` are all facts of the kind in the quarters of the reporting year up to this one, as
    they are known now; `earlier` the blocks published for the earlier ones. Raises NoCertificate
    when the figures could not be proved safe.
    """
    grid = Grid(catalogue.kinds[kind])
    own = [r for r in records if r.kind == kind]
    now = [r for r in own if r.quarter == quarter]
    before = [r for r in own if r.quarter != quarter]
    rounded = round_quarter(
        grid,
        _count(grid, now),
        residual(grid, before, earlier),
        chance,
        base=catalogue.base,
        bounds=Bounds(catalogue.quarter_bound, catalogue.running_bound),
        most=most,
    )
    values = dict(zip(grid.places, rounded.values, strict=True))
    if not witness_holds(grid, values, one_way_witness(grid, values)):
        raise NoCertificate(f"{kind} {quarter}")
    return Block(kind, quarter, catalogue.version, rounded.bounds, values)


def year_block(
    catalogue: Catalogue,
    kind: str,
    year: str,
    records: Sequence[Record],
    quarters: Sequence[Block],
    chance: Chance,
    *,
    exact: bool = False,
) -> Block:
    """The figures of a closed year: its quarters' sums, and crossed tables that agree with them.

    `quarters` are the published blocks of the year in order, `records` all its facts as known now.
    A kind of which no quarter was published is drawn for the year as a whole. After three draws
    without success, or when the catalogue changed within the year, only the sums are published.
    With `exact`, a total of 100 at least stands beside as it is. Raises NoCertificate when figures
    were found but cannot be proved safe.
    """
    own = [record for record in records if record.kind == kind]
    if not quarters:
        own = [replace(record, quarter=year) for record in own]
        quarters = [quarter_block(catalogue, kind, year, own, [], chance)]
    grid = Grid(catalogue.kinds[kind])
    values = summed(quarters)
    bound = max([catalogue.running_bound, *(block.bounds.running for block in quarters)])
    if set(grid.places) == set(values) and len({block.catalogue for block in quarters}) == 1:
        values |= _crossed(catalogue, grid, own, quarters, chance, bound)
    total = sum(record.count for record in own)
    headline = total if exact and total >= LEAST_HEADLINE else None
    return Block(kind, year, catalogue.version, Bounds(bound, bound), values, headline)


def summed(quarters: Sequence[Block]) -> dict[Place, int]:
    """The sums of every table that all quarters published with the same cells."""
    tables = [Counter(table for table, _ in block.values) for block in quarters]
    kept = {table for table in tables[0] if all(t[table] == tables[0][table] for t in tables)}
    places = [place for place in quarters[0].values if place[0] in kept]
    whole = [place for place in places if all(place in block.values for block in quarters)]
    return {place: sum(block.values[place] for block in quarters) for place in whole}


def _crossed(
    catalogue: Catalogue,
    grid: Grid,
    records: Sequence[Record],
    quarters: Sequence[Block],
    chance: Chance,
    bound: int,
) -> dict[Place, int]:
    facts = [
        [(r.codes, r.count) for r in records if r.quarter == block.period] for block in quarters
    ]
    figures = [block.values for block in quarters]
    for _ in range(DRAWS):
        arranged = arrange_year(grid.kind, figures, facts, chance, base=catalogue.base, bound=bound)
        if arranged is not None:
            _prove(grid, figures, arranged)
            return arranged.values
    return {}


def _prove(grid: Grid, figures: Sequence[Mapping[Place, int]], year: Year) -> None:
    """Nothing, when the witnesses reproduce every figure of the year and its quarters."""
    held = all(
        witness_holds(grid, published, witness)
        for published, witness in zip(figures, year.witnesses, strict=True)
    )
    together = [pair for witness in year.witnesses for pair in witness]
    if not held or count_crossed(grid.kind, together) != year.values:
        raise NoCertificate(grid.kind.name)


def residual(grid: Grid, records: Iterable[Record], earlier: Iterable[Block]) -> list[int]:
    """Published less true, cell by cell, over the earlier quarters of the year.

    A cell that an earlier catalogue did not publish carries nothing over.
    """
    blocks = list(earlier)
    published = [sum(block.values.get(place, 0) for block in blocks) for place in grid.places]
    covered = {block.period for block in blocks}
    true = _count(grid, (record for record in records if record.quarter in covered))
    known = [all(place in block.values for block in blocks) for place in grid.places]
    return [(a - z) if k else 0 for a, z, k in zip(published, true, known, strict=True)]


def _count(grid: Grid, records: Iterable[Record]) -> list[int]:
    return grid.count((record.codes, record.count) for record in records)
