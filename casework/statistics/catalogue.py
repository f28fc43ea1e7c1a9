"""The catalogue of what may be published: kinds, dimensions, tables and how often each comes out.

A catalogue is a file with a version; nothing outside it is ever computed, and the full grid of
every table is printed, so that no row tells by its absence that nobody is in it. Pure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations, product
from pathlib import Path
from typing import Any

CATALOGUES = Path(__file__).with_name("catalogues")
TOTAL = "total"
ELSEWHERE = "elsewhere"
LEAST_MEAN_CELL = 5
LEAST_OF_QUARTERS = 60
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
    crossings: tuple[tuple[str, ...], ...]
    codes: Mapping[str, tuple[str, ...]]
    nests: Mapping[tuple[str, str], Mapping[str, str]]

    def table(self, *dimensions: str) -> Table:
        """The table that crosses these dimensions, in the order given."""
        cells = tuple(cell for cell in product(*(self.codes[d] for d in dimensions)))
        return Table(dimensions, cells)

    def one_way(self) -> tuple[Table, ...]:
        """The total and every table of one dimension: what a closed quarter publishes."""
        return (self.table(), *(self.table(dimension) for dimension in self.dimensions))

    def crossed(self) -> tuple[Table, ...]:
        """What a closed year adds: the crossed tables whose mean cell is planned to hold five."""
        tables = (self.table(*dimensions) for dimensions in self.crossings)
        return tuple(t for t in tables if self.planned >= LEAST_MEAN_CELL * len(t.cells))

    @property
    def yearly_only(self) -> bool:
        """True when so few facts are planned that only a whole year of them is published."""
        return self.planned < LEAST_OF_QUARTERS

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
    parts: Mapping[str, str]
    """Kinds whose facts are to date part of another's: redress of registered."""
    headlines: tuple[str, ...]
    """Kinds whose yearly total for the project may come out exact, where the programme asks it."""

    def planned(self, volumes: Mapping[str, int]) -> Catalogue:
        """The same catalogue with these planned yearly volumes in the place of its own."""
        kinds = {
            name: replace(kind, planned=volumes.get(name, kind.planned))
            for name, kind in self.kinds.items()
        }
        return replace(self, kinds=kinds)


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
        parts=dict(raw.get("parts", {})),
        headlines=tuple(raw.get("headlines", ())),
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
        crossings=tuple(tuple(crossed.split("*")) for crossed in entry.get("crossed", ())),
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


def _check(catalogue: Catalogue) -> None:
    if not {*catalogue.parts, *catalogue.parts.values(), *catalogue.headlines} <= set(
        catalogue.kinds
    ):
        raise ValueError("a part or a headline names no kind")
    for kind in catalogue.kinds.values():
        for (inner, outer), under in kind.nests.items():
            if not set(under) <= set(kind.codes[inner]):
                raise ValueError(f"{kind.name}: {inner} nests a code it does not have")
            if not set(under.values()) <= set(kind.codes[outer]):
                raise ValueError(f"{kind.name}: {outer} has no such code to nest under")
        for crossed in kind.crossings:
            if not _crossable(kind, crossed):
                raise ValueError(f"{kind.name}: {'*'.join(crossed)} cannot be crossed")


def _crossable(kind: Kind, crossed: tuple[str, ...]) -> bool:
    """Known dimensions, each once, none of them nested in another."""
    return (
        set(crossed) <= set(kind.dimensions)
        and len(set(crossed)) == len(crossed)
        and not any(pair in kind.nests for pair in permutations(crossed, 2))
    )
