"""A migrated database and a session on it, without the application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.support.databases import connect


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine with the application's settings."""
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def log_session(engine: Engine) -> Iterator[Session]:
    """A session of the test's own."""
    with Session(engine) as session:
        yield session
