"""The alarm: two taps, everywhere, at once; lifted by voice; and an exercise that does nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.errors import NotAllowed, RuleBroken
from casework.people import alarms, keyrings, members
from casework.people.models import MembershipRow, SessionRow, User, UserState
from tests.conftest import new_client
from tests.people.second_factors import attempt
from tests.support.cast import Cast, Person, enter
from tests.support.databases import on_both_databases
from tests.support.strict_client import StrictClient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
REFUSED = "/sign-in?refused=words_refused#errors"


def raised(client: StrictClient) -> str:
    """The heading of the page after two taps from the account page."""
    page = client.page(client.page("/account").links["En danger"])
    return client.submit(page, "/alarm").heading


@on_both_databases
def test_two_taps_end_every_session_and_shut_the_account(
    cast: Cast, client: StrictClient, app: Flask, session: Session
) -> None:
    zeinab, elsewhere = cast.person("zeinab"), new_client(app, session)
    enter(client, zeinab)
    enter(elsewhere, zeinab)
    assert raised(client) == "Bienvenue"
    assert session.scalars(select(SessionRow.id)).all() == []
    assert elsewhere.get("/account").status_code == 303
    assert attempt(elsewhere, zeinab) == REFUSED
    row = session.get_one(MembershipRow, (zeinab.team_id, zeinab.id))
    assert row.seed_box is None
    last = session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == zeinab.id))
    assert "alarm.raised" in list(last)


def test_the_browser_forgets_the_cookie(cast: Cast, client: StrictClient) -> None:
    enter(client, cast.person("zeinab"))
    answer = client.send(client.page("/alarm"), "/alarm")
    gone = [one for one in answer.headers.getlist("Set-Cookie") if "__Host-session=;" in one]
    assert len(gone) == 1
    assert answer.headers["Location"] == "/welcome"


def test_a_coordinator_lifts_it_by_voice_and_the_old_words_open_again(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    zeinab, aminata = cast.person("zeinab"), cast.person("aminata")
    enter(client, zeinab)
    raised(client)
    team = cast.team("Goundam").id
    members.confirm_member(session, aminata.actor, aminata.keyring, team, zeinab.id)
    assert attempt(client, zeinab) == "/"
    assert client.get("/cases").status_code == 200


def lone(cast: Cast, session: Session) -> Person:
    """A coordinator beside whom nobody can confirm members."""
    return cast.person("aminata")


def test_the_last_who_can_confirm_keeps_her_teams_key_shut_away(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    aminata = lone(cast, session)
    alarms.raise_alarm(session, aminata.id)
    row = session.get_one(MembershipRow, (aminata.team_id, aminata.id))
    assert row.seed_box is not None
    assert attempt(client, aminata) == REFUSED
    alarms.lift_alarm(session, cast.person("admin").actor, aminata.id)
    assert attempt(client, aminata) == "/"
    _, keyring = keyrings.act_as(session, aminata.id, aminata.keyring.user)
    assert set(keyring.teams) == {aminata.team_id}


def test_the_alarm_works_from_a_page_that_ran_out(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    zeinab = cast.person("zeinab")
    with clock.at(NOON):
        enter(client, zeinab)
    with clock.at(NOON + timedelta(hours=2)):
        client.submit(client.page("/alarm"), "/alarm")
    session.expire_all()
    assert session.get_one(User, zeinab.id).state == UserState.SUSPENDED


def test_nobody_raises_it_for_somebody_else(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    assert client.get("/alarm").status_code == 303
    client.post("/alarm")
    enter(client, cast.person("zeinab"))
    assert client.post("/alarm").status_code == 400
    states = session.scalars(select(User.state).distinct()).all()
    assert states == [UserState.ACTIVE]


def test_the_exercise_ends_nothing(cast: Cast, client: StrictClient, session: Session) -> None:
    enter(client, cast.person("zeinab"))
    page = client.page(client.page("/alarm").links["Essayer d’abord, comme exercice"])
    assert page.heading == "Exercice : en danger"
    assert "C’était un exercice" in client.submit(page, "/practice").text
    assert client.get("/desk").status_code == 200


def test_an_administrator_lifts_it_on_the_page_of_the_account(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    manager = cast.person("manager")
    alarms.raise_alarm(session, manager.id)
    enter(client, cast.person("admin"))
    page = client.page(f"/admin/accounts/{manager.id}")
    done = client.submit(client.page(page.links["Lever une alerte"]), "/alarm")
    assert "L’alerte est levée" in done.text
    session.expire_all()
    assert session.get_one(User, manager.id).state == UserState.ACTIVE


def test_nobody_lifts_her_own_and_none_that_is_not_there(cast: Cast, session: Session) -> None:
    admin, zeinab = cast.person("admin"), cast.person("zeinab")
    with pytest.raises(NotAllowed):
        alarms.lift_alarm(session, admin.actor, admin.id)
    with pytest.raises(NotAllowed):
        alarms.lift_alarm(session, cast.person("aminata").actor, zeinab.id)
    with pytest.raises(RuleBroken, match="not_suspended"):
        alarms.lift_alarm(session, admin.actor, zeinab.id)
