"""How a database is brought to this version: in one transaction, by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import TypeDecorator

from casework.db import Base

LOCK = 0x63617365  # "case": any number will do, as long as it never changes
POSTGRESQL = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = '60s'",
    f"SELECT pg_advisory_xact_lock({LOCK})",
)


def engine() -> Engine:
    """The engine given by the caller, else the application's own."""
    given: Engine | None = context.config.attributes.get("engine")
    return given or current_app.extensions["migrate"].db.engine


def render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A step names the database's own types, so that it outlives the program's."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """SQLite may rebuild a table that others point to; the pragma works outside a transaction."""
    raw = connection.connection.cursor()
    raw.execute("PRAGMA foreign_keys=OFF")
    yield
    raw.execute("PRAGMA foreign_keys=ON")


def migrate_sqlite(connection: Connection) -> None:
    """The schema is at the revision asked for and every row still finds what it points to."""
    with foreign_keys_off(connection), context.begin_transaction():
        context.run_migrations()
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("A row would lose what it points to: nothing was changed.")


def migrate_postgresql(connection: Connection) -> None:
    """The schema is at the revision asked for; a second process waits until the first is done."""
    with context.begin_transaction():
        for statement in POSTGRESQL:
            connection.exec_driver_sql(statement)
        context.run_migrations()


def migrate(connection: Connection) -> None:
    """The schema is at the revision asked for, or nothing has changed."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=True,
        render_item=render,
        transactional_ddl=True,
    )
    sqlite = connection.dialect.name == "sqlite"
    return migrate_sqlite(connection) if sqlite else migrate_postgresql(connection)


def connected() -> Connection:
    """A connection to the database; without one, the command ends with one sentence."""
    try:
        return engine().connect()
    except OperationalError:
        raise SystemExit(
            "Nothing was migrated: the database cannot be reached: "
            "check DATABASE_URL and that the server is running."
        ) from None


if context.is_offline_mode():
    raise SystemExit("Migrations need the database itself: run them without --sql.")
with connected() as one:
    migrate(one)
