"""Redaction at the end of retention: bodies go, leaves stay, and the log says which and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from casework.audit.bodies import hour_of
from casework.audit.log import Recorded, record
from casework.audit.models import AuditEntry
from casework.audit.tree import Span

NEVER = "audit.redacted"


def redact(
    session: Session, ranges: Sequence[Span], reason: str, actor: UUID | None = None
) -> Recorded:
    """Removes the bodies in the (first, last) ranges, with their copies of person and case.

    Leaf hash, action and rounded time stay, so the tree still verifies. Entries that tell of a
    redaction keep their body. One `audit.redacted` entry tells ranges and reason; the caller
    commits. Raises ValueError for a reason that is no code, or a range that is none.
    """
    if not ranges or any(not 0 <= first <= last for first, last in ranges):
        raise ValueError("a range of indexes goes from its first to its last")
    for first, last in ranges:
        session.execute(
            update(AuditEntry)
            .where(AuditEntry.idx.between(first, last), AuditEntry.body.is_not(None))
            .where(AuditEntry.action != NEVER)
            .values(body=None, actor_id=None, case_id=None, redacted_for=reason)
            .execution_options(synchronize_session=False)
        )
    return record(session, NEVER, actor, reason=reason, ranges=list(ranges))


def redact_before(
    session: Session, end: datetime, reason: str, living: Select[tuple[UUID]], at_once: int = 1000
) -> int:
    """Empties every sequenced entry from before this full hour, except those about a case that is
    `living` (a query of ids) and those that tell of a redaction; answers how many.

    Each `audit.redacted` entry names at most `at_once` ranges; the caller commits. The boxes of a
    living case are compared with what its entries say, so these stay while it lives.
    """
    about_none = or_(AuditEntry.case_id.is_(None), AuditEntry.case_id.not_in(living))
    indexes = session.scalars(
        select(AuditEntry.idx)
        .where(AuditEntry.idx.is_not(None), AuditEntry.hour < hour_of(end), about_none)
        .where(AuditEntry.body.is_not(None), AuditEntry.action != NEVER)
        .where(AuditEntry.action.not_like("draft.%"))
    )
    found = spans(index for index in indexes if index is not None)
    for first in range(0, len(found), at_once):
        redact(session, found[first : first + at_once], reason)
    return sum(last - first + 1 for first, last in found)


def ranges_of_case(session: Session, case_id: UUID) -> list[Span]:
    """Where the sequenced entries about one case stand, as (first, last) ranges."""
    indexes = session.scalars(
        select(AuditEntry.idx).where(AuditEntry.case_id == case_id, AuditEntry.idx.is_not(None))
    )
    return spans(index for index in indexes if index is not None)


def spans(indexes: Iterable[int]) -> list[Span]:
    """The indexes, in any order, as few (first, last) ranges, both ends included."""
    found: list[Span] = []
    for index in sorted(indexes):
        if found and index <= found[-1][1] + 1:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found
