"""Sessions: how long one lasts, and who it belongs to on the very next request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.models import Draft
from casework.people import accounts, members, sessions
from casework.people.models import MembershipRow, SessionRow, User
from casework.policy import Role
from casework.vault.session_boxes import new_token
from casework.web import cookies
from casework.web.member import Expired, Member
from config import Settings
from tests.conftest import new_client
from tests.support.cast import Cast, Person, enter
from tests.support.strict_client import StrictClient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def kept(client: StrictClient) -> str:
    """The token of the client's session."""
    found = client.get_cookie(cookies.NAME)
    assert found is not None
    return found.value


def loaded(app: Flask, session: Session, token: str) -> Member | Expired | None:
    """Who the token belongs to now."""
    own: Settings = app.extensions["settings"]
    return sessions.load_member(
        session, token, own.boot_key, own.server_key, own.idle, own.session_length
    )


def age(session: Session, **columns: Any) -> None:
    """Every session has these moments."""
    session.execute(update(SessionRow).values(**columns))


# How long


def test_fifteen_idle_minutes_are_allowed_and_no_second_more(
    cast: Cast, client: StrictClient
) -> None:
    with clock.at(NOON):
        enter(client, cast.person("zeinab"))
    with clock.at(NOON + timedelta(minutes=15)):
        assert client.get("/account").status_code == 200
    with clock.at(NOON + timedelta(minutes=30, seconds=1)):
        answer = client.get("/account")
    assert answer.headers["Location"] == "/sign-in?notice=session_expired"


def test_ten_hours_are_the_end_however_busy_she_was(cast: Cast, client: StrictClient) -> None:
    moment = NOON
    with clock.at(moment):
        enter(client, cast.person("zeinab"))
    while moment < NOON + timedelta(hours=10):
        moment += timedelta(minutes=10)
        with clock.at(moment):
            assert client.get("/account").status_code == 200
    with clock.at(moment + timedelta(seconds=1)):
        assert client.get("/account").status_code == 303


def test_reading_counts_as_use_once_a_minute(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with clock.at(NOON):
        enter(client, cast.person("zeinab"))
    for seconds in (30, 60, 61, 100):
        with clock.at(NOON + timedelta(seconds=seconds)):
            client.get("/account")
    session.expire_all()
    assert session.scalars(select(SessionRow.seen_at)).one() == NOON + timedelta(seconds=61)


def test_what_she_wrote_while_her_session_ran_out_is_kept_for_her(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with clock.at(NOON):
        enter(client, cast.person("aminata"))
        page = client.page(f"/team/{cast.team('Goundam').id}/invitation")
    with clock.at(NOON + timedelta(minutes=20)):
        answer = client.send(page, "/invitation", name="Nouvelle", handle="nouvelle")
    assert answer.headers["Location"] == "/sign-in?notice=form_kept"
    assert session.scalars(select(Draft.carried_by)).all() == [cast.person("aminata").id]


def test_idle_sessions_lose_their_keys_and_a_day_later_their_row(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    own: Settings = app.extensions["settings"]
    with clock.at(NOON):
        enter(client, cast.person("zeinab"))
        assert sessions.expire_sessions(session, own.idle, own.session_length) == 0
    with clock.at(NOON + timedelta(minutes=16)):
        assert sessions.expire_sessions(session, own.idle, own.session_length) == 1
        assert isinstance(loaded(app, session, kept(client)), Expired)
    told = select(AuditEntry.actor_id).where(AuditEntry.action == "session.expired")
    assert session.scalars(told).all() == [cast.person("zeinab").id]
    with clock.at(NOON + timedelta(hours=25)):
        sessions.expire_sessions(session, own.idle, own.session_length)
        assert loaded(app, session, kept(client)) is None


# Whose


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "A" * 43, "../../etc"])
def test_a_made_up_cookie_is_nobody(app: Flask, session: Session, token: str) -> None:
    assert loaded(app, session, token) is None


def test_a_fresh_token_that_was_never_given_is_nobody(app: Flask, session: Session) -> None:
    assert loaded(app, session, new_token()) is None


def test_after_a_restart_the_cookie_opens_no_key(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    enter(client, cast.person("zeinab"))
    own: Settings = app.extensions["settings"]
    given = (own.server_key, own.idle, own.session_length)
    assert isinstance(sessions.load_member(session, kept(client), own.boot_key, *given), Member)
    restarted = sessions.load_member(session, kept(client), b"another boot key of 32 bytes", *given)
    assert isinstance(restarted, Expired)


def test_a_session_moved_to_another_person_opens_nothing(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    enter(client, cast.person("zeinab"))
    age(session, user_id=cast.person("aminata").id)
    assert isinstance(loaded(app, session, kept(client)), Expired)


# The very next request


def suspend(session: Session, by: Person, team: UUID, whom: Person) -> None:
    members.suspend_member(session, by.actor, team, whom.id)


def remove(session: Session, by: Person, team: UUID, whom: Person) -> None:
    members.remove_member(session, by.actor, by.keyring, team, whom.id)


def close(session: Session, _by: Person, _team: UUID, whom: Person) -> None:
    session.execute(update(User).where(User.id == whom.id).values(state="ended"))


@pytest.mark.parametrize("end", [suspend, remove, close])
def test_a_member_put_out_is_refused_on_her_very_next_request(
    cast: Cast,
    client: StrictClient,
    session: Session,
    end: Callable[[Session, Person, UUID, Person], None],
) -> None:
    enter(client, cast.person("zeinab"))
    assert client.get("/account").status_code == 200
    end(session, cast.person("aminata"), cast.team("Goundam").id, cast.person("zeinab"))
    answer = client.get("/account")
    assert answer.headers["Location"] == "/sign-in?notice=please_sign_in"


def test_a_member_of_two_teams_put_out_of_one_keeps_the_other(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    goundam, tombouctou = cast.team("Goundam").id, cast.team("Tombouctou").id
    aminata, oumar = cast.person("aminata"), cast.person("oumar")
    accounts.join_team(session, oumar.actor, tombouctou, "aminata", Role.COORDINATOR)
    enter(client, aminata)
    session.flush()
    members.confirm_member(session, oumar.actor, oumar.keyring, tombouctou, aminata.id)
    session.commit()
    both = loaded(app, session, kept(client))
    assert isinstance(both, Member)
    assert set(both.keyring.teams) == {goundam, tombouctou}
    members.suspend_member(session, oumar.actor, tombouctou, aminata.id)
    session.commit()
    one = loaded(app, session, kept(client))
    assert isinstance(one, Member)
    assert set(one.keyring.teams) == {goundam}
    assert [held.team_id for held in one.actor.memberships] == [goundam]


def test_a_role_changed_in_the_table_gives_no_new_right(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    enter(client, cast.person("zeinab"))
    session.execute(
        update(MembershipRow)
        .where(MembershipRow.user_id == cast.person("zeinab").id)
        .values(role=Role.COORDINATOR)
    )
    assert client.get("/team").status_code == 303
    assert failed_checks(session) == [cast.person("zeinab").id]
    assert loaded(app, session, kept(client)) is None


def test_an_organisation_role_written_beside_a_membership_opens_nothing(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    enter(client, cast.person("zeinab"))
    session.execute(
        update(User)
        .where(User.id == cast.person("zeinab").id)
        .values(organisation_role=Role.ADMINISTRATOR)
    )
    assert client.get("/admin/teams").status_code == 303
    assert failed_checks(session) == [cast.person("zeinab").id]
    assert loaded(app, session, kept(client)) is None


def failed_checks(session: Session) -> list[UUID | None]:
    """Whose checks failed, as the log has it."""
    query = select(AuditEntry.actor_id).where(AuditEntry.action == "check.failed")
    return list(session.scalars(query))


# Her own list


def test_she_sees_her_other_sessions_and_ends_one(
    cast: Cast, client: StrictClient, app: Flask, session: Session
) -> None:
    elsewhere = new_client(app, session)
    enter(client, cast.person("zeinab"))
    enter(elsewhere, cast.person("zeinab"))
    page = client.submit(client.page("/account"), "/closure")
    assert "Cette session est terminée." in page.text
    assert elsewhere.get("/account").status_code == 303
    assert client.get("/account").status_code == 200


def test_the_session_of_somebody_else_is_not_there_to_be_ended(
    cast: Cast, client: StrictClient, app: Flask, session: Session
) -> None:
    elsewhere = new_client(app, session)
    enter(client, cast.person("zeinab"))
    enter(elsewhere, cast.person("ibrahim"))
    other = session.scalars(
        select(SessionRow.id).where(SessionRow.user_id == cast.person("ibrahim").id)
    ).one()
    token = client.page("/account").form("/sign-out").values["csrf_token"]
    answer = client.post(f"/account/sessions/{other}/closure", data={"csrf_token": token})
    assert answer.status_code == 404
    assert elsewhere.get("/account").status_code == 200


def test_a_session_that_ran_out_is_not_in_her_list(
    cast: Cast, client: StrictClient, app: Flask, session: Session
) -> None:
    with clock.at(NOON):
        enter(new_client(app, session), cast.person("zeinab"))
    with clock.at(NOON + timedelta(minutes=16)):
        enter(client, cast.person("zeinab"))
        assert client.page("/account").text.count("Connexion :") == 1


def test_signing_out_with_a_session_that_ran_out_takes_its_row_away(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with clock.at(NOON):
        enter(client, cast.person("zeinab"))
        page = client.page("/account")
    with clock.at(NOON + timedelta(minutes=16)):
        client.send(page, "/sign-out")
    assert session.scalars(select(SessionRow.id)).all() == []
