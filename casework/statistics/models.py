"""Published figures as the database keeps them: drawn once, never changed, all that anyone sees;
beside them what a close goes by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, UtcDateTime
from casework.errors import CaseworkError


class FrozenFigures(CaseworkError):
    """Somebody tried to change what is published; the change does not happen."""


class Release(Base):
    """The figures of one kind of fact for one closed period (`2026Q3`, `2026`, `FY2027`)."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("kind", "period"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(12))
    period: Mapped[str] = mapped_column(String(8), index=True)
    ended_on: Mapped[date] = mapped_column()
    catalogue: Mapped[str] = mapped_column(String(20))
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bound: Mapped[int] = mapped_column()
    running_bound: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(String(64))
    cells: Mapped[list[StatCell]] = relationship(back_populates="release")


class StatCell(Base):
    """One published figure: a multiple of the base, in one cell of one table of one release."""

    __tablename__ = "stat_cells"
    __table_args__ = (CheckConstraint("value >= 0", name="value_not_negative"),)
    release_id: Mapped[UUID] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    table: Mapped[str] = mapped_column("table_name", String(60), primary_key=True)
    cell: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[int] = mapped_column()
    release: Mapped[Release] = relationship(back_populates="cells")


class ExactHeadline(Base):
    """One exact count of a closed year for the whole project, outside every table: 100 at least."""

    __tablename__ = "exact_headlines"
    __table_args__ = (CheckConstraint("value >= 100", name="headline_is_large"),)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    value: Mapped[int] = mapped_column()


class Erratum(Base):
    """A dated note on a closed period: what is wrong in words, the figures as they are."""

    __tablename__ = "errata"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    period: Mapped[str] = mapped_column(String(8), index=True)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(400))


class PlannedVolume(Base):
    """How many facts of a kind are planned a year, from a quarter that was still open on."""

    __tablename__ = "planned_volumes"
    __table_args__ = (CheckConstraint("volume >= 0", name="volume_not_negative"),)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    effective_from: Mapped[str] = mapped_column(String(6), primary_key=True)
    volume: Mapped[int] = mapped_column()


class SignedQuarter(Base):
    """A team has signed that everything of a quarter is recorded (« saisie complète »)."""

    __tablename__ = "signed_quarters"
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    quarter: Mapped[str] = mapped_column(String(6), primary_key=True)
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def _refuse(*_: Any) -> None:
    raise FrozenFigures("published figures never change")


for frozen in (Release, StatCell, ExactHeadline, Erratum):
    event.listen(frozen, "before_update", _refuse)
    event.listen(frozen, "before_delete", _refuse)
