"""What others ask of the log: its present head, and whether it goes on from one that was seen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from casework.audit.proofs import root_at
from casework.audit.sequencer import LogBroken, tree_size


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries have a place in the tree, and the 32-byte root over them."""

    size: int
    root: bytes


def present_head(session: Session) -> Head:
    """The log as it is now. Raises LogBroken when a stored hash is missing."""
    size = tree_size(session)
    return Head(size, root_at(session, size))


def broken_since(session: Session, seen: Head, now: Head) -> str | None:
    """None where the log goes on from the head that was seen; else `shorter`, `differs` or, where
    a stored hash is missing, `broken`."""
    if seen.size > now.size:
        return "shorter"
    try:
        root = now.root if seen.size == now.size else root_at(session, seen.size)
    except LogBroken:
        return "broken"
    return None if root == seen.root else "differs"
