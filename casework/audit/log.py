"""Writing the log: an entry joins the transaction of its act; that of a view precedes the page."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.bodies import canonical, compose, hour_of, round_down
from casework.audit.models import AuditEntry
from casework.audit.tree import leaf_hash
from casework.db import Base

_VIEWS = "views"
_INSERT = insert(Base.metadata.tables[AuditEntry.__tablename__])


class Recorded(NamedTuple):
    """The entry that was inserted: its id and the bytes that are proved."""

    id: UUID
    body: bytes


def record(session: Session, action: str, actor: UUID | None, **body: object) -> Recorded:
    """Inserts one entry in the caller's transaction: it commits with the change or not at all.

    `actor` is the person's id, None where the system acts by itself. Raises ValueError when the
    vocabulary knows no such action, or not exactly these keys and kinds of values.
    """
    values = _values(action, actor, body)
    _insert(session, [values])
    return Recorded(values["id"], values["body"])


def record_each(
    session: Session, action: str, actor: UUID | None, bodies: Iterable[Mapping[str, object]]
) -> int:
    """Inserts one entry a body in the caller's transaction, all at once: for acts that touch
    thousands of cases. Answers how many. Raises as `record` does."""
    rows = [_values(action, actor, body) for body in bodies]
    if rows:
        _insert(session, rows)
    return len(rows)


def record_view(session: Session, action: str, actor: UUID | None, **body: object) -> None:
    """Notes an act of reading; nothing is written until `flush_views`. Raises as `record` does."""
    session.info.setdefault(_VIEWS, []).append(_values(action, actor, body))


def flush_views(session: Session) -> int:
    """Inserts the noted views in the open transaction and forgets them; answers how many.

    No entry, no page: the shell commits, and sends nothing before that has succeeded.
    """
    noted: list[dict[str, Any]] = session.info.pop(_VIEWS, [])
    if noted:
        _insert(session, noted)
    return len(noted)


def _values(action: str, actor: UUID | None, values: Mapping[str, object]) -> dict[str, Any]:
    at = round_down(action, clock.now())
    body = canonical(compose(action, actor, at, values))
    return {
        "id": uuid4(),
        "arrival": time.time_ns(),
        "at": at,
        "hour": hour_of(at),
        "action": action,
        "actor_id": actor,
        "case_id": values.get("case"),
        "body": body,
        "leaf_hash": leaf_hash(body),
    }


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    """Past entities and their unit of work, which would double what an entry costs a commit."""
    session.connection().execute(_INSERT, rows[0] if len(rows) == 1 else rows)


__all__ = ["Recorded", "flush_views", "record", "record_each", "record_view"]
