"""What closing a period reads: the calendar, what is closed, and facts counted by their codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.facts.calendar import following, quarter_of, year_of
from casework.facts.counts import Counted
from casework.facts.kinds import unpack
from casework.facts.models import COUNTED, ClosedPeriod, Fact, ProgrammeCalendar

CODES = tuple(Fact.__table__.c[name] for name in COUNTED)
DIMENSIONS = ("commune", "sex", "age", "category", "problem")


@dataclass(frozen=True, slots=True)
class Calendar:
    """How the programme counts time; the defaults hold until a calendar is set."""

    go_live_on: date | None = None
    year_starts_in: int = 1
    delay_days: int = 15
    exact_headline: bool = False

    def year_of(self, quarter: str) -> str:
        """The reporting year of a quarter."""
        return year_of(quarter, self.year_starts_in)


def programme_calendar(session: Session) -> Calendar:
    """The programme's calendar as set, or the default one."""
    row = session.get(ProgrammeCalendar, "programme")
    if row is None:
        return Calendar()
    return Calendar(row.go_live_on, row.year_starts_in, row.delay_days, row.exact_headline)


def last_closed(session: Session) -> str | None:
    """The latest closed quarter, None before the first close."""
    return session.scalar(select(func.max(ClosedPeriod.period)))


def open_quarter(session: Session, happened_on: date) -> str:
    """The quarter in which something of that day counts: its own, or the first open one."""
    own = quarter_of(happened_on)
    closed = last_closed(session)
    return own if closed is None or own > closed else following(closed)


def next_to_close(session: Session) -> str | None:
    """The only quarter that may close next: they close in order, from the programme's start."""
    closed = last_closed(session)
    if closed is not None:
        return following(closed)
    begun = programme_calendar(session).go_live_on
    if begun is not None:
        return quarter_of(begun)
    return session.scalar(select(func.min(Fact.quarter)))


def counted_facts(session: Session, quarters: Iterable[str]) -> Iterator[Counted]:
    """Facts of the quarters, one result per kind, quarter and combination of codes found.

    `codes` names commune, sex, age, category, problem and the details of the kind.
    """
    chosen = select(*CODES, func.sum(Fact.weight)).where(Fact.quarter.in_(list(quarters)))
    unpacked = cache(unpack)
    for quarter, kind, *codes, detail, count in session.execute(chosen.group_by(*CODES)):
        named = dict(zip(DIMENSIONS, codes, strict=True))
        yield Counted(kind, quarter, named | unpacked(detail), int(count))
