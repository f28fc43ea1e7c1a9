"""The application behind a real address, for browsers and for commands that speak HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.databases import ROOT

HOST = "127.0.0.1"
BIN = Path(sys.executable).parent


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing is written."""


@contextmanager
def serving(application: Any) -> Iterator[str]:
    """The application answers at the address given, in this process, until the block ends."""
    server = make_server(HOST, 0, application, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextmanager
def gunicorn(instance: Path, database_url: str | None = None) -> Iterator[str]:
    """The application as it is really served, on this instance; stopped when the block ends."""
    port = free_port()
    environment = surroundings(instance, database_url) | {"HOST": HOST, "PORT": str(port)}
    command = [str(BIN / "gunicorn"), "-c", "gunicorn.conf.py", "casework:create_app()"]
    log = (instance / "gunicorn.log").open("wb")
    with log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield answering(f"http://{HOST}:{port}", process, instance / "gunicorn.log")
    finally:
        process.terminate()
        process.wait(30)


def flask(instance: Path, *arguments: str, database_url: str | None = None) -> str:
    """What a command of the application prints; fails with its words where it does not succeed."""
    command = [sys.executable, "-m", "flask", "--app", "casework", *arguments]
    environment = surroundings(instance, database_url)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"flask {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


def make_keys(instance: Path) -> None:
    """The instance folder exists and holds its keys."""
    command = [sys.executable, "-m", "casework.cli.keys"]
    subprocess.run(command, cwd=ROOT, env=surroundings(instance, None), check=True)


def surroundings(instance: Path, database_url: str | None) -> dict[str, str]:
    """The environment of a process that belongs to this instance only."""
    ours = {"HOST", "PORT", "DATABASE_URL", "FLASK_APP", "FLASK_DEBUG"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith("CASEWORK_")
    }
    added = {"DATABASE_URL": database_url} if database_url else {}
    own = {"CASEWORK_INSTANCE": str(instance), "CASEWORK_SECOND_FACTOR": "optional"}
    return kept | added | own


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def answering(address: str, process: subprocess.Popen[bytes], log: Path) -> str:
    """The address, as soon as something answers there, whatever it says; 30 seconds at most."""
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        with suppress(urllib.error.URLError):
            return _asked(address)
        time.sleep(0.1)
    raise AssertionError(f"nothing answers: {log.read_text()}")


def _asked(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own http address
            return address
    except urllib.error.HTTPError as answer:
        answer.close()
        return address
