"""Browsers of the cast for the screens of referrals."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import new_client
from tests.referrals.screens import Enter
from tests.support.cast import Cast, enter
from tests.support.strict_client import StrictClient


@pytest.fixture
def browser_of(app: Flask, session: Session, cast: Cast) -> Enter:
    """Opens a browser in which somebody of the cast is signed in."""

    def browser(handle: str) -> StrictClient:
        client = new_client(app, session)
        enter(client, cast.person(handle))
        return client

    return browser
