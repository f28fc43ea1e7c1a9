"""Databases for tests: brought to the present schema once, by the migrations, then copied."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine

from casework.db import engine_options, guard_sqlite

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "migrations"

on_both_databases = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
"""Marks a test that must hold on both: it then runs once on each."""


def connect(url: str) -> Engine:
    """An engine with the application's own settings."""
    engine = create_engine(url, **engine_options(url))
    guard_sqlite(engine)
    return engine


def migrations(engine: Engine) -> Config:
    """What Alembic's commands need to work on this very engine."""
    config = Config(MIGRATIONS / "alembic.ini")
    config.attributes["engine"] = engine
    return config


def migrate(url: str, revision: str = "head") -> None:
    """The database has the schema of the revision; every connection is closed again."""
    engine = connect(url)
    try:
        command.upgrade(migrations(engine), revision)
    finally:
        engine.dispose()
