"""Checkpoints and proofs from the stored log: what witnesses, auditors and the person are given."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.checkpoints import Checkpoint, LogKey, issue, key_of, read_checkpoint
from casework.audit.models import AuditCheckpoint
from casework.audit.sequencer import (
    LogBroken,
    frontier_at,
    sequence_all,
    stored_hashes,
    tree_size,
)
from casework.audit.tree import Span, consistency_spans, inclusion_spans, prove

PROOF_FORM = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Fork:
    """A checkpoint that this log cannot have given: why, and where the two histories may part.

    They agree up to `first` entries at least as far as this log's own older checkpoints tell.
    """

    why: str
    first: int


def issue_checkpoint(session: Session, origin: str, seed: bytes) -> bytes:
    """Sequences what waits, then signs and keeps the checkpoint; the caller commits.

    The same tree gives the same note again. Raises LogBroken rather than sign a tree that does
    not grow out of the last checkpoint (C2SP tlog-checkpoint: a log never signs two histories).
    """
    size = sequence_all(session)
    last = latest_note(session)
    if last is not None:
        before = read_checkpoint(last, key_of(origin, seed))
        if before.size > size or root_at(session, before.size) != before.root:
            raise LogBroken("the log does not grow out of its last checkpoint")
        if before.size == size:
            return last
    note = issue(Checkpoint(origin, size, root_at(session, size)), seed)
    session.add(AuditCheckpoint(size=size, note=note, made_at=clock.now()))
    session.flush()
    return note


def latest_note(session: Session) -> bytes | None:
    """The last checkpoint given out, as a signed note."""
    return session.scalar(
        select(AuditCheckpoint.note).order_by(AuditCheckpoint.size.desc()).limit(1)
    )


def root_at(session: Session, size: int) -> bytes:
    """The root over the first `size` entries. Raises LogBroken when a stored hash is missing."""
    return frontier_at(session, size).root()


def prove_inclusion(session: Session, index: int, size: int) -> list[bytes]:
    """The hashes from the entry at `index` up to the root of the first `size` entries.

    Raises ProofBroken when there is no such entry, LogBroken when a stored hash is missing.
    """
    return _proved(session, inclusion_spans(index, size))


def prove_consistency(session: Session, old: int, new: int) -> list[bytes]:
    """The hashes that show the first `old` entries to be a beginning of the first `new`."""
    return _proved(session, consistency_spans(old, new))


def entry_proof(session: Session, index: int, key: LogKey) -> str:
    """A C2SP tlog-proof of one entry under the last checkpoint, to be kept with the entry's body.

    Raises LogBroken when no checkpoint was given out yet, ProofBroken when it is older.
    """
    note = latest_note(session)
    if note is None:
        raise LogBroken("no checkpoint was given out yet")
    path = prove_inclusion(session, index, read_checkpoint(note, key).size)
    lines = [PROOF_FORM, f"index {index}", *(b64encode(each).decode() for each in path)]
    return "\n".join([*lines, "", note.decode()])


def compare_checkpoint(session: Session, note: bytes, key: LogKey) -> Fork | None:
    """None when the log continues the checkpoint that somebody kept, else what is wrong.

    Raises NoteMalformed, NoteUnsigned or SignatureBroken when the note is not this log's.
    """
    kept = read_checkpoint(note, key)
    size = tree_size(session)
    if kept.size > size:
        return Fork("shorter", size)
    if root_at(session, kept.size) != kept.root:
        return Fork("differs", _last_agreed(session, kept.size, key))
    return None


def _last_agreed(session: Session, below: int, key: LogKey) -> int:
    """The size of the largest checkpoint of this log under `below` that still fits its entries."""
    notes = session.scalars(
        select(AuditCheckpoint.note)
        .where(AuditCheckpoint.size < below)
        .order_by(AuditCheckpoint.size.desc())
        .limit(1000)
    )
    checkpoints = (read_checkpoint(note, key) for note in notes)
    fitting = (each.size for each in checkpoints if root_at(session, each.size) == each.root)
    return next(fitting, 0)


def _proved(session: Session, spans: list[Span]) -> list[bytes]:
    try:
        return prove(spans, lambda nodes: stored_hashes(session, nodes))
    except KeyError:
        raise LogBroken("a stored hash of the log is missing") from None
