"""Activities, radios, practices, promises and attestations: no person helped stands in any."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.db import Base, UtcDateTime


class Activity(Base):
    """One thing done with or for many people, on a day, in a commune, with proof kept on paper.

    `quarter` is the one it counts in: that of its day, or the first one still open when it was
    written down. Percentages are means of the group, before and after a training.
    """

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 0 AND 1440", name="minutes_of_a_day"),
        CheckConstraint("before_percent BETWEEN 0 AND 100", name="before_is_percent"),
        CheckConstraint("after_percent BETWEEN 0 AND 100", name="after_is_percent"),
        Index("ix_activities_quarter_kind", "quarter", "kind"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(24))
    held_on: Mapped[date] = mapped_column()
    quarter: Mapped[str] = mapped_column(String(6))
    commune: Mapped[str] = mapped_column(String(10))
    theme: Mapped[str] = mapped_column(String(16), default="")
    proof: Mapped[str] = mapped_column(String(16))
    radio_id: Mapped[UUID | None] = mapped_column(ForeignKey("radios.id"))
    language: Mapped[str] = mapped_column(String(12), default="")
    minutes: Mapped[int | None] = mapped_column()
    callers: Mapped[int | None] = mapped_column()
    services: Mapped[int | None] = mapped_column()
    displaced: Mapped[int | None] = mapped_column()
    disabled: Mapped[int | None] = mapped_column()
    before_percent: Mapped[int | None] = mapped_column()
    after_percent: Mapped[int | None] = mapped_column()
    recorded_by: Mapped[UUID] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    heads: Mapped[list[ActivityHeads]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )
    __mapper_args__ = {"version_id_col": version}


class ActivityHeads(Base):
    """How many people of one sex and age band took part in one activity."""

    __tablename__ = "activity_heads"
    __table_args__ = (
        CheckConstraint("sex IN ('F','M')", name="sex_known"),
        CheckConstraint("age IN ('u18','a18_35','a36p')", name="age_known"),
        CheckConstraint("people BETWEEN 1 AND 9999", name="people_counted"),
    )
    activity_id: Mapped[UUID] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    sex: Mapped[str] = mapped_column(String(1), primary_key=True)
    age: Mapped[str] = mapped_column(String(8), primary_key=True)
    people: Mapped[int] = mapped_column()


class Radio(Base):
    """A partner radio, and the day its protocol was signed."""

    __tablename__ = "radios"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    commune: Mapped[str] = mapped_column(String(10))
    signed_on: Mapped[date | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Practice(Base):
    """A customary or religious practice that gives people their rights, told without names."""

    __tablename__ = "practices"
    __table_args__ = (
        CheckConstraint("kind IN ('customary','religious')", name="kind_known"),
        Index("ix_practices_quarter", "quarter"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(10))
    theme: Mapped[str] = mapped_column(String(16))
    commune: Mapped[str] = mapped_column(String(10))
    noted_on: Mapped[date] = mapped_column()
    quarter: Mapped[str] = mapped_column(String(6))
    told: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[UUID] = mapped_column()


class Goal(Base):
    """Where an indicator stood before the programme, and where it is to stand at its end."""

    __tablename__ = "goals"
    __table_args__ = (
        CheckConstraint("baseline >= 0", name="baseline_not_negative"),
        CheckConstraint("target >= 0", name="target_not_negative"),
    )
    indicator: Mapped[str] = mapped_column(String(4), primary_key=True)
    baseline: Mapped[int | None] = mapped_column()
    target: Mapped[int | None] = mapped_column()


class Attestation(Base):
    """A coordinator has said that the month of her team was written down and looked through."""

    __tablename__ = "attestations"
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    team_name: Mapped[str] = mapped_column(String(120))
    made_by: Mapped[UUID] = mapped_column()
    made_on: Mapped[date] = mapped_column()
