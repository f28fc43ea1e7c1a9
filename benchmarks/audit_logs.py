"""Long logs for measurements: filled in bulk, with bodies and a tree as the real ones have them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import Engine

from casework.audit import formats
from casework.audit.checkpoints import Checkpoint, issue, key_of
from casework.audit.tree import Frontier, place
from tests.support.databases import connect, migrate

SEED, ORIGIN = bytes(range(32)), "casework.example/log"
PEOPLE, CASES = 60, 120
FIRST_HOUR = 490_000
AN_HOUR = 40
"""So many entries an hour."""
ACTS = ("case.viewed", "section.written", "case.listed", "referral.viewed", "session.opened")
BATCH = 10_000
INDEXES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'audit_entries'"
    " AND sql IS NOT NULL"
)
INSERT = (
    "INSERT INTO audit_entries (id, idx, at, hour, action, actor_id, case_id, body, leaf_hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def person(number: int) -> UUID:
    """The id of one of sixty people."""
    return UUID(int=(number % PEOPLE + 1) << 64)


def case(number: int) -> UUID:
    """The id of one of the cases: few, so that the short log too has a page of each."""
    return UUID(int=(number % CASES + 1) << 32)


def body(index: int, salt: str, digest: str) -> bytes:
    """A body as a correction of a section leaves it."""
    return (
        f'{{"action":"{ACTS[index % len(ACTS)]}","actor":"{person(index * 7)}",'
        f'"at":"2026-03-04T10:00Z","case":"{case(index * 13)}","digest":"{digest}",'
        f'"revision":{index % 90},"salt":"{salt}","section":"identity"}}'
    ).encode()


def bodies(size: int) -> Iterator[bytes]:
    """So many bodies, each with its own salt."""
    for index in range(size):
        noise = os.urandom(48).hex()
        yield body(index, noise[:32], noise[32:])


def exported(directory: Path, size: int) -> None:
    """An export of so many entries with one checkpoint, as `audit export` writes it."""
    (directory / formats.CHECKPOINTS).mkdir(parents=True)
    tree, source = Frontier(), bodies(size)
    with (
        (directory / formats.ENTRIES).open("wb") as entries,
        (directory / formats.LEAVES).open("wb") as leaves,
    ):
        while batch := list(islice(source, BATCH)):
            entries.writelines(line + b"\n" for line in batch)
            hashes = [sha256(b"\x00" + line).digest() for line in batch]
            leaves.write(formats.leaf_lines(hashes))
            tree.extend(hashes)
    note = issue(Checkpoint(ORIGIN, size, tree.root()), SEED)
    (directory / formats.KEY).write_text(f"{key_of(ORIGIN, SEED)}\n")
    (directory / formats.CHECKPOINT).write_bytes(note)
    (directory / formats.CHECKPOINTS / f"{size}.txt").write_bytes(note)
    (directory / formats.PROOFS).write_bytes(b"")


def stored(path: Path, size: int) -> Engine:
    """A database whose log has so many entries, all in their place, filled past the real acts."""
    url = f"sqlite:///{path}"
    migrate(url)
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
        raw.execute(f"PRAGMA {pragma}")
    indexes = raw.execute(INDEXES).fetchall()
    raw.execute("BEGIN")
    for name, _ in indexes:
        raw.execute(f"DROP INDEX {name}")
    tree, rng = Frontier(), Random(size)  # noqa: S311 - salts of invented entries
    for first in range(0, size, BATCH):
        fill(raw, tree, rng, range(first, min(first + BATCH, size)))
    raw.execute("INSERT INTO audit_sequencer (name, size) VALUES ('log', ?)", (size,))
    for _, statement in indexes:
        raw.execute(statement)
    raw.execute("COMMIT")
    raw.execute("ANALYZE")
    raw.close()
    return connect(url)


def fill(raw: sqlite3.Connection, tree: Frontier, rng: Random, indexes: range) -> None:
    """Entries with these indexes stand in the log, and the subtrees that they finish."""
    rows, leaves = [], []
    for index in indexes:
        said = body(index, f"{rng.getrandbits(128):032x}", f"{rng.getrandbits(256):064x}")
        leaves.append(sha256(b"\x00" + said).digest())
        rows.append(row(index, said, leaves[-1]))
    raw.executemany(INSERT, rows)
    nodes = [
        (place(run.level, run.first + offset), each)
        for run in tree.extend(leaves)
        for offset, each in enumerate(run.hashes)
    ]
    raw.executemany("INSERT INTO audit_nodes (place, hash) VALUES (?, ?)", nodes)


def entry_id(index: int) -> UUID:
    """The id of an entry: as good as random, and found again."""
    return UUID(bytes=sha256(index.to_bytes(8, "big")).digest()[:16])


def row(index: int, said: bytes, leaf: bytes) -> tuple[object, ...]:
    """The columns of one entry as SQLite keeps them."""
    hour = FIRST_HOUR + index // AN_HOUR
    return (
        entry_id(index).hex,
        index,
        "2026-03-04 10:00:00.000000",
        hour,
        ACTS[index % len(ACTS)],
        person(index * 7).hex,
        case(index * 13).hex,
        said,
        leaf,
    )
