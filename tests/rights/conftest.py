"""Browsers of the cast and commands for the rights of the people in the files."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.cli.conftest import run as run
from tests.referrals.screens import Enter, browsers
from tests.support.cast import Cast


@pytest.fixture
def browser_of(app: Flask, session: Session, cast: Cast) -> Enter:
    """Opens a browser in which somebody of the cast is signed in."""
    return browsers(app, session, cast)
