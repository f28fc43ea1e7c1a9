"""The read path of managers and donors: a connection that opens published tables and no other.

On SQLite the database itself asks for each table and column whether it may be read, and anything
but reading is refused. On PostgreSQL every transaction is read-only, and where the role
`casework_published` exists the connection takes it (docs/operations.md says how to make it).
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.engine import make_url

READABLE = frozenset(
    {
        "releases",
        "stat_cells",
        "exact_headlines",
        "errata",
        "activities",
        "activity_heads",
        "radios",
        "practices",
        "goals",
        "attestations",
        "audit_checkpoints",
    }
)
HIDDEN = frozenset(
    {("practices", "told"), ("activities", "recorded_by"), ("attestations", "made_by")}
)
"""What these tables hold besides: free words, and who of the staff wrote."""
ROLE = "casework_published"
KNOWN = "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'member')"
POSTGRES_OPTIONS = "-c default_transaction_read_only=on -c statement_timeout=15s"
_HARMLESS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_TRANSACTION})
_ASKED_ON_CONNECTING = frozenset({"read_uncommitted", "query_only", "busy_timeout"})


def reading_engine(url: str) -> Engine:
    """An engine whose connections read the tables of `READABLE` and write nothing."""
    if make_url(url).get_backend_name() == "postgresql":
        options = {"options": POSTGRES_OPTIONS, "connect_timeout": 5}
        engine = create_engine(url, poolclass=NullPool, connect_args=options, hide_parameters=True)
        event.listen(engine, "connect", _take_role)
        return engine
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", _narrow)
    return engine


def _narrow(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA busy_timeout=5000")
    connection.set_authorizer(_allowed)


def _allowed(
    action: int, first: str | None, second: str | None, _database: object, _source: object
) -> int:
    """What SQLite asks before it prepares a statement: is this act on this table allowed?"""
    if action in _HARMLESS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and first in READABLE and (first, second) not in HIDDEN:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _ASKED_ON_CONNECTING and second is None:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _take_role(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, (ROLE,))
        if cursor.fetchone() is not None:
            cursor.execute(f"SET SESSION ROLE {ROLE}")
    connection.commit()
