"""The intake in a real browser: by keyboard alone, without barriers, on a phone and at a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from casework.cases.models import Case, CaseStatus
from tests.cases import intake_pages as walk
from tests.support.browser import barriers, overflow
from tests.support.cast import Cast, Person

pytestmark = pytest.mark.browser
MOST_TABS = 120
FOCUSED = "() => document.activeElement.name || document.activeElement.id || ''"
FOCUSED_ID = "() => document.activeElement.id"


def reach(page: Page, name: str) -> None:
    """The field with this name has the focus, by the Tab key alone."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"no Tab leads to {name}")


def choose(page: Page, name: str, place: int = 0) -> None:
    """The answer at this place of a question is chosen, by Tab, arrows and the space bar."""
    reach(page, name)
    page.keyboard.press("Space")
    for _ in range(place):
        page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED_ID) == f"{name}-{place}"


def tick(page: Page, name: str) -> None:
    """The box is ticked."""
    reach(page, name)
    page.keyboard.press("Space")


def write(page: Page, name: str, text: str) -> None:
    """The text stands in the field."""
    reach(page, name)
    page.keyboard.type(text)


def go_on(page: Page) -> None:
    """The page is sent by its first button, or left by its first large link."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('main .main')"):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert barriers(page) == []
    assert overflow(page) == 0


def signed_in(page: Page, address: str, person: Person) -> None:
    """The person has signed in with her words, by keyboard."""
    page.goto(f"{address}/sign-in")
    write(page, "handle", person.handle)
    write(page, "passphrase", person.words)
    with page.expect_navigation(wait_until="commit"):
        page.keyboard.press("Enter")


def test_the_whole_intake_by_keyboard_on_a_phone(
    phone: Page, live_server: str, cast: Cast, session: Session
) -> None:
    signed_in(phone, live_server, cast.person("zeinab"))
    phone.goto(f"{live_server}/cases/new")
    write(phone, "wanted", "Hadjara")
    go_on(phone)
    go_on(phone)
    agree(phone)
    describe(phone)
    accuse(phone)
    judge(phone)
    assert "/opening" in phone.url
    case = session.get_one(Case, walk.case_at(phone.url))
    assert case.status == CaseStatus.OPEN
    assert phone.locator("h1").inner_text() == f"{case.code[:4]}-{case.code[4:]}"


def agree(page: Page) -> None:
    """She agrees to a file, to help and to statistics."""
    tick(page, "read_aloud")
    choose(page, "c_donnees")
    choose(page, "by")
    choose(page, "mode")
    go_on(page)
    choose(page, "c_services")
    choose(page, "c_stats")
    choose(page, "c_legal", 2)
    go_on(page)


def describe(page: Page) -> None:
    """A girl of about sixteen, her name, and how to reach her."""
    choose(page, "commune", 2)
    choose(page, "b1_sex")
    write(page, "b1_age-years", "16")
    tick(page, "b1_age-about")
    go_on(page)
    write(page, "b1_given_name", "Hadjara")
    go_on(page)
    write(page, "phone", "76 12 34 56")
    go_on(page)


def accuse(page: Page) -> None:
    """A rape, told in a few words, by a neighbour."""
    tick(page, "g1_gbv_acts")
    go_on(page)
    write(page, "g1_story", "Au puits.")
    go_on(page)
    choose(page, "g1_goods_exchanged", 1)
    go_on(page)
    go_on(page)


def judge(page: Page) -> None:
    """She is hurt; the risk is high; the case is opened."""
    choose(page, "g1_injured")
    go_on(page)
    choose(page, "risk")
    go_on(page)
    go_on(page)


def test_every_page_is_without_barriers_at_a_desk_in_english(
    desk: Page, live_server: str, cast: Cast, session: Session
) -> None:
    draft = walk.made(session, cast, is_open=False)
    case_id = walk.made(session, cast)
    signed_in(desk, live_server, cast.person("zeinab"))
    desk.goto(f"{live_server}/cases/new")
    with desk.expect_navigation():
        desk.get_by_role("button", name="English").click()
    intake = ("", "/consent", "/beneficiaries", "/contact", "/grievance", "/health", "/risk")
    places = [f"/cases/{draft}/intake{page}" for page in (*intake, "/check", "/removal")]
    sections = ("identity", "contact", "facts", "perpetrator", "health", "legal", "notes")
    places += [f"/cases/{case_id}/sections/{section}" for section in sections]
    for place in (*places, "/cases/new/consent", "/cases/new/contact", "/lost-forms"):
        desk.goto(live_server + place)
        assert desk.locator("html").get_attribute("lang") == "en"
        assert barriers(desk) == [], place
        assert overflow(desk) == 0, place
