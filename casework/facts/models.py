"""Facts as the database sees them: the only plaintext about people helped, coarse and apart."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, UtcDateTime

COUNTED = (
    "quarter",
    "kind",
    "commune",
    "sex",
    "age_group",
    "category_group",
    "problem_group",
    "detail",
)
"""What facts are counted by; the index holds it all, so that a million are counted in its order."""


class Fact(Base):
    """One coarse coded row in one quarter: no case, no person, no finer date.

    `weight` is 1, or -1 in a row that takes back a fact of a year that is over.
    """

    __tablename__ = "facts"
    __table_args__ = (
        CheckConstraint("weight IN (1, -1)", name="weight_is_one"),
        Index("ix_facts_counted", *COUNTED, "weight"),
        {"sqlite_with_rowid": False},
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(12))
    quarter: Mapped[str] = mapped_column(String(6))
    commune: Mapped[str] = mapped_column(String(10))
    sex: Mapped[str] = mapped_column(String(2))
    age_group: Mapped[str] = mapped_column(String(10))
    category_group: Mapped[str] = mapped_column(String(12))
    problem_group: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(String(120), default="")
    weight: Mapped[int] = mapped_column(default=1)

    def __repr__(self) -> str:
        return "Fact()"


class ClosedPeriod(Base):
    """A quarter whose figures are published: facts recorded from now on fall in a later one."""

    __tablename__ = "closed_periods"
    period: Mapped[str] = mapped_column(String(6), primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProgrammeCalendar(Base):
    """When the programme began and how its years run; at most one row, named `programme`."""

    __tablename__ = "programme_calendars"
    __table_args__ = (
        CheckConstraint("year_starts_in IN (1, 4, 7, 10)", name="year_starts_with_a_quarter"),
        CheckConstraint("delay_days BETWEEN 0 AND 90", name="delay_is_short"),
    )
    name: Mapped[str] = mapped_column(String(12), primary_key=True, default="programme")
    go_live_on: Mapped[date] = mapped_column()
    year_starts_in: Mapped[int] = mapped_column(default=1)
    delay_days: Mapped[int] = mapped_column(default=15)
    exact_headline: Mapped[bool] = mapped_column(default=False)
