"""The unknown counts behind a publication, one a base cell and quarter, and what is said of them.

The whole grid is taken in, however large: it is never written out as a list of columns. A base
cell is a choice of one combination in each *family* of dimensions (those linked by nesting),
and every table tells by small arrays of cell numbers which of its cells a base cell belongs to.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from casework.statistics.catalogue import Kind
from casework.statistics.published import Statement

Array = npt.NDArray[Any]
Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of every cell of one table, summed over these quarters (by their numbers)."""

    table: str
    quarters: tuple[int, ...]
    lower: Array
    upper: Array


class Model:
    """The base cells of one kind by their codes, and where each stands in each table."""

    def __init__(self, kind: Kind, quarters: Sequence[str], dimensions: Sequence[str]) -> None:
        self.kind, self.quarters, self.dimensions = kind, tuple(quarters), tuple(dimensions)
        self.families = [
            (family, _combinations(kind, family)) for family in _families(kind, dimensions)
        ]
        self.shape = tuple(len(choices) for _, choices in self.families)
        self._places: dict[str, Array] = {}

    @property
    def unknown(self) -> int:
        """How many counts nobody has told."""
        return len(self.quarters) * int(np.prod(self.shape))

    def covers(self, table: str) -> bool:
        """True when the table speaks only of the dimensions taken in."""
        return set(dimensions_of(table)) <= set(self.dimensions)

    def cells(self, table: str) -> list[Codes]:
        """The cells of a table in the order of their numbers."""
        return list(product(*(self.kind.codes[d] for d in dimensions_of(table))))

    def number(self, table: str, cell: Codes) -> int:
        """The number of a cell in its table."""
        codes = [self.kind.codes[d] for d in dimensions_of(table)]
        sizes = [len(each) for each in codes]
        indexes = [known.index(code) for known, code in zip(codes, cell, strict=True)]
        return int(np.ravel_multi_index(indexes, sizes)) if sizes else 0

    def places(self, table: str) -> Array:
        """For each base cell the number of its cell in the table, spread as far as needed."""
        if table not in self._places:
            numbers = np.zeros((1,) * len(self.shape), dtype=np.int32)
            for dimension in dimensions_of(table):
                numbers = numbers * len(self.kind.codes[dimension]) + self._codes(dimension)
            self._places[table] = numbers
        return self._places[table]

    def at(self, codes: Mapping[str, str]) -> tuple[int, ...] | None:
        """Where the base cell with these codes stands, None for codes outside the catalogue."""
        found: list[int] = []
        for family, choices in self.families:
            wanted = tuple(_code(self.kind, codes, dimension) for dimension in family)
            if wanted not in choices:
                return None
            found.append(choices.index(wanted))
        return tuple(found)

    def named(self, place: Sequence[int]) -> dict[str, str]:
        """The codes of the base cell that stands there."""
        codes: dict[str, str] = {}
        for (family, choices), number in zip(self.families, place, strict=True):
            codes.update(zip(family, choices[number], strict=True))
        return codes

    def _codes(self, dimension: str) -> Array:
        """For each combination of the dimension's family the number of its code, on that axis."""
        for axis, (family, choices) in enumerate(self.families):
            if dimension in family:
                known, place = self.kind.codes[dimension], family.index(dimension)
                numbers = np.array([known.index(codes[place]) for codes in choices], np.int32)
                return numbers.reshape([-1 if a == axis else 1 for a in range(len(self.shape))])
        raise KeyError(dimension)


def dimensions_of(table: str) -> tuple[str, ...]:
    """The dimensions that a table crosses, none for the total."""
    return () if table == "total" else tuple(table.split("*"))


def everything_said(model: Model, statements: Sequence[Statement]) -> Iterator[Said]:
    """What the statements say about the unknowns, running totals included."""
    for statement in statements:
        yield from _told(model, statement.intervals, statement.quarters)
        if statement.exact is not None:
            both = statement.exact, statement.exact
            yield from _told(model, {("total", Codes()): both}, statement.quarters)
    quarterly = sorted((s for s in statements if len(s.quarters) == 1), key=lambda s: s.quarters)
    for year in _years(statements, quarterly):
        for end in range(2, len(year) + 1):
            yield from _told(model, _running(year[:end]), [s.quarters[0] for s in year[:end]])


def _told(
    model: Model, intervals: Mapping[tuple[str, Codes], tuple[int, int]], quarters: Sequence[str]
) -> Iterator[Said]:
    numbers = tuple(model.quarters.index(quarter) for quarter in quarters)
    for table in sorted({table for table, _ in intervals}):
        if model.covers(table):
            size = len(model.cells(table))
            lower, upper = np.zeros(size), np.full(size, np.inf)
            for (name, cell), (least, most) in intervals.items():
                if name == table:
                    lower[model.number(table, cell)] = least
                    upper[model.number(table, cell)] = most
            yield Said(table, numbers, lower, upper)


def _running(statements: Sequence[Statement]) -> dict[tuple[str, Codes], tuple[int, int]]:
    """The sums of published figures to date lie within the running bound of the truth."""
    bound = statements[-1].running_bound
    sums = {
        place: sum(statement.values.get(place, 0) for statement in statements)
        for place in statements[-1].values
    }
    return {place: (max(0, value - bound), value + bound) for place, value in sums.items()}


def _years(
    statements: Sequence[Statement], quarterly: Sequence[Statement]
) -> Iterator[list[Statement]]:
    """The quarterly statements of each year; of a year that is not closed, those there are."""
    whole = [set(s.quarters) for s in statements if len(s.quarters) > 1]
    for year in whole:
        yield [s for s in quarterly if s.quarters[0] in year]
    rest = [s for s in quarterly if not any(s.quarters[0] in year for year in whole)]
    if rest:
        yield rest


@dataclass(frozen=True, slots=True)
class Known:
    """What the attacker knows by himself: so many facts at least, and cells he knows wholly."""

    counts: Array
    whole: Array


def known_facts(model: Model, path: Path | None, whole: Mapping[str, str]) -> Known:
    """The facts of a CSV file; where `whole` names codes of dimensions, there are no others."""
    counts = np.zeros((len(model.quarters), *model.shape))
    for row in _rows(path):
        place = model.at(row) if row["kind"] == model.kind.name else None
        if place is not None and row["quarter"] in model.quarters:
            counts[(model.quarters.index(row["quarter"]), *place)] += int(row.get("count") or 1)
    entire = np.full((1,) * len(model.shape), bool(whole))
    for dimension, code in whole.items():
        entire = entire & (model.places(dimension) == model.number(dimension, (code,)))
    return Known(counts, entire)


def _rows(path: Path | None) -> Iterable[dict[str, str]]:
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _families(kind: Kind, dimensions: Sequence[str]) -> list[Codes]:
    """The dimensions, those linked by nesting together."""
    found: list[set[str]] = [{dimension} for dimension in dimensions]
    for pair in kind.nests:
        linked = [family for family in found if family & set(pair)]
        if linked:
            found = [family for family in found if family not in linked]
            found.append(set().union(*linked))
    return [tuple(d for d in dimensions if d in family) for family in found]


def _combinations(kind: Kind, family: Codes) -> list[Codes]:
    """Every combination of codes that the nesting of the catalogue allows."""
    found: list[dict[str, str]] = [{}]
    for dimension in family:
        longer = (codes | {dimension: code} for codes in found for code in kind.codes[dimension])
        found = [codes for codes in longer if _possible(kind, codes)]
    return [tuple(codes.values()) for codes in found]


def _possible(kind: Kind, codes: Mapping[str, str]) -> bool:
    for (inner, outer), under in kind.nests.items():
        if inner in codes and outer in codes:
            above = under.get(codes[inner])
            if above != codes[outer] and (above or codes[outer] in under.values()):
                return False
    return True


def _code(kind: Kind, row: Mapping[str, str], dimension: str) -> str:
    if row.get(dimension):
        known = kind.codes[dimension]
        return row[dimension] if row[dimension] in known else "elsewhere"
    for (inner, outer), under in kind.nests.items():
        if outer == dimension and row.get(inner):
            return under.get(row[inner] if row[inner] in under else "elsewhere", "")
    return ""
