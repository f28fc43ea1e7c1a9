"""A PostgreSQL server of the tests' own: one a session, reached by a socket, gone with it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.support.databases import migrate
from tests.support.tools import postgresql

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
TEMPLATE = "casework_template"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `folder` holds its socket, `pid` is its first process."""

    folder: Path
    pid: int

    def processor(self) -> float:
        """Seconds of the processor that all its processes have used, ended ones included."""
        pids = [self.pid, *map(int, _children(self.pid))]
        return sum(_ticks(pid, pid == self.pid) for pid in pids) / os.sysconf("SC_CLK_TCK")

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql+psycopg://casework@/{name}?host={self.folder}"

    def command(self, statement: str, *names: str) -> None:
        """The statement is carried out, with every {} replaced by a quoted name."""
        query = sql.SQL(statement).format(*map(sql.Identifier, names))
        address = f"host={self.folder} user=casework dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(query)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The address of a new database, a copy of the template; dropped when the block ends."""
        name = f"t_{uuid4().hex}"
        self.command("CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield self.url(name)
        finally:
            self.command("DROP DATABASE {} WITH (FORCE)", name)

    def make_template(self) -> None:
        """The template has the present schema, by the migrations."""
        self.command("CREATE DATABASE {}", TEMPLATE)
        migrate(self.url(TEMPLATE))


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _ticks(pid: int, of_children: bool) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15] if of_children else fields[11:13]))
    return 0


def owner() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root; None for the present user."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def running(settings: Sequence[str] = FAST) -> Iterator[Server]:
    """A server with an empty template, stopped and removed when the block ends."""
    programs, user = postgresql(), owner()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="casework-pg-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    cluster = ["-D", str(data), "-A", "trust", "-U", "casework", "-E", "UTF8", "--no-sync"]
    subprocess.run(
        [programs / "initdb", *cluster], user=user, check=True, stdout=subprocess.DEVNULL, cwd="/"
    )
    process = _start(programs, data, folder, user, settings)
    try:
        yield _ready(Server(folder, process.pid), process)
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


def _start(
    programs: Path, data: Path, folder: Path, user: str | None, wanted: Sequence[str]
) -> subprocess.Popen[bytes]:
    settings = [word for setting in wanted for word in ("-c", setting)]
    where = ["-D", str(data), "-k", str(folder), "-c", "listen_addresses="]
    log = (folder / "log").open("wb")
    with log:
        return subprocess.Popen(
            [programs / "postgres", *where, *settings], user=user, stdout=log, stderr=log, cwd="/"
        )


def _ready(server: Server, process: subprocess.Popen[bytes]) -> Server:
    for _ in range(300):
        assert process.poll() is None, (server.folder / "log").read_text()
        with suppress(psycopg.OperationalError):
            server.command("SELECT 1")
            return server
        time.sleep(0.1)
    raise AssertionError("PostgreSQL did not start within 30 seconds")
