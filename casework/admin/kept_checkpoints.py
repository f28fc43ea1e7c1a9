"""A checkpoint that somebody kept, against the log as it is: what the auditor is told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from casework.audit.checkpoints import LogKey, NoteMalformed, NoteUnsigned, read_checkpoint
from casework.audit.pasted import note_in
from casework.audit.proofs import compare_checkpoint
from casework.audit.sequencer import LogBroken, tree_size
from casework.errors import RuleBroken
from casework.vault.errors import SignatureBroken

CONTINUED, REFUSED, BROKEN = "continued", "refused", "broken"


@dataclass(frozen=True, slots=True)
class Compared:
    """`result` is "continued", "shorter", "differs", "broken" or "refused" (not signed by this
    log); `kept` and `size` are the numbers of acts then and now; both histories agree up to
    `agreed` acts at least."""

    result: str
    kept: int
    size: int
    agreed: int = 0


def compared(session: Session, text: str, key: LogKey) -> Compared:
    """The answer to a pasted text; raises RuleBroken('no_checkpoint') where none stands in it."""
    note, size = note_in(text, key.name), tree_size(session)
    if note is None:
        raise RuleBroken("no_checkpoint")
    try:
        kept = read_checkpoint(note, key).size
        fork = compare_checkpoint(session, note, key)
    except (NoteMalformed, NoteUnsigned, SignatureBroken):
        return Compared(REFUSED, 0, size)
    except LogBroken:
        return Compared(BROKEN, kept, size)
    return Compared(fork.why, kept, size, fork.first) if fork else Compared(CONTINUED, kept, size)
