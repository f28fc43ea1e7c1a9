"""The tables of the log: entries, finished tree nodes, the place of the sequencer, checkpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    String,
    TextClause,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, UtcDateTime

PLACED, WAITING = text("idx IS NOT NULL"), text("idx IS NULL")


def _where(rows: TextClause, name: str, *columns: str, unique: bool = False) -> Index:
    """An index of these rows only, on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=rows, postgresql_where=rows)


class AuditEntry(Base):
    """One act. The body is what is proved; action, actor, case and time are copies to find it by.

    `idx` is the place in the tree, given by the sequencer after the commit. `arrival` (nanoseconds)
    keeps the order of waiting entries and is forgotten with the sequencing, so that nothing finer
    than the body's own time remains. `hour` is `at` in whole hours since 1970, by which pages are
    turned. A commit writes the row, its key and one index of waiting entries; all other indexes are
    the sequencer's to fill.
    """

    __tablename__ = "audit_entries"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    idx: Mapped[int | None] = mapped_column(BigInteger)
    arrival: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    hour: Mapped[int] = mapped_column()
    action: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[UUID | None] = mapped_column()
    case_id: Mapped[UUID | None] = mapped_column()
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    redacted_for: Mapped[str | None] = mapped_column(String(40))
    __table_args__ = (
        CheckConstraint("(body IS NULL) = (redacted_for IS NOT NULL)", name="redacted_says_why"),
        _where(PLACED, "ix_audit_entries_idx", "idx", unique=True),
        _where(PLACED, "ix_audit_entries_hour_idx", "hour", "idx"),
        _where(PLACED, "ix_audit_entries_case_id_hour_idx", "case_id", "hour", "idx"),
        _where(PLACED, "ix_audit_entries_actor_id_hour_idx", "actor_id", "hour", "idx"),
        _where(PLACED, "ix_audit_entries_action_hour_idx", "action", "hour", "idx"),
        _where(WAITING, "ix_audit_entries_waiting", "arrival"),
    )


class AuditNode(Base):
    """The hash of a finished subtree, numbered as `tree.place` says; the entries are the leaves."""

    __tablename__ = "audit_nodes"
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditSequencer(Base):
    """The single row that a sequencer claims; `size` is the number of entries with an index."""

    __tablename__ = "audit_sequencer"
    name: Mapped[str] = mapped_column(String(8), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, default=0)


class AuditCheckpoint(Base):
    """A signed note over the tree of `size` leaves, kept as it was given out."""

    __tablename__ = "audit_checkpoints"
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    note: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def _refuse(_mapper: object, _connection: object, _row: Any) -> None:
    raise RuntimeError("the log only grows: an entry is neither changed nor deleted")


event.listen(AuditEntry, "before_update", _refuse)
event.listen(AuditEntry, "before_delete", _refuse)
