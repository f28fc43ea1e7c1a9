"""Referrals as the database sees them: who owes the next act, and by when; never what for."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, UtcDateTime


class Referral(Base):
    """One referral of a case to one provider; service, reasons and messages are sealed entries."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_from_team_state_due_at", "from_team", "state", "due_at"),
        Index("ix_referrals_to_team_state_due_at", "to_team", "state", "due_at"),
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    from_team: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("providers.id"))
    to_team: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    state: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class ReferralMove(Base):
    """One move of a referral: from where to where, by whom.

    Reason, source and means stand in the sealed entry of the exchange that bears the same id.
    """

    __tablename__ = "referral_moves"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    referral_id: Mapped[UUID] = mapped_column(
        ForeignKey("referrals.id", ondelete="CASCADE"), index=True
    )
    move: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    moved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    on_behalf: Mapped[bool] = mapped_column(default=False)
    happened_on: Mapped[date] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Chore(Base):
    """Something only a keyholder of the owner team can do, waiting for her next POST."""

    __tablename__ = "chores"
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referrals.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
