"""The application as it is really served: it answers, keeps silent, and refuses a bad start."""

from __future__ import annotations

import http.client
import shutil
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.databases import ROOT
from tests.support.servers import BIN, gunicorn, make_keys, surroundings


@pytest.fixture
def ready(instance: Path, sqlite_template: Path) -> Path:
    """An instance with keys and an empty, migrated database."""
    make_keys(instance)
    shutil.copyfile(sqlite_template, instance / "casework.db")
    return instance


def ask(address: str, path: str) -> int:
    """The status of an answer."""
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def test_the_served_application_answers_and_writes_nothing_about_requests(ready: Path) -> None:
    with gunicorn(ready) as address:
        statuses = {ask(address, f"/nothing-{number}") for number in range(20)}
    assert statuses == {404}
    log = (ready / "gunicorn.log").read_text()
    assert address in log
    assert "nothing-" not in log
    assert "Error" not in log


def test_the_keys_are_for_their_owner_only(ready: Path) -> None:
    keys = list(ready.glob("*.key"))
    assert keys
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def refusal(instance: Path, **environment: str) -> str:
    """What gunicorn says when it refuses to start; fails where it starts."""
    done = subprocess.run(
        [str(BIN / "gunicorn"), "-c", "gunicorn.conf.py", "casework:create_app()"],
        cwd=ROOT,
        env=surroundings(instance, None) | {"PORT": "1", **environment},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode != 0
    return done.stderr.strip()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HOST": "192.0.2.1"}, "HOST"),
        ({"PORT": "0"}, "PORT"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be reached"),
        ({"DATABASE_URL": "sqlite://"}, "db upgrade"),
    ],
)
def test_a_bad_start_is_refused_in_one_sentence(
    ready: Path, environment: dict[str, str], said: str
) -> None:
    words = refusal(ready, **environment)
    assert said in words
    assert words.count("\n") == 0
    assert "Traceback" not in words


def test_a_missing_key_is_refused_in_one_sentence(ready: Path) -> None:
    (ready / "server.key").unlink()
    words = refusal(ready)
    assert "server.key" in words
    assert words.count("\n") == 0
