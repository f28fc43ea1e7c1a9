"""The service directory: public facts about providers; contacts of their staff are sealed."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base


class Provider(Base):
    """A provider of services: what it is, where it has jurisdiction and where it sits today."""

    __tablename__ = "providers"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), unique=True)
    seat: Mapped[str | None] = mapped_column(String(10))
    seat_note: Mapped[str] = mapped_column(String(200), default="")
    hours: Mapped[str] = mapped_column(String(200), default="")
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    fallback_id: Mapped[UUID | None] = mapped_column(ForeignKey("providers.id"))
    suspended: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class ProviderService(Base):
    """One service that a provider renders."""

    __tablename__ = "provider_services"
    provider_id: Mapped[UUID] = mapped_column(
        ForeignKey("providers.id", ondelete="CASCADE"), primary_key=True
    )
    service: Mapped[str] = mapped_column(String(30), primary_key=True)


class ProviderCommune(Base):
    """One commune in a provider's jurisdiction (ressort), by P-code."""

    __tablename__ = "provider_communes"
    provider_id: Mapped[UUID] = mapped_column(
        ForeignKey("providers.id", ondelete="CASCADE"), primary_key=True
    )
    commune: Mapped[str] = mapped_column(String(10), primary_key=True)
