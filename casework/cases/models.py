"""Cases as the database sees them: codes, dates and boxes, and nothing a thief could read."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, UtcDateTime


class CaseStatus(StrEnum):
    """Where a case stands; the values are those of the code list `statut_dossier`."""

    DRAFT = "brouillon"
    OPEN = "ouvert"
    FOLLOW_UP = "en_suivi"
    ON_HOLD = "suspendu"
    CLOSED = "cloture"
    REOPENED = "rouvert"


class Case(Base):
    """One case of one owner team."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(
            "status IN ('brouillon','ouvert','en_suivi','suspendu','cloture','rouvert')",
            name="status_known",
        ),
        Index("ix_cases_owner_team_opened_on_id", "owner_team", "opened_on", "id"),
        Index("ix_cases_owner_team_next_step_on", "owner_team", "next_step_on"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    owner_team: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    status: Mapped[str] = mapped_column(String(12), default=CaseStatus.DRAFT)
    opened_on: Mapped[date] = mapped_column()
    next_step_on: Mapped[date | None] = mapped_column()
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class CaseAccess(Base):
    """The box by which one team opens a case: the owner's, or a partner's for one referral.

    In the owner's row `referral_id` is the case's own id.
    """

    __tablename__ = "case_access"
    __table_args__ = (
        CheckConstraint("kind IN ('owner','partner')", name="kind_known"),
        CheckConstraint("form IN ('sym','hpke')", name="form_known"),
        Index("ix_case_access_case_id", "case_id"),
    )
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    epoch: Mapped[int] = mapped_column()
    form: Mapped[str] = mapped_column(String(4))
    revision: Mapped[int] = mapped_column(default=1)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    sig: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_on: Mapped[date | None] = mapped_column(index=True)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}


class CaseSection(Base):
    """One section of a case: a padded JSON object in one box."""

    __tablename__ = "case_sections"
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    section: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}


class CaseEntry(Base):
    """Something that grows under a case (journal, message, outcome, service, step): one box an
    entry."""

    __tablename__ = "case_entries"
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    section: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}


class Attachment(Base):
    """A file of a case: its key in a box, its bytes elsewhere under a random name."""

    __tablename__ = "attachments"
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    section: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
    key_box: Mapped[bytes] = mapped_column(LargeBinary)
    size_bucket: Mapped[int] = mapped_column()
    path: Mapped[str] = mapped_column(String(80))


class Draft(Base):
    """Something handed in for a team, sealed to its draft key: an intake, an answer, a lost
    form."""

    __tablename__ = "drafts"
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(10))
    epoch: Mapped[int] = mapped_column()
    box: Mapped[bytes] = mapped_column(LargeBinary)
    carried_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    received_on: Mapped[datetime] = mapped_column(UtcDateTime)


class ContactTally(Base):
    """How many people were heard without a file: a count by month and commune, no identity."""

    __tablename__ = "contact_tallies"
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    commune: Mapped[str] = mapped_column(String(10), primary_key=True)
    need: Mapped[str] = mapped_column(String(20), primary_key=True)
    people: Mapped[int] = mapped_column(default=0)
