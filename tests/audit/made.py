"""Logs made for the tests through the real functions, and the key that signs them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from casework import clock
from casework.audit import log
from casework.audit.checkpoints import Checkpoint, issue, key_of
from casework.audit.export import export_log
from casework.audit.proofs import issue_checkpoint
from casework.audit.redaction import redact

SEED = bytes(range(32))
OTHER_SEED = bytes(range(32, 64))
ORIGIN = "casework.example/log"
KEY = key_of(ORIGIN, SEED)
START = datetime(2026, 3, 4, 10, 47, 31, tzinfo=UTC)
ACTOR = UUID(int=7)
CASE = UUID(int=9)


def note(session: Session, count: int) -> None:
    """So many more acts are committed, of several kinds."""
    for number in range(count):
        with clock.at(START + timedelta(minutes=7 * number)):
            log.record(session, "session.opened", ACTOR)
            if number % 2:
                log.record(
                    session,
                    "section.written",
                    ACTOR,
                    case=CASE,
                    section="identity",
                    revision=number,
                    digest=bytes([number % 256] * 32),
                )
    session.commit()


def sign(session: Session) -> bytes:
    """A checkpoint over all committed entries, committed."""
    note_ = issue_checkpoint(session, ORIGIN, SEED)
    session.commit()
    return note_


def grown(session: Session) -> None:
    """A log of 31 entries with three checkpoints, of which two entries are redacted."""
    note(session, 7)
    sign(session)
    redact(session, [(2, 3)], "retention")
    note(session, 9)
    sign(session)
    note(session, 5)
    sign(session)


def exported(session: Session, directory: Path) -> Path:
    """The grown log as files."""
    grown(session)
    export_log(session, directory, KEY)
    return directory


def forged(size: int, root: bytes, seed: bytes = SEED) -> bytes:
    """A checkpoint that somebody who holds the seed signs over anything."""
    return issue(Checkpoint(ORIGIN, size, root), seed)
