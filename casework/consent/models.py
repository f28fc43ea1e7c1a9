"""Consents: what a person agreed to, sealed; only the day of expiry can be read without a key."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base


class ConsentRow(Base):
    """One consent, refusal, ground of necessity or withdrawal, in one box."""

    __tablename__ = "consents"
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    expires_on: Mapped[date | None] = mapped_column(index=True)
    revision: Mapped[int] = mapped_column(default=1)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}
