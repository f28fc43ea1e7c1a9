"""The lock: after a pause six digits, five tries, this browser, this server, this day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.models import Draft
from casework.errors import RuleBroken
from casework.people import locks, members, sessions
from casework.people.models import SessionRow
from casework.web import cookies
from casework.web.member import Expired
from config import Settings
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.databases import connect, on_both_databases
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PAUSE = NOON + timedelta(minutes=20)
PIN = "271828"


def token_of(client: StrictClient) -> str:
    """The cookie of the client's session."""
    found = client.get_cookie(cookies.NAME)
    assert found is not None
    return found.value


def with_pin(cast: Cast, client: StrictClient, session: Session, handle: str = "zeinab") -> None:
    """The person chose six digits some day, and is signed in since noon."""
    locks.choose_pin(session, cast.person(handle).keyring, PIN)
    with clock.at(NOON):
        enter(client, cast.person(handle))


def locked_page(client: StrictClient, address: str = "/account") -> Page:
    """The page she meets after the pause."""
    return client.page(address)


@on_both_databases
def test_after_a_pause_six_digits_lead_back_to_the_page(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with_pin(cast, client, session)
    with clock.at(PAUSE):
        page = locked_page(client, "/account/factors")
        assert page.heading == "La page est verrouillée"
        again = client.submit(page, "/lock", pin="271 828")
        assert again.address == "/account/factors"
        assert client.get("/desk").status_code == 200


def test_without_six_digits_the_words_are_asked(cast: Cast, client: StrictClient) -> None:
    with clock.at(NOON):
        enter(client, cast.person("zeinab"))
    with clock.at(PAUSE):
        assert client.get("/account").headers["Location"] == "/sign-in?notice=session_expired"


def test_what_she_wrote_before_the_pause_is_there_after_her_six_digits(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with_pin(cast, client, session, "aminata")
    with clock.at(NOON):
        page = client.page(f"/team/{cast.team('Goundam').id}/invitation")
    with clock.at(PAUSE):
        answer = client.send(page, "/invitation", name="Nouvelle", handle="nouvelle")
        locked = client.page(str(answer.headers["Location"]))
        assert "est gardé en sécurité" in locked.text
        assert session.scalars(select(Draft.carried_by)).all() == [cast.person("aminata").id]
        found = client.submit(locked, "/lock", pin=PIN)
        assert found.address == "/lost-forms"


@on_both_databases
def test_after_five_wrong_tries_only_the_words_help(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with_pin(cast, client, session)
    with clock.at(PAUSE):
        page = locked_page(client)
        for _ in range(4):
            page = client.submit(page, "/lock", pin="111222")
            assert "Ce ne sont pas vos six chiffres" in page.text
        assert client.submit(page, "/lock", pin="111222").address.startswith("/sign-in")
        assert client.send(page, "/lock", pin=PIN).headers["Location"].startswith("/sign-in")
        assert client.get("/account").headers["Location"].startswith("/sign-in")


@on_both_databases
def test_five_tries_are_five_also_when_they_come_at_once(
    cast: Cast, client: StrictClient, session: Session, app: Flask, database_url: str
) -> None:
    with_pin(cast, client, session)
    session.commit()
    own: Settings = app.extensions["settings"]
    token, engine = token_of(client), connect(database_url)

    def one_more(_turn: int) -> str:
        with Session(engine) as one:
            try:
                locks.reopen(one, token, own.boot_key, "111222", one.commit)
            except RuleBroken as rule:
                one.commit()
                return rule.code
            return "open"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(one_more, range(8)))
    engine.dispose()
    assert sorted(said) == ["lock_over"] * 4 + ["pin_wrong"] * 4


def test_from_the_first_wrong_try_on_the_cookie_alone_opens_nothing(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with_pin(cast, client, session)
    with clock.at(PAUSE):
        client.submit(locked_page(client), "/lock", pin="111222")
    session.expire_all()
    assert session.scalars(select(SessionRow.box)).one() is None


def test_after_ten_hours_the_digits_open_nothing(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with_pin(cast, client, session)
    with clock.at(NOON + timedelta(hours=10, seconds=1)):
        assert client.get("/account").headers["Location"] == "/sign-in?notice=session_expired"


def test_after_a_restart_the_digits_open_nothing(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    with_pin(cast, client, session)
    own: Settings = app.extensions["settings"]
    given = own.server_key, own.idle, own.session_length
    with clock.at(PAUSE):
        token = token_of(client)
        before = sessions.load_member(session, token, own.boot_key, *given)
        after = sessions.load_member(session, token, b"another boot key of 32 bytes....", *given)
    assert isinstance(before, Expired)
    assert before.locked
    assert isinstance(after, Expired)
    assert not after.locked


def test_the_digits_open_no_other_browser_and_no_other_person(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    with_pin(cast, client, session)
    other = new_client(app, session)
    with clock.at(NOON):
        enter(other, cast.person("ibrahim"))
    session.execute(
        update(SessionRow).values(
            lock_box=select(SessionRow.lock_box)
            .where(SessionRow.user_id == cast.person("zeinab").id)
            .scalar_subquery()
        )
    )
    with clock.at(PAUSE):
        assert other.get("/account").headers["Location"].startswith("/sign-in")


def test_the_job_takes_the_keys_and_leaves_what_the_digits_open(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    own: Settings = app.extensions["settings"]
    with_pin(cast, client, session)
    with clock.at(PAUSE):
        assert sessions.expire_sessions(session, own.idle, own.session_length) == 1
        assert client.submit(locked_page(client), "/lock", pin=PIN).heading == "Mon compte"
    with clock.at(NOON + timedelta(hours=11)):
        sessions.expire_sessions(session, own.idle, own.session_length)
    session.expire_all()
    assert session.scalars(select(SessionRow.lock_box)).all() in ([], [None])


def test_a_member_suspended_meanwhile_reopens_nothing(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with_pin(cast, client, session)
    by = cast.person("aminata")
    with clock.at(PAUSE):
        page = locked_page(client)
        members.suspend_member(session, by.actor, cast.team("Goundam").id, cast.person("zeinab").id)
        client.send(page, "/lock", pin=PIN)
        assert client.get("/desk").headers["Location"] == "/sign-in?notice=please_sign_in"


def test_quick_exit_leaves_a_locked_page_too(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with_pin(cast, client, session)
    with clock.at(PAUSE):
        assert client.submit(locked_page(client), "/exit").heading == "Bienvenue"
    assert session.scalars(select(SessionRow.id)).all() == []


def test_the_page_is_locked_at_once_when_she_asks(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    locks.choose_pin(session, cast.person("zeinab").keyring, PIN)
    enter(client, cast.person("zeinab"))
    page = client.submit(client.page("/account"), "/lock/now")
    assert page.heading == "La page est verrouillée"
    assert client.submit(page, "/lock", pin=PIN).heading != page.heading


def test_digits_chosen_on_the_page_lock_this_very_session(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with clock.at(NOON):
        enter(client, cast.person("zeinab"))
        page = client.page("/account/pin")
        twice = client.submit(page, "/pin", pin=PIN, pin_again="271829")
        assert "deux fois les mêmes" in twice.text
        assert "trop faciles" in client.submit(page, "/pin", pin="123456", pin_again="123456").text
        assert "rouvrent la page" in client.submit(page, "/pin", pin=PIN, pin_again=PIN).text
    with clock.at(PAUSE):
        assert client.submit(locked_page(client), "/lock", pin=PIN).heading == "Mon compte"


@pytest.mark.parametrize("typed", ["000000", "345678", "987654", "12345", "abcdef", "1234567", ""])
def test_digits_that_are_easy_to_guess_are_refused(typed: str) -> None:
    with pytest.raises(RuleBroken):
        locks.read_pin(typed)


def test_another_site_cannot_try_digits(cast: Cast, client: StrictClient, session: Session) -> None:
    with_pin(cast, client, session)
    with clock.at(PAUSE):
        headers = {"Origin": "https://elsewhere.example"}
        assert client.post("/lock", data={"pin": PIN}, headers=headers).status_code == 400


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_lock_leads_to_this_site_only(
    cast: Cast, client: StrictClient, session: Session, back: str
) -> None:
    with_pin(cast, client, session)
    with clock.at(PAUSE):
        page = client.page("/lock", query_string={"back": back})
        answer = client.send(page, "/lock", pin=PIN, back=back)
        assert answer.headers["Location"] == "/"
