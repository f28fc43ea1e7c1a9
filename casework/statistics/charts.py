"""Bars and columns as plain numbers, to be drawn with presentation attributes. Pure.

Lengths are in pixels of the drawing, rounded to a tenth. Only published figures come in; a rounded
zero becomes a low, open-ended hatched bar as long as its interval, never a gap and never nothing.
Axes are marked in multiples of five. There is no pie: shares of small wholes would mislead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casework.statistics.presentation import LOW, about, spaced

STEPS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000)


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from zero: the highest mark, its length, and the marks to draw."""

    top: int
    length: float
    marks: tuple[int, ...]

    def place(self, value: float) -> float:
        """Where a value stands on the scale, in pixels from zero, never outside it."""
        return round(self.length * min(max(value, 0), self.top) / self.top, 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of an axis: how far from zero, and its words."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, the words of its figure, where it stands and how long it is.

    `low` bars are hatched and open at the end; `whisker` spans the interval the figure stands for.
    """

    label: str
    text: str
    offset: float
    length: float
    thickness: float
    low: bool
    whisker: tuple[float, float]


def scale(values: Sequence[int], length: float, bound: int = 4, most_marks: int = 6) -> Scale:
    """A scale that shows the largest figure with its interval, marked in multiples of five."""
    largest = max([*values, 0]) + bound
    step = next((each for each in STEPS if each * most_marks >= largest), largest)
    count = -(-largest // step)
    return Scale(step * count, length, tuple(step * number for number in range(count + 1)))


def marks(along: Scale) -> tuple[Mark, ...]:
    """The marks of an axis from zero to its top."""
    return tuple(Mark(along.place(value), spaced(value)) for value in along.marks)


def bars(
    rows: Sequence[tuple[str, int]],
    along: Scale,
    *,
    thickness: float = 20,
    gap: float = 8,
    bound: int = 4,
) -> tuple[Bar, ...]:
    """One bar a row, in the order given; `offset` runs across the bars, `length` along the scale.

    Read sideways they are rows of a chart by group, upright the columns of a series of periods.
    """
    return tuple(
        _bar(label, value, round(number * (thickness + gap), 1), along, thickness, bound)
        for number, (label, value) in enumerate(rows)
    )


def stacked(rows: Sequence[tuple[str, int]], along: Scale) -> tuple[Bar, ...]:
    """The parts of one bar end to end: rounded figures that end exactly at the printed total."""
    placed, start = [], 0
    for label, value in rows:
        first, last = along.place(start), along.place(start + value)
        text = about(value) if value else LOW
        placed.append(Bar(label, text, first, round(last - first, 1), 0, value == 0, (first, last)))
        start += value
    return tuple(placed)


def _bar(label: str, value: int, offset: float, along: Scale, thickness: float, bound: int) -> Bar:
    low = value == 0
    length = along.place(bound if low else value)
    whisker = (along.place(0 if low else value - bound), along.place(value + bound))
    return Bar(label, LOW if low else about(value), offset, length, thickness, low, whisker)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One bar of a table in per cent of its cell: its length and what its figure may stand for."""

    length: float
    first: float
    last: float
    low: bool


@dataclass(frozen=True, slots=True)
class Gauges:
    """The bars of a table, None for rows that have none, and the marks of their common axis."""

    bars: tuple[Gauge | None, ...]
    axis: tuple[Mark, ...]


def gauges(values: Sequence[int | None], bound: int = 4) -> Gauges:
    """The bars of these figures on one scale, marked in multiples of five; None has no bar."""
    along = scale([value or 0 for value in values], 100, bound, most_marks=4)
    bars = tuple(None if value is None else _gauge(value, along, bound) for value in values)
    return Gauges(bars, marks(along))


def _gauge(value: int, along: Scale, bound: int) -> Gauge:
    low = value == 0
    first = along.place(0 if low else value - bound)
    return Gauge(along.place(value), first, along.place(value + bound), low)
