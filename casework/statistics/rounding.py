"""Controlled rounding of one closed quarter: unbiased, additive, within stated bounds. Pure.

Each figure first gets a target, a multiple of the base drawn at random so that its mean is the true
count less what earlier quarters of the year published too much. A small integer program then finds
the multiples of the base that add up everywhere, keep the bounds and stay nearest to the targets.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

from casework.statistics.catalogue import Bounds
from casework.statistics.grid import Grid, Place
from casework.statistics.solver import INFINITY, Program, SolverFailed, solve

FARTHER = 2.0
"""Cost of each unit by which the year to date is off by as much as the base, or more."""
BOUNDS = Bounds(quarter=4, running=9)
DOUBLINGS = 24
"""How often the widest bounds are doubled: far beyond any count a programme can reach."""

ABOVE = 10.0
"""Cost of each unit by which a figure of a part is above what the whole leaves it."""

TIE_BREAK = 0.02
"""Random cost per step of the base: picks at random among equally good solutions."""


class Chance:
    """The luck of one close: one random number for each place in the tables, whatever the kind.

    People registered and people helped are often the same people. Were the two rounded apart, each
    would narrow the window of the other; with one draw a place, equal counts have equal targets.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._drawn: dict[Place, tuple[float, float]] = {}

    def at(self, place: Place) -> float:
        """The number from 0 to 1 that decides whether the figure is rounded up."""
        return self._at(place)[0]

    def tie_break(self, place: Place) -> float:
        """A tiny cost of each step up, of either sign: picks among equally good solutions."""
        return self._at(place)[1]

    def _at(self, place: Place) -> tuple[float, float]:
        if place not in self._drawn:
            self._drawn[place] = self.rng.random(), self.rng.uniform(-TIE_BREAK, TIE_BREAK)
        return self._drawn[place]


@dataclass(frozen=True, slots=True)
class Rounded:
    """The published figures in the order of the grid, and the bounds that hold for them."""

    values: tuple[int, ...]
    bounds: Bounds


def round_quarter(
    grid: Grid,
    counts: Sequence[int],
    residual: Sequence[int],
    chance: Chance,
    *,
    base: int = 5,
    bounds: Bounds = BOUNDS,
    most: Mapping[Place, int] | None = None,
) -> Rounded:
    """The figures to publish for a quarter, multiples of `base`, never below zero.

    `counts` are the true counts in the order of the grid; `residual` is what the year to date has
    published less what is true of it as known now, corrections included. A kind that is part of
    another stays below `most` wherever its bounds allow it. Where corrections are so
    large that the bounds cannot hold, wider ones do, the rest is carried to the next quarter, and
    the result says which bounds it keeps.
    """
    targets = [
        draw(count - r, base, chance.at(place))
        for place, count, r in zip(grid.places, counts, residual, strict=True)
    ]
    for widened in _ladder(bounds, base):
        program = _program(grid, counts, residual, targets, chance, base, widened)
        if program is not None and most:
            _stay_below(program, grid, most, base)
        solution = solve(program) if program is not None else None
        if solution is not None:
            values = tuple(base * round(step) for step in solution[: len(counts)])
            return Rounded(values, widened)
    raise SolverFailed("no additive rounding exists")


def draw(value: int, base: int, luck: float) -> int:
    """A multiple of `base` next to the value; over all `luck` from 0 to 1 its mean is the value."""
    below, rest = divmod(value, base)
    return base * (below + (luck * base < rest))


def _ladder(bounds: Bounds, base: int) -> Iterator[Bounds]:
    """Bounds ever wider, the same whatever the figures: what is published of them says little.

    The running total gives way first, in steps of the base, then both by doubling.
    """
    for wider in range(9):
        yield Bounds(bounds.quarter, bounds.running + base * wider)
    for doubled in range(1, DOUBLINGS):
        room = base * 2**doubled - 1
        yield Bounds(max(bounds.quarter, room), max(bounds.running + base * 8, 2 * room))


def _stay_below(program: Program, grid: Grid, most: Mapping[Place, int], base: int) -> None:
    for step, place in enumerate(grid.places):
        if place in most:
            above = program.column(0, INFINITY, ABOVE)
            program.row(-INFINITY, most[place], (step, above), (base, -1))


def _program(
    grid: Grid,
    counts: Sequence[int],
    residual: Sequence[int],
    targets: Sequence[int],
    chance: Chance,
    base: int,
    bounds: Bounds,
) -> Program | None:
    """The integer program, or None when a figure has no multiple of the base in its bounds."""
    program = Program()
    for place, count, r in zip(grid.places, counts, residual, strict=True):
        lower = ceil(max(0, count - bounds.quarter, count - r - bounds.running) / base)
        upper = floor(min(count + bounds.quarter, count - r + bounds.running) / base)
        if lower > upper:
            return None
        program.column(lower, upper, chance.tie_break(place), whole=True)
    for step, target in enumerate(targets):
        away = program.column(0, INFINITY, 1.0)
        program.row(-target, INFINITY, (away, step), (1, -base))
        program.row(target, INFINITY, (away, step), (1, base))
    for step, (count, r) in enumerate(zip(counts, residual, strict=True)):
        beyond = program.column(0, INFINITY, FARTHER)
        program.row(r - count - base + 1, INFINITY, (beyond, step), (1, -base))
        program.row(count - r - base + 1, INFINITY, (beyond, step), (1, base))
    for whole, parts in grid.sums:
        program.row(0, 0, (whole, *parts), (-1, *(1 for _ in parts)))
    return program
