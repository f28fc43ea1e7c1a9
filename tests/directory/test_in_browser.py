"""The directory on a phone and at a desk: nothing in the way, nothing beside the screen."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from casework.policy import Role
from tests.directory.conftest import Places, account
from tests.support.browser import barriers, overflow

pytestmark = pytest.mark.browser
PAGES = ("/directory", "/directory/{clinic}", "/directory/new", "/directory/{clinic}/description")


@pytest.fixture
def words(app: Flask, session: Session) -> str:
    """The words of the administrator « oumar »."""
    passphrase = account(app, session, "oumar", Role.ADMINISTRATOR)
    session.commit()
    return passphrase


def sign_in(page: Page, address: str, words: str) -> None:
    """Oumar is signed in on this page."""
    page.goto(f"{address}/sign-in")
    page.locator("[name=handle]").fill("oumar")
    page.locator("[name=passphrase]").fill(words)
    page.locator("main").get_by_role("button").click()
    page.wait_for_url(lambda reached: "sign-in" not in reached)


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_every_page_is_free_of_barriers_and_fits_the_screen(
    width: str, request: pytest.FixtureRequest, live_server: str, known: Places, words: str
) -> None:
    page: Page = request.getfixturevalue(width)
    sign_in(page, live_server, words)
    for address in PAGES:
        page.goto(live_server + address.format(clinic=known.clinic.id))
        assert page.locator("nav.menu a[href='/directory']").count() == 1
        assert barriers(page) == []
        assert overflow(page) == 0
