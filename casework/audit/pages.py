"""The log as it is read: newest first, page by page, by act, person, case and period.

A page costs the same at the first and at the last of ten million entries: every filter has an
index whose order is that of the page, and the next page begins behind the last line of this one.
The order is that of the hours, within an hour that of the tree; entries that wait for their place
(a second at most) come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from casework.audit.bodies import hour_of
from casework.audit.models import AuditEntry
from casework.errors import NotVisible


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; None means any. `since` and `until` are aware moments on a full hour: from
    the beginning of the one up to, and without, the other."""

    act: str | None = None
    person: UUID | None = None
    case: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def newest(
    session: Session, wanted: Wanted, before: UUID | None = None, limit: int = 51
) -> list[AuditEntry]:
    """At most `limit` entries, newest first; with `before`, those that follow that entry in this
    order. Raises NotVisible for an unknown one."""
    mark = session.get(AuditEntry, before) if before else None
    if before is not None and mark is None:
        raise NotVisible
    found: list[AuditEntry] = []
    if mark is None or mark.idx is None:
        found += session.scalars(waiting(wanted, mark).limit(limit)).all()
    if len(found) < limit:
        found += session.scalars(placed(wanted, mark).limit(limit - len(found))).all()
    return found


def waiting(wanted: Wanted, mark: AuditEntry | None = None) -> Select[Any]:
    """Entries that have no place in the tree yet, the last to arrive first."""
    query = matching(wanted).where(AuditEntry.idx.is_(None))
    if mark is not None:
        older = and_(AuditEntry.arrival == mark.arrival, AuditEntry.id < mark.id)
        query = query.where(or_(AuditEntry.arrival < mark.arrival, older))
    return query.order_by(AuditEntry.arrival.desc(), AuditEntry.id.desc())


def placed(wanted: Wanted, mark: AuditEntry | None = None) -> Select[Any]:
    """Entries with a place, the newest first.

    Behind a mark the end of the period is the mark's hour: a database enters an index by one upper
    bound, and the other would have it read all newer entries of the period again.
    """
    if mark is None or mark.idx is None:
        query = matching(wanted)
    else:
        end = hour_of(wanted.until) if wanted.until else mark.hour + 1
        after = tuple_(AuditEntry.hour, AuditEntry.idx) < tuple_(mark.hour, mark.idx)
        query = matching(replace(wanted, until=None)).where(after)
        query = query.where(AuditEntry.hour < min(end, mark.hour + 1))
    query = query.where(AuditEntry.idx.is_not(None))
    return query.order_by(AuditEntry.hour.desc(), AuditEntry.idx.desc())


def matching(wanted: Wanted) -> Select[Any]:
    """The entries that are asked for, in no order."""
    asked = (
        (AuditEntry.action, wanted.act),
        (AuditEntry.actor_id, wanted.person),
        (AuditEntry.case_id, wanted.case),
    )
    query = select(AuditEntry).where(*(column == value for column, value in asked if value))
    if wanted.since is not None:
        query = query.where(AuditEntry.hour >= hour_of(wanted.since))
    if wanted.until is not None:
        query = query.where(AuditEntry.hour < hour_of(wanted.until))
    return query


def about_case(
    session: Session, case_id: UUID, acts: Sequence[str], limit: int = 500
) -> list[AuditEntry]:
    """The newest of these acts about one case ("who opened this case"), newest first."""
    found: list[AuditEntry] = []
    for query in (waiting(Wanted(case=case_id)), placed(Wanted(case=case_id))):
        query = query.where(AuditEntry.action.in_(acts)).limit(limit - len(found))
        found += session.scalars(query).all()
    return found


def of_person(session: Session, person: UUID, since: datetime, limit: int = 5000) -> list[Any]:
    """(action, case id, at) of what one person did since a full hour, newest first: what unusual
    access is judged by."""
    columns = (AuditEntry.action, AuditEntry.case_id, AuditEntry.at)
    wanted = Wanted(person=person, since=since)
    found: list[Any] = []
    for query in (waiting(wanted), placed(wanted)):
        found += session.execute(query.with_only_columns(*columns).limit(limit - len(found)))
    return found


__all__ = ["Wanted", "about_case", "matching", "newest", "of_person", "placed", "waiting"]
