"""Redaction at the end of retention: bodies go, leaves stay, and the log says which and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

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
