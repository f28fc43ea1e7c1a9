"""What browser tests look for: barriers, sideways scrolling, and how it feels on a slow network."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SECOND_GENERATION = {
    "offline": False,
    "latency": 1000,
    "downloadThroughput": 50_000 // 8,
    "uploadThroughput": 20_000 // 8,
}


def barriers(page: Page) -> list[str]:
    """What axe finds wrong with the page, one line an element: empty when all is well."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html']}" for violation in found for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window; 0 when nothing scrolls sideways."""
    wider: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


def slow_down(page: Page) -> None:
    """From now on the page is loaded as by an old phone on 2G: 50 kbit/s, a second away, CPU 6x."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SECOND_GENERATION)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
