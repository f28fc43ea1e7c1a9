"""Who renders a service for a commune, and how to reach them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.directory.models import Provider, ProviderCommune, ProviderService
from casework.errors import NotVisible
from casework.vault.server import open_under

LIMIT = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    """A provider with its services, its jurisdiction and its contacts."""

    provider: Provider
    services: tuple[str, ...]
    communes: tuple[str, ...]
    contact: dict[str, str] = field(repr=False)


def providers(session: Session) -> Sequence[Provider]:
    """Every provider, by name (at most 300)."""
    return session.scalars(select(Provider).order_by(Provider.name).limit(LIMIT)).all()


def sheet(session: Session, server_key: bytes, provider_id: UUID) -> Sheet:
    """One provider's page; raises NotVisible."""
    provider = session.get(Provider, provider_id)
    if provider is None:
        raise NotVisible
    services = session.scalars(
        select(ProviderService.service)
        .where(ProviderService.provider_id == provider_id)
        .order_by(ProviderService.service)
    ).all()
    communes = session.scalars(
        select(ProviderCommune.commune)
        .where(ProviderCommune.provider_id == provider_id)
        .order_by(ProviderCommune.commune)
    ).all()
    return Sheet(provider, tuple(services), tuple(communes), contact_of(server_key, provider))


def contact_of(server_key: bytes, provider: Provider) -> dict[str, str]:
    """Day number, night number, person to ask for and address for letters; {} where unknown."""
    if provider.contact is None:
        return {}
    opened = open_under(server_key, "provider", provider.id, box=provider.contact)
    return {key: str(value) for key, value in opened.items()}


def offering(session: Session, service: str, commune: str) -> Sequence[Provider]:
    """The providers that render a service for a commune, working ones first, then by name."""
    return session.scalars(
        select(Provider)
        .join(ProviderService, ProviderService.provider_id == Provider.id)
        .join(ProviderCommune, ProviderCommune.provider_id == Provider.id)
        .where(ProviderService.service == service, ProviderCommune.commune == commune)
        .order_by(Provider.suspended, Provider.name)
        .limit(LIMIT)
    ).all()


def refusal(session: Session, provider: Provider, service: str, commune: str) -> str | None:
    """Why this provider cannot be asked: 'suspended', 'wrong_service', 'wrong_jurisdiction', or None."""
    if provider.suspended:
        return "provider_suspended"
    if session.get(ProviderService, (provider.id, service)) is None:
        return "provider_wrong_service"
    if session.get(ProviderCommune, (provider.id, commune)) is None:
        return "provider_wrong_jurisdiction"
    return None
