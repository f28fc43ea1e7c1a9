"""The log on the command line: verified where it stands, and written out for strangers."""

from __future__ import annotations

import os
from pathlib import Path

import click
from sqlalchemy.orm import Session

from casework.audit import log
from casework.audit.boxes import compare_boxes
from casework.audit.checkpoints import LogKey, key_of
from casework.audit.export import export_log
from casework.audit.messages import lines
from casework.audit.proofs import issue_checkpoint
from casework.audit.sequencer import LogBroken, sequence_all
from casework.audit.stored import verify_database
from casework.cli.boxes import stored_boxes
from casework.cli.ground import Refused, on_database, reading, settings

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
