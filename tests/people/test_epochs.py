"""A team moves to new keys: members follow the signatures, live sessions open it anew."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.people import keyrings, sessions
from casework.people.models import MembershipRow, SessionRow, TeamBookRow, User
from casework.people.queries import team_book
from casework.people.team_keys import keep_book, key_row
from casework.vault.keys import TeamKeys, new_seed, pin, seal_member_seed, sign_team_key
from casework.web import cookies
from casework.web.member import Member
from config import Settings
from tests.support.cast import Cast, enter
from tests.support.databases import on_both_databases
from tests.support.strict_client import StrictClient


def rotate(session: Session, old: TeamKeys, signer: TeamKeys | None = None) -> TeamKeys:
    """The team has its next epoch, sealed to every member, as a rotation leaves it."""
    team = TeamKeys(old.team_id, old.epoch + 1, new_seed())
    signature = sign_team_key(signer or old, team.team_id, team.epoch, team.public)
    session.add(key_row(team, signature, None))
    rows = session.execute(
        select(MembershipRow, User.kem_pub)
        .join(User, User.id == MembershipRow.user_id)
        .where(MembershipRow.team_id == team.team_id)
    ).all()
    for row, kem in rows:
        row.epoch = team.epoch
        if row.seed_box is not None:
            row.seed_box = seal_member_seed(team, row.user_id, kem or b"")
    _, book = team_book(session, old)
    keep_book(session.get_one(TeamBookRow, team.team_id), team, book)
    session.flush()
    return team


def goundam(cast: Cast) -> TeamKeys:
    return cast.person("aminata").keyring.team(cast.team("Goundam").id)


def pinned(session: Session, user_id: UUID) -> bytes | None:
    session.expire_all()
    return session.scalars(select(MembershipRow.pin).where(MembershipRow.user_id == user_id)).one()


def loaded(app: Flask, session: Session, client: StrictClient) -> Member:
    own: Settings = app.extensions["settings"]
    token = client.get_cookie(cookies.NAME)
    assert token is not None
    found = sessions.load_member(
        session, token.value, own.boot_key, own.server_key, own.idle, own.session_length
    )
    assert isinstance(found, Member)
    return found


@on_both_databases
def test_a_live_session_opens_the_new_keys_on_its_next_request(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    enter(client, cast.person("zeinab"))
    team = rotate(session, goundam(cast))
    assert client.get("/account").status_code == 200
    found = loaded(app, session, client)
    assert found.keyring.team(team.team_id).seed == team.seed
    assert found.actor.memberships[0].epoch == 2


def test_a_reading_request_writes_neither_pin_nor_session(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    zeinab = cast.person("zeinab")
    enter(client, zeinab)
    before = pinned(session, zeinab.id), session.scalars(select(SessionRow.box)).one()
    rotate(session, goundam(cast))
    client.get("/account")
    assert (pinned(session, zeinab.id), session.scalars(select(SessionRow.box)).one()) == before


def test_a_writing_request_keeps_the_new_keys_and_pins_them(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    zeinab = cast.person("zeinab")
    enter(client, zeinab)
    page = client.page("/account")
    before = session.scalars(select(SessionRow.box)).one()
    team = rotate(session, goundam(cast))
    client.send(page, "/language/en")
    assert pinned(session, zeinab.id) == pin(zeinab.keyring.user, team.team_id, 2, team.public)
    assert session.scalars(select(SessionRow.box)).one() != before


def test_somebody_who_was_away_for_three_epochs_follows_the_signatures(
    cast: Cast, session: Session
) -> None:
    zeinab = cast.person("zeinab")
    team = goundam(cast)
    for _ in range(3):
        team = rotate(session, team)
    opened = keyrings.act_as(session, zeinab.id, zeinab.keyring.user)[1]
    assert opened.team(team.team_id).seed == team.seed
    assert pinned(session, zeinab.id) == pin(zeinab.keyring.user, team.team_id, 4, team.public)


def test_one_broken_signature_on_the_way_is_refused(cast: Cast, session: Session) -> None:
    zeinab = cast.person("zeinab")
    stranger = cast.person("oumar").keyring.team(cast.team("Tombouctou").id)
    team = rotate(session, rotate(session, goundam(cast), signer=stranger))
    opened = keyrings.act_as(session, zeinab.id, zeinab.keyring.user)[1]
    assert team.team_id not in opened.teams


def test_a_live_session_whose_team_moved_on_by_a_forged_key_opens_nothing(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    enter(client, cast.person("zeinab"))
    stranger = cast.person("oumar").keyring.team(cast.team("Tombouctou").id)
    rotate(session, goundam(cast), signer=stranger)
    assert client.get("/account").status_code == 303


def test_no_key_is_agreed_on_an_ordinary_page(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    """Seeds come out of the session's box; neither the person's nor the team's private key is
    derived, which `cached_property` would show."""
    enter(client, cast.person("zeinab"))
    keyring = loaded(app, session, client).keyring
    team = keyring.team(cast.team("Goundam").id)
    assert "private" not in vars(keyring.user)
    assert not {"private", "draft_private", "public"} & set(vars(team))
