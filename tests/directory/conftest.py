"""An administrator, a paralegal and three providers of Goundam, made by the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from casework.directory.actions import Description, store_provider
from casework.directory.models import Provider
from casework.people.accounts import activate, create_account, create_team
from casework.people.models import TeamKind
from casework.policy import Actor, Membership, Role
from casework.vault.passphrases import generate_passphrase
from tests.conftest import new_client
from tests.support.strict_client import StrictClient

GOUNDAM, DOUEKIRE, TOMBOUCTOU = "ML060208", "ML060204", "ML060506"
SERVER_KEY = bytes(range(32))

COURT = Description(
    kind="tribunal",
    name="Tribunal d’instance de Goundam",
    services=("etat_civil", "assistance_jud"),
    communes=(GOUNDAM, DOUEKIRE),
    seat=GOUNDAM,
)
CLINIC = Description(
    kind="sante",
    name="CSRéf de Goundam",
    services=("sante_urgence", "certificat_medical"),
    communes=(GOUNDAM,),
    seat=GOUNDAM,
    hours="Jour et nuit",
)
NUMBERS = {"day": "76 00 11 22", "night": "+223 66 00 11 22", "person": "La sage-femme de garde"}


@dataclass(frozen=True)
class Places:
    """The providers the tests speak of."""

    court: Provider
    clinic: Provider


@pytest.fixture
def administrator() -> Actor:
    """Somebody who keeps the directory."""
    return Actor(uuid4(), Role.ADMINISTRATOR, ())


@pytest.fixture
def paralegal() -> Actor:
    """Somebody who reads the directory."""
    return Actor(uuid4(), None, (Membership(uuid4(), "owner", Role.PARALEGAL, 1, "Goundam"),))


@pytest.fixture
def server_key(app: Flask) -> bytes:
    """The key under which the application seals contacts."""
    key: bytes = app.extensions["settings"].server_key
    return key


@pytest.fixture
def known(session: Session, server_key: bytes) -> Places:
    """A court without telephone and a clinic that answers at night."""
    court = store_provider(session, None, server_key, COURT, {})
    clinic = store_provider(session, None, server_key, CLINIC, NUMBERS)
    session.commit()
    return Places(court, clinic)


def account(app: Flask, session: Session, handle: str, role: Role) -> str:
    """Somebody of this role has an account; returns her words."""
    key = app.extensions["settings"].server_key
    in_team = role == Role.COORDINATOR
    team = create_team(session, None, TeamKind.OWNER, "Goundam").id if in_team else None
    words = generate_passphrase()
    _user, code = create_account(session, None, key, handle, handle.title(), role, team)
    activate(session, code, words)
    return words


def signed_in(app: Flask, session: Session, handle: str, role: Role) -> StrictClient:
    """A browser in which somebody of this role is signed in."""
    words = account(app, session, handle, role)
    client = new_client(app, session)
    client.send(client.page("/sign-in"), handle=handle, passphrase=words)
    return client


@pytest.fixture
def keeper(app: Flask, session: Session) -> StrictClient:
    """The administrator’s browser."""
    return signed_in(app, session, "oumar", Role.ADMINISTRATOR)


@pytest.fixture
def reader(app: Flask, session: Session) -> StrictClient:
    """The browser of somebody who may read the directory only."""
    return signed_in(app, session, "aminata", Role.COORDINATOR)
