"""Closing a quarter or a year, apart from any database: true counts in, figures out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from casework.statistics.blocks import Block
from casework.statistics.catalogue import Bounds, Catalogue
from casework.statistics.certificate import count_crossed, one_way_witness, witness_holds
from casework.statistics.grid import Grid, Place
from casework.statistics.rounding import Chance, round_quarter
from casework.statistics.yearly import Year, arrange_year

DRAWS = 3


class NoCertificate(Exception):
    """No set of counts was found that proves the figures safe to publish: nothing is published."""


@dataclass(frozen=True, slots=True)
class Record:
    """So many facts of one kind and quarter that share these codes (by dimension)."""

    kind: str
    quarter: str
    codes: Mapping[str, str]
    count: int


def quarter_block(
    catalogue: Catalogue,
    kind: str,
    quarter: str,
    records: Iterable[Record],
    earlier: Sequence[Block],
    chance: Chance,
) -> Block:
    """The one-way figures of a quarter, to be published once and for all.

    `records` are all facts of the kind in the quarters of the reporting year up to this one, as
    they are known now; `earlier` the blocks published for the earlier ones. Raises NoCertificate
    when the figures could not be proved safe.
    """
    grid = Grid(catalogue.kinds[kind])
    now = [r for r in records if r.kind == kind and r.quarter == quarter]
    before = [r for r in records if r.kind == kind and r.quarter != quarter]
    rounded = round_quarter(
        grid,
        _count(grid, now),
        residual(grid, before, earlier),
        chance,
        base=catalogue.base,
        bounds=Bounds(catalogue.quarter_bound, catalogue.running_bound),
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
) -> Block:
    """The figures of a closed year: its quarters' sums, and crossed tables that agree with them.

    `quarters` are the published blocks of the year in order, `records` all its facts as known now.
    After three draws without success only the sums are published. Raises NoCertificate when
    figures were found but cannot be proved safe.
    """
    grid = Grid(catalogue.kinds[kind])
    sums = {place: sum(block.values.get(place, 0) for block in quarters) for place in grid.places}
    bound = max([catalogue.running_bound, *(block.bounds.running for block in quarters)])
    facts = [
        [(r.codes, r.count) for r in records if r.kind == kind and r.quarter == block.period]
        for block in quarters
    ]
    figures = [block.values for block in quarters]
    for _ in range(DRAWS):
        arranged = arrange_year(grid.kind, figures, facts, chance, base=catalogue.base, bound=bound)
        if arranged is not None:
            _prove(grid, figures, arranged)
            sums |= arranged.values
            break
    return Block(kind, year, catalogue.version, Bounds(bound, bound), sums)


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
