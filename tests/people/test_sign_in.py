"""Signing in: what the right words open, and what a wrong guess learns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.db import db
from casework.people import accounts, alarms, members
from casework.people.limits import HANDLE
from casework.people.models import SessionRow
from casework.policy import Role
from casework.vault.passphrases import generate_passphrase
from casework.vault.stretching import FLOOR, Cost, stretch
from tests.people.second_factors import with_phone
from tests.support.cast import Cast, enter, sign_in
from tests.support.strict_client import StrictClient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HASH = "casework.vault.unlocks.stretch"
REFUSED = "/sign-in?refused=words_refused#errors"


def attempt(client: StrictClient, handle: str, words: str) -> str:
    """Where the sign-in form leads with this name and these words."""
    page = client.page("/sign-in")
    answer = client.send(page, "/sign-in", handle=handle, passphrase=words)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_the_right_words_open_a_session_of_her_own(cast: Cast, client: StrictClient) -> None:
    sign_in(client, cast.person("zeinab"))
    page = client.page("/account")
    assert "zeinab" in page.text
    assert "Parajuriste" in page.text


def test_capitals_accents_and_short_words_are_forgiven(cast: Cast, client: StrictClient) -> None:
    person = cast.person("zeinab")
    short = " ".join(word[:4].upper() for word in person.words.split())
    assert attempt(client, " Zéinab ", short) == "/"


@pytest.mark.parametrize("handle", ["zeinab", "nobody", "x" * 40])
@pytest.mark.parametrize("words", ["", "abaisser " * 6, "not words of the list", "a" * 200])
def test_an_unknown_handle_and_wrong_words_get_the_same_answer(
    cast: Cast, client: StrictClient, handle: str, words: str
) -> None:
    expected = REFUSED if words else "/sign-in?refused=sign_in_incomplete#errors"
    assert attempt(client, handle, words) == expected


def test_the_page_of_a_refusal_says_what_to_do(cast: Cast, client: StrictClient) -> None:
    page = client.page(attempt(client, "zeinab", "abaisser"))
    assert "Le nom ou les mots ne sont pas justes" in page.text
    assert page.form("/sign-in").values["handle"] == ""


@pytest.fixture
def stretched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One number for each slow hash of words, its cost in KiB."""
    found: list[int] = []

    def counted(secret: bytes, salt: bytes, cost: Cost = FLOOR) -> bytes:
        found.append(cost.memory_kib)
        return stretch(secret, salt, cost)

    monkeypatch.setattr(HASH, counted)
    return found


def invited_only(session: Session, cast: Cast) -> str:
    accounts.create_account(session, None, b"k" * 32, "newcomer", "N", Role.DONOR, None)
    return "newcomer"


def closed(session: Session, cast: Cast) -> str:
    members.end_account(session, cast.person("admin").actor, cast.person("donor").id)
    return "donor"


@pytest.mark.parametrize(
    "handle_of",
    [
        lambda session, cast: "zeinab",
        lambda session, cast: "nobody",
        invited_only,
        closed,
    ],
    ids=["wrong words", "unknown handle", "invited", "closed"],
)
def test_every_refusal_costs_exactly_one_slow_hash(
    cast: Cast,
    client: StrictClient,
    session: Session,
    stretched: list[int],
    handle_of: Callable[[Session, Cast], str],
) -> None:
    handle = handle_of(session, cast)
    assert attempt(client, handle, generate_passphrase()) == REFUSED
    assert stretched == [FLOOR.memory_kib]


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """Every statement the database is asked, without its values."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_every_refusal_asks_the_database_the_same_questions(
    cast: Cast, client: StrictClient, session: Session, asked: list[str]
) -> None:
    with_phone(session, cast.person("zeinab"))
    alarms.raise_alarm(session, cast.person("ibrahim").id)
    newcomer = invited_only(session, cast)
    questions = []
    for handle in ("zeinab", "ibrahim", "fanta", newcomer, "nobody"):
        page = client.page("/sign-in")
        asked.clear()
        client.send(
            page, "/sign-in", handle=handle, passphrase=generate_passphrase(), code="123456"
        )
        questions.append(tuple(asked))
    assert questions[0]
    assert len(set(questions)) == 1


def test_nobody_who_writes_waits_for_the_slow_hash(
    cast: Cast, client: StrictClient, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote: list[bool] = []

    def while_another_writes(secret: bytes, salt: bytes, cost: Cost = FLOOR) -> bytes:
        engine = create_engine(sqlite_url, connect_args={"timeout": 0.1})
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO marks VALUES ('probe', '')"))
        engine.dispose()
        wrote.append(True)
        return stretch(secret, salt, cost)

    monkeypatch.setattr(HASH, while_another_writes)
    sign_in(client, cast.person("fanta"))
    assert wrote == [True]


def test_a_suspended_member_learns_it_only_with_her_own_words(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("ibrahim")
    team = cast.team("Goundam").id
    members.suspend_member(session, cast.person("aminata").actor, team, person.id)
    assert attempt(client, "ibrahim", generate_passphrase()) == REFUSED
    page = client.page(attempt(client, "ibrahim", person.words))
    assert "Votre compte est suspendu" in page.text


def test_after_too_many_tries_even_the_right_words_wait(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    with clock.at(NOON):
        for _ in range(HANDLE.free):
            assert attempt(client, "zeinab", "abaisser") == REFUSED
        page = client.page(attempt(client, "zeinab", person.words))
        assert "dans 1 minute" in page.text
        assert attempt(client, "fanta", cast.person("fanta").words) == "/"
    with clock.at(NOON + HANDLE.waits[0]):
        assert attempt(client, "zeinab", person.words) == "/"
    why = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action == "session.refused")
    ).all()
    assert len(why) == HANDLE.free + 1


def test_signing_in_ends_the_session_of_whoever_was_there(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    enter(client, cast.person("zeinab"))
    sign_in(client, cast.person("ibrahim"))
    rows = session.scalars(select(SessionRow.user_id)).all()
    assert rows == [cast.person("ibrahim").id]


def test_the_cookie_is_for_this_host_only_and_dies_with_the_browser(
    cast: Cast, client: StrictClient
) -> None:
    person = cast.person("zeinab")
    page = client.page("/sign-in")
    answer = client.send(page, "/sign-in", handle="zeinab", passphrase=person.words)
    given = next(
        one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-session=")
    )
    parts = {part.strip().lower() for part in given.split(";")[1:]}
    assert parts == {"secure", "httponly", "path=/", "samesite=strict"}


def test_signing_in_and_being_refused_stand_in_the_log(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    attempt(client, "zeinab", "abaisser")
    attempt(client, "nobody", "abaisser")
    sign_in(client, cast.person("zeinab"))
    found = session.execute(
        select(AuditEntry.action, AuditEntry.actor_id)
        .where(AuditEntry.action.like("session.%"))
        .order_by(AuditEntry.arrival)
    ).all()
    assert [tuple(row) for row in found] == [
        ("session.refused", None),
        ("session.refused", None),
        ("session.opened", cast.person("zeinab").id),
    ]


@pytest.mark.parametrize(
    "typed",
    [{"handle": "zei\x00nab", "passphrase": "x"}, {"handle": "zeinab", "passphrase": "\x00"}],
)
def test_a_null_byte_is_refused_with_a_message(
    cast: Cast, client: StrictClient, typed: dict[str, str]
) -> None:
    answer = client.post("/sign-in", data=typed)
    assert answer.headers["Location"] == "/sign-in?refused=sign_in_incomplete#errors"


MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="handle"\r\n\r\nz\xff\xfe\r\n'
    b'--x\r\nContent-Disposition: form-data; name="passphrase"\r\n\r\nx\r\n--x--\r\n'
)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"handle=%ff%fe&passphrase=x", "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=x"),
    ],
)
def test_broken_utf8_is_refused_with_a_message(
    cast: Cast, client: StrictClient, body: bytes, kind: str
) -> None:
    answer = client.post("/sign-in", data=body, content_type=kind)
    assert answer.headers["Location"] == "/sign-in?refused=sign_in_incomplete#errors"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"handle=z&passphrase=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
        (MULTIPART.replace(b"\xff\xfe", b"x" * 3_000_000), "multipart/form-data; boundary=x"),
    ],
    ids=["plain", "multipart"],
)
def test_a_field_of_three_megabytes_is_refused_unread(
    cast: Cast, client: StrictClient, stretched: list[int], body: bytes, kind: str
) -> None:
    assert client.post("/sign-in", data=body, content_type=kind).status_code == 413
    assert not stretched


def test_another_site_cannot_sign_anybody_in(cast: Cast, client: StrictClient) -> None:
    person = cast.person("zeinab")
    typed = {"handle": "zeinab", "passphrase": person.words}
    answer = client.post("/sign-in", data=typed, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 400


def test_a_signed_in_browser_needs_its_token_to_sign_in_again(
    cast: Cast, client: StrictClient
) -> None:
    enter(client, cast.person("zeinab"))
    typed = {"handle": "ibrahim", "passphrase": cast.person("ibrahim").words}
    assert client.post("/sign-in", data=typed).status_code == 400


def test_leaving_in_a_hurry_shows_a_neutral_page_and_ends_the_session(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    enter(client, cast.person("zeinab"))
    page = client.submit(client.page("/account"), "/exit")
    assert page.heading == "Bienvenue"
    assert session.scalars(select(SessionRow.id)).all() == []
    assert client.get("/account").status_code == 303


def test_a_wrong_page_says_nothing_about_who_has_an_account(
    cast: Cast, client: StrictClient
) -> None:
    known, unknown = (
        client.page(attempt(client, handle, "abaisser")).text for handle in ("zeinab", "nobody")
    )
    assert known == unknown


def test_what_waited_for_her_keys_is_done_as_she_signs_in(
    cast: Cast, client: StrictClient, app: Flask
) -> None:
    done: list[tuple[UUID, set[UUID]]] = []
    app.extensions["chores"] = lambda _session, actor, keyring: done.append(
        (actor.user_id, set(keyring.teams))
    )
    sign_in(client, cast.person("zeinab"))
    assert done == [(cast.person("zeinab").id, {cast.team("Goundam").id})]
