"""A bad start stops with one sentence that says what to do: served or commanded, never a trace."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import config
from tests.support.databases import ROOT
from tests.support.servers import BIN, make_keys, surroundings

SERVE = [str(BIN / "gunicorn"), "-c", "gunicorn.conf.py", "casework:create_app()"]
FLASK = [sys.executable, "-m", "flask", "--app", "casework"]


def remove(folder: Path) -> None:
    """One key file is gone."""
    (folder / "server.key").unlink()


def weaken(folder: Path) -> None:
    """One key is no random key."""
    (folder / "log.key").write_text("00" * 32)


def shorten(folder: Path) -> None:
    """One key is too short."""
    (folder / "secret.key").write_text("1f2e3d4c5b6a79880917")


def open_up(folder: Path) -> None:
    """One key can be read by the group."""
    (folder / "secret.key").chmod(0o640)


def nothing(_folder: Path) -> None:
    """The keys are as they should be."""


Fault = tuple[Callable[[Path], None], dict[str, str], str]
FAULTS: dict[str, Fault] = {
    "missing key": (remove, {}, "server.key is missing"),
    "weak key": (weaken, {}, "log.key is weak"),
    "short key": (shorten, {}, "secret.key is weak"),
    "open key": (open_up, {}, "chmod 600"),
    "no TLS": (nothing, {"HOST": "0.0.0.0"}, "CASEWORK_BEHIND_TLS=1"),  # noqa: S104
    "bad port": (nothing, {"PORT": "80800"}, "PORT must be a number"),
    "word as port": (nothing, {"PORT": "web"}, "PORT must be a number"),
    "unknown database": (nothing, {"DATABASE_URL": "mysql://a/b"}, "sqlite:///… or postgresql://…"),
    "unreadable database": (nothing, {"DATABASE_URL": "postgresql://a:b"}, "cannot be read"),
    "bad day": (nothing, {"CASEWORK_GO_LIVE": "soon"}, "2024-01-31"),
    "bad log name": (nothing, {"CASEWORK_LOG_NAME": "my log"}, "neither spaces"),
    "boot key on disk": (nothing, {"CASEWORK_BOOT_KEY_FILE": "/etc/boot"}, "in memory"),
    "unmigrated": (nothing, {}, "db upgrade"),
    "unreachable": (
        nothing,
        {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
        "cannot be reached",
    ),
}

ALIKE = {"short key", "unreadable database", "bad day", "bad log name", "boot key on disk"}
ASKED = [("flask", name) for name in FAULTS]
ASKED += [("gunicorn", name) for name in FAULTS if name not in ALIKE]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[int, str]]:
    """What gunicorn and a command say about each fault: exit code and standard error."""

    def ask(asked: tuple[str, str]) -> tuple[int, str]:
        kind, name = asked
        spoil, changed, _words = FAULTS[name]
        folder = tmp_path_factory.mktemp("start") / "instance"
        config.make_keys(folder)
        spoil(folder)
        command = SERVE if kind == "gunicorn" else [*FLASK, "jobs", "run"]
        settings = {"PORT": "1", **changed}
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=surroundings(folder, None) | settings,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stderr.strip()

    with ThreadPoolExecutor(2) as both:
        return dict(zip(ASKED, both.map(ask, ASKED), strict=True))


@pytest.mark.parametrize(("kind", "name"), ASKED)
def test_a_bad_start_stops_with_one_sentence(
    kind: str, name: str, said: dict[tuple[str, str], tuple[int, str]]
) -> None:
    code, words = said[kind, name]
    assert code != 0
    assert FAULTS[name][2] in words
    assert "Traceback" not in words
    assert len(words.splitlines()) == 1


def test_a_database_out_of_reach_is_not_migrated_and_says_so(tmp_path: Path) -> None:
    config.make_keys(tmp_path)
    done = subprocess.run(
        [*FLASK, "db", "upgrade"],
        cwd=ROOT,
        env=surroundings(tmp_path, FAULTS["unreachable"][1]["DATABASE_URL"]),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "cannot be reached" in done.stderr


def test_the_keys_are_made_before_any_key_exists(tmp_path: Path) -> None:
    make_keys(tmp_path / "instance")
    assert {path.name for path in (tmp_path / "instance").iterdir()} == {
        "secret.key",
        "server.key",
        "log.key",
    }


def test_keys_that_exist_are_kept(tmp_path: Path) -> None:
    make_keys(tmp_path)
    before = (tmp_path / "server.key").read_text()
    make_keys(tmp_path)
    assert (tmp_path / "server.key").read_text() == before


def test_nobody_else_may_look_into_a_new_instance(tmp_path: Path) -> None:
    make_keys(tmp_path / "instance")
    assert (tmp_path / "instance").stat().st_mode & 0o077 == 0
