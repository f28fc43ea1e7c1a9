"""Keeping the directory true: a provider added, corrected, suspended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from casework.audit.log import record
from casework.directory.models import Provider, ProviderCommune, ProviderService
from casework.errors import NotAllowed, NotVisible, StaleVersion
from casework.policy import Actor, Permission
from casework.vault.server import seal_under


@dataclass(frozen=True, slots=True)
class Description:
    """What the directory says of a provider; codes of `type_partenaire`, `type_service`, P-codes."""

    kind: str
    name: str
    services: tuple[str, ...]
    communes: tuple[str, ...]
    seat: str | None = None
    seat_note: str = ""
    hours: str = ""
    fallback_id: UUID | None = None
    suspended: bool = False


def save_provider(
    session: Session,
    actor: Actor,
    server_key: bytes,
    described: Description,
    contact: Mapping[str, str],
    provider_id: UUID | None = None,
    shown_version: int | None = None,
) -> Provider:
    """The directory holds the provider as described; raises NotAllowed, NotVisible, StaleVersion."""
    if not actor.may(Permission.DIRECTORY_WRITE):
        raise NotAllowed
    return store_provider(
        session, actor.user_id, server_key, described, contact, provider_id, shown_version
    )


def store_provider(
    session: Session,
    actor_id: UUID | None,
    server_key: bytes,
    described: Description,
    contact: Mapping[str, str],
    provider_id: UUID | None = None,
    shown_version: int | None = None,
) -> Provider:
    """The same without the permission check, for set-up before anybody has an account."""
    provider = existing(session, provider_id, shown_version) if provider_id else Provider(id=uuid4())
    for name in ("kind", "name", "seat", "seat_note", "hours", "fallback_id", "suspended"):
        setattr(provider, name, getattr(described, name))
    provider.contact = seal_under(server_key, "provider", provider.id, value=dict(contact))
    session.add(provider)
    session.flush()
    replace(session, provider.id, ProviderService, "service", described.services)
    replace(session, provider.id, ProviderCommune, "commune", described.communes)
    record(session, "directory.changed", actor=actor_id, provider=provider.id)
    return provider


def existing(session: Session, provider_id: UUID, shown_version: int | None) -> Provider:
    """The provider as it was shown to the person who changes it."""
    provider = session.get(Provider, provider_id)
    if provider is None:
        raise NotVisible
    if shown_version is not None and provider.version != shown_version:
        raise StaleVersion
    return provider


def replace(
    session: Session,
    provider_id: UUID,
    table: type[ProviderService] | type[ProviderCommune],
    column: str,
    values: Iterable[str],
) -> None:
    """The provider has exactly these rows in one of its two lists."""
    session.execute(delete(table).where(table.provider_id == provider_id))
    session.add_all(table(provider_id=provider_id, **{column: value}) for value in values)
    session.flush()
