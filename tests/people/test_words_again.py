"""The words again before a serious act: what they guard, and that nothing typed is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.people import accounts
from casework.people.models import MembershipRow
from casework.people.reauthentication import FRESH_FOR, WAY_BACK
from casework.policy import Role
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.databases import on_both_databases
from tests.support.strict_client import StrictClient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + FRESH_FOR + timedelta(minutes=1)
GUARDED = (
    "/account/pin",
    "/account/factors/phone",
    "/account/factors/card",
    "/account/factors/key",
    "/team/{team}/members/{member}/removal",
)


@pytest.fixture
def aminata(cast: Cast, client: StrictClient) -> StrictClient:
    """The browser of the coordinator, signed in at noon."""
    with clock.at(NOON):
        enter(client, cast.person("aminata"))
    return client


def places(cast: Cast) -> list[str]:
    """The guarded addresses, filled in."""
    given = {"team": cast.team("Goundam").id, "member": cast.person("zeinab").id}
    return [address.format(**given) for address in GUARDED]


def test_serious_acts_are_open_for_ten_minutes_after_signing_in(
    cast: Cast, aminata: StrictClient
) -> None:
    for address in places(cast):
        with clock.at(NOON + FRESH_FOR):
            assert aminata.page(address).heading != "Vos six mots encore une fois"
    for address in places(cast):
        with clock.at(NOON + FRESH_FOR + timedelta(seconds=1)):
            assert aminata.page(address).heading == "Vos six mots encore une fois"


@on_both_databases
def test_the_words_lead_on_to_what_was_asked(
    cast: Cast, aminata: StrictClient, session: Session
) -> None:
    words = cast.person("aminata").words
    with clock.at(LATER):
        page = aminata.page("/account/pin")
        again = aminata.submit(page, "/words", passphrase="abaisser " * 6)
        assert "Ce ne sont pas vos six mots" in again.text
        assert aminata.submit(again, "/words", passphrase=words).address == "/account/pin"
        assert aminata.page("/account/factors/card").heading == "Une carte imprimée"
    found = session.scalars(select(AuditEntry.action).order_by(AuditEntry.arrival)).all()
    assert found[-2:] == ["session.refused", "words.given"]


def test_somebody_elses_words_do_not_count(cast: Cast, aminata: StrictClient) -> None:
    with clock.at(LATER):
        page = aminata.page("/account/pin")
        again = aminata.submit(page, "/words", passphrase=cast.person("zeinab").words)
        assert "Ce ne sont pas vos six mots" in again.text


def test_a_form_sent_too_late_asks_for_the_words_and_does_nothing(
    cast: Cast, aminata: StrictClient, session: Session
) -> None:
    team, member = cast.team("Goundam").id, cast.person("zeinab").id
    with clock.at(NOON):
        page = aminata.page(f"/team/{team}/members/{member}/removal")
    for minutes in range(0, 32, 4):
        with clock.at(NOON + timedelta(minutes=minutes)):
            aminata.get("/account")
    with clock.at(NOON + FRESH_FOR + WAY_BACK + timedelta(seconds=1)):
        asked = aminata.submit(page, "/removal")
        assert asked.heading == "Vos six mots encore une fois"
        assert session.get(MembershipRow, (team, member)) is not None
        back = aminata.submit(asked, "/words", passphrase=cast.person("aminata").words)
        assert back.address.startswith(f"/team/{team}/members/{member}/removal?held=")
        aminata.submit(back, "/removal")
    session.expire_all()
    assert session.get(MembershipRow, (team, member)) is None


def test_too_many_wrong_words_have_to_wait(cast: Cast, aminata: StrictClient) -> None:
    with clock.at(LATER):
        page = aminata.page("/account/pin")
        for _ in range(6):
            page = aminata.submit(page, "/words", passphrase="abaisser " * 6)
        assert "Trop d’essais" in page.text


def test_the_moment_the_words_were_given_cannot_be_written_by_hand(
    cast: Cast, aminata: StrictClient, session: Session, app: Flask
) -> None:
    columns = MembershipRow.metadata.tables["sessions"].columns
    assert {column.name for column in columns} == {
        "id",
        "user_id",
        "created_at",
        "seen_at",
        "box",
        "lock_box",
        "pin_tries",
    }


def test_confirming_a_colleague_asks_for_the_words(
    cast: Cast, aminata: StrictClient, session: Session, app: Flask
) -> None:
    oumar, team = cast.person("oumar"), cast.team("Goundam").id
    accounts.join_team(session, cast.person("aminata").actor, team, "oumar", Role.PARALEGAL)
    enter(new_client(app, session), oumar)
    with clock.at(LATER):
        page = aminata.page(f"/team/{team}/members/{oumar.id}/confirmation")
    assert page.heading == "Vos six mots encore une fois"
