"""The planned volumes of a programme: they, and never the data, decide how fine its tables are."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit import log
from casework.errors import RuleBroken
from casework.facts.calendar import following, quarter_of, quarters_of
from casework.facts.queries import last_closed, programme_calendar
from casework.statistics.catalogue import Catalogue, catalogue_of
from casework.statistics.models import PlannedVolume

MOST_PLANNED = 10_000_000


def plan_volume(session: Session, kind: str, volume: int, *, actor: UUID | None = None) -> str:
    """So many facts of the kind are planned a year, from the returned quarter on.

    It is the first of the next reporting year of which no quarter is closed: what a year publishes
    never changes within it. Raises RuleBroken: 'no_such_kind', 'volume_out_of_range'.
    """
    begins = next_open_year(session)
    if kind not in catalogue_of(begins).kinds:
        raise RuleBroken("no_such_kind")
    if not 0 <= volume <= MOST_PLANNED:
        raise RuleBroken("volume_out_of_range")
    session.merge(PlannedVolume(kind=kind, effective_from=begins, volume=volume))
    session.flush()
    log.record(session, "configuration.changed", actor=actor, setting="planned_volume")
    return begins


def next_open_year(session: Session) -> str:
    """The first quarter of the first reporting year of which no quarter is closed."""
    calendar = programme_calendar(session)
    closed = last_closed(session)
    if closed is None:
        first = quarter_of(calendar.go_live_on or clock.today())
        return quarters_of(calendar.year_of(first), calendar.year_starts_in)[0]
    return following(quarters_of(calendar.year_of(closed), calendar.year_starts_in)[-1])


def planned_catalogue(session: Session, quarter: str) -> Catalogue:
    """The catalogue in force for a quarter, with the volumes planned for it."""
    chosen = select(PlannedVolume).where(PlannedVolume.effective_from <= quarter)
    rows = session.scalars(chosen.order_by(PlannedVolume.effective_from).limit(1_000))
    return catalogue_of(quarter).planned({row.kind: row.volume for row in rows})
