"""The sessions a person has open, as she sees and ends them herself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.errors import NotVisible
from casework.people.models import SessionRow
from casework.people.sessions import sign_out


def listed(
    session: Session, user_id: UUID, idle: timedelta, length: timedelta
) -> Sequence[SessionRow]:
    """Her sessions that can still open something, by themselves or with her six digits, last used
    first (at most 50)."""
    now = clock.now()
    in_use = SessionRow.box.is_not(None) & (SessionRow.seen_at >= now - idle)
    return session.scalars(
        select(SessionRow)
        .where(SessionRow.user_id == user_id, in_use | SessionRow.lock_box.is_not(None))
        .where(SessionRow.created_at >= now - length)
        .order_by(SessionRow.seen_at.desc(), SessionRow.id)
        .limit(50)
    ).all()


def end(session: Session, user_id: UUID, session_id: UUID) -> None:
    """That session is closed; raises NotVisible when it is not one of hers."""
    row = session.get(SessionRow, session_id)
    if row is None or row.user_id != user_id:
        raise NotVisible
    sign_out(session, session_id, user_id)


def end_all(session: Session, user_id: UUID) -> None:
    """Every session of hers is closed, this one too."""
    for row in session.scalars(select(SessionRow).where(SessionRow.user_id == user_id)).all():
        sign_out(session, row.id, user_id)
