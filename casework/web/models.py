"""Rows of the shell itself: values held for minutes under a session, and marks of the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, UtcDateTime


class HeldForm(Base):
    """What somebody typed and the server refused, or a search, sealed under her session for
    minutes."""

    __tablename__ = "held_forms"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    box: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Mark(Base):
    """A fact about the whole database, such as «this is a demonstration» and its seed."""

    __tablename__ = "marks"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
