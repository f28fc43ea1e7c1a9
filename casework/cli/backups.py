"""Making, keeping and opening backups: two sealed archives a time, kept for different times.

Rows are written in the order of their random keys, so an archive tells nothing of the order in
which facts or cases came.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cli.archives import Part, written
from casework.cli.ground import Refused, newest_revision, reading
from casework.cli.models import JobClaim
from casework.vault.backups import backup_public, open_archive, seal_archive
from casework.vault.primitives import KEY_BYTES, new_key

KEPT = {Part.BOXES: timedelta(days=14), Part.CIPHERTEXT: timedelta(days=365)}
"""How long each half is kept: an erased case cannot be opened once its boxes are gone."""
PUBLIC_FILE = "backup.pub"
PIECE = 64 * 1024
STAMP = "%Y%m%dT%H%M%SZ"
MADE = "backup-made"
"""What `doctor` finds the last backup by."""


# The key


def make_key(path: Path, instance: Path) -> None:
    """A new backup key stands in the file, which nobody else may read, and its public half in the
    instance folder. Raises Refused where the file exists or cannot be written."""
    seed = new_key()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(seed.hex() + "\n")
    except FileExistsError:
        raise Refused("this file exists already: name a new one, on a medium of its own.") from None
    except OSError:
        raise Refused("the file cannot be written there: name another place.") from None
    (instance / PUBLIC_FILE).write_text(backup_public(seed).hex() + "\n")


def read_key(path: Path) -> bytes:
    """The backup key (32 bytes) in a file; raises Refused."""
    try:
        seed = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        seed = b""
    if len(seed) != KEY_BYTES:
        raise Refused("the key file cannot be read: it holds 64 hexadecimal characters.")
    return seed


def public_key(instance: Path) -> bytes:
    """The public half to which this installation seals its backups; raises Refused."""
    try:
        return bytes.fromhex((instance / PUBLIC_FILE).read_text().strip())
    except FileNotFoundError:
        raise Refused(
            "there is no backup key yet: run `flask --app casework backup key FILE`, with FILE on "
            "a medium that does not stay with this machine."
        ) from None
    except (OSError, ValueError):
        raise Refused(f"{PUBLIC_FILE} cannot be read: bring it back, or make a new key.") from None


# Making


def back_up(session: Session, engine: Engine, public: bytes, folder: Path) -> list[Path]:
    """Both halves of the database as it is now stand in the folder, and those kept for longer
    than their time are gone; one entry of the log tells their digests. Raises Refused."""
    now, revision = clock.now(), newest_revision() or ""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with reading(), snapshot(engine) as connection:
            made = {part: stored(connection, part, public, folder, revision, now) for part in Part}
        forget_old(folder, now)
    except OSError as error:
        raise Refused(f"the backup cannot be written ({error.strerror}): look at DIR.") from None
    record(session, "backup.made", actor=None, **digests(made))
    session.merge(JobClaim(name=MADE, slot=f"{now:%Y-%m-%dT%H:%M:%S}", claimed_at=now))
    return list(made.values())


def snapshot(engine: Engine) -> Connection:
    """A connection whose reads all show the same moment."""
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ")
    return engine.connect()


def stored(
    connection: Connection,
    part: Part,
    public: bytes,
    folder: Path,
    revision: str,
    moment: datetime,
) -> Path:
    """One half of that moment stands in the folder, whole or not at all; answers its path."""
    header = {"casework-backup": 1, "part": part.value, "made_at": moment.isoformat()}
    path = folder / f"{moment.strftime(STAMP)}-{part.value}.cwb"
    half_written = path.with_suffix(".partial")
    pieces = seal_archive(public, json.dumps(header).encode(), written(connection, part, revision))
    with os.fdopen(
        os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
    ) as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    half_written.rename(path)
    return path


def forget_old(folder: Path, now: datetime) -> list[Path]:
    """Archives older than their half is kept for are gone; answers which."""
    old = [path for part in Part for path in archives(folder, part) if age(path, now) > KEPT[part]]
    for path in old:
        path.unlink()
    return old


def archives(folder: Path, part: Part) -> list[Path]:
    """The archives of one half, oldest first."""
    return sorted(folder.glob(f"[0-9]*-{part.value}.cwb"))


def age(path: Path, now: datetime) -> timedelta:
    """How old an archive is by its name."""
    made = datetime.strptime(path.name.split("-")[0], STAMP).replace(tzinfo=UTC)
    return now - made


# Opening


def opened(path: Path, seed: bytes) -> Iterator[bytes]:
    """The content of an archive; raises `SealBroken`, and Refused where it cannot be read."""
    try:
        with path.open("rb") as file:
            yield from open_archive(seed, iter(lambda: file.read(PIECE), b""))
    except OSError:
        raise Refused(f"{path.name} cannot be read.") from None


def digests(files: Mapping[Part, Path]) -> dict[str, str]:
    """What the log says of the two archives."""
    return {f"{part.value}_digest": digest_of(path) for part, path in files.items()}


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()
