"""Signing in, in Chromium: a security key over a virtual one, nothing kept by the browser, and the
pages of second factors, lock and alarm free of barriers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import CDPSession, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.people import locks
from casework.people.models import SessionRow, User, UserFactor
from tests.support.browser import barriers, overflow
from tests.support.cast import Cast, Person

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
PAGES = (
    "/account",
    "/account/factors",
    "/account/factors/phone",
    "/account/factors/card",
    "/account/factors/key",
    "/account/pin",
    "/account/words",
    "/alarm",
    "/alarm/practice",
)


@pytest.fixture
def site(live_server: str) -> str:
    """The address by a name: security keys are bound to names, never to numbers."""
    return f"http://localhost:{urlsplit(live_server).port}"


def sign_in(page: Page, site: str, person: Person, path: str = "/sign-in") -> None:
    """The person's name and words are typed and sent."""
    page.goto(f"{site}{path}")
    page.fill("#handle", person.handle)
    page.fill("#passphrase", person.words)
    page.click("main form button")


@pytest.fixture
def key(phone: Page) -> Iterator[tuple[CDPSession, str]]:
    """A security key put into the browser, which its owner touches at once."""
    protocol = phone.context.new_cdp_session(phone)
    protocol.send("WebAuthn.enable")
    made = protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield protocol, made["authenticatorId"]
    protocol.send("WebAuthn.disable")


def test_a_security_key_is_added_and_signs_in_with_the_words(
    phone: Page, site: str, key: tuple[CDPSession, str], cast: Cast, session: Session
) -> None:
    person, (protocol, name) = cast.person("zeinab"), key
    sign_in(phone, site, person)
    expect(phone).to_have_url(f"{site}/desk")
    phone.goto(f"{site}/account/factors/key")
    phone.fill("#name", "Clé bleue")
    phone.click("main form button")
    expect(phone.locator("main")).to_contain_text("Votre clé de sécurité est ajoutée")
    [kept] = protocol.send("WebAuthn.getCredentials", {"authenticatorId": name})["credentials"]
    assert kept["isResidentCredential"]
    assert person.handle not in str(kept)
    phone.click("footer form:last-of-type button")
    sign_in(phone, site, person)
    expect(phone.locator("#errors")).to_contain_text("Le code manque")
    for _ in range(2):
        sign_in(phone, site, person, "/sign-in/key")
        expect(phone).to_have_url(f"{site}/desk")
        phone.context.clear_cookies()
    assert session.scalars(select(UserFactor.last_step)).one() >= 3


def answer_of(page: Page, site: str, person: Person) -> dict[str, str]:
    """What the browser would have sent with the answer of the key, caught before it is sent."""
    caught: list[str] = []

    def stop(route: Any) -> None:
        caught.append(route.request.post_data or "")
        route.fulfill(status=204)

    page.route(
        "**/sign-in/key",
        lambda route: stop(route) if route.request.method == "POST" else route.continue_(),
    )
    sign_in(page, site, person, "/sign-in/key")
    page.wait_for_function("() => document.querySelector('[name=answer]').value !== ''")
    page.wait_for_timeout(100)
    page.unroute("**/sign-in/key")
    return dict(parse_qsl(caught[0]))


def test_an_answer_serves_once_and_a_copied_key_is_noticed(
    phone: Page, site: str, key: tuple[CDPSession, str], cast: Cast, session: Session
) -> None:
    person = cast.person("zeinab")
    sign_in(phone, site, person)
    phone.goto(f"{site}/account/factors/key")
    phone.click("main form button")
    expect(phone.locator("main")).to_contain_text("Votre clé de sécurité est ajoutée")
    phone.context.clear_cookies()
    oldest, older, answer = (answer_of(phone, site, person) for _ in range(3))

    def sent(form: dict[str, str]) -> str:
        found = phone.request.post(f"{site}/sign-in/key", form={**form}, max_redirects=0)
        return found.headers["location"]

    assert sent({**answer, "challenge": oldest["challenge"]}).startswith("/sign-in/key?refused=key")
    assert sent(answer) == "/"
    phone.context.clear_cookies()
    assert sent(answer).startswith("/sign-in/key?refused=key_refused")
    assert sent(older).startswith("/sign-in/key?refused=key_refused")


# Every page


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_every_page_is_free_of_barriers_and_fits_the_screen(
    request: pytest.FixtureRequest, site: str, cast: Cast, session: Session, width: str
) -> None:
    page: Page = request.getfixturevalue(width)
    for address in ("/sign-in?refused=phone_slow&minutes=3", "/sign-in/key"):
        page.goto(f"{site}{address}")
        assert (barriers(page), overflow(page)) == ([], 0), address
    locks.choose_pin(session, cast.person("zeinab").keyring, "271828")
    session.commit()
    sign_in(page, site, cast.person("zeinab"))
    for address in PAGES:
        page.goto(f"{site}{address}")
        assert (barriers(page), overflow(page)) == ([], 0), address
    page.goto(f"{site}/account")
    page.click("form[action='/lock/now'] button")
    expect(page.locator("h1")).to_have_text("La page est verrouillée")
    assert (barriers(page), overflow(page)) == ([], 0)


def test_the_lock_opens_by_keyboard_alone(
    phone: Page, site: str, cast: Cast, session: Session
) -> None:
    locks.choose_pin(session, cast.person("zeinab").keyring, "271828")
    session.commit()
    sign_in(phone, site, cast.person("zeinab"))
    phone.goto(f"{site}/account")
    phone.locator("form[action='/lock/now'] button").press("Enter")
    for _ in range(20):
        if phone.evaluate("() => document.activeElement.id") == "pin":
            break
        phone.keyboard.press("Tab")
    phone.keyboard.type("271828")
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(f"{site}/desk")
    assert len(session.scalars(select(SessionRow.id)).all()) == 1


# A page that stands idle


def stands_idle(page: Page, session: Session, address: str) -> None:
    """The page is open, and a quarter of an hour goes by on the telephone and on the server."""
    page.clock.install()
    page.goto(address)
    if "/invitation" in address:
        page.fill("#name", "Nouvelle")
    away = clock.now() - timedelta(minutes=16)
    session.execute(update(SessionRow).values(seen_at=away))
    session.commit()
    page.clock.fast_forward("15:20")


def test_an_idle_page_goes_by_itself_and_comes_back_with_the_digits(
    phone: Page, site: str, cast: Cast, session: Session
) -> None:
    locks.choose_pin(session, cast.person("zeinab").keyring, "271828")
    session.commit()
    sign_in(phone, site, cast.person("zeinab"))
    stands_idle(phone, session, f"{site}/account/factors")
    expect(phone.locator("h1")).to_have_text("La page est verrouillée")
    phone.fill("#pin", "271828")
    phone.click("main form button")
    expect(phone).to_have_url(f"{site}/account/factors")


def test_what_was_begun_on_an_idle_page_is_kept_and_not_done(
    phone: Page, site: str, cast: Cast, session: Session
) -> None:
    locks.choose_pin(session, cast.person("aminata").keyring, "271828")
    session.commit()
    sign_in(phone, site, cast.person("aminata"))
    stands_idle(phone, session, f"{site}/team/{cast.team('Goundam').id}/invitation")
    expect(phone.locator("main")).to_contain_text("est gardé en sécurité")
    phone.fill("#pin", "271828")
    phone.click("main form button")
    expect(phone).to_have_url(f"{site}/lost-forms")
    phone.click("form[action^='/lost-forms/'] button")
    expect(phone.locator("#name")).to_have_value("Nouvelle")
    session.expire_all()
    assert session.scalars(select(User.id).where(User.handle == "nouvelle")).all() == []


def test_a_page_in_use_stays(phone: Page, site: str, cast: Cast, session: Session) -> None:
    sign_in(phone, site, cast.person("zeinab"))
    phone.clock.install()
    phone.goto(f"{site}/account")
    for _ in range(3):
        phone.clock.fast_forward("10:00")
        phone.keyboard.press("Shift")
    expect(phone.locator("h1")).to_have_text("Mon compte")
