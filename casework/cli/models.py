"""Which keyless job has run in which slot of time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, UtcDateTime


class JobClaim(Base):
    """One job in one slot: whoever inserts the row does the work, in the same transaction."""

    __tablename__ = "job_claims"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[str] = mapped_column(String(20), primary_key=True)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
