"""Attacks what was published: `python -m casework.statistics.attack --help`.

Trusts nobody: it reads only the published file, the catalogue and, if given, facts that the
attacker knows by himself; it shares no code with what closes a period. For every published cell,
for base cells, random sets and differences between releases it finds the smallest and the largest
true count that agree with all published figures together, by linear programming over a count for
every base cell and quarter of the whole grid. An interval of one number is a disclosure.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from casework.statistics.attack_bounds import Bounds, Target, cell_target
from casework.statistics.attack_model import Array, Model, everything_said, known_facts
from casework.statistics.catalogue import Catalogue, read_catalogue
from casework.statistics.published import Statement, read_published
from casework.statistics.solver import SolverFailed

SHARES = (0.001, 0.01, 0.05, 0.2, 0.5)
TELL_EVERY = 200


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


class Attack:
    """All questions asked of one kind's publications, under one state of knowledge."""

    def __init__(
        self, model: Model, statements: Sequence[Statement], bounds: Bounds, seed: int
    ) -> None:
        self.model, self.statements, self.bounds = model, statements, bounds
        self.rng = np.random.default_rng(seed)

    def cells(self) -> Iterator[Interval]:
        """The tightest interval of every published cell, and of every year to date."""
        for number, said in enumerate(self.bounds.said):
            periods = "+".join(self.model.quarters[quarter] for quarter in said.quarters)
            for place, cell in enumerate(self.model.cells(said.table)):
                low, high = self.bounds.cell(number, place)
                yield Interval(_named(periods, said.table, cell), low, high)

    def base(self, number: int) -> Iterator[Interval]:
        """The tightest interval of so many base cells, taken at random."""
        for column in self.rng.choice(self.model.unknown, min(number, self.model.unknown), False):
            place = np.unravel_index(int(column), (len(self.model.quarters), *self.model.shape))
            quarter, *cell = (int(index) for index in place)
            codes = tuple(self.model.named(cell).values())
            yield self.ask(
                _named(self.model.quarters[quarter], "base", codes), self.one(quarter, cell)
            )

    def one(self, quarter: int, cell: Sequence[int]) -> Target:
        """The count of one base cell of one quarter."""
        weights = np.zeros(self.model.shape)
        weights[tuple(cell)] = 1.0
        return self._in(quarter, weights)

    def sets(self, number: int) -> Iterator[Interval]:
        """The tightest interval of so many random sets of base cells, of every size."""
        for each in range(number):
            share = SHARES[each % len(SHARES)]
            masks = [self.rng.random(self.model.shape) < share for _ in self.model.quarters]
            size = int(sum(mask.sum() for mask in masks))
            if size:
                target = Target(tuple(mask.astype(float) for mask in masks))
                yield self.ask(f"set {each + 1} of {size} base cells", target)

    def differences(self, number: int) -> Iterator[Interval]:
        """The tightest interval of so many differences between two quarters of one cell."""
        quarterly = [each for each in self.statements if len(each.quarters) == 1]
        places = sorted({p for s in quarterly for p in s.intervals if self.model.covers(p[0])})
        for _ in range(number if len(quarterly) > 1 else 0):
            table, cell = places[int(self.rng.integers(len(places)))]
            one, two = (int(n) for n in self.rng.choice(len(quarterly), 2, False))
            name = _named(f"{quarterly[two].period} less {quarterly[one].period}", table, cell)
            yield self.ask(name, self.change(table, cell, one, two))

    def change(self, table: str, cell: tuple[str, ...], before: int, after: int) -> Target:
        """How much more a cell counts in one quarter than in another."""
        number = self.model.number(table, cell)
        plus = cell_target(self.model, table, number, [after])
        minus = cell_target(self.model, table, number, [before])
        pairs = zip(plus.weights, minus.weights, strict=True)
        return Target(tuple(one - other for one, other in pairs))

    def ask(self, what: str, target: Target) -> Interval:
        """The tightest interval of a target."""
        return Interval(what, *self.bounds.range(target))

    def _in(self, quarter: int, weights: Array) -> Target:
        none = np.zeros((1,) * len(self.model.shape))
        return Target(
            tuple(weights if q == quarter else none for q in range(len(self.model.quarters)))
        )


def attack_on(
    catalogue: Catalogue,
    kind: str,
    statements: Sequence[Statement],
    *,
    dimensions: Sequence[str] = (),
    known: Path | None = None,
    whole: dict[str, str] | None = None,
    seed: int = 1,
) -> Attack:
    """All that the statements and the attacker's own knowledge say of one kind, made ready.

    Raises SolverFailed when the two contradict each other.
    """
    own = [statement for statement in statements if statement.kind == kind]
    quarters = sorted({quarter for each in own for quarter in each.quarters})
    model = Model(catalogue.kinds[kind], quarters, dimensions or catalogue.kinds[kind].dimensions)
    told = known_facts(model, known, whole or {})
    return Attack(model, own, Bounds(model, list(everything_said(model, own)), told), seed)


def _named(period: str, table: str, cell: tuple[str, ...]) -> str:
    return " ".join(part for part in (period, table, "|".join(cell)) if part)


def main(arguments: list[str] | None = None) -> int:
    """Attacks every kind; returns 0 when no count is known exactly, 2 when one is, 1 on faults."""
    chosen = _parser().parse_args(arguments)
    try:
        found = list(_attacks(chosen))
    except (OSError, KeyError, ValueError, SolverFailed) as fault:
        sys.stderr.write(f"{type(fault).__name__}: {fault}\n")
        return 1
    if chosen.out:
        _write(chosen.out, found)
    return _report(found)


def _attacks(chosen: argparse.Namespace) -> Iterator[Interval]:
    catalogue = read_catalogue(chosen.catalogue or chosen.published / "catalogue.toml")
    statements = read_published(chosen.published)
    for kind in chosen.kind or sorted({statement.kind for statement in statements}):
        attack = attack_on(
            catalogue,
            kind,
            statements,
            dimensions=chosen.dimensions or (),
            known=chosen.known,
            whole=dict(part.split("=") for part in chosen.whole),
            seed=chosen.seed,
        )
        left = set(attack.model.kind.dimensions) - set(attack.model.dimensions)
        without = f", without {' '.join(sorted(left))}" if left else ""
        _say(f"{kind}: {attack.model.unknown} unknown counts{without}")
        for number, interval in enumerate(_questions(attack, chosen.sample), 1):
            if number % TELL_EVERY == 0:
                _say(f"{kind}: {number} intervals")
            yield interval


def _questions(attack: Attack, sample: int) -> Iterator[Interval]:
    yield from attack.cells()
    yield from attack.base(sample)
    yield from attack.sets(sample)
    yield from attack.differences(sample)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


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
    parser.add_argument("--dimensions", nargs="*", help="else all of them")
    parser.add_argument("--sample", type=int, default=50, help="base cells, sets, differences")
    parser.add_argument("--seed", type=int, default=1, help="which of them are taken")
    parser.add_argument("--out", type=Path, help="CSV file of every interval found")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
