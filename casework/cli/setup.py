"""What a fresh machine needs before it serves: an up-to-date database, and the demonstration."""

from __future__ import annotations

import os
import sys

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from casework.cli.ground import MIGRATIONS, present_revision
from casework.db import db
from casework.errors import BadConfiguration


@click.command("setup")
@with_appcontext
def command() -> None:
    """Migrates the database; into an empty one, loads the demonstration."""
    from casework.demonstration.load import is_empty, load

    try:
        present_revision()
    except BadConfiguration as error:
        sys.exit(f"Casework cannot start: {error}")
    upgrade(directory=str(MIGRATIONS))
    if os.environ.get("CASEWORK_DEMONSTRATION") != "0" and is_empty(db.session()):
        load(db.session(), echo=click.echo)
        db.session.commit()
