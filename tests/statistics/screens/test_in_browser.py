"""The figures on a phone, at a desk, by keyboard and on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.statistics.screens.conftest import LAST, Programme
from tests.support.browser import barriers, overflow

pytestmark = pytest.mark.browser
ADDRESSES = (
    "/statistics",
    f"/statistics/{LAST}",
    f"/statistics/{LAST}/incident",
    f"/statistics/{LAST}/served/commune",
    "/statistics/results",
    "/statistics/pathway",
    "/statistics/activities",
)
EVERY = (*ADDRESSES, f"/statistics/{LAST}/report", "/statistics/attestations")
SHEET = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture
def figures_address(programme: Programme, live_server: str) -> str:
    """Where the figures are served."""
    return live_server


def sign_in(page: Page, address: str, programme: Programme) -> None:
    """The manager is signed in on this page."""
    person = programme.cast.person("manager")
    page.goto(f"{address}/sign-in")
    page.locator("[name=handle]").fill(person.handle)
    page.locator("[name=passphrase]").fill(person.words)
    page.locator("main").get_by_role("button").click()
    page.wait_for_url("**/statistics")


@pytest.mark.parametrize("width", ["phone", "desk"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_barrier_and_nothing_beside_the_screen(
    width: str,
    language: str,
    request: pytest.FixtureRequest,
    programme: Programme,
    figures_address: str,
) -> None:
    page: Page = request.getfixturevalue(width)
    sign_in(page, figures_address, programme)
    if language == "en":
        page.locator("button[lang=en]").click()
    for address in EVERY:
        page.goto(figures_address + address)
        assert page.locator("html").get_attribute("lang") == language
        assert barriers(page) == []
        assert overflow(page) == 0


def test_the_wide_table_is_read_by_keyboard(
    phone: Page, programme: Programme, figures_address: str
) -> None:
    sign_in(phone, figures_address, programme)
    phone.goto(f"{figures_address}/statistics/{LAST}")
    region = phone.get_by_role("region", name="Par commune, sexe, âge, catégorie et problème")
    region.focus()
    phone.keyboard.press("ArrowRight")
    phone.wait_for_function("() => document.activeElement.scrollLeft > 0")
    assert phone.evaluate("() => document.activeElement.className") == "scroll"


def test_every_link_to_a_table_is_reached_by_keyboard(
    desk: Page, programme: Programme, figures_address: str
) -> None:
    sign_in(desk, figures_address, programme)
    desk.goto(f"{figures_address}/statistics/{LAST}")
    reached = set()
    for _ in range(25):
        desk.keyboard.press("Tab")
        reached.add(desk.evaluate("() => document.activeElement.getAttribute('href')"))
    assert {f"/statistics/{LAST}/{kind}" for kind in ("registered", "closed")} <= reached


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_prints_on_one_sheet(
    desk: Page, programme: Programme, figures_address: str, address: str
) -> None:
    sign_in(desk, figures_address, programme)
    desk.goto(figures_address + address)
    printed = desk.pdf(format="A4", prefer_css_page_size=True)
    assert len(SHEET.findall(printed)) == 1


def test_two_sheets_are_counted_as_two(desk: Page) -> None:
    desk.set_content("<p>1</p><p style='break-before:page'>2</p>")
    assert len(SHEET.findall(desk.pdf(format="A4"))) == 2
