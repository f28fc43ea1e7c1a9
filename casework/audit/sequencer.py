"""The sequencer: gives committed entries their place in the tree, in batches, under one claim.

Writers never wait for each other: they only insert. One sequencer at a time claims the single row
of `audit_sequencer`, takes entries *without an index* (never "ids above the last one", which a
slow transaction would slip past), and stores the subtrees that became finished.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry, AuditNode, AuditSequencer
from casework.audit.tree import Frontier, Node, Run, frontier, place
from casework.errors import CaseworkError

BATCH = 1000
_NAME = "log"
_CLAIM = text("INSERT INTO audit_sequencer (name, size) VALUES ('log', 0) ON CONFLICT DO NOTHING")


class LogBroken(CaseworkError):
    """The stored log contradicts itself; nothing more is signed until somebody has looked."""


def sequence(session: Session, batch: int = BATCH, *, wait: bool = True) -> int:
    """Gives at most `batch` waiting entries their index, in order of arrival; answers how many.

    The claim is held until the caller commits; where another holds it, this call waits or, told
    not to, does nothing. Raises LogBroken when the stored tree has a gap.
    """
    size = _claim(session, wait)
    if size is None:
        return 0
    waiting = session.execute(
        select(AuditEntry.id, AuditEntry.leaf_hash)
        .where(AuditEntry.idx.is_(None))
        .order_by(AuditEntry.arrival, AuditEntry.id)
        .limit(batch)
    ).all()
    if waiting:
        edge = frontier_at(session, size)
        _place(session, size, [entry_id for entry_id, _ in waiting])
        _store(session, edge.extend([leaf for _, leaf in waiting]))
        _advance(session, size, edge.size)
    return len(waiting)


def sequence_all(session: Session, batch: int = BATCH) -> int:
    """Gives every waiting entry its index; answers the size of the tree."""
    while sequence(session, batch) == batch:
        pass
    return tree_size(session)


def tree_size(session: Session) -> int:
    """How many entries have an index."""
    return session.scalar(select(AuditSequencer.size).where(AuditSequencer.name == _NAME)) or 0


def frontier_at(session: Session, size: int) -> Frontier:
    """The right edge of the first `size` entries. Raises LogBroken when a hash is missing."""
    try:
        return frontier(size, lambda nodes: stored_hashes(session, nodes))
    except KeyError:
        raise LogBroken("a stored hash of the log is missing") from None


def stored_hashes(session: Session, nodes: Collection[Node]) -> dict[Node, bytes]:
    """The hashes of finished subtrees and leaves, in two queries, without those not stored."""
    leaves = [position for level, position in nodes if level == 0]
    inner = {place(*node): node for node in nodes if node[0] > 0}
    found: dict[Node, bytes] = {}
    if leaves:
        rows = session.execute(
            select(AuditEntry.idx, AuditEntry.leaf_hash).where(AuditEntry.idx.in_(leaves))
        )
        found.update({(0, idx): leaf for idx, leaf in rows if idx is not None})
    if inner:
        rows_above = session.execute(
            select(AuditNode.place, AuditNode.hash).where(AuditNode.place.in_(inner))
        )
        found.update({inner[number]: each for number, each in rows_above})
    return found


def _claim(session: Session, wait: bool) -> int | None:
    """The size of the tree, whose single row is locked: by itself on PostgreSQL, with the whole
    database on SQLite, where a transaction that writes is alone from its beginning."""
    query = select(AuditSequencer.size).where(AuditSequencer.name == _NAME)
    size = session.scalar(query.with_for_update(skip_locked=not wait))
    if size is None and session.scalar(query) is None:
        session.execute(_CLAIM)
        size = session.scalar(query.with_for_update(skip_locked=not wait))
    return size


def _place(session: Session, first: int, ids: Sequence[UUID]) -> None:
    session.connection().execute(
        update(AuditEntry)
        .where(AuditEntry.id == bindparam("entry"))
        .values(idx=bindparam("place"), arrival=None),
        [{"entry": entry, "place": first + offset} for offset, entry in enumerate(ids)],
    )


def _store(session: Session, runs: Sequence[Run]) -> None:
    rows = [
        {"place": place(run.level, run.first + offset), "hash": each}
        for run in runs
        for offset, each in enumerate(run.hashes)
    ]
    if rows:
        session.connection().execute(insert(AuditNode), rows)


def _advance(session: Session, before: int, after: int) -> None:
    moved = session.connection().execute(
        update(AuditSequencer)
        .where(AuditSequencer.name == _NAME, AuditSequencer.size == before)
        .values(size=after)
    )
    if moved.rowcount != 1:
        raise LogBroken("two sequencers were at work")
