"""The whole log of a demonstration holds no name, no telephone number and no word of a story."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import create_app
from casework.audit.models import AuditEntry
from casework.audit.vocabulary import ACTIONS
from casework.db import db
from casework.demonstration import load as demonstration
from casework.demonstration.inventions import FAMILIES, MEN, WOMEN, invent
from casework.demonstration.staff import EVERYBODY
from casework.directory.models import Provider
from casework.people.models import Team
from casework.policy import Role
from config import Settings
from tests.promises.canaries import shapes

SEED, CASES = 5, 6
LONG = 10
CODES = {*Role, "admin"}
"""Handles of the demonstration that are also the code of a role or of a section."""
OF_EVERY_BODY = {"action", "actor", "at", "salt"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Session]:
    """A demonstration, every scenario of it played by the real acts."""
    folder = tmp_path_factory.mktemp("played")
    shutil.copyfile(sqlite_template, folder / "casework.db")
    app = create_app(Settings.for_tests(folder))
    with app.app_context():
        session = db.session()
        demonstration.load(session, lambda _line: None, cases=CASES, seed=SEED)
        yield session
        db.session.remove()
        db.engine.dispose()


def log_of(session: Session) -> bytes:
    """Every body of the log, one after another."""
    return b"\n".join(filter(None, session.scalars(select(AuditEntry.body))))


def personal(session: Session) -> set[str]:
    """Every word that names somebody, and every text that somebody said or wrote."""
    begin = demonstration.beginning(date(2026, 11, 21))
    told = [invent(SEED, number, begin, 700).sections() for number in range(CASES)]
    staff = {f'"{worker.handle}"' for worker in EVERYBODY} - {f'"{code}"' for code in CODES}
    places = set(session.scalars(select(Provider.name))) | set(session.scalars(select(Team.name)))
    return {*WOMEN, *MEN, *FAMILIES, *texts(told), *staff, *places}


def texts(told: Any) -> set[str]:
    """The strings anywhere in a value that are no code: with a space, a capital or a digit row."""
    if isinstance(told, dict):
        return {word for each in told.values() for word in texts(each)}
    if isinstance(told, list | tuple):
        return {word for each in told for word in texts(each)}
    is_text = isinstance(told, str) and (" " in told or not told.isascii())
    return {told} if is_text else set()


def written(word: str) -> set[bytes]:
    """The word as it is, as JSON writes it, and in every other shape in which a text can be stored
    that is too long to stand in a digest by chance."""
    other = {shape for shape in shapes(word) if len(shape) >= LONG}
    return other | {word.encode(), json.dumps(word)[1:-1].encode()}


def found_in(log: bytes, words: set[str]) -> set[str]:
    """The words that stand in the log in any shape."""
    return {word for word in words if any(shape in log for shape in written(word))}


def test_the_log_of_the_demonstration_holds_no_canary(played: Session) -> None:
    log, words = log_of(played), personal(played)
    assert (len(words) > 80, log.count(b"\n") > 500) == (True, True)
    assert found_in(log, words) == set()


def test_the_search_finds_each_of_them_in_every_shape(played: Session) -> None:
    own = log_of(played)
    for word in personal(played):
        for shape in written(word):
            assert found_in(own[:1000] + shape + own[-1000:], {word}) == {word}


def test_every_body_has_exactly_the_keys_of_its_act(played: Session) -> None:
    bodies = [json.loads(line) for line in log_of(played).split(b"\n")]
    for body in bodies:
        assert body.keys() == ACTIONS[body["action"]].keys() | OF_EVERY_BODY
    assert len({body["salt"] for body in bodies}) == len(bodies)
    assert {len(body["salt"]) for body in bodies} == {32}


def test_the_log_of_the_demonstration_verifies(played: Session) -> None:
    from casework.audit.sequencer import sequence_all
    from casework.audit.stored import verify_database

    sequence_all(played)
    report = verify_database(played)
    played.rollback()
    assert report.problems == []
