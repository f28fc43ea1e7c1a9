"""The head of the log: where it stands, whether it goes on from an earlier head, and the last
checkpoint that was given out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.models import AuditCheckpoint
from casework.audit.proofs import prove_consistency, root_at
from casework.audit.sequencer import LogBroken, tree_size
from casework.audit.tree import ProofBroken, check_consistency


@dataclass(frozen=True, slots=True)
class Head:
    """So many entries (`size`) under this root (32 bytes)."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """The last checkpoint given out: the signed note as text, its number of entries, its moment."""

    text: str
    size: int
    made_at: datetime

    @property
    def lines(self) -> list[str]:
        """The lines of the note that say something."""
        return [line for line in self.text.split("\n") if line]


def present_head(session: Session) -> Head:
    """The log as it stands, every entry that has a place. Raises LogBroken."""
    size = tree_size(session)
    return Head(size, root_at(session, size))


def broken_since(session: Session, seen: Head, now: Head) -> str | None:
    """Why the log `now` is no continuation of the one `seen`; None where it is one.

    "shorter", "differs" (RFC 9162 §2.1.4: no consistency proof leads from one to the other), or
    "broken" where the hashes of a proof are missing. An empty log is continued by every log.
    """
    if seen.size == 0:
        return None
    if seen.size > now.size:
        return "shorter"
    try:
        path = prove_consistency(session, seen.size, now.size)
        check_consistency(seen.size, seen.root, now.size, now.root, path)
    except ProofBroken:
        return "differs"
    except LogBroken:
        return "broken"
    return None


def latest_checkpoint(session: Session) -> Kept | None:
    """The last checkpoint given out, for pages and reports that witnesses keep; None before the
    first."""
    row = session.scalars(
        select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1)
    ).first()
    return Kept(row.note.decode(), row.size, row.made_at) if row else None
