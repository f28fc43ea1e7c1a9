"""The browser itself: it starts, sees barriers and overflow, and can be made slow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from werkzeug.wrappers import Response

from casework.web.headers import FIXED
from tests.support.browser import barriers, overflow, slow_down
from tests.support.servers import serving
from tests.support.test_html_rules import GOOD

pytestmark = pytest.mark.browser
WIDE = GOOD.replace("<p>Suite</p>", "").replace("Un</li>", "x" * 400 + "</li>")
BARRED = GOOD.replace('<label for="place">Lieu</label>', "")


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answers with small pages under the application's own policy."""
    pages = {"/": GOOD, "/wide": WIDE, "/barred": BARRED}
    kind = "text/html" if environ["PATH_INFO"] in pages else "text/css"
    body = pages.get(environ["PATH_INFO"], "")
    return Response(body, headers=FIXED, mimetype=kind)(environ, start_response)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the small pages are."""
    with serving(application) as place:
        yield place


def test_a_good_page_has_no_barrier_and_fits(phone: Page, desk: Page, address: str) -> None:
    for page, width in ((phone, 360), (desk, 1280)):
        page.goto(address)
        assert page.evaluate("() => window.innerWidth") == width
        assert barriers(page) == []
        assert overflow(page) == 0


def test_a_barrier_is_found(phone: Page, address: str) -> None:
    phone.goto(f"{address}/barred")
    assert "label" in {barrier.split(":")[0] for barrier in barriers(phone)}


def test_overflow_is_found(phone: Page, address: str) -> None:
    phone.goto(f"{address}/wide")
    assert overflow(phone) > 100


def test_a_slow_network_is_slow(phone: Page, address: str) -> None:
    slow_down(phone)
    before = time.monotonic()
    phone.goto(address)
    assert time.monotonic() - before > 1
