"""The people every test knows by name, made once a run by the real actions, then copied.

Goundam: aminata (coordinator), ibrahim and zeinab (paralegals), moussa (relay). Tombouctou: oumar
(coordinator), fanta (paralegal). CSRéf Goundam: mariam (focal point), adama (second). Clinique
juridique Tombouctou: maitre_cisse (focal point). Organisation: admin, manager, donor, auditor.
The tribunal and the mairie are providers without a team. Each owner team and each partner team
have compared their keys.

Give a test the fixture `cast`; `sign_in(client, cast.person("zeinab"))` posts the real form,
`enter` opens the same session without the slow hash.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, Table, select
from sqlalchemy.orm import Session

from casework import places
from casework.app import TABLES
from casework.db import Base, db
from casework.directory.actions import Description, store_provider
from casework.people import accounts, keyrings, members, signing_in, team_keys
from casework.people.models import Team, TeamKind
from casework.people.profiles import seal_profile
from casework.policy import Actor, Role
from casework.vault.keys import Keyring, TeamPublic
from casework.vault.passphrases import generate_passphrase
from casework.vault.server import seal_under, vouch
from casework.web import cookies
from config import Settings
from tests.support.databases import connect
from tests.support.strict_client import StrictClient

GOUNDAM, TOMBOUCTOU = "Goundam", "Tombouctou"
HEALTH, LEGAL_AID = "CSRéf Goundam", "Clinique juridique Tombouctou"
COURT, TOWN_HALL = "Tribunal d’instance de Goundam", "Mairie de Goundam"
OWNERS: dict[str, dict[str, Role]] = {
    GOUNDAM: {
        "aminata": Role.COORDINATOR,
        "ibrahim": Role.PARALEGAL,
        "zeinab": Role.PARALEGAL,
        "moussa": Role.RELAY,
    },
    TOMBOUCTOU: {"oumar": Role.COORDINATOR, "fanta": Role.PARALEGAL},
}
PARTNERS: dict[str, dict[str, Role]] = {
    HEALTH: {"mariam": Role.FOCAL_POINT, "adama": Role.SECOND},
    LEGAL_AID: {"maitre_cisse": Role.FOCAL_POINT},
}
ORGANISATION = {
    "admin": Role.ADMINISTRATOR,
    "manager": Role.MANAGER,
    "donor": Role.DONOR,
    "auditor": Role.AUDITOR,
}
PROVIDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    HEALTH: ("sante", ("sante_urgence", "sante", "certificat_medical")),
    LEGAL_AID: ("bajj", ("info_juridique", "redaction", "assistance_jud")),
    COURT: ("tribunal", ("etat_civil", "foncier")),
    TOWN_HALL: ("mairie", ("etat_civil",)),
}
CONTACT = {"day": "76 00 00 00", "night": "66 00 00 00"}


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast; stands wherever a signed-in member is asked for her actor and keyring."""

    handle: str
    name: str
    role: Role
    team_id: UUID | None
    words: str = field(repr=False)
    actor: Actor
    keyring: Keyring = field(repr=False)

    @property
    def id(self) -> UUID:
        """The id of the account."""
        return self.actor.user_id


@dataclass(frozen=True, slots=True)
class TeamOf:
    """A team of the cast and, of a partner team, its provider."""

    id: UUID
    name: str
    kind: TeamKind
    provider_id: UUID | None


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, the teams, and the providers by name."""

    people: dict[str, Person]
    teams: dict[str, TeamOf]
    providers: dict[str, UUID]

    def person(self, handle: str) -> Person:
        """The person with this handle."""
        return self.people[handle]

    def team(self, name: str) -> TeamOf:
        """The team with this name."""
        return self.teams[name]

    def provider(self, name: str) -> UUID:
        """The id of the provider with this name."""
        return self.providers[name]


# Made by the real actions


def make_cast(session: Session, settings: Settings) -> Cast:
    """Everybody is invited, activated and confirmed, the teams are compared; nothing is
    committed."""
    providers = make_providers(session, settings.server_key)
    people: dict[str, Person] = {}
    teams: dict[str, TeamOf] = {}
    for name, roles in (OWNERS | PARTNERS).items():
        kind = TeamKind.OWNER if name in OWNERS else TeamKind.PARTNER
        team = accounts.create_team(session, None, kind, name, providers.get(name))
        teams[name] = TeamOf(team.id, name, kind, team.provider_id)
        people |= staff(session, settings.server_key, team, roles)
    for handle, role in ORGANISATION.items():
        people[handle] = join(session, settings.server_key, handle, role, None)
    compare_all(session, people, teams)
    return Cast(people, teams, providers)


def make_providers(session: Session, server_key: bytes) -> dict[str, UUID]:
    """Four providers with jurisdiction in the whole project."""
    everywhere = tuple(commune.pcode for commune in places.project_communes())
    found = {}
    for name, (kind, services) in PROVIDERS.items():
        described = Description(kind=kind, name=name, services=services, communes=everywhere)
        found[name] = store_provider(session, None, server_key, described, CONTACT).id
    return found


def staff(
    session: Session, server_key: bytes, team: Team, roles: dict[str, Role]
) -> dict[str, Person]:
    """The first of them founds the team's keys and confirms the others."""
    people: dict[str, Person] = {}
    for handle, role in roles.items():
        person = join(session, server_key, handle, role, team.id)
        if people:
            first = next(iter(people.values()))
            members.confirm_member(session, first.actor, first.keyring, team.id, person.id)
            session.flush()
            person = refreshed(session, person)
        people[handle] = person
    return people


def join(
    session: Session, server_key: bytes, handle: str, role: Role, team_id: UUID | None
) -> Person:
    """An account invited and activated with fresh words."""
    name = handle.replace("_", " ").title()
    _, code = accounts.create_account(session, None, server_key, handle, name, role, team_id)
    words = generate_passphrase()
    user, keys = accounts.take_up(session, code, words)
    session.flush()
    actor, keyring = keyrings.act_as(session, user.id, keys)
    return Person(handle, name, role, team_id, words, actor, keyring)


def refreshed(session: Session, person: Person) -> Person:
    """The same person with the memberships and keys she has now."""
    actor, keyring = keyrings.act_as(session, person.id, person.keyring.user)
    return replace(person, actor=actor, keyring=keyring)


def compare_all(session: Session, people: dict[str, Person], teams: dict[str, TeamOf]) -> None:
    """Every owner team and every partner team have heard each other's words."""
    first = {person.team_id: person for person in reversed(people.values()) if person.team_id}
    for owner in OWNERS:
        for partner in PARTNERS:
            pair = teams[owner].id, teams[partner].id
            for own, other in (pair, pair[::-1]):
                by = first[own]
                team_keys.compare_partner(session, by.actor, by.keyring, own, other)
                session.flush()


# Signing in


def sign_in(client: StrictClient, person: Person) -> None:
    """The person has signed in by the real form; the client keeps her cookie."""
    page = client.page("/sign-in")
    answer = client.send(page, "/sign-in", handle=person.handle, passphrase=person.words)
    assert answer.status_code == 303, answer.status
    assert answer.headers["Location"] == "/", answer.headers["Location"]


def enter(client: StrictClient, person: Person) -> None:
    """The person has a session as after signing in, without the slow hash of her words."""
    own: Settings = client.application.extensions["settings"]
    with client.application.app_context():
        engine = db.engine
    if client.arranged is not None:
        client.arranged.commit()
    with Session(engine) as session:
        seed = person.keyring.user.seed
        token = signing_in.start(session, own.boot_key, person.id, seed)
        session.commit()
    client.set_cookie(cookies.NAME, token, secure=True, httponly=True)


# Once a run, then copied into the database of each test


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cast and every row that the actions wrote for it."""

    cast: Cast
    rows: dict[str, list[dict[str, Any]]]

    def restore(self, connection: Connection, server_key: bytes) -> None:
        """The rows stand in another, empty database, what is sealed for its server key anew."""
        for table in tables():
            if self.rows[table.name]:
                connection.execute(table.insert(), self.rows[table.name])
        self.seal_anew(connection, server_key)

    def seal_anew(self, connection: Connection, server_key: bytes) -> None:
        """Names of staff and contacts of providers open with the application's own key, by which
        the keys of the teams are vouched for too."""
        users, providers = (Base.metadata.tables[name] for name in ("users", "providers"))
        for person in self.cast.people.values():
            box = seal_profile(server_key, person.id, person.name)
            connection.execute(users.update().where(users.c.id == person.id).values(profile=box))
        keys = Base.metadata.tables["team_keys"]
        for row in self.rows["team_keys"]:
            public = TeamPublic(row["kem_pub"], row["draft_pub"], row["sig_pub"])
            vouched = vouch(server_key, row["team_id"], row["epoch"], public)
            where = keys.c.team_id == row["team_id"]
            connection.execute(keys.update().where(where).values(vouched=vouched))
        for provider_id in self.cast.providers.values():
            box = seal_under(server_key, "provider", provider_id, value=CONTACT)
            where = providers.c.id == provider_id
            connection.execute(providers.update().where(where).values(contact=box))


def tables() -> list[Table]:
    """Every table of the program, those others refer to first."""
    for package in TABLES:
        import_module(f"casework.{package}.models")
    return Base.metadata.sorted_tables


@pytest.fixture(scope="session")
def cast_snapshot(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Snapshot:
    """The cast, made once in a copy of the empty database."""
    path = tmp_path_factory.mktemp("cast") / "casework.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = connect(f"sqlite:///{path}")
    with Session(engine) as session:
        made = make_cast(session, Settings.for_tests(path.parent))
        session.commit()
        rows = {
            table.name: [dict(row) for row in session.execute(select(table)).mappings()]
            for table in tables()
        }
    engine.dispose()
    return Snapshot(made, rows)


@pytest.fixture
def cast(app: Flask, session: Session, cast_snapshot: Snapshot) -> Cast:
    """The cast in this test's own database, SQLite or PostgreSQL."""
    own: Settings = app.extensions["settings"]
    cast_snapshot.restore(session.connection(), own.server_key)
    session.commit()
    return cast_snapshot.cast
