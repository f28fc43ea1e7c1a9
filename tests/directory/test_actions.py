"""The directory is kept true, by those who may, one person at a time."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.directory import queries
from casework.directory.actions import save_provider, store_provider
from casework.errors import NotAllowed, NotVisible, RuleBroken, StaleVersion
from casework.policy import Actor
from casework.vault.errors import SealBroken
from tests.directory.conftest import CLINIC, COURT, GOUNDAM, NUMBERS, SERVER_KEY, TOMBOUCTOU, Places
from tests.support.databases import on_both_databases


def test_a_provider_is_found_as_it_was_described(session: Session, administrator: Actor) -> None:
    made = save_provider(session, administrator, SERVER_KEY, CLINIC, NUMBERS)
    found = queries.sheet(session, SERVER_KEY, made.id)
    assert (found.provider.name, found.communes) == (CLINIC.name, CLINIC.communes)
    assert set(found.services) == set(CLINIC.services)
    assert found.contact == NUMBERS


def test_only_those_who_may_write_change_the_directory(session: Session, paralegal: Actor) -> None:
    with pytest.raises(NotAllowed):
        save_provider(session, paralegal, SERVER_KEY, CLINIC, {})


def test_each_change_leaves_one_entry_that_names_the_provider(
    session: Session, administrator: Actor
) -> None:
    made = save_provider(session, administrator, SERVER_KEY, CLINIC, NUMBERS)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id) == ("directory.changed", administrator.user_id)
    assert str(made.id) in (entry.body or b"").decode()


def test_no_entry_and_no_column_holds_a_number(session: Session, administrator: Actor) -> None:
    made = save_provider(session, administrator, SERVER_KEY, CLINIC, NUMBERS)
    entry = session.scalars(select(AuditEntry)).one()
    stored = [str(value) for value in vars(made).values()] + [str(entry.body)]
    assert not any("00 11 22" in text for text in stored)


def test_a_contact_opens_for_its_own_provider_only(known: Places, server_key: bytes) -> None:
    known.court.contact = known.clinic.contact
    with pytest.raises(SealBroken):
        queries.contact_of(server_key, known.court)


def test_a_provider_without_any_contact_has_no_box(known: Places) -> None:
    assert known.court.contact is None


def test_a_contact_holds_known_keys_only(session: Session) -> None:
    with pytest.raises(ValueError, match="a contact has"):
        store_provider(session, None, SERVER_KEY, CLINIC, {"email": "x"})


@on_both_databases
def test_a_change_of_services_alone_makes_a_new_version(
    session: Session, known: Places, server_key: bytes
) -> None:
    before = known.court.version
    fewer = replace(COURT, services=("etat_civil",))
    store_provider(session, None, server_key, fewer, {}, known.court.id, before)
    assert known.court.version == before + 1


@on_both_databases
def test_who_saw_an_older_version_overwrites_nothing(
    session: Session, administrator: Actor, known: Places
) -> None:
    shown, changed = known.court.version, replace(COURT, hours="8 h – 12 h")
    save_provider(session, administrator, SERVER_KEY, changed, {}, known.court.id, shown)
    with pytest.raises(StaleVersion):
        save_provider(session, administrator, SERVER_KEY, COURT, {}, known.court.id, shown)
    assert known.court.hours == "8 h – 12 h"


@on_both_databases
def test_two_providers_never_share_a_name(session: Session, known: Places) -> None:
    with pytest.raises(RuleBroken, match="provider_name_taken"):
        store_provider(session, None, SERVER_KEY, replace(CLINIC, name=COURT.name), {})


def test_a_provider_never_stands_in_for_itself(session: Session, known: Places) -> None:
    own = replace(COURT, fallback_id=known.court.id)
    with pytest.raises(RuleBroken, match="fallback_is_itself"):
        store_provider(session, None, SERVER_KEY, own, {}, known.court.id)


def test_a_provider_that_is_not_there_cannot_be_changed(session: Session) -> None:
    with pytest.raises(NotVisible):
        store_provider(session, None, SERVER_KEY, COURT, {}, uuid4())


@pytest.mark.parametrize(
    "unknown", [{"kind": "x"}, {"services": ("x",)}, {"communes": ("x",)}, {"seat": "x"}]
)
def test_only_known_codes_are_stored(
    session: Session, unknown: dict[str, str | tuple[str, ...]]
) -> None:
    with pytest.raises(ValueError, match="known"):
        store_provider(session, None, SERVER_KEY, replace(COURT, **unknown), {})  # type: ignore[arg-type]


@on_both_databases
def test_a_service_is_looked_for_in_its_commune(session: Session, known: Places) -> None:
    def found(service: str | None, commune: str | None) -> list[UUID]:
        return [line.id for line in queries.search(session, service, commune)]

    assert found("sante_urgence", GOUNDAM) == [known.clinic.id]
    assert found("sante_urgence", TOMBOUCTOU) == []
    assert found(None, GOUNDAM) == [known.clinic.id, known.court.id]
    assert found("etat_civil", None) == [known.court.id]


def test_suspended_providers_come_last(session: Session, known: Places) -> None:
    known.clinic.suspended = True
    names = [line.name for line in queries.search(session, None, GOUNDAM)]
    assert names == [COURT.name, CLINIC.name]


@pytest.mark.parametrize(
    ("service", "commune", "suspended", "rule"),
    [
        ("sante_urgence", GOUNDAM, False, None),
        ("sante_urgence", GOUNDAM, True, "provider_suspended"),
        ("foncier", GOUNDAM, False, "provider_wrong_service"),
        ("sante_urgence", TOMBOUCTOU, False, "provider_wrong_jurisdiction"),
    ],
)
def test_a_provider_that_cannot_be_asked_says_why(
    session: Session,
    known: Places,
    service: str,
    commune: str,
    suspended: bool,
    rule: str | None,
) -> None:
    known.clinic.suspended = suspended
    assert queries.refusal(session, known.clinic, service, commune) == rule
