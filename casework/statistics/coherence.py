"""Two kinds of fact of which one is part of the other, proved safe together. Pure.

Whoever obtained redress was registered before: to date, in every base cell that both kinds share,
the counts of the part never exceed those of the whole. An attacker knows that too. The proof of one
kind (`certificate`) stands under this knowledge when its witnesses obey the same rule. Up: whatever
is added to a cell of the part is added to the same cell of the whole, and no figure moves by more
than four. Down: whatever is taken from a cell of the whole is taken from the part where the part
would exceed it, the earliest first, which is never more than was taken from the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework.statistics.catalogue import Kind
from casework.statistics.certificate import (
    Codes,
    Witness,
    combinations_of,
    families,
    side_by_side,
    spread,
    witness_holds,
)
from casework.statistics.grid import Grid, Place, code_in
from casework.statistics.solver import INFINITY, Program, SolverFailed, solve

Figures = Mapping[Place, int]
SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A kind that is part of another, with the figures of both in each quarter, from the first."""

    whole: Kind
    part: Kind
    quarters: tuple[tuple[Figures, Figures], ...]

    def shared(self) -> list[tuple[str, ...]]:
        """The families of dimensions by which both are counted."""
        found = families(self.whole)
        return [family for family in found if set(family) <= set(self.part.dimensions)]


@dataclass(frozen=True, slots=True)
class Joint:
    """Counts per base cell behind every quarter of both kinds."""

    whole: tuple[Witness, ...]
    part: tuple[Witness, ...]


def ceilings(whole: Figures, before: Figures) -> dict[Place, int]:
    """The most that the next figures of the part may be: the whole to date less the part before."""
    return {place: max(0, whole[place] - before.get(place, 0)) for place in whole}


def joint_witness(pair: Pair, base: int) -> Joint | None:
    """Whole counts behind all quarters of both kinds that obey the rule, or None if none is found.

    Each unit of the part is matched with one of the whole, of the same or an earlier quarter, with
    the same codes; what is left of the whole is laid beside.
    """
    layout = _Matching(pair, base)
    try:
        solution = solve(layout.program, SECONDS)
    except SolverFailed:
        return None
    return None if solution is None else layout.joint([round(value) for value in solution])


def joint_holds(pair: Pair, joint: Joint | None) -> bool:
    """True when both kinds' figures are reproduced exactly and the part never exceeds the whole."""
    if joint is None:
        return False
    exact = all(
        witness_holds(Grid(pair.whole), whole, one) and witness_holds(Grid(pair.part), part, two)
        for (whole, part), one, two in zip(pair.quarters, joint.whole, joint.part, strict=True)
    )
    return exact and never_exceeds(pair, joint)


def never_exceeds(pair: Pair, joint: Joint) -> bool:
    """True when to date, in every shared base cell, the part is at most the whole."""
    shared = [dimension for family in pair.shared() for dimension in family]
    room: Counter[tuple[str, ...]] = Counter()
    for whole, part in zip(joint.whole, joint.part, strict=True):
        for codes, count in whole:
            room[tuple(code_in(pair.whole, codes, d) for d in shared)] += count
        for codes, count in part:
            room[tuple(code_in(pair.part, codes, d) for d in shared)] -= count
        if room and min(room.values()) < 0:
            return False
    return True


class _Matching:
    """The integer program that matches the part with the whole, family by family."""

    def __init__(self, pair: Pair, base: int) -> None:
        self.pair, self.base, self.program = pair, base, Program()
        count = len(pair.quarters)
        self.times = [(one, two) for two in range(count) for one in range(two + 1)]
        self.flow = {time: self._column() for time in self.times}
        self.choices = {family: combinations_of(pair.whole, family) for family in pair.shared()}
        self.matched = {
            (family, number, time): self._column()
            for family, choices in self.choices.items()
            for number in range(len(choices))
            for time in self.times
        }
        self.left = {
            (family, number, quarter): self._column()
            for family, choices in self.choices.items()
            for number in range(len(choices))
            for quarter in range(count)
        }
        for family in self.choices:
            self._say(family)

    def _column(self) -> int:
        return self.program.column(0, INFINITY, whole=True)

    def _say(self, family: tuple[str, ...]) -> None:
        """The rows of one family: flows are common to all families, figures are met."""
        numbers = range(len(self.choices[family]))
        for time in self.times:
            columns = [self.matched[family, number, time] for number in numbers]
            signs = [1.0] * len(columns)
            self.program.row(0, 0, [*columns, self.flow[time]], [*signs, -1.0])
        for dimension in family:
            for code in self.pair.whole.codes[dimension]:
                own = [n for n in numbers if self.choices[family][n][dimension] == code]
                self._say_code(family, own, (dimension, (code,)))

    def _say_code(self, family: tuple[str, ...], own: Sequence[int], place: Place) -> None:
        for quarter, (whole, part) in enumerate(self.pair.quarters):
            to = [t for t in self.times if t[1] == quarter]
            columns = [self.matched[family, number, time] for number in own for time in to]
            self._exactly(part[place], columns)
            since = [t for t in self.times if t[0] == quarter]
            columns = [self.matched[family, number, time] for number in own for time in since]
            self._exactly(
                whole[place], columns + [self.left[family, number, quarter] for number in own]
            )

    def _exactly(self, figure: int, columns: Sequence[int]) -> None:
        units = figure // self.base
        self.program.row(units, units, columns, [1.0] * len(columns))

    def joint(self, solution: Sequence[int]) -> Joint:
        """The counts that a solution stands for."""
        whole: list[Witness] = [self._left(quarter, solution) for quarter in self._quarters()]
        part: list[Witness] = [[] for _ in self._quarters()]
        for since, to in self.times:
            several = [self._of(f, solution, self.matched, (since, to)) for f in self.choices]
            pairs = list(side_by_side(several))
            whole[since] = whole[since] + pairs
            part[to] = part[to] + pairs
        return Joint(tuple(whole), tuple(self._detailed(q, part[q]) for q in self._quarters()))

    def _quarters(self) -> range:
        return range(len(self.pair.quarters))

    def _left(self, quarter: int, solution: Sequence[int]) -> Witness:
        several = [self._of(family, solution, self.left, quarter) for family in self.choices]
        return list(side_by_side(several))

    def _of(
        self,
        family: tuple[str, ...],
        solution: Sequence[int],
        columns: Mapping[Any, int],
        when: tuple[int, int] | int,
    ) -> Witness:
        found: Witness = []
        for number, codes in enumerate(self.choices[family]):
            if count := solution[columns[family, number, when]]:
                found.append((codes, self.base * count))
        return found

    def _detailed(self, quarter: int, part: Witness) -> Witness:
        """The part's own further dimensions are laid beside what was matched."""
        shared = {dimension for family in self.choices for dimension in family}
        figures = self.pair.quarters[quarter][1]
        own = [family for family in families(self.pair.part) if not set(family) <= shared]
        several = [spread(self.pair.part, family, figures) or [] for family in own]
        merged: list[tuple[Codes, int]] = list(side_by_side([part, *several]))
        return merged
