"""Who renders a service for a commune, and how to reach them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casework.directory.contacts import open_contact
from casework.directory.models import Provider, ProviderCommune, ProviderService
from casework.errors import NotVisible

LIMIT = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    """A provider with its services, its jurisdiction, its contact and the one to ask instead."""

    provider: Provider
    services: tuple[str, ...]
    communes: tuple[str, ...]
    contact: dict[str, str] = field(repr=False)
    fallback: Provider | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A provider as a list shows it."""

    id: UUID
    kind: str
    name: str
    seat: str | None
    suspended: bool


LINES = (
    select(Provider.id, Provider.kind, Provider.name, Provider.seat, Provider.suspended)
    .order_by(Provider.suspended, Provider.name, Provider.id)
    .limit(LIMIT)
)


def providers(session: Session) -> Sequence[Provider]:
    """Every provider, by name (at most 300)."""
    return session.scalars(select(Provider).order_by(Provider.name).limit(LIMIT)).all()


def search(session: Session, service: str | None = None, commune: str | None = None) -> list[Line]:
    """The providers of a service, for a commune, or of both; working ones first (at most 300)."""
    query = LINES
    if service:
        query = query.where(Provider.id.in_(rendering(service)))
    if commune:
        query = query.where(Provider.id.in_(competent_for(commune)))
    return [Line(*row) for row in session.execute(query)]


def rendering(service: str) -> Select[UUID]:
    """The ids of the providers that render a service."""
    return select(ProviderService.provider_id).where(ProviderService.service == service)


def competent_for(commune: str) -> Select[UUID]:
    """The ids of the providers with jurisdiction in a commune."""
    return select(ProviderCommune.provider_id).where(ProviderCommune.commune == commune)


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
    fallback = session.get(Provider, provider.fallback_id) if provider.fallback_id else None
    contact = contact_of(server_key, provider)
    return Sheet(provider, tuple(services), tuple(communes), contact, fallback)


def contact_of(server_key: bytes, provider: Provider) -> dict[str, str]:
    """What is known of `contacts.CONTACT`: day, night, person, address; {} where nothing is."""
    return open_contact(server_key, provider.id, provider.contact)


def offering(session: Session, service: str, commune: str) -> Sequence[Provider]:
    """The providers that render a service for a commune, working ones first, then by name."""
    return session.scalars(
        select(Provider)
        .where(Provider.id.in_(rendering(service)), Provider.id.in_(competent_for(commune)))
        .order_by(Provider.suspended, Provider.name)
        .limit(LIMIT)
    ).all()


def refusal(session: Session, provider: Provider, service: str, commune: str) -> str | None:
    """Why this provider cannot be asked, as the code of a rule; None when it can.

    'provider_suspended', 'provider_wrong_service' or 'provider_wrong_jurisdiction'.
    """
    if provider.suspended:
        return "provider_suspended"
    if session.get(ProviderService, (provider.id, service)) is None:
        return "provider_wrong_service"
    if session.get(ProviderCommune, (provider.id, commune)) is None:
        return "provider_wrong_jurisdiction"
    return None
