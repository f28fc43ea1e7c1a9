"""The second factor in the same POST as the words, and where one must be added first."""

from __future__ import annotations

import re
from base64 import b32decode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.app import DEMONSTRATION, compose
from casework.audit.models import AuditEntry
from casework.people import factors
from casework.people.models import SessionRow, UserFactor
from casework.vault import one_time_codes as phones
from config import Settings, make_keys
from tests.conftest import new_client
from tests.people.second_factors import attempt, shown, with_phone
from tests.support.cast import Cast, enter
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRST = "/account/factors"


def test_words_and_code_together_open_the_session(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    with_phone(session, person)
    assert attempt(client, person, shown()) == "/"
    assert client.page("/account").heading == "Mon compte"


def test_without_the_code_there_is_no_half_session(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    with_phone(session, person)
    page = client.page(attempt(client, person))
    assert "Le code manque" in page.text
    assert page.form("/sign-in").values["passphrase"] == ""
    assert session.scalars(select(SessionRow.id)).all() == []
    assert client.get("/account").status_code == 303


def test_wrong_words_with_the_right_code_say_what_wrong_words_say(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    with_phone(session, person)
    refused = attempt(client, person, shown(), words="abaisser " * 6)
    assert refused == "/sign-in?refused=words_refused#errors"
    assert attempt(client, person, shown()) == "/"


def test_a_slow_telephone_is_told_by_how_much_and_what_to_do(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    with clock.at(NOON):
        with_phone(session, person)
        late = shown(late=timedelta(minutes=23))
        page = client.page(attempt(client, person, late))
    assert "Votre téléphone retarde d’environ 23 minutes" in page.text
    assert "12:00" in page.text
    assert "heure automatiques" in page.text


def test_the_last_codes_of_a_card_ask_for_a_new_one(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    codes = factors.add_card(session, person.keyring)
    row = session.scalars(select(UserFactor)).one()
    row.last_step = 0b11_1111_0000
    assert attempt(client, person, codes[0]) == "/?notice=card_few"
    assert "Il reste peu de codes" in client.page("/?notice=card_few").text


def test_each_refusal_of_the_second_factor_stands_in_the_log_with_its_reason(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    with clock.at(NOON):
        with_phone(session, person)
        attempt(client, person)
        attempt(client, person, "AAAA-AAAA")
        attempt(client, person, shown(late=timedelta(minutes=30)))
        attempt(client, person, shown())
    refused = session.execute(
        select(AuditEntry.actor_id)
        .where(AuditEntry.action == "session.refused")
        .order_by(AuditEntry.arrival)
    ).scalars()
    assert list(refused) == [person.id] * 3


# On her pages


def the_app(page: Page) -> bytes:
    """The secret a telephone would have scanned from the page."""
    found = page.text.split("à la main ")[1].split(" Type")[0]
    return b32decode(found.replace(" ", ""))


def test_a_telephone_is_added_on_the_page_and_asked_from_then_on(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    enter(client, person)
    page = client.page(client.page("/account").links["Une deuxième preuve que c’est vous"])
    page = client.page(page.links["Mon téléphone"])
    assert "<svg" in page.document.source
    secret = the_app(page)
    wrong = client.submit(page, "/phone", code="000000", name="Tecno")
    assert "Le code n’est pas juste" in wrong.text
    assert the_app(wrong) == secret
    code = phones.code_at(secret, phones.step_at(clock.now()))
    done = client.submit(wrong, "/phone", code=code)
    assert "Votre téléphone est ajouté" in done.text
    assert "Tecno" in done.text
    assert attempt(new_client(client.application, session), person).startswith("/sign-in?refused")


def test_a_wrong_clock_is_told_while_the_telephone_is_added(
    cast: Cast, client: StrictClient
) -> None:
    enter(client, cast.person("zeinab"))
    page = client.page("/account/factors/phone")
    ahead = phones.step_at(clock.now() + timedelta(minutes=9))
    told = client.submit(page, "/phone", code=phones.code_at(the_app(page), ahead))
    assert "Votre téléphone avance d’environ 9 minutes" in told.text


def test_the_card_is_shown_once_and_printed(cast: Cast, client: StrictClient) -> None:
    enter(client, cast.person("zeinab"))
    page = client.submit(client.page("/account/factors/card"), "/card")
    codes = re.findall("<bdi>(.{4}-.{4})</bdi>", page.document.source)
    assert len(codes) == 10
    assert codes[0] not in client.page("/account/factors/card").text
    person = cast.person("zeinab")
    assert attempt(new_client(client.application), person, codes[3]) == "/"


def test_what_is_removed_is_asked_no_more(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    with_phone(session, person)
    enter(client, person)
    page = client.page("/account/factors")
    removal = next(link for name, link in page.links.items() if "Nokia" in name)
    assert "Rien" not in client.submit(client.page(removal), "/removal").text
    assert attempt(new_client(client.application, session), person) == "/"


# Where one must be added first


@pytest.fixture
def strict(app: Flask, cast: Cast, session: Session) -> StrictClient:
    """A browser of an installation that asks for second factors, but not of relays."""
    own: Settings = app.extensions["settings"]
    changed = {"factor_by_default": True, "factor_exceptions": frozenset({"relay"})}
    application = compose(own.with_changes(**changed), check=False)
    return new_client(application, session)


def test_nothing_opens_before_a_second_factor_is_added(
    cast: Cast, strict: StrictClient, session: Session
) -> None:
    person = cast.person("zeinab")
    assert attempt(strict, person) == "/"
    for address in ("/desk", "/cases", "/account", "/alarm/practice"):
        assert strict.get(address).headers["Location"] == FIRST
    token = strict.page(FIRST).form("/exit").values["csrf_token"]
    assert strict.post("/cases/search", data={"csrf_token": token}).headers["Location"] == FIRST
    page = strict.submit(strict.page("/account/factors/card"), "/card")
    assert strict.get("/desk").status_code == 200
    assert page.links["J’ai la carte"] == FIRST


def test_a_role_that_is_let_off_works_without(cast: Cast, strict: StrictClient) -> None:
    assert attempt(strict, cast.person("moussa")) == "/"
    assert strict.page("/").heading


def test_who_must_add_one_can_still_leave_and_raise_the_alarm(
    cast: Cast, strict: StrictClient
) -> None:
    enter(strict, cast.person("zeinab"))
    assert strict.get("/alarm").status_code == 200
    assert strict.submit(strict.page(FIRST), "/exit").heading == "Bienvenue"


def test_in_a_demonstration_nobody_must(cast: Cast, strict: StrictClient) -> None:
    strict.application.extensions[DEMONSTRATION] = True
    enter(strict, cast.person("zeinab"))
    assert strict.get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("required", {"relay": True, "donor": True}),
        ("optional", {"relay": False, "donor": False}),
        ("required,relay=optional", {"relay": False, "donor": True}),
        ("optional, administrator=required", {"relay": False, "administrator": True}),
    ],
    ids=["required", "optional", "without relays", "administrators"],
)
def test_the_setting_names_who_is_asked(instance: Path, text: str, asked: dict[str, bool]) -> None:
    make_keys(instance)
    own = Settings.from_environment(
        {"CASEWORK_INSTANCE": str(instance), "CASEWORK_SECOND_FACTOR": text}
    )
    assert {role: own.asks_factor([role]) for role in asked} == asked
    assert own.asks_factor(asked) == any(asked.values())
