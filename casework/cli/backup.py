"""Backups on the command line: the offline key, making them, trying them, bringing them back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from casework.audit.boxes import compare_boxes
from casework.audit.log import record
from casework.audit.sequencer import sequence_all
from casework.audit.stored import verify_database
from casework.cli import backups
from casework.cli.archives import Part, restore
from casework.cli.boxes import stored_boxes
from casework.cli.ground import Refused, newest_revision, on_database, settings
from casework.db import Base, db, guard_sqlite
from casework.people.models import Team, User

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
IN_MEMORY = Path("/dev/shm")  # noqa: S108  # nosec B108 - nothing of a drill reaches a disk


@click.group("backup")
def command() -> None:
    """Sealed backups, which only an offline key opens."""


@command.command("key")
@click.argument("file", type=FILE)
@on_database
def key(session: Session, file: Path) -> None:
    """Makes the offline key in FILE; take FILE away from this machine afterwards."""
    own = settings()
    backups.make_key(file, own.instance)
    record(session, "configuration.changed", actor=None, setting="backup_key")
    click.echo(f"The backup key is in {file.name}. Keep two copies of it, in two safes, away from")
    click.echo("this machine and from the backups; then remove it from here. Keep the old key for")
    click.echo("as long as backups sealed to it are kept.")


@command.command("run")
@click.argument("folder", type=FOLDER)
@on_database
def run(session: Session, folder: Path) -> None:
    """Writes both halves into FOLDER and removes those that were kept for long enough."""
    public = backups.public_key(settings().instance)
    sequence_all(session)
    session.commit()
    for path in backups.back_up(session, db.engine, public, folder):
        click.echo(f"{path.name}: {path.stat().st_size:,} bytes")


@command.command("drill")
@click.argument("folder", type=FOLDER)
@click.option("--key", "key_file", type=FILE, required=True, help="The offline key.")
@on_database
def drill(_session: Session, folder: Path, key_file: Path) -> int:
    """Opens the newest backup in FOLDER in memory and checks it; nothing is changed."""
    seed = backups.read_key(key_file)
    newest = {part: newest_of(folder, part) for part in Part}
    place = IN_MEMORY if IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        engine = create_engine(f"sqlite:///{scratch}/drill.db")
        guard_sqlite(engine)
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            lost = brought_back(session, newest, seed)
            well = tried(session, lost)
        engine.dispose()
    return 0 if well else 1


def newest_of(folder: Path, part: Part) -> Path:
    """The newest archive of one half; raises Refused where there is none."""
    found = backups.archives(folder, part)
    if not found:
        raise Refused(f"FOLDER holds no archive of the {part.value}.")
    return found[-1]


def brought_back(session: Session, files: dict[Part, Path], seed: bytes) -> int:
    """Both halves stand in the session's empty database; answers how many boxes found no place."""
    revision = newest_revision() or ""
    lost = 0
    for part in (Part.CIPHERTEXT, Part.BOXES):
        pieces = backups.opened(files[part], seed)
        lost += restore(session.connection(), part, pieces, revision)
    return lost


def tried(session: Session, lost: int) -> bool:
    """Prints what the restored copy proves of itself; True where all is well."""
    report = verify_database(session)
    wrong = sum(1 for _mismatch in compare_boxes(session, stored_boxes(session)))
    people = len(session.scalars(select(User.id)).all())
    teams = len(session.scalars(select(Team.id)).all())
    click.echo(f"Opened: {people} accounts, {teams} teams, {report.size} entries of the log.")
    click.echo(f"Left without its other half: {lost}. Boxes that differ from the log: {wrong}.")
    click.echo("The log of the copy is whole." if report.ok else "The log of the copy is broken.")
    return report.ok and not wrong and not lost


@command.command("restore")
@click.argument("ciphertext", type=FILE)
@click.argument("boxes", type=FILE)
@click.option("--key", "key_file", type=FILE, required=True, help="The offline key.")
@on_database
def restore_command(session: Session, ciphertext: Path, boxes: Path, key_file: Path) -> None:
    """Brings a backup back into an empty database; a file that was erased stays erased."""
    if session.scalar(select(User.id).limit(1)) is not None:
        raise Refused("this database is in use: a backup goes into an empty one only.")
    files = {Part.CIPHERTEXT: ciphertext, Part.BOXES: boxes}
    lost = brought_back(session, files, backups.read_key(key_file))
    record(session, "backup.restored", actor=None, **backups.digests(files))
    click.echo(f"Restored; {lost} boxes belong to nothing in this copy and were left out.")
    click.echo("Now: `audit verify --checkpoint` with the newest checkpoint somebody kept, and a")
    click.echo("line in the register of incidents.")
