"""Quick exit to another site, in Chromium, which stops a form whose answer the policy forbids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from casework.app import compose
from config import Settings
from tests.support import servers
from tests.support.cast import Cast

pytestmark = pytest.mark.browser


def weather(_environ: object, start_response: object) -> list[bytes]:
    """Another site."""
    start_response("200 OK", [("Content-Type", "text/html")])  # type: ignore[operator]
    return [b"<!doctype html><html lang=fr><title>x</title><h1>Il fait beau</h1>"]


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of another site on this machine."""
    with servers.serving(weather) as address:
        yield f"{address}/"


@pytest.fixture
def leaving(app: Flask, cast: Cast, elsewhere: str) -> Iterator[str]:
    """The address of the application whose quick exit leads to the other site."""
    own: Settings = app.extensions["settings"]
    with servers.serving(compose(replace(own, exit_url=elsewhere), check=False)) as address:
        yield address


def test_quick_exit_reaches_the_other_site_and_signs_out(
    leaving: str, elsewhere: str, cast: Cast, phone: Page
) -> None:
    person = cast.person("zeinab")
    phone.goto(f"{leaving}/sign-in")
    phone.fill("#handle", person.handle)
    phone.fill("#passphrase", person.words)
    phone.click("main form button")
    expect(phone).to_have_url(f"{leaving}/desk")
    phone.click("#exit button")
    expect(phone).to_have_url(elsewhere)
    phone.goto(f"{leaving}/account")
    expect(phone).to_have_url(f"{leaving}/sign-in?notice=please_sign_in")
