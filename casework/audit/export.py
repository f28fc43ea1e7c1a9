"""The log as files that anyone can read and verify (docs/audit-formats.md)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from casework.audit import formats
from casework.audit.checkpoints import Checkpoint, LogKey, read_checkpoint
from casework.audit.models import AuditCheckpoint, AuditEntry
from casework.audit.proofs import prove_consistency
from casework.audit.sequencer import LogBroken

_AT_ONCE = 5000


def export_log(session: Session, directory: Path, key: LogKey) -> Checkpoint:
    """Writes the log up to its last checkpoint into a new or empty directory; answers it.

    Reads only: issue and commit a checkpoint before. Raises FileExistsError when something
    stands in the directory, LogBroken when there is no checkpoint or a stored part is missing,
    and as `read_checkpoint` when a checkpoint was not signed by the key.
    """
    notes = _notes(session, key)
    if not notes:
        raise LogBroken("no checkpoint was given out yet")
    _prepare(directory)
    last, note = notes[-1]
    (directory / formats.KEY).write_bytes(f"{key}\n".encode())
    (directory / formats.CHECKPOINT).write_bytes(note)
    for checkpoint, older in notes:
        (directory / formats.CHECKPOINTS / f"{checkpoint.size}.txt").write_bytes(older)
    _write_entries(session, directory, last.size)
    _write_proofs(session, directory, [checkpoint.size for checkpoint, _ in notes])
    return last


def _notes(session: Session, key: LogKey) -> list[tuple[Checkpoint, bytes]]:
    notes = session.scalars(select(AuditCheckpoint.note).order_by(AuditCheckpoint.size))
    return [(read_checkpoint(note, key), note) for note in notes]


def _prepare(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError("the directory is not empty")
    (directory / formats.CHECKPOINTS).mkdir()


def _write_entries(session: Session, directory: Path, size: int) -> None:
    written = 0
    with (
        (directory / formats.ENTRIES).open("wb") as entries,
        (directory / formats.LEAVES).open("wb") as leaves,
    ):
        for rows in _stored(session, size):
            entries.writelines(_line(row) + b"\n" for row in rows)
            leaves.write(formats.leaf_lines([row.leaf_hash for row in rows]))
            written += len(rows)
    if written != size:
        raise LogBroken("entries are missing")


def _stored(session: Session, size: int) -> Iterator[list[Row[bytes | None, bytes, str | None]]]:
    query = (
        select(AuditEntry.body, AuditEntry.leaf_hash, AuditEntry.redacted_for)
        .where(AuditEntry.idx < size)
        .order_by(AuditEntry.idx)
        .execution_options(yield_per=_AT_ONCE)
    )
    for rows in session.execute(query).partitions():
        yield list(rows)


def _line(row: Row[bytes | None, bytes, str | None]) -> bytes:
    body, leaf, reason = row
    return formats.stub(leaf, reason or "") if body is None else body


def _write_proofs(session: Session, directory: Path, sizes: list[int]) -> None:
    grown = [(old, new) for old, new in pairwise(sizes) if old]
    with (directory / formats.PROOFS).open("wb") as proofs:
        for old, new in grown:
            path = prove_consistency(session, old, new)
            proofs.write(formats.proof_line(old, new, path) + b"\n")
