"""Attacks what was published: `python -m casework.statistics.attack --help`.

Trusts nobody: it reads only the published file, the catalogue and, if given, facts that the
attacker knows by himself; it shares no code with what closes a period. For every published cell,
for base cells, random sets and differences between releases it finds the smallest and the largest
true count that agree with all published figures together, by linear programming over counts per
base cell and quarter. An interval of one number is a disclosure.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casework.statistics.catalogue import Kind, read_catalogue
from casework.statistics.published import Statement, read_published
from casework.statistics.solver import INFINITY, Extremes, Program, SolverFailed

MOST_COLUMNS = 6_000
Column = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Interval:
    """The least and the greatest true count that everything published allows."""

    what: str
    lower: int
    upper: int

    @property
    def width(self) -> int:
        """Zero where the count is known exactly."""
        return self.upper - self.lower


@dataclass(slots=True)
class System:
    """All that is known, as intervals of sums of unknown counts, one a base cell and quarter."""

    columns: int
    rows: list[tuple[list[int], float, float]] = field(default_factory=list)
    floors: dict[int, int] = field(default_factory=dict)
    fixed: set[int] = field(default_factory=set)

    def say(self, columns: Iterable[int], lower: float, upper: float) -> None:
        """The sum of these counts is known to lie between the two."""
        self.rows.append((list(columns), lower, upper))

    def extremes(self, *, whole: bool = False) -> Extremes:
        """The system made ready for many questions; `whole` asks for whole counts, and is slow."""
        program = Program()
        for column in range(self.columns):
            least = self.floors.get(column, 0)
            program.column(least, least if column in self.fixed else INFINITY, whole=whole)
        for columns, lower, upper in self.rows:
            program.row(lower, upper, columns, [1.0] * len(columns))
        return Extremes(program)


class Model:
    """The unknown counts of one kind, and which of them each published cell sums."""

    def __init__(self, kind: Kind, quarters: Sequence[str], dimensions: Sequence[str]) -> None:
        self.kind, self.quarters, self.dimensions = kind, tuple(quarters), tuple(dimensions)
        self.cells = _combinations(kind, self.dimensions)
        self.columns: list[Column] = [(q, cell) for q in self.quarters for cell in self.cells]
        self.number = {column: number for number, column in enumerate(self.columns)}
        self.sums: dict[tuple[str, tuple[str, ...]], list[tuple[str, ...]]] = {}

    def covers(self, table: str) -> bool:
        """True when the table speaks only of the dimensions taken in."""
        return table == "total" or set(table.split("*")) <= set(self.dimensions)

    def summed(self, table: str, cell: tuple[str, ...], quarters: Iterable[str]) -> list[int]:
        """The unknowns that a published cell sums over the quarters."""
        if (table, cell) not in self.sums:
            places = (
                [] if table == "total" else [self.dimensions.index(d) for d in table.split("*")]
            )
            self.sums[table, cell] = [
                codes for codes in self.cells if tuple(codes[p] for p in places) == cell
            ]
        return [self.number[q, codes] for q in quarters for codes in self.sums[table, cell]]


def _combinations(kind: Kind, dimensions: Sequence[str]) -> list[tuple[str, ...]]:
    """Every combination of codes that the nesting of the catalogue allows."""
    found: list[dict[str, str]] = [{}]
    for dimension in dimensions:
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


def fitting_dimensions(kind: Kind, quarters: int) -> list[str]:
    """The dimensions of a kind in the catalogue's order, as many as the attack can take in."""
    taken: list[str] = []
    for dimension in kind.dimensions:
        if len(_combinations(kind, [*taken, dimension])) * quarters <= MOST_COLUMNS:
            taken.append(dimension)
    return taken


def system_of(model: Model, statements: Sequence[Statement]) -> System:
    """Everything that the statements say about the unknowns, running totals included."""
    system = System(len(model.columns))
    quarterly = sorted((s for s in statements if len(s.quarters) == 1), key=lambda s: s.quarters)
    for statement in statements:
        for (table, cell), (lower, upper) in statement.intervals.items():
            if model.covers(table):
                system.say(model.summed(table, cell, statement.quarters), lower, upper)
    for year in _years(statements, quarterly):
        for end in range(2, len(year) + 1):
            _say_running(model, system, year[:end])
    return system


def _say_running(model: Model, system: System, statements: Sequence[Statement]) -> None:
    """The sums of published figures to date lie within the running bound of the truth."""
    quarters = [statement.quarters[0] for statement in statements]
    bound = statements[-1].running_bound
    for table, cell in statements[-1].values:
        if model.covers(table):
            figure = sum(statement.values.get((table, cell), 0) for statement in statements)
            system.say(model.summed(table, cell, quarters), figure - bound, figure + bound)


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


def know(model: Model, system: System, path: Path, whole: Mapping[str, str]) -> None:
    """The attacker knows these facts: there are at least so many in their cells.

    Where `whole` names codes of dimensions, he knows all facts that bear them: there are no others.
    """
    for column, count in _known(model, path).items():
        system.floors[column] = count
    for number, (_, cell) in enumerate(model.columns):
        named = dict(zip(model.dimensions, cell, strict=True))
        if whole and all(named.get(dimension) == code for dimension, code in whole.items()):
            system.fixed.add(number)


def _known(model: Model, path: Path) -> Counter[int]:
    known: Counter[int] = Counter()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            cell = tuple(_code(model.kind, row, dimension) for dimension in model.dimensions)
            if row["kind"] == model.kind.name and (row["quarter"], cell) in model.number:
                known[model.number[row["quarter"], cell]] += int(row.get("count") or 1)
    return known


def _code(kind: Kind, row: Mapping[str, str], dimension: str) -> str:
    if row.get(dimension):
        return row[dimension]
    for (inner, outer), under in kind.nests.items():
        if outer == dimension and row.get(inner):
            return under.get(row[inner], "")
    return ""


class Attack:
    """All questions asked of one kind's publications, under one state of knowledge."""

    def __init__(
        self, model: Model, system: System, statements: Sequence[Statement], rng: random.Random
    ) -> None:
        self.model, self.statements, self.rng = model, statements, rng
        self.extremes = system.extremes()

    def cells(self) -> Iterator[Interval]:
        """The tightest interval of every published cell."""
        for statement in self.statements:
            for table, cell in statement.intervals:
                if self.model.covers(table):
                    target = self.model.summed(table, cell, statement.quarters)
                    yield self._ask(_named(statement.period, table, cell), target)

    def base(self, number: int) -> Iterator[Interval]:
        """The tightest interval of so many base cells, taken at random."""
        several = range(len(self.model.columns))
        for column in self.rng.sample(several, min(number, len(several))):
            quarter, cell = self.model.columns[column]
            yield self._ask(_named(quarter, "base", cell), [column])

    def sets(self, number: int) -> Iterator[Interval]:
        """The tightest interval of so many random sets of base cells, of every size."""
        several = range(len(self.model.columns))
        for each in range(number):
            share = self.rng.choice((0.001, 0.01, 0.05, 0.2, 0.5))
            chosen = [column for column in several if self.rng.random() < share]
            target = chosen or [self.rng.choice(several)]
            yield self._ask(f"set {each + 1} of {len(target)} base cells", target)

    def differences(self, number: int) -> Iterator[Interval]:
        """The tightest interval of so many differences between two quarters of one cell."""
        quarterly = [each for each in self.statements if len(each.quarters) == 1]
        places = sorted({p for s in quarterly for p in s.intervals if self.model.covers(p[0])})
        for _ in range(number if len(quarterly) > 1 else 0):
            table, cell = self.rng.choice(places)
            before, after = self.rng.sample(quarterly, 2)
            plus = self.model.summed(table, cell, after.quarters)
            minus = self.model.summed(table, cell, before.quarters)
            name = _named(f"{after.period} less {before.period}", table, cell)
            yield self._ask(name, plus, minus)

    def _ask(self, what: str, plus: Sequence[int], minus: Sequence[int] = ()) -> Interval:
        return Interval(what, *self.extremes.range(plus, minus))


def _named(period: str, table: str, cell: tuple[str, ...]) -> str:
    return " ".join(part for part in (period, table, "|".join(cell)) if part)


def main(arguments: list[str] | None = None) -> int:
    """Attacks every kind; returns 0 when no count is known exactly, 2 when one is, 1 on faults."""
    chosen = _parser().parse_args(arguments)
    try:
        found = [interval for intervals in _attacks(chosen) for interval in intervals]
    except (OSError, KeyError, ValueError, SolverFailed) as fault:
        sys.stderr.write(f"{type(fault).__name__}: {fault}\n")
        return 1
    if chosen.out:
        _write(chosen.out, found)
    return _report(found)


def _attacks(chosen: argparse.Namespace) -> Iterator[list[Interval]]:
    catalogue = read_catalogue(chosen.catalogue or chosen.published / "catalogue.toml")
    statements = read_published(chosen.published)
    for kind in chosen.kind or sorted({statement.kind for statement in statements}):
        own = [statement for statement in statements if statement.kind == kind]
        quarters = sorted({quarter for each in own for quarter in each.quarters})
        entry = catalogue.kinds[kind]
        dimensions = chosen.dimensions or fitting_dimensions(entry, len(quarters))
        model = Model(entry, quarters, dimensions)
        system = system_of(model, own)
        if chosen.known:
            know(model, system, chosen.known, dict(part.split("=") for part in chosen.whole))
        left = [dimension for dimension in entry.dimensions if dimension not in dimensions]
        without = f", without {' '.join(left)}" if left else ""
        sys.stdout.write(f"{kind}: {len(model.columns)} unknown counts{without}\n")
        attack = Attack(model, system, own, random.Random(chosen.seed))  # noqa: S311  # nosec B311
        yield [
            *attack.cells(),
            *attack.base(chosen.sample),
            *attack.sets(chosen.sample),
            *attack.differences(chosen.sample),
        ]


def _report(found: Sequence[Interval]) -> int:
    exact = [interval for interval in found if interval.width == 0]
    narrowest = min(found, key=lambda interval: interval.width, default=None)
    sys.stdout.write(f"{len(found)} targets, {len(exact)} known exactly\n")
    if narrowest is not None:
        sys.stdout.write(
            f"narrowest: {narrowest.what} between {narrowest.lower} and {narrowest.upper}\n"
        )
    return 2 if exact else 0


def _write(path: Path, found: Sequence[Interval]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("target", "lower", "upper", "width"))
        lines.writerows((each.what, each.lower, each.upper, each.width) for each in found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="attack", description=__doc__)
    parser.add_argument("--published", type=Path, required=True, help="folder of a publication")
    parser.add_argument("--catalogue", type=Path, help="else catalogue.toml in that folder")
    parser.add_argument("--known", type=Path, help="CSV file of facts that the attacker knows")
    parser.add_argument("--whole", nargs="*", default=[], help="as commune=ML060208: he knows all")
    parser.add_argument("--kind", nargs="*", help="else every kind")
    parser.add_argument("--dimensions", nargs="*", help="else as many as can be taken in")
    parser.add_argument("--sample", type=int, default=50, help="base cells, sets, differences")
    parser.add_argument("--seed", type=int, default=1, help="which of them are taken")
    parser.add_argument("--out", type=Path, help="CSV file of every interval found")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
