"""As it is really served: two workers of gunicorn that share one boot key and one database."""

from __future__ import annotations

import re
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import create_engine

from casework.web import cookies
from tests.support import servers
from tests.support.cast import Snapshot

COOKIE = re.compile(rf"{cookies.NAME}=[^;]+")


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, cast_snapshot: Snapshot
) -> Iterator[str]:
    """The cast alone, served by gunicorn."""
    folder = tmp_path_factory.mktemp("workers") / "instance"
    servers.make_keys(folder)
    shutil.copyfile(sqlite_template, folder / "casework.db")
    engine = create_engine(f"sqlite:///{folder / 'casework.db'}")
    with engine.begin() as connection:
        server_key = bytes.fromhex((folder / "server.key").read_text().strip())
        cast_snapshot.restore(connection, server_key)
    engine.dispose()
    with servers.gunicorn(folder) as found:
        yield found


@pytest.fixture(scope="module")
def cookie(address: str, cast_snapshot: Snapshot) -> str:
    """Zeinab's cookie, from signing in."""
    person = cast_snapshot.cast.person("zeinab")
    words = urlencode({"handle": person.handle, "passphrase": person.words})
    _, headers, _, _ = asked(address, "POST", "/sign-in", words)
    found = COOKIE.search(headers)
    assert found is not None
    return found[0]


def asked(
    address: str, method: str, path: str, body: str = "", cookie: str = ""
) -> tuple[int, str, str, int]:
    """Status, headers and text of an answer, and the process that gave it."""
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=20)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body or None, {"Cookie": cookie, **kind})
    own = connection.sock
    worker = process_behind(own)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, str(answer.headers), text, worker


def process_behind(own: socket.socket | None) -> int:
    """The process at the other end of a connection on this machine, once it has taken it."""
    assert own is not None
    mine, theirs = own.getsockname()[1], own.getpeername()[1]
    until = time.monotonic() + 5
    while time.monotonic() < until:
        number = socket_number(theirs, mine)
        found = holder(number) if number else None
        if found:
            return found
    raise AssertionError("no process took the connection")


def socket_number(local: int, remote: int) -> str | None:
    """The kernel's number of the socket between two ports of this machine."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        parts = line.split()
        if ports(parts[1]) == local and ports(parts[2]) == remote and parts[9] != "0":
            return parts[9]
    return None


def ports(text: str) -> int:
    """The port of an address as the kernel writes it."""
    return int(text.rpartition(":")[2], 16)


def holder(number: str) -> int | None:
    """The process that holds this socket."""
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) == f"socket:[{number}]":
                return int(link.parts[2])
        except OSError:
            continue
    return None


def test_one_sign_in_holds_at_both_workers(address: str, cookie: str) -> None:
    with ThreadPoolExecutor(4) as browsers:
        answers = [
            browsers.submit(asked, address, "GET", "/account", cookie=cookie) for _ in range(20)
        ]
        seen = [answer.result() for answer in answers]
    assert [(status, "zeinab" in text) for status, _, text, _ in seen] == [(200, True)] * 20
    assert len({worker for *_, worker in seen}) == 2
