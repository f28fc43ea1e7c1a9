"""A database of its own for each test, with the tables that statistics need."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import casework.audit.models
import casework.facts.models
import casework.people.models
import casework.statistics.models
from casework.db import Base

MODELS = (
    casework.audit.models,
    casework.facts.models,
    casework.people.models,
    casework.statistics.models,
)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def rng() -> random.Random:
    return random.Random(7)


@pytest.fixture
def app_context() -> Iterator[None]:
    """Words in English, outside any request."""
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.app_context(), force_locale("en"):
        yield
