"""Browsers of the cast for the screens of the desk."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.referrals.screens import Enter, browsers
from tests.support.cast import Cast


@pytest.fixture
def browser_of(app: Flask, session: Session, cast: Cast) -> Enter:
    """Opens a browser in which somebody of the cast is signed in."""
    return browsers(app, session, cast)
