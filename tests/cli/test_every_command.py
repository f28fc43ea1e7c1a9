"""Every command, whichever it is, refuses a database it cannot work on in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import Result
from flask import Flask

from casework import clock, create_app
from casework.cli import MODULES
from casework.cli.ground import on_database
from casework.db import db
from casework.errors import CaseworkError, RuleBroken
from casework.people.models import RateLimit
from config import Settings

FIRST_DAY = (
    "--handle",
    "--name",
    "--second-handle",
    "--second-name",
    "--team",
    "--coordinator-handle",
    "--coordinator-name",
)
ARGUMENTS = {
    "audit compare": ["-"],
    "audit export": ["/nowhere/at/all"],
    "audit redact": ["2020-01-01"],
    "backup drill": ["/nowhere/at/all", "--key", "/nowhere/key"],
    "backup key": ["/nowhere/key"],
    "backup restore": ["/nowhere/a", "/nowhere/b", "--key", "/nowhere/key"],
    "backup run": ["/nowhere/at/all"],
    "init": [word for name in FIRST_DAY for word in (name, "abc")],
    "recovery export": ["/nowhere/file", "--team", "a", "--for", "b"],
    "recovery import": [__file__],
    "statistics close": ["2026Q3"],
    "statistics erratum": ["2026Q3", "Late sheets"],
    "statistics plan": ["registered", "900"],
}
OTHERS = {"setup"}  # migrates by itself
OFFLINE = {("recovery", one) for one in ("create", "rotate", "check", "tool")}
UNREACHABLE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def leaves(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every command under one, by the words that call it."""
    if not isinstance(command, click.Group):
        yield words
        return
    for name, under in command.commands.items():
        yield from leaves(under, (*words, name))


def commands() -> list[tuple[str, ...]]:
    """Every command of ours."""
    roots = [import_module(f"casework.cli.{name}").command for name in MODULES]
    found = [words for root in roots for words in leaves(root, (root.name,))]
    return [words for words in found if words[0] not in OTHERS and words not in OFFLINE]


def run_on(url: str, folder: Path, words: tuple[str, ...]) -> Result:
    """What a command says on the database at the address."""
    app = create_app(Settings.for_tests(folder, url))
    result = app.test_cli_runner().invoke(args=[*words, *ARGUMENTS.get(" ".join(words), [])])
    with app.app_context():
        db.engine.dispose()
    return result


def test_there_are_commands_to_look_at() -> None:
    assert ("audit", "verify") in commands()


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_an_unmigrated_database_is_refused_in_one_sentence(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    result = run_on(f"sqlite:///{tmp_path / 'new.db'}", tmp_path, words)
    assert result.exit_code == 1
    assert result.output.count("flask --app casework db upgrade") == 1
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize("words", [*commands(), ("setup",)], ids=" ".join)
def test_an_unreachable_database_is_refused_in_one_sentence(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    result = run_on(UNREACHABLE, tmp_path, words)
    assert result.exit_code == 1
    assert "cannot be reached" in result.output
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuleBroken("quarter_closed"), "this quarter is closed already"),
        (CaseworkError("the log has a gap"), "the log has a gap"),
    ],
)
def test_what_refuses_a_command_changes_nothing_and_says_why(
    app: Flask, error: Exception, said: str
) -> None:
    @click.command("break")
    @on_database
    def command(session: object) -> None:
        db.session.add(RateLimit(name=b"x", window=clock.now()))
        db.session.flush()
        raise error

    app.cli.add_command(command)
    result = app.test_cli_runner().invoke(args=["break"])
    assert result.exit_code == 1
    assert said in result.output
    with app.app_context():
        assert db.session.query(RateLimit).count() == 0
