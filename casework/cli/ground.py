"""What every command stands on: a migrated database, one session, one commit, and one sentence
where it cannot go on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from casework.db import db, reading_only
from casework.errors import BadConfiguration, CaseworkError, RuleBroken
from config import Settings

P = ParamSpec("P")
Act = Callable[Concatenate[Session, P], int | None]
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
RULES: dict[str, str] = {}
"""What an operator reads when a rule refuses her command; each module adds its own."""


class Refused(CaseworkError):
    """The command cannot be carried out; the text is one sentence that says what to do."""


def newest_revision() -> str | None:
    """The revision the models stand for."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def require_database() -> None:
    """Raises BadConfiguration when the database is out of reach or not at this version."""
    if present_revision() != newest_revision():
        raise BadConfiguration(
            "the database is not at the version of this program: "
            "run `flask --app casework db upgrade`, then start again."
        )


def present_revision() -> str | None:
    """The revision the database is at, None for an empty one.

    Raises BadConfiguration when it is out of reach.
    """
    try:
        with reading(), db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        raise BadConfiguration(
            "the database cannot be reached: check DATABASE_URL and that the server is running."
        ) from None


@contextmanager
def reading() -> Iterator[None]:
    """Inside the block, transactions that begin only read and hold up nobody who writes."""
    token = reading_only.set(True)
    try:
        yield
    finally:
        reading_only.reset(token)


def settings() -> Settings:
    """The settings of this installation."""
    found: Settings = current_app.extensions["settings"]
    return found


def on_database(act: Act[P]) -> Callable[P, None]:
    """The act gets a session on a migrated database; what it changed is committed once.

    Its answer is the exit code. Whatever refuses it ends the command with one sentence and code 1,
    and nothing is changed.
    """

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            require_database()
            code = act(db.session(), *args, **kwargs)
            db.session.commit()
        except (CaseworkError, OperationalError) as error:
            db.session.rollback()
            sys.exit(sentence(error))
        sys.exit(code or 0)

    return with_appcontext(run)


def sentence(error: Exception) -> str:
    """What the operator reads about an error."""
    if isinstance(error, OperationalError):
        return "Nothing was changed: the database did not answer in time; try again in a minute."
    if isinstance(error, RuleBroken):
        return f"Nothing was changed: {RULES.get(error.code, error.code)}"
    return f"Nothing was changed: {str(error) or type(error).__name__}"
