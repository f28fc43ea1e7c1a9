"""Looks at the installation and says what to do; changes nothing."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from casework import clock
from casework.cli.ground import require_database, settings
from casework.db import db
from casework.errors import BadConfiguration
from config import Settings

SILENCE = timedelta(minutes=10)


def folder(own: Settings) -> Iterator[str]:
    """Nobody else on this machine may look into the instance folder or the database file."""
    for path in (own.instance, own.instance / "casework.db"):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            wanted = "700" if path.is_dir() else "600"
            yield f"Other users of this machine can open {path.name}: run `chmod {wanted}` on it."


def database(_own: Settings) -> Iterator[str]:
    """The database answers and is at the version of the program."""
    try:
        require_database()
    except BadConfiguration as error:
        yield f"{str(error)[:1].upper()}{str(error)[1:]}"


def journal(own: Settings) -> Iterator[str]:
    """SQLite writes ahead, so that a crash loses nothing and readers do not wait."""
    if make_url(own.database_url).get_backend_name() != "sqlite":
        return
    try:
        with db.engine.connect() as connection:
            mode = connection.execute(text("PRAGMA journal_mode")).scalar()
    except SQLAlchemyError:
        return
    if mode != "wal":
        yield f"The database's journal is «{mode}»: keep it on a local disk, not on a network one."


def timer(_own: Settings) -> Iterator[str]:
    """The keyless jobs ran a short while ago."""
    from casework.cli.models import JobClaim

    try:
        last = db.session.scalar(select(func.max(JobClaim.claimed_at)))
    except SQLAlchemyError:
        return
    if last is None or clock.now() - last > SILENCE:
        yield "The jobs do not run: let a timer start `flask --app casework jobs run` each minute."


def boot_key(own: Settings) -> Iterator[str]:
    """The instance folder holds no copy of the boot key."""
    if any(Path(own.instance).glob("*boot*")):
        yield "A boot key lies on the disk: remove it; it belongs in memory only."


CHECKS: tuple[Callable[[Settings], Iterator[str]], ...] = (
    folder,
    database,
    journal,
    timer,
    boot_key,
)


@click.command("doctor")
@with_appcontext
def command() -> None:
    """Says what is wrong with this installation and what to do; ends with 1 when anything is."""
    found = [sentence for check in CHECKS for sentence in check(settings())]
    click.echo("\n".join(found) or "Everything looked at is as it should be.")
    raise SystemExit(1 if found else 0)
