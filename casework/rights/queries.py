"""What can be told about the end of files without any key: from the log and the rows of cases."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.models import Case, CaseStatus
from casework.rights.retention import PROPOSED, earliest

SOON = timedelta(days=365)
CLOSED_AT_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Count:
    """Closed files of one reason: how many, how many whose time may be over today, and within a
    year."""

    reason: str | None
    closed: int
    over: int
    soon: int


def dry_run(session: Session, months: Mapping[str, int] = PROPOSED) -> list[Count]:
    """The closed files counted by the reason of their last closure, the commonest first. Reason is
    None for those whose closing the log tells no more, since its old content is gone: they are to
    be looked at now. Nothing is read from a file, nothing changes."""
    today = clock.today()
    closed: Counter[str | None] = Counter()
    over: Counter[str | None] = Counter()
    soon: Counter[str | None] = Counter()
    for closed_on, reason in closures(session):
        day = earliest(closed_on, reason, months)
        closed[reason] += 1
        over[reason] += day <= today
        soon[reason] += today < day <= today + SOON
    silent = number_closed(session) - closed.total()
    if silent > 0:
        closed[None], over[None] = silent, silent
    return [Count(one, number, over[one], soon[one]) for one, number in closed.most_common()]


def number_closed(session: Session) -> int:
    """How many files are closed now."""
    query = select(func.count()).select_from(Case).where(Case.status == CaseStatus.CLOSED)
    return session.scalar(query) or 0


def closures(session: Session) -> list[tuple[date, str]]:
    """Day and reason of the last closure of every file that is closed now (at most 100 000), as far
    as the log still tells them."""
    last = (
        select(AuditEntry.case_id, func.max(AuditEntry.arrival).label("arrival"))
        .join(Case, Case.id == AuditEntry.case_id)
        .where(AuditEntry.action == "case.closed", Case.status == CaseStatus.CLOSED)
        .group_by(AuditEntry.case_id)
        .limit(CLOSED_AT_MOST)
        .subquery()
    )
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.body)
        .join(
            last,
            (AuditEntry.case_id == last.c.case_id) & (AuditEntry.arrival == last.c.arrival),
        )
        .where(AuditEntry.action == "case.closed")
    )
    return [(clock.local(at).date(), str(json.loads(body)["reason"])) for at, body in rows if body]
