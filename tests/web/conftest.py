"""The shell with a person of the cast before it, and views that behave badly behind it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casework.web import cookies
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.strict_client import StrictClient
from tests.web import trials

Post = Callable[..., TestResponse]


@pytest.fixture
def zeinab(app: Flask, session: Session, cast: Cast) -> StrictClient:
    """Zeinab's browser, signed in, with the trials within reach."""
    trials.register(app)
    client = new_client(app, session)
    enter(client, cast.person("zeinab"))
    return client


@pytest.fixture
def stranger(app: Flask, session: Session, zeinab: StrictClient) -> StrictClient:
    """A browser that nobody is signed in with, on the same application."""
    return new_client(app, session)


def with_cookies(client: StrictClient, cookies: str) -> StrictClient:
    """Another browser on the same application, which always sends this very header."""
    raw = client.application.test_client(use_cookies=False)
    assert isinstance(raw, StrictClient)
    raw.environ_base["HTTP_COOKIE"] = cookies.encode().decode("latin-1")
    return raw


def token_of(client: StrictClient) -> str:
    """The token that the forms of the client's session carry."""
    return client.page("/account").form("/sign-out").values["csrf_token"]


def cookie_of(client: StrictClient) -> str:
    """The session cookie of the client."""
    found = client.get_cookie(cookies.NAME)
    assert found is not None
    return found.value


def post(client: StrictClient, address: str, **values: str) -> TestResponse:
    """The answer to a form with the session's own token."""
    return client.post(address, data={"csrf_token": token_of(client), **values})
