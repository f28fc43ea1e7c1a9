"""Keeping the directory true: a provider added, corrected, suspended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from casework import codes, places
from casework.audit.log import record
from casework.directory.contacts import seal_contact
from casework.directory.models import Provider, ProviderCommune, ProviderService
from casework.errors import NotAllowed, NotVisible, RuleBroken, StaleVersion
from casework.policy import Actor, Permission


@dataclass(frozen=True, slots=True)
class Description:
    """What the directory says of a provider, with codes of `type_partenaire` and `type_service`.

    `communes` (P-codes) are the jurisdiction, `seat` is the commune where it sits today.
    """

    kind: str
    name: str
    services: tuple[str, ...]
    communes: tuple[str, ...]
    seat: str | None = None
    seat_note: str = ""
    hours: str = ""
    fallback_id: UUID | None = None
    suspended: bool = False


COLUMNS = ("kind", "name", "seat", "seat_note", "hours", "fallback_id", "suspended")


def save_provider(
    session: Session,
    actor: Actor,
    server_key: bytes,
    described: Description,
    contact: Mapping[str, str],
    provider_id: UUID | None = None,
    shown_version: int | None = None,
) -> Provider:
    """The directory holds the provider as described, with the contact sealed.

    `contact` has the keys of `contacts.CONTACT`. Without `provider_id` the provider is new;
    `shown_version` is the version its editor saw. Raises NotAllowed, NotVisible, StaleVersion,
    RuleBroken('provider_name_taken', 'fallback_is_itself'), ValueError for unknown codes.
    """
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
    refuse_unknown_codes(described)
    provider = existing(session, provider_id, shown_version) if provider_id else new()
    if described.fallback_id == provider.id:
        raise RuleBroken("fallback_is_itself")
    for name in COLUMNS:
        setattr(provider, name, getattr(described, name))
    provider.contact = seal_contact(server_key, provider.id, contact)
    keep(session, provider)
    replace(session, provider.id, ProviderService, "service", described.services)
    replace(session, provider.id, ProviderCommune, "commune", described.communes)
    record(session, "directory.changed", actor=actor_id, provider=provider.id)
    return provider


def refuse_unknown_codes(described: Description) -> None:
    """Raises ValueError unless every code is one of its list and every place is known."""
    kinds, services = codes.codes("type_partenaire"), codes.codes("type_service")
    seats = {described.seat} if described.seat else set()
    if described.kind not in kinds or not set(described.services) <= set(services):
        raise ValueError("a provider has a known kind and known services")
    if not {*described.communes, *seats} <= set(places.COMMUNES):
        raise ValueError("a provider sits and works in known communes")


def new() -> Provider:
    """A provider the directory does not know yet."""
    return Provider(id=uuid4(), version=1)


def existing(session: Session, provider_id: UUID, shown_version: int | None) -> Provider:
    """The provider, its row locked, as it was shown to the person who changes it."""
    provider = session.get(Provider, provider_id, with_for_update=True)
    if provider is None:
        raise NotVisible
    if shown_version is not None and provider.version != shown_version:
        raise StaleVersion
    flag_modified(provider, "name")  # a change of its services alone is a change too
    return provider


def keep(session: Session, provider: Provider) -> None:
    """The row is written; raises RuleBroken when another provider has the name."""
    session.add(provider)
    try:
        session.flush()
    except IntegrityError:
        raise RuleBroken("provider_name_taken") from None


def replace(
    session: Session,
    provider_id: UUID,
    table: type[ProviderService] | type[ProviderCommune],
    column: str,
    values: Iterable[str],
) -> None:
    """The provider has exactly these rows in one of its two lists."""
    session.execute(delete(table).where(table.provider_id == provider_id))
    session.add_all(table(provider_id=provider_id, **{column: value}) for value in set(values))
    session.flush()
