"""The catalogue of what may be published: kinds, dimensions, tables and how often each comes out.

A catalogue is a file with a version; nothing outside it is ever computed, and the full grid of
every table is printed, so that no row tells by its absence that nobody is in it. Pure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

CATALOGUES = Path(__file__).with_name("catalogues")
TOTAL = "total"
ELSEWHERE = "elsewhere"
LEAST_MEAN_CELL = 5
LEAST_FOR_QUARTERS = 60
Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """By how much, at most, a quarter's figure and the year to date differ from the true counts."""

    quarter: int
    running: int


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the dimensions it crosses (none: the total) and its full grid of cells."""

    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The table's stable name, as `total`, `sex` or `commune*sex`."""
        return "*".join(self.dimensions) or TOTAL


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact as it is published: what one unit is, and by which dimensions."""

    name: str
    unit: str
    dimensions: tuple[str, ...]
    planned: int
    codes: Mapping[str, tuple[str, ...]]
    nests: Mapping[tuple[str, str], Mapping[str, str]]

    def table(self, *dimensions: str) -> Table:
        """The table that crosses these dimensions, in the order given."""
        cells = tuple(cell for cell in product(*(self.codes[d] for d in dimensions)))
        return Table(dimensions, cells)

    def crossings(self, ways: int) -> Iterator[Table]:
        """Every table of so many dimensions; dimensions nested in each other are not crossed."""
        for chosen in combinations(self.dimensions, ways):
            if not any(pair in self.nests for pair in _pairs(chosen)):
                yield self.table(*chosen)

    def one_way(self) -> tuple[Table, ...]:
        """The total and every table of one dimension: what a closed quarter publishes."""
        return (self.table(), *self.crossings(1))

    def rung(self, table: Table) -> str:
        """How often the table comes out, by the planned volume: quarter, year or years.

        Crossed tables never come out quarterly: cells of nine cases on average are off by a fifth.
        """
        if len(table.dimensions) <= 1:
            return "quarter" if self.planned >= LEAST_FOR_QUARTERS else "year"
        return "year" if self.planned >= LEAST_MEAN_CELL * len(table.cells) else "years"

    def yearly(self) -> tuple[Table, ...]:
        """Every table of a closed year: one-way always, crossings as far as the plan allows."""
        crossed = (table for ways in (2, 3) for table in self.crossings(ways))
        return self.one_way() + tuple(t for t in crossed if self.rung(t) != "years")

    def parents(self, dimension: str, code: str) -> Iterator[tuple[str, str]]:
        """The cells of other dimensions that this code is a part of."""
        for (inner, outer), under in self.nests.items():
            if inner == dimension and code in under:
                yield outer, under[code]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the catalogue, with the base of rounding and the bounds it promises."""

    version: str
    effective_from: str
    base: int
    quarter_bound: int
    running_bound: int
    kinds: Mapping[str, Kind]


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue a file describes. Raises KeyError or ValueError when it is no catalogue."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    catalogue = Catalogue(
        version=raw["version"],
        effective_from=raw["effective_from"],
        base=raw["base"],
        quarter_bound=raw["quarter_bound"],
        running_bound=raw["running_bound"],
        kinds={name: _kind(name, raw) for name in raw["kinds"]},
    )
    _check(catalogue)
    return catalogue


@cache
def versions() -> tuple[Catalogue, ...]:
    """Every catalogue of the programme, in the order in which they take effect."""
    found = (read_catalogue(path) for path in CATALOGUES.glob("*.toml"))
    return tuple(sorted(found, key=lambda each: each.effective_from))


def catalogue_of(quarter: str) -> Catalogue:
    """The catalogue in force for a quarter. Raises LookupError before the first one."""
    for each in reversed(versions()):
        if each.effective_from <= quarter:
            return each
    raise LookupError(quarter)


def by_version(version: str) -> Catalogue:
    """The catalogue a release was made with. Raises LookupError when its file is gone."""
    for each in versions():
        if each.version == version:
            return each
    raise LookupError(version)


def _kind(name: str, raw: Mapping[str, Any]) -> Kind:
    entry = raw["kinds"][name]
    dimensions = tuple(entry["dimensions"])
    impossible = entry.get("impossible", {})
    return Kind(
        name=name,
        unit=entry["unit"],
        dimensions=dimensions,
        planned=raw["planned"][name],
        codes={d: _possible(raw["dimensions"][d], impossible.get(d, ())) for d in dimensions},
        nests=_nests(raw.get("nests", {}), dimensions),
    )


def _possible(codes: list[str], impossible: list[str] | tuple[()]) -> tuple[str, ...]:
    return tuple(code for code in codes if code not in impossible)


def _nests(
    raw: Mapping[str, Any], dimensions: tuple[str, ...]
) -> dict[tuple[str, str], dict[str, str]]:
    return {
        (inner, outer): dict(under)
        for inner, outers in raw.items()
        for outer, under in outers.items()
        if inner in dimensions and outer in dimensions
    }


def _pairs(chosen: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for one, other in combinations(chosen, 2):
        yield one, other
        yield other, one


def _check(catalogue: Catalogue) -> None:
    for kind in catalogue.kinds.values():
        for (inner, outer), under in kind.nests.items():
            if not set(under) <= set(kind.codes[inner]):
                raise ValueError(f"{kind.name}: {inner} nests a code it does not have")
            if not set(under.values()) <= set(kind.codes[outer]):
                raise ValueError(f"{kind.name}: {outer} has no such code to nest under")
