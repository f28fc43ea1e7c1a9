"""What one page or file needs, read at once from what was published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from casework.i18n import gettext
from casework.statistics import queries
from casework.statistics.catalogue import TOTAL, Kind
from casework.statistics.labels import code_label, dimension_label, kind_label
from casework.statistics.notes import Note, errata, exact_headlines
from casework.statistics.pathway import sums
from casework.statistics.presentation import change, spaced, summed
from casework.statistics.queries import MOST_PERIODS, Closed
from casework.statistics.results import Reached, read_reached
from casework.statistics.routes_periods import (
    PERIOD,
    Stamp,
    catalogue_of,
    is_quarter,
    short_name,
    stamp,
)
from casework.statistics.routes_rows import SHOWN, Figures, Group, written
from casework.statistics.routes_trends import CHART, SPARK, Frame, Trend, trend

RECENT, ALONG = 4, 6
"""How many periods the first page compares, and how many a trend goes through."""
ENDS, ANSWERS = "referral_end", "answer"
PROMISED = ("B1", "B5", "B4", "A1", "A4")
"""The indicators whose progress the first page tells."""
SIDE_BY_SIDE = ("served", "redress")
COMPARED = ("commune", "sex", "age", "problem")
"""What the first page tells of people helped and of redress."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the first page: a figure in each of the recent quarters, and where it goes.

    `kind` names the page that tells more, empty where there is none.
    """

    label: str
    kind: str
    figures: tuple[str, ...]
    change: str
    trend: Trend


@dataclass(frozen=True, slots=True)
class Overview:
    """The recent closed quarters, oldest first, and what the first page says of them.

    `earlier` are all other closed periods, newest first.
    """

    closed: Sequence[Closed]
    heads: Sequence[str]
    totals: Sequence[Series]
    ends: Sequence[Series]
    answers: Sequence[Series]
    reached: Sequence[Reached]
    groups: Sequence[Group]
    bound: int
    stamps: Sequence[Stamp]
    earlier: Sequence[Closed]


@dataclass(frozen=True, slots=True)
class Period:
    """One closed period with all its figures, and the periods of its length up to it."""

    closed: Closed
    kinds: Sequence[Kind]
    figures: Mapping[str, Figures]
    along: Sequence[Closed]
    stamp: Stamp
    notes: Sequence[Note]
    exact: Sequence[tuple[str, str]]

    def kind(self, name: str) -> Kind | None:
        """The kind of this name when the pages show it."""
        return next((kind for kind in self.kinds if kind.name == name), None)


def read_overview(session: Session) -> Overview:
    """The first page's figures; nothing is closed yet when `closed` is empty."""
    several = queries.closed_quarters(session, MOST_PERIODS)
    recent, earlier = several[-RECENT:], several[:-1]
    periods = [each.period for each in recent]
    totals = queries.totals(session, periods)
    prints = queries.fingerprints(session, periods)
    return Overview(
        closed=recent,
        heads=[short_name(each) for each in recent],
        totals=[
            _series(kind_label(kind), kind, recent, [totals[kind].get(each) for each in periods])
            for kind in SHOWN
            if kind in totals
        ],
        ends=_parts(session, recent, ENDS),
        answers=_parts(session, recent, ANSWERS),
        reached=_goals(session, several),
        groups=list(_groups(session, recent)),
        bound=sum(each.bound for each in recent),
        stamps=[stamp(each, prints) for each in recent],
        earlier=[*reversed(earlier), *reversed(queries.closed_years(session, MOST_PERIODS))],
    )


def _parts(session: Session, recent: Sequence[Closed], table: str) -> list[Series]:
    """The referrals of the recent quarters by one dimension."""
    if not recent:
        return []
    found = queries.over(session, "referral", table, [each.period for each in recent])
    codes = catalogue_of(recent[-1]).kinds["referral"].codes[table]
    gaps = (None,) * len(recent)
    return [
        _series(code_label(table, code), "", recent, found.get((code,), gaps)) for code in codes
    ]


def _goals(session: Session, closed: Sequence[Closed]) -> list[Reached]:
    """What was promised most of all, since the first closed quarter."""
    found = read_reached(session, closed, 0)
    return [found[code] for code in PROMISED]


def _groups(session: Session, recent: Sequence[Closed]) -> Iterator[Group]:
    """People helped and people with redress by the common dimensions, over the recent quarters."""
    if not recent:
        return
    bound = sum(each.bound for each in recent)
    kinds = catalogue_of(recent[-1]).kinds
    for dimension in COMPARED:
        found = [sums(session, kind, dimension, recent) for kind in SIDE_BY_SIDE]
        yield Group(
            dimension_label(dimension),
            tuple(
                (
                    code_label(dimension, code),
                    False,
                    tuple(summed(values.get(code, 0), bound) for values in found),
                )
                for code in kinds[SIDE_BY_SIDE[0]].codes[dimension]
            ),
        )


def _series(
    label: str, kind: str, recent: Sequence[Closed], values: Sequence[int | None]
) -> Series:
    heads = [short_name(each) for each in recent]
    bounds = [each.bound for each in recent]
    return Series(
        label=label,
        kind=kind,
        figures=tuple(map(written, values, bounds)),
        change=change(*(None, *values)[-2:]),
        trend=_trend(label, heads, values, SPARK, max(bounds)),
    )


def read_period(session: Session, period: str) -> Period | None:
    """The closed period of that name; None where nothing of that name is published."""
    closed = queries.closed_period(session, period) if PERIOD.fullmatch(period) else None
    if closed is None:
        return None
    figures = queries.every_table(session, period)
    kinds = catalogue_of(closed).kinds
    return Period(
        closed=closed,
        kinds=[kinds[name] for name in SHOWN if name in kinds and name in figures],
        figures=figures,
        along=_along(session, closed),
        stamp=stamp(closed, queries.fingerprints(session, [period])),
        notes=errata(session, [period]),
        exact=_exact(session, period),
    )


def _exact(session: Session, period: str) -> list[tuple[str, str]]:
    """The exact totals of a year that the programme publishes apart: what, and the number."""
    found = exact_headlines(session, [period]).get(period, {})
    return [(kind_label(kind), spaced(value)) for kind, value in found.items()]


def _along(session: Session, closed: Closed) -> list[Closed]:
    """The periods of the same length up to this one, oldest first."""
    same = queries.closed_quarters if is_quarter(closed.period) else queries.closed_years
    upto = [each for each in same(session, MOST_PERIODS) if each.ended_on <= closed.ended_on]
    return upto[-ALONG:]


def read_changes(session: Session, page: Period) -> tuple[str, ...]:
    """How each kind's total moved since the period before; empty for the first one."""
    if len(page.along) < 2:
        return ()
    before, after = (each.period for each in page.along[-2:])
    totals = queries.totals(session, [before, after])
    return tuple(
        change(totals[kind.name].get(before), totals[kind.name].get(after)) for kind in page.kinds
    )


def read_trend(session: Session, page: Period, kind: str) -> Trend:
    """The line of one kind's totals up to the period."""
    periods = [each.period for each in page.along]
    values = queries.over(session, kind, TOTAL, periods)[()]
    bound = max(each.bound for each in page.along)
    heads = [short_name(each) for each in page.along]
    return _trend(kind_label(kind), heads, values, CHART, bound)


def _trend(
    label: str, heads: Sequence[str], values: Sequence[int | None], frame: Frame, bound: int
) -> Trend:
    title = str(gettext("Trend: %(what)s", what=label))
    return trend(title, heads, values, frame=frame, bound=bound)
