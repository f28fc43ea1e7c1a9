"""What a fresh machine needs before it serves: keys, an up-to-date database, the demonstration."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from casework.db import db
from casework.errors import BadConfiguration

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def newest_revision() -> str | None:
    """The revision the models stand for."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def require_database() -> None:
    """Raises BadConfiguration, in one sentence, when the database is out of reach or not migrated."""
    try:
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        raise BadConfiguration(
            "the database cannot be reached: check DATABASE_URL and that the server is running."
        ) from None
    if present != newest_revision():
        raise BadConfiguration(
            "the database is not at the version of this program: "
            "run `flask --app casework db upgrade`, then start again."
        )


@click.command("setup")
@with_appcontext
def command() -> None:
    """Migrates the database; into an empty one, loads the demonstration."""
    from flask_migrate import upgrade

    from casework.demonstration.load import is_empty, load

    try:
        with db.engine.connect():
            pass
    except SQLAlchemyError:
        sys.exit(
            "Casework cannot start: the database cannot be reached: "
            "check DATABASE_URL and that the server is running."
        )
    upgrade(directory=str(MIGRATIONS))
    if os.environ.get("CASEWORK_DEMONSTRATION") != "0" and is_empty(db.session()):
        load(db.session(), echo=click.echo)
