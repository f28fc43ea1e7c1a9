"""Somebody who can write to the database exchanges, adds or deletes rows of accounts and teams:
whatever was touched is refused at sign-in, and noted.

The attacks are made by walking the schema, so that a new column is attacked the day it is added.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Column, LargeBinary, Table, select
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.db import Base
from casework.errors import RuleBroken
from casework.people import accounts, keyrings, members, signing_in
from casework.people.queries import confirmed_members
from casework.policy import Role
from casework.vault.books import TeamBook, seal_book
from casework.vault.errors import UnlockRefused
from casework.vault.keys import (
    TeamKeys,
    UserKeys,
    new_seed,
    pin,
    seal_member_seed,
    sign_team_key,
)
from tests.support.cast import Cast, Person, tables
from tests.support.databases import on_both_databases

SECRET, BOOT = b"s" * 32, b"b" * 32
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
VICTIM, COLLEAGUE, STRANGER = "zeinab", "ibrahim", "fanta"
ATTACKED = ("users", "user_unlocks", "memberships", "team_keys", "team_books")
HARMLESS = {
    "users.profile": "a name only; colleagues then see the handle",
    "team_keys.recovery_box": "opened offline, by the custodians",
    "team_keys.old_seed_box": "opened when old drafts are",
    "team_keys.vouched": "relied on by what has no keys: see test_vouched_keys",
}
"""Boxes that sign-in does not open, and why."""


def table(name: str) -> Table:
    """One table of the program."""
    tables()
    return Base.metadata.tables[name]


def boxes() -> list[Column[Any]]:
    """Every binary column of the attacked tables that sign-in relies on."""
    return [
        column
        for name in ATTACKED
        for column in table(name).columns
        if isinstance(column.type, LargeBinary) and str(column) not in HARMLESS
    ]


def row_of(cast: Cast, held_in: Table, handle: str) -> Any:
    """The condition that picks the row of a person, or of her team, in a table."""
    person = cast.person(handle)
    own = {"users": "id", "user_unlocks": "user_id", "memberships": "user_id"}
    if held_in.name in own:
        return held_in.c[own[held_in.name]] == person.id
    return held_in.c.team_id == person.team_id


def write(session: Session, cast: Cast, column: Column[Any], handle: str, value: Any) -> None:
    """The column of somebody's row holds this value."""
    held_in = table(column.table.name)
    where = row_of(cast, held_in, handle)
    session.execute(held_in.update().where(where).values({column.name: value}))


def read(session: Session, cast: Cast, column: Column[Any], handle: str) -> Any:
    """What the column of somebody's row holds."""
    return session.scalar(select(column).where(row_of(cast, table(column.table.name), handle)))


def opens(session: Session, person: Person) -> bool:
    """True when the person's words still open her team; what was refused is noted in the log."""
    try:
        token, _ = signing_in.sign_in(session, SECRET, BOOT, person.handle, person.words)
    except (UnlockRefused, RuleBroken):
        assert refusals(session), "refused, but not noted"
        return False
    assert not refusals(session)
    return bool(token)


def refusals(session: Session) -> list[str]:
    """What the log says about checks that failed and sign-ins that were refused."""
    query = select(AuditEntry.action).where(
        AuditEntry.action.in_(("check.failed", "session.refused"))
    )
    return list(session.scalars(query))


def opens_team(session: Session, person: Person) -> bool:
    """The same without the slow hash of her words."""
    keyring = keyrings.act_as(session, person.id, person.keyring.user)[1]
    opened = person.team_id in keyring.teams
    assert opened != bool(refusals(session)), "what is refused is noted, and nothing else"
    return opened


def relies_on_words(column: Column[Any]) -> bool:
    """True for what only the words open."""
    return bool(column.table.name == "user_unlocks")


def still_opens(session: Session, person: Person, column: Column[Any]) -> bool:
    """Whether the person still opens her team, tried the way the column is used."""
    return opens(session, person) if relies_on_words(column) else opens_team(session, person)


def names(columns: list[Column[Any]]) -> list[str]:
    return [str(column) for column in columns]


def test_untouched_rows_open(cast: Cast, session: Session) -> None:
    assert opens(session, cast.person(VICTIM))
    assert opens_team(session, cast.person(VICTIM))


def test_every_box_of_the_attacked_tables_is_known() -> None:
    assert names(boxes()) == [
        "users.kem_pub",
        "users.known",
        "user_unlocks.salt",
        "user_unlocks.check32",
        "user_unlocks.box",
        "memberships.seed_box",
        "memberships.pin",
        "team_keys.kem_pub",
        "team_keys.draft_pub",
        "team_keys.sig_pub",
        "team_keys.prev_sig",
        "team_books.box",
    ]


@pytest.mark.parametrize("column", boxes(), ids=str)
def test_one_changed_bit_is_refused(cast: Cast, session: Session, column: Column[Any]) -> None:
    held = bytearray(read(session, cast, column, VICTIM))
    held[len(held) // 2] ^= 1
    write(session, cast, column, VICTIM, bytes(held))
    assert not still_opens(session, cast.person(VICTIM), column)


EXCHANGES = [
    pytest.param(column, other, id=f"{column} of {other}")
    for column in boxes()
    for other in (COLLEAGUE, STRANGER)
    if other == STRANGER or not column.table.name.startswith("team_")
]


@pytest.mark.parametrize(("column", "other"), EXCHANGES)
def test_a_box_or_key_exchanged_with_another_row_is_refused(
    cast: Cast, session: Session, column: Column[Any], other: str
) -> None:
    write(session, cast, column, VICTIM, read(session, cast, column, other))
    assert not still_opens(session, cast.person(VICTIM), column)


@pytest.mark.parametrize("column", [one for one in boxes() if one.nullable], ids=str)
def test_an_emptied_box_is_refused(cast: Cast, session: Session, column: Column[Any]) -> None:
    write(session, cast, column, VICTIM, None)
    assert not still_opens(session, cast.person(VICTIM), column)


@pytest.mark.parametrize("column", [one for one in boxes() if one.nullable], ids=str)
def test_the_emptied_key_of_a_colleague_is_noticed_where_the_book_knows_it(
    cast: Cast, session: Session, column: Column[Any]
) -> None:
    write(session, cast, column, COLLEAGUE, None)
    noticed = not opens_team(session, cast.person(VICTIM))
    assert noticed == (str(column) == "users.kem_pub")


PLAIN: list[tuple[str, str, Any]] = [
    ("memberships", "role", Role.COORDINATOR),
    ("memberships", "epoch", 2),
    ("memberships", "confirmed_at", None),
    ("team_books", "revision", 1),
    ("team_books", "epoch", 2),
    ("team_keys", "epoch", 2),
    ("user_unlocks", "kdf", "argon2id$v=19$m=1024,t=1,p=1"),
    ("user_unlocks", "kdf", "argon2id$v=19$m=65536,t=3,p=4"),
    ("user_unlocks", "method", "other"),
]


@pytest.mark.parametrize(("name", "column", "value"), PLAIN)
def test_a_plain_column_rewritten_is_refused(
    cast: Cast, session: Session, name: str, column: str, value: Any
) -> None:
    write(session, cast, table(name).c[column], VICTIM, value)
    assert not opens(session, cast.person(VICTIM))


@pytest.mark.parametrize(("column", "value"), [("role", Role.COORDINATOR), ("confirmed_at", None)])
def test_a_colleague_raised_or_hidden_in_the_table_is_noticed_by_everybody(
    cast: Cast, session: Session, column: str, value: Any
) -> None:
    write(session, cast, table("memberships").c[column], COLLEAGUE, value)
    assert not opens_team(session, cast.person(VICTIM))


@pytest.mark.parametrize("name", ["memberships", "team_keys", "team_books"])
def test_a_deleted_row_is_refused(cast: Cast, session: Session, name: str) -> None:
    held_in = table(name)
    session.execute(held_in.delete().where(row_of(cast, held_in, COLLEAGUE)))
    assert not opens_team(session, cast.person(VICTIM))


def test_a_member_added_by_hand_is_noticed_by_everybody(cast: Cast, session: Session) -> None:
    intruder = cast.person(STRANGER)
    values = {
        "team_id": cast.person(VICTIM).team_id,
        "user_id": intruder.id,
        "role": Role.PARALEGAL,
        "epoch": 1,
        "confirmed_at": LONG_AGO,
        "version": 1,
    }
    session.execute(table("memberships").insert().values(values))
    assert not opens_team(session, cast.person(VICTIM))


def test_a_suspension_lifted_by_hand_opens_nothing(cast: Cast, session: Session) -> None:
    write(session, cast, table("memberships").c.seed_box, VICTIM, None)
    assert not opens_team(session, cast.person(VICTIM))


def forged(session: Session, cast: Cast, signer: TeamKeys | None = None, epoch: int = 2) -> None:
    """A new epoch of Goundam, made by somebody who holds the database but no key: her own seed,
    sealed to the victim, with rows and book to match; signed by `signer` or by itself."""
    victim = cast.person(VICTIM)
    assert victim.team_id is not None
    team = TeamKeys(victim.team_id, epoch, new_seed())
    signature = sign_team_key(signer or team, team.team_id, epoch, team.public)
    keys = {"kem_pub": team.public.kem, "draft_pub": team.public.draft, "sig_pub": team.public.sig}
    session.execute(table("team_keys").delete().where(table("team_keys").c.epoch >= epoch))
    session.execute(
        table("team_keys")
        .insert()
        .values(team_id=team.team_id, epoch=epoch, prev_sig=signature, created_at=LONG_AGO, **keys)
    )
    box = seal_member_seed(team, victim.id, victim.keyring.user.public)
    for column, value in (("seed_box", box), ("epoch", epoch)):
        write(session, cast, table("memberships").c[column], VICTIM, value)
    rewrite_book(session, team)


def rewrite_book(session: Session, team: TeamKeys) -> None:
    """A book under the forged keys that agrees with every row."""
    book = TeamBook(members=confirmed_members(session, team.team_id), peers={}, recovery="")
    held_in = table("team_books")
    session.execute(
        held_in.update()
        .where(held_in.c.team_id == team.team_id)
        .values(epoch=team.epoch, revision=1, box=seal_book(team, 1, book))
    )


@pytest.mark.parametrize("pinned", ["kept", "emptied", "of somebody else"])
@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_team_founded_anew_by_a_stranger_is_refused(
    cast: Cast, session: Session, epoch: int, pinned: str
) -> None:
    forged(session, cast, epoch=epoch)
    if pinned != "kept":
        stranger = UserKeys(new_seed())
        victim = cast.person(VICTIM)
        assert victim.team_id is not None
        other = pin(stranger, victim.team_id, epoch, TeamKeys(uuid4(), 1, new_seed()).public)
        at = table("memberships").c.pin
        write(session, cast, at, VICTIM, None if pinned == "emptied" else other)
    assert not opens_team(session, cast.person(VICTIM))


def test_an_epoch_signed_by_the_team_itself_is_followed(cast: Cast, session: Session) -> None:
    victim = cast.person(VICTIM)
    assert victim.team_id is not None
    forged(session, cast, signer=victim.keyring.team(victim.team_id))
    assert opens_team(session, victim)


def test_an_epoch_signed_by_another_team_is_refused(cast: Cast, session: Session) -> None:
    stranger = cast.person(STRANGER)
    assert stranger.team_id is not None
    forged(session, cast, signer=stranger.keyring.team(stranger.team_id))
    assert not opens_team(session, cast.person(VICTIM))


@on_both_databases
def test_refused_rows_leave_the_persons_other_work_alone(
    cast: Cast, session: Session, app: Flask
) -> None:
    """Two teams: one is tampered with, the other still opens, and the log names her once."""
    oumar, aminata = cast.person("oumar"), cast.person("aminata")
    team = cast.team("Tombouctou").id
    accounts.join_team(session, oumar.actor, team, "aminata", Role.COORDINATOR)
    session.flush()
    keyrings.pin_waiting(session, aminata.id, aminata.keyring.user)
    members.confirm_member(session, oumar.actor, oumar.keyring, team, aminata.id)
    session.flush()
    write(session, cast, table("memberships").c.role, COLLEAGUE, Role.COORDINATOR)
    keyring = keyrings.act_as(session, aminata.id, aminata.keyring.user)[1]
    assert set(keyring.teams) == {team}
    assert refusals(session) == ["check.failed"]


def test_the_harmless_boxes_are_named_with_a_reason() -> None:
    every = {
        str(column)
        for name in ATTACKED
        for column in table(name).columns
        if isinstance(column.type, LargeBinary)
    }
    assert every == set(names(boxes())) | set(HARMLESS)
