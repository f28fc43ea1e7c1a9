"""The report of a closed period: everything its page and its PDF say, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from casework.programme import queries as programme
from casework.programme.framework import GENERAL
from casework.programme.kinds import KINDS
from casework.programme.queries import Done, Marks
from casework.statistics import queries
from casework.statistics.labels import kind_label
from casework.statistics.pathway import Pathway, read_pathway
from casework.statistics.queries import MOST_PERIODS, Closed
from casework.statistics.results import Reached, objectives, read_reached
from casework.statistics.routes_periods import catalogue_of, is_quarter, short_name
from casework.statistics.routes_reading import Period
from casework.statistics.routes_rows import COMMON, matrix, rows, total_row
from casework.statistics.sheets import Sheet, one_way_sheet, sheet

RECENT = 4
CHARTED = {"served": COMMON, "feedback": ("satisfaction",)}
"""The tables of each kind that the report draws; the annex counts all kinds."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the report says; all of the period and of the closed quarters up to its end."""

    page: Period
    upto: Sequence[Closed]
    heads: Sequence[str]
    general: Any
    objectives: Sequence[Any]
    reached: dict[str, Reached]
    totals: Sheet
    charted: Sequence[tuple[str, Sequence[tuple[str, Sheet]]]]
    pathway: Pathway
    groups: Sequence[Any]
    done: Sequence[tuple[str, Done]]
    marks: Sequence[Marks]
    checkpoint: str

    @property
    def bound(self) -> int:
        """How far the figures of the pathway may lie from the truth."""
        return sum(each.bound for each in self.own)

    @property
    def own(self) -> Sequence[Closed]:
        """The closed quarters that the period is made of."""
        return self.upto[-1:] if is_quarter(self.page.closed.period) else self.upto[-RECENT:]


def read_report(session: Session, page: Period) -> Report:
    """The report of this period; nothing later than its end is in it."""
    every = queries.closed_quarters(session, MOST_PERIODS)
    upto = [each for each in every if each.ended_on <= page.closed.ended_on]
    recent = upto[-RECENT:]
    own = upto[-1:] if is_quarter(page.closed.period) else recent
    done = programme.done(session, [each.period for each in own])
    return Report(
        page=page,
        upto=upto,
        heads=[short_name(each) for each in recent],
        general=GENERAL,
        objectives=objectives(),
        reached=read_reached(session, upto, len(recent)),
        totals=_totals(page),
        charted=[(kind, _charted(page, kind)) for kind in CHARTED if page.kind(kind)],
        pathway=read_pathway(session, own, dict(catalogue_of(page.closed).kinds)),
        groups=matrix(page.kinds, page.figures, page.closed.bound),
        done=[(kind, added(done, kind, own)) for kind in KINDS],
        marks=programme.marks(session, [each.period for each in own]),
        checkpoint=queries.checkpoint(session, page.closed.closed_at),
    )


def added(done: programme.Counts, kind: str, own: Sequence[Closed]) -> Done:
    """Activities of one kind over several quarters."""
    several = [done.get((kind, each.period), Done()) for each in own]
    return Done(
        events=sum(one.events for one in several),
        people=sum(one.people for one in several),
        minutes=sum(one.minutes for one in several),
        callers=sum(one.callers for one in several),
        services=sum(one.services for one in several),
    )


def _totals(page: Period) -> Sheet:
    totals = [total_row(page.figures[kind.name], kind_label(kind.name)) for kind in page.kinds]
    return sheet("", [row.label for row in totals], totals, page.closed.bound)


def _charted(page: Period, name: str) -> list[tuple[str, Sheet]]:
    kind = page.kind(name)
    figures = page.figures[name]
    return [
        (table, one_way_sheet("", rows(kind, table, figures), figures, page.closed.bound))
        for table in CHARTED[name]
        if kind is not None and table in kind.dimensions
    ]
