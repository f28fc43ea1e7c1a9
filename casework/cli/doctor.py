"""Looks at the installation and says what to do; changes nothing."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from casework import clock
from casework.audit.models import AuditEntry
from casework.cli import backups
from casework.cli.ground import require_database, settings
from casework.cli.models import JobClaim
from casework.cli.recovery import papers
from casework.db import db
from casework.errors import BadConfiguration
from config import Settings

SILENCE = timedelta(minutes=10)
WITHOUT_BACKUP = timedelta(hours=26)
AHEAD = timedelta(hours=1)
SWAPS, MOUNTS = Path("/proc/swaps"), Path("/proc/mounts")
IN_MEMORY = frozenset({"tmpfs", "ramfs"})
SAFE_WRITES = ("fsync", "synchronous_commit", "full_page_writes")


def folder(own: Settings) -> Iterator[str]:
    """Nobody else on this machine may look into the instance folder or the database file."""
    for path in (own.instance, own.instance / "casework.db"):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            wanted = "700" if path.is_dir() else "600"
            yield f"Other users of this machine can open {path.name}: run `chmod {wanted}` on it."


def database(_own: Settings) -> Iterator[str]:
    """The database answers and is at the version of the program."""
    try:
        require_database()
    except BadConfiguration as error:
        yield f"{str(error)[:1].upper()}{str(error)[1:]}"


def journal(own: Settings) -> Iterator[str]:
    """SQLite writes ahead, so that a crash loses nothing and readers do not wait."""
    if make_url(own.database_url).get_backend_name() != "sqlite":
        return
    try:
        with db.engine.connect() as connection:
            mode = connection.execute(text("PRAGMA journal_mode")).scalar()
    except SQLAlchemyError:
        return
    if mode != "wal":
        yield f"The database's journal is «{mode}»: keep it on a local disk, not on a network one."


def timer(_own: Settings) -> Iterator[str]:
    """The keyless jobs ran a short while ago."""
    try:
        last = db.session.scalar(select(func.max(JobClaim.claimed_at)))
    except SQLAlchemyError:
        return
    if last is None or clock.now() - last > SILENCE:
        yield "The jobs do not run: let a timer start `flask --app casework jobs run` each minute."


def swap(_own: Settings) -> Iterator[str]:
    """What people write stays in memory."""
    if SWAPS.exists() and len(SWAPS.read_text().splitlines()) > 1:
        yield "This machine swaps memory to a disk: run `swapoff -a`, then edit /etc/fstab."


def temporary(_own: Settings) -> Iterator[str]:
    """Whatever a library writes for a moment is in memory, too."""
    place = Path(tempfile.gettempdir()).resolve()
    if MOUNTS.exists() and mounted_as(place) not in IN_MEMORY:
        yield f"Temporary files are written to a disk: mount {place} as tmpfs, or set TMPDIR."


def mounted_as(place: Path) -> str:
    """The kind of file system a path is on."""
    mounts = [line.split()[1:3] for line in MOUNTS.read_text().splitlines()]
    around = [(where, kind) for where, kind in mounts if place.is_relative_to(where)]
    return max(around, key=lambda one: len(one[0]), default=("", ""))[1]


def clocks(_own: Settings) -> Iterator[str]:
    """The clock is not behind what was written under it: deadlines and consents stand on it."""
    try:
        last = db.session.scalar(select(func.max(AuditEntry.at)))
    except SQLAlchemyError:
        return
    if last is not None and last > clock.now() + AHEAD:
        yield "This machine's clock is behind the last entry of the log: set it, and keep it set."


def safe_writes(own: Settings) -> Iterator[str]:
    """PostgreSQL says that something is written only once it is."""
    if make_url(own.database_url).get_backend_name() != "postgresql":
        return
    for name in SAFE_WRITES:
        try:
            value = db.session.scalar(text(f"SHOW {name}"))
        except SQLAlchemyError:
            return
        if value == "off":
            yield f"PostgreSQL may lose what it said was written: set {name}=on."


def last_backup(_own: Settings) -> Iterator[str]:
    """The newest backup is of last night."""
    query = select(func.max(JobClaim.claimed_at)).where(JobClaim.name == backups.MADE)
    try:
        last = db.session.scalar(query)
    except SQLAlchemyError:
        return
    if last is None or clock.now() - last > WITHOUT_BACKUP:
        yield (
            "There is no backup of the last day: set CASEWORK_BACKUP_FOLDER, or run "
            "`flask --app casework backup run FOLDER`."
        )


def boot_key(own: Settings) -> Iterator[str]:
    """The instance folder holds no copy of the boot key."""
    if any(Path(own.instance).glob("*boot*")):
        yield "A boot key lies on the disk: remove it; it belongs in memory only."


CHECKS: tuple[Callable[[Settings], Iterator[str]], ...] = (
    folder,
    journal,
    timer,
    boot_key,
    swap,
    temporary,
    clocks,
    safe_writes,
    last_backup,
    papers,
)


@click.command("doctor")
@with_appcontext
def command() -> None:
    """Says what is wrong with this installation and what to do; ends with 1 when anything is."""
    own = settings()
    found = list(database(own)) or [sentence for check in CHECKS for sentence in check(own)]
    click.echo("\n".join(found) or "Everything looked at is as it should be.")
    raise SystemExit(1 if found else 0)
