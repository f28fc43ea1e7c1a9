"""Links by permission, and notices that only ever say what was registered."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from casework.policy import PERMISSIONS, Permission
from casework.web import navigation, notices
from casework.web.models import Mark
from tests.conftest import new_client
from tests.support.cast import Cast, Person, enter
from tests.support.strict_client import StrictClient
from tests.web.conftest import cookie_of

EVERYBODY = ("zeinab", "aminata", "moussa", "mariam", "admin", "manager", "donor", "auditor")


def entries(client: StrictClient) -> dict[str, str]:
    """The links of the menu, by address."""
    page = client.page("/account")
    menus = [nav for nav in page.document.all("nav") if nav.get("class") == "menu"]
    links = [link for nav in menus for link in nav.iter("a")]
    return {link.get("href"): link.get("aria-current") or "" for link in links}


@pytest.mark.parametrize("handle", EVERYBODY)
def test_everybody_sees_the_places_her_role_may_open_and_every_one_opens(
    app: Flask, session: Session, cast: Cast, handle: str
) -> None:
    person, client = cast.person(handle), new_client(app, session)
    enter(client, person)
    shown = list(entries(client))
    assert len(shown) == len(allowed(app, person))
    for address in shown:
        assert client.get(address).status_code == 200, address


def allowed(app: Flask, person: Person) -> list[str]:
    """The endpoints of the menu that the policy gives to her role."""
    rights = PERMISSIONS[person.role]
    places = app.extensions["places"]
    return [place.endpoint for place in places if place.permission in rights]


def test_the_menu_follows_the_order_of_the_working_day(app: Flask) -> None:
    orders = [place.order for place in app.extensions["places"]]
    assert orders == sorted(orders)


def test_nobody_sees_a_menu_before_signing_in(stranger: StrictClient) -> None:
    assert 'class="menu"' not in stranger.page("/sign-in").document.source


def test_the_place_one_is_at_is_marked(zeinab: StrictClient) -> None:
    page = zeinab.page("/directory")
    marked = [link for link in page.document.all("a") if link.get("aria-current") == "page"]
    assert [link.get("href") for link in marked] == ["/directory"]


@pytest.mark.parametrize("demonstration", [False, True])
def test_exercises_are_offered_in_a_demonstration_only(
    app: Flask, session: Session, cast: Cast, demonstration: bool
) -> None:
    if demonstration:
        session.add(Mark(name="demonstration", value="1"))
    client = new_client(app, session)
    enter(client, cast.person("zeinab"))
    page = client.page("/account")
    assert ("/practice" in page.links.values()) is demonstration
    assert ("banner-demonstration" in page.document.source) is demonstration


def test_a_place_registered_late_stands_where_its_order_says(app: Flask) -> None:
    navigation.register_place(app, "people.account", "X", Permission.ACCOUNT_VIEW, 15)
    found = [place.order for place in app.extensions["places"]]
    assert 15 in found
    assert found == sorted(found)


# Notices


@pytest.mark.parametrize("word", ["", "nothing", "<b>x</b>", "__class__", "a" * 3000, "%00"])
def test_an_unknown_notice_says_nothing(zeinab: StrictClient, word: str) -> None:
    page = zeinab.page(f"/account?notice={word}")
    assert not [part for part in page.document.all("p") if part.get("class") == "notice"]


def test_a_known_notice_says_its_sentence(stranger: StrictClient) -> None:
    page = stranger.page("/sign-in?notice=session_expired")
    assert "Connectez-vous de nouveau." in page.text


def test_every_notice_and_rule_has_french_words(app: Flask) -> None:
    from casework.web.forms import RULES

    with app.test_request_context("/"):
        french = {word: str(text) for word, text in (notices.NOTICES | RULES).items()}
    with app.test_request_context("/", headers={"Cookie": "__Host-language=en"}):
        english = {word: str(text) for word, text in (notices.NOTICES | RULES).items()}
    assert len(french) > 20
    assert [word for word in french if french[word] == english[word]] == []


def test_the_cookie_stays_the_same_while_one_walks_about(zeinab: StrictClient) -> None:
    before = cookie_of(zeinab)
    for address in entries(zeinab):
        assert "Set-Cookie" not in zeinab.get(address).headers
    assert cookie_of(zeinab) == before
