"""Writing the log: an entry joins the transaction of its act; that of a view precedes the page."""

from __future__ import annotations

import time
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from casework import clock
from casework.audit.bodies import canonical, compose, round_down
from casework.audit.models import AuditEntry
from casework.audit.tree import leaf_hash

_VIEWS = "views"


def record(session: Session, action: str, actor: UUID | None, **body: object) -> AuditEntry:
    """Adds one entry to the caller's transaction: it commits with the change or not at all.

    `actor` is the person's id, None where the system acts by itself. Raises ValueError when the
    vocabulary knows no such action, or not exactly these keys and kinds of values.
    """
    entry = _entry(action, actor, body)
    session.add(entry)
    return entry


def record_view(session: Session, action: str, actor: UUID | None, **body: object) -> None:
    """Notes an act of reading; nothing is written until `flush_views`. Raises as `record` does."""
    session.info.setdefault(_VIEWS, []).append(_entry(action, actor, body))


def flush_views(session: Session) -> list[AuditEntry]:
    """Adds the noted views to the open transaction and forgets them; the caller commits.

    No entry, no page: the shell sends nothing before this commit has succeeded.
    """
    entries: list[AuditEntry] = session.info.pop(_VIEWS, [])
    session.add_all(entries)
    return entries


def _entry(action: str, actor: UUID | None, values: Mapping[str, object]) -> AuditEntry:
    moment = clock.now()
    body = canonical(compose(action, actor, moment, values))
    return AuditEntry(
        arrival=time.time_ns(),
        at=round_down(action, moment),
        action=action,
        actor_id=actor,
        case_id=values.get("case"),
        body=body,
        leaf_hash=leaf_hash(body),
    )


__all__ = ["flush_views", "record", "record_view"]
