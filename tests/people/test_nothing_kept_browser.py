"""What Chromium itself decides about our sign-in: no offer to save the words, nothing noted to fill
in later. Its own log of its password manager says so, and says the contrary of a planted page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from tests.support import servers
from tests.support.cast import Cast

pytestmark = pytest.mark.browser
OFFERED, NOTHING = "Decision: ASK the user", "No provisional save manager"
PLANTED = b"""<!doctype html><html lang=fr><title>x</title><form method=post>
<input name=plain><input name=u><input type=password name=p autocomplete=off><button>x</button>"""


def planted(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Another site, whose form browsers like to remember."""
    if environ["REQUEST_METHOD"] == "POST":
        start_response("303 See Other", [("Location", "/in")])
        return [b""]
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"<!doctype html><p>in" if environ["PATH_INFO"] == "/in" else PLANTED]


@pytest.fixture
def own_profile(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> Iterator[BrowserContext]:
    """A browser as a person has it: a profile on the disk, nothing switched off for machines."""
    context = browser_type.launch_persistent_context(
        str(tmp_path / "profile"),
        ignore_default_args=["--enable-automation"],
        **browser_type_launch_args,
    )
    yield context
    context.close()


def opened_log(context: BrowserContext) -> Page:
    """The browser's own log of its password manager, which writes while it is open."""
    log = context.pages[0]
    log.goto("chrome://password-manager-internals")
    return log


def decided(log: Page) -> str:
    """What the browser decided about the form sent last; waits until it did."""
    for _ in range(50):
        told = log.inner_text("body")
        found = [word for word in (OFFERED, NOTHING) if word in told]
        if found:
            return found[0]
        log.wait_for_timeout(100)
    raise AssertionError("the browser decided nothing")


def noted(profile: Path) -> set[str]:
    """The values that the browser keeps to fill in."""
    with sqlite3.connect(profile / "Default" / "Web Data") as kept:
        return {value for (value,) in kept.execute("SELECT value FROM autofill")}


def test_chromium_offers_to_save_a_planted_password(own_profile: BrowserContext) -> None:
    with servers.serving(planted) as address:
        log, page = opened_log(own_profile), own_profile.new_page()
        page.goto(address)
        for name in ("plain", "u", "p"):
            page.locator(f"[name={name}]").press_sequentially(f"abaisser {name}")
        page.click("button")
        assert decided(log) == OFFERED


def test_chromium_offers_to_save_nothing_of_ours_and_notes_nothing(
    own_profile: BrowserContext, live_server: str, cast: Cast, tmp_path: Path
) -> None:
    person = cast.person("zeinab")
    log, page = opened_log(own_profile), own_profile.new_page()
    page.goto(f"{live_server}/sign-in")
    page.locator("#handle").press_sequentially(person.handle)
    page.locator("#passphrase").press_sequentially(person.words)
    page.click("main form button")
    expect(page).to_have_url(f"{live_server}/desk")
    assert decided(log) == NOTHING
    assert OFFERED not in log.inner_text("body")
    with servers.serving(planted) as address:
        page.goto(address)
        page.locator("[name=plain]").press_sequentially("abaisser plain")
        page.click("button")
        page.wait_for_timeout(400)
    own_profile.close()
    assert noted(tmp_path / "profile") == {"abaisser plain"}


def test_the_words_are_covered_and_no_field_is_of_a_kind_that_is_kept(
    phone: Page, live_server: str
) -> None:
    phone.goto(f"{live_server}/sign-in")
    fields = phone.locator("main form input:not([type=hidden])")
    kinds = {fields.nth(place).get_attribute("type") for place in range(fields.count())}
    filled = {fields.nth(place).get_attribute("autocomplete") for place in range(fields.count())}
    assert (kinds, filled) == ({"text"}, {"off"})
    covered = "e => getComputedStyle(e).webkitTextSecurity"
    assert phone.locator("#passphrase").evaluate(covered) == "disc"
