"""A line over closed periods as plain geometry, to be drawn with presentation attributes. Pure.

Lengths are in pixels of the drawing. A rounded zero is a hollow mark in the middle of what it
stands for; a period without a published figure is a gap. The band round the line is as wide as
the interval each figure stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from casework.statistics.charts import Mark, Scale, marks, scale
from casework.statistics.presentation import NOT_APPLICABLE, Figure, figure


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a drawing, where its axis stands, and the room left free around its line."""

    width: int
    height: int
    axis: int
    start: int
    end: int
    above: int
    below: int

    @property
    def floor(self) -> int:
        """Where zero stands, measured from the top."""
        return self.height - self.below

    def across(self, count: int) -> list[float]:
        """Where so many points stand, evenly, measured from the left."""
        room = self.width - self.start - self.end
        if count == 1:
            return [round(self.start + room / 2, 1)]
        return [round(self.start + room * number / (count - 1), 1) for number in range(count)]


CHART = Frame(width=340, height=184, axis=34, start=62, end=26, above=28, below=36)
SPARK = Frame(width=108, height=28, axis=0, start=6, end=6, above=5, below=5)
ABOVE, BELOW = 10, 20
"""How far the words of a figure stand from its mark."""


@dataclass(frozen=True, slots=True)
class Point:
    """One figure on the line: where it and its interval stand, what it says, and when.

    Its words stand at `words_y`: below it in a dip of the line that leaves room, else above.
    """

    x: float
    y: float
    upper: float
    lower: float
    words_y: float
    period: str
    text: str
    low: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """Everything a template needs to draw one line; `lines` and `bands` are lists of points."""

    frame: Frame
    title: str
    words: str
    points: tuple[Point, ...]
    lines: tuple[str, ...]
    bands: tuple[str, ...]
    axis: tuple[Mark, ...]


def trend(
    title: str,
    periods: Sequence[str],
    values: Sequence[int | None],
    *,
    frame: Frame = CHART,
    bound: int = 4,
) -> Trend:
    """The line of the values, one a period, None where nothing was published."""
    along = scale([value or 0 for value in values], frame.floor - frame.above, bound)
    points = [
        None
        if value is None
        else _point(frame, along, x, period, figure(value, bound), dip=_is_dip(values, number))
        for number, (x, period, value) in enumerate(
            zip(frame.across(len(values)), periods, values, strict=True)
        )
    ]
    runs = [run for run in _runs(points) if len(run) > 1]
    return Trend(
        frame=frame,
        title=title,
        words=", ".join(_words(periods, values, bound)),
        points=tuple(point for point in points if point is not None),
        lines=tuple(" ".join(f"{p.x:g},{p.y:g}" for p in run) for run in runs),
        bands=tuple(_band(run) for run in runs),
        axis=tuple(Mark(round(frame.floor - mark.at, 1), mark.text) for mark in marks(along)),
    )


def _point(frame: Frame, along: Scale, x: float, period: str, shown: Figure, *, dip: bool) -> Point:
    middle = (shown.lower + shown.upper) / 2 if shown.low else shown.value
    y = round(frame.floor - along.place(middle), 1)
    below = dip and y + BELOW < frame.floor
    return Point(
        x=x,
        y=y,
        upper=round(frame.floor - along.place(shown.upper), 1),
        lower=round(frame.floor - along.place(shown.lower), 1),
        words_y=round(y + BELOW if below else y - ABOVE, 1),
        period=period,
        text=shown.text,
        low=shown.low,
    )


def _is_dip(values: Sequence[int | None], number: int) -> bool:
    """True where the line comes down and goes up again."""
    before, here, after = (None, *values, None)[number : number + 3]
    if before is None or here is None or after is None:
        return False
    return before > here < after


def _runs(points: Sequence[Point | None]) -> Iterator[list[Point]]:
    """The stretches of published figures between gaps."""
    for gap, run in groupby(points, lambda point: point is None):
        if not gap:
            yield [point for point in run if point is not None]


def _band(run: Sequence[Point]) -> str:
    upper = [f"{point.x:g},{point.upper:g}" for point in run]
    lower = [f"{point.x:g},{point.lower:g}" for point in reversed(run)]
    return " ".join([*upper, *lower])


def _words(periods: Sequence[str], values: Sequence[int | None], bound: int) -> Iterator[str]:
    for period, value in zip(periods, values, strict=True):
        yield f"{period} {NOT_APPLICABLE if value is None else figure(value, bound).text}"
