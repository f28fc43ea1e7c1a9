"""The database as two archives, and back: the boxes that hold keys apart from what they open.

Each archive is compressed JSON lines, sealed (`vault.backups`): first the revision of the schema,
then the rows of each table in batches with their columns, at last the number of rows. Values are
written by the type of their column, so what came out of SQLite goes into PostgreSQL as well.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Table,
    insert,
    select,
    tuple_,
    update,
)

from casework.db import Base, UtcDateTime
from casework.vault.errors import SealBroken

KEY_TABLES = frozenset(
    {"case_access", "memberships", "team_books", "team_keys", "user_factors", "user_unlocks"}
)
"""What opens everything else: kept for 14 days, so that an erased case is gone after 14 days."""
LEFT_OUT = frozenset(
    {"held_forms", "job_claims", "rate_limits", "sessions", "sign_in_tries", "used_challenges"}
)
"""What lives for minutes and is never written anywhere else."""
BATCH = 500
Values = dict[str, Any]


class Part(StrEnum):
    """The two halves of a backup."""

    BOXES = "boxes"
    CIPHERTEXT = "ciphertext"


class Unfit(SealBroken):
    """The archive is sound, and yet cannot go into this database; the text says why."""


def tables_of(part: Part) -> list[Table]:
    """The tables of one half, each after those it refers to."""
    kept = (table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT)
    return [table for table in kept if (table.name in KEY_TABLES) is (part is Part.BOXES)]


# Out


def written(connection: Connection, part: Part, revision: str) -> Iterator[bytes]:
    """The compressed lines of one half, read in the connection's transaction."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for line in _lines(connection, part, revision):
        yield packer.compress(json.dumps(line, separators=(",", ":")).encode() + b"\n")
    yield packer.flush()


def _lines(connection: Connection, part: Part, revision: str) -> Iterator[dict[str, Any]]:
    yield {"revision": revision}
    count = 0
    for table in tables_of(part):
        columns = [column.name for column in table.columns]
        query = select(table).order_by(*table.primary_key.columns)
        found = connection.execute(query, execution_options={"yield_per": BATCH})
        for batch in found.partitions():
            rows = [[_plain(value) for value in row] for row in batch]
            yield {"table": table.name, "columns": columns, "rows": rows}
            count += len(rows)
    yield {"end": count}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, UUID):
        return value.hex
    return value.isoformat() if isinstance(value, date) else value


# Back


def restore(connection: Connection, part: Part, pieces: Iterable[bytes], revision: str) -> int:
    """The rows stand in the empty tables of this half; returns how many were left out.

    A row that refers to one that is not here is left out: the halves may be of different days.
    Raises `Unfit` for the other half, another revision, or an archive cut short, and `SealBroken`
    as its opening does; the caller rolls everything back.
    """
    coming = lines_of(pieces)
    _expect(next(coming, {}).get("revision") == revision, "another version of Casework made it")
    tables = {table.name: table for table in tables_of(part)}
    seen = lost = 0
    for line in coming:
        if "end" in line:
            _expect(line["end"] == seen, "rows are missing")
            return lost
        _expect(line.get("table") in tables, "it is the other half")
        rows = _typed(tables[line["table"]], line)
        seen += len(rows)
        lost += len(rows) - _insert(connection, tables[line["table"]], rows)
    raise Unfit("the archive cannot be used: its end is missing.")


def lines_of(pieces: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The lines of an opened archive; raises `Unfit` when they are none."""
    unpacker, held = zlib.decompressobj(31), b""
    try:
        for piece in pieces:
            *whole, held = (held + unpacker.decompress(piece)).split(b"\n")
            yield from map(json.loads, whole)
    except (zlib.error, ValueError):
        raise Unfit("the archive cannot be used: it holds no lines.") from None


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unfit(f"the archive cannot be used: {otherwise}.")


def _typed(table: Table, line: dict[str, Any]) -> list[Values]:
    columns = [table.columns[name] for name in line["columns"]]
    return [
        {column.name: _value(column, one) for column, one in zip(columns, row, strict=True)}
        for row in line["rows"]
    ]


def _value(column: Column[Any], plain: Any) -> Any:
    if plain is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(plain)
    kind = column.type.python_type
    if kind is bytes:
        return base64.b64decode(plain)
    if kind is UUID:
        return UUID(hex=plain)
    return date.fromisoformat(plain) if kind is date else plain


def _insert(connection: Connection, table: Table, rows: list[Values]) -> int:
    """Inserts what has everything it refers to; answers how many rows that were.

    What points to another row of its own table points there once all of the batch stand.
    """
    for constraint in table.foreign_key_constraints:
        if constraint.referred_table is not table:
            rows = _with_parent(connection, constraint, rows)
    own = [c.name for c in table.columns for key in c.foreign_keys if key.column.table is table]
    if rows:
        connection.execute(insert(table), [row | dict.fromkeys(own) for row in rows])
    for row in rows:
        if pointing := {name: row[name] for name in own if row[name] is not None}:
            same = [column == row[column.name] for column in table.primary_key.columns]
            connection.execute(update(table).where(*same).values(pointing))
    return len(rows)


def _with_parent(
    connection: Connection, constraint: ForeignKeyConstraint, rows: list[Values]
) -> list[Values]:
    """The rows whose reference is empty, or stands in the table it refers to."""
    names = [key.parent.name for key in constraint.elements]
    parents = [key.column for key in constraint.elements]
    wanted = {tuple(row[name] for name in names) for row in rows}
    wanted = {one for one in wanted if None not in one}
    query = select(*parents).where(tuple_(*parents).in_(wanted))
    here = {tuple(row) for row in connection.execute(query)} if wanted else set()
    found = ((tuple(row[name] for name in names), row) for row in rows)
    return [row for key, row in found if None in key or key in here]
