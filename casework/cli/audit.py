"""The log on the command line: verified where it stands, and written out for strangers."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit import log
from casework.audit.boxes import compare_boxes
from casework.audit.checkpoints import (
    LogKey,
    NoteMalformed,
    NoteUnsigned,
    key_of,
    read_checkpoint,
)
from casework.audit.export import export_log
from casework.audit.messages import lines
from casework.audit.pasted import note_in
from casework.audit.proofs import Fork, compare_checkpoint, issue_checkpoint
from casework.audit.redaction import redact_before
from casework.audit.sequencer import LogBroken, sequence_all, tree_size
from casework.audit.stored import verify_database
from casework.cases.models import Case
from casework.cli.boxes import stored_boxes
from casework.cli.ground import Refused, on_database, reading, settings
from casework.vault.errors import SignatureBroken

SHORTEST = timedelta(days=365)
LANGUAGE = "fr" if os.environ.get("LANG", "").startswith("fr") else "en"


@click.group("audit")
def command() -> None:
    """The audit log."""


@command.command("verify")
@click.option(
    "--checkpoint",
    "kept",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that somebody kept; may be given several times.",
)
@click.option("--language", type=click.Choice(["en", "fr"]), default=LANGUAGE)
@on_database
def verify(session: Session, kept: tuple[Path, ...], language: str) -> int:
    """Says what the stored log and the stored boxes prove; ends with 1 when anything is wrong."""
    put_in_order(session)
    with reading():
        report = verify_database(session, log_key(), [path.read_bytes() for path in kept])
        click.echo("\n".join(lines(report, language)))
        wrong = wrong_boxes(session)
        session.rollback()
    return 0 if report.ok and not wrong else 1


def put_in_order(session: Session) -> None:
    """What waits has its place in the log, unless the log is too broken for that."""
    try:
        sequence_all(session)
        session.commit()
    except LogBroken as broken:
        session.rollback()
        click.echo(f"What waits was left waiting: {broken}.", err=True)


def wrong_boxes(session: Session) -> int:
    """Prints each box that is not as the log left it; answers how many there are."""
    wrong = 0
    for mismatch in compare_boxes(session, stored_boxes(session)):
        wrong += 1
        click.echo(f"Case {mismatch.case_id}, box {mismatch.box}: {SAID[mismatch.why]}")
    click.echo(f"Boxes: {wrong} differ from the log." if wrong else "Boxes: all as the log says.")
    return wrong


SAID = {
    "rolled_back": "it is not the one the log tells of last.",
    "unlogged": "no entry of the log tells of it.",
    "missing": "the log tells of it, and it is gone.",
}


@command.command("compare")
@click.argument("checkpoint", type=click.File("r", encoding="utf-8"))
@on_database
def compare(session: Session, checkpoint: TextIO) -> int:
    """Says whether the log continues a CHECKPOINT that somebody kept (a file, or - to type it).

    Ends with 1 where it does not: entries are gone, or the log tells another history.
    """
    note = note_in(checkpoint.read(), settings().log_name)
    if note is None:
        raise Refused(f"this is not a checkpoint of the log {settings().log_name}.")
    with reading():
        try:
            fork = compare_checkpoint(session, note, log_key())
            size, kept = tree_size(session), read_checkpoint(note, log_key()).size
        except (SignatureBroken, NoteMalformed, NoteUnsigned):
            raise Refused("the key of this log did not sign this checkpoint.") from None
        except LogBroken as broken:
            raise Refused(f"{broken}: run `audit verify`.") from None
        session.rollback()
    click.echo(said_of(fork, kept, size))
    return 1 if fork else 0


def said_of(fork: Fork | None, kept: int, size: int) -> str:
    """What comparing a checkpoint of so many entries with a log of so many found."""
    if fork is None:
        return (
            f"The log continues this checkpoint: {kept} entries then, {size} now.\n"
            "Not proved: that each entry is the one in the tree (run `audit verify`)."
        )
    if fork.why == "shorter":
        return f"ROLLBACK: this checkpoint counts {kept} entries; here the log ends at {size}."
    return f"FORK: this log tells another history, from some index at or after {fork.first}."


@command.command("redact")
@click.argument("before", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--reason", default="retention", help="One word that the export will show.")
@on_database
def redact(session: Session, before: datetime, reason: str) -> None:
    """Removes what entries from before a day (YYYY-MM-DD) said; their hashes stay in the tree.

    Entries about a file that still exists keep their content, since the boxes of the file are
    compared with it. The log says which were emptied, and why.
    """
    sequence_all(session)
    end = before.replace(tzinfo=UTC)
    if end > clock.now() - SHORTEST:
        raise Refused("what an entry says stays at least a year: name an earlier day.")
    gone = redact_before(session, end, reason, living=select(Case.id))
    click.echo(f"{gone} entries were emptied. The log says which and why ({reason}).")


@command.command("export")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@on_database
def export(session: Session, directory: Path) -> None:
    """Writes the whole log, its checkpoints and proofs into a new or empty DIRECTORY."""
    own = settings()
    issue_checkpoint(session, own.log_name, own.log_key)
    session.commit()
    size = written(session, directory)
    log.record(session, "audit.exported", actor=None, size=size)
    click.echo(f"{size} entries. Anyone can verify them:")
    click.echo(f'python -m casework.audit.verify {directory} --key "{log_key()}"')


def written(session: Session, directory: Path) -> int:
    """The log up to its last checkpoint stands in the directory; answers how many entries."""
    try:
        with reading():
            size = export_log(session, directory, log_key()).size
            session.rollback()
    except FileExistsError:
        raise Refused("the directory is not empty: name a new one.") from None
    except OSError:
        raise Refused("the directory cannot be written: name another one.") from None
    return size


def log_key() -> LogKey:
    """The public key under which this log signs."""
    return key_of(settings().log_name, settings().log_key)
