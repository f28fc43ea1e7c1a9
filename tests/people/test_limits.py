"""Counting tries: nothing is lost when many come at once, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.errors import RuleBroken
from casework.people import limits
from casework.people.models import RateLimit
from tests.support.databases import connect, on_both_databases

SECRET = b"s" * 32
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@on_both_databases
def test_tries_at_the_same_moment_are_all_counted(app: Flask, database_url: str) -> None:
    engine = connect(database_url)

    def one_more(_turn: int) -> int:
        with clock.at(NOON), Session(engine) as own:
            found = limits.count(own, b"name")
            own.commit()
        return found

    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(one_more, range(24)))
    engine.dispose()
    assert sorted(counted) == list(range(1, 25))


def test_everybody_together_is_limited_too(app: Flask, session: Session) -> None:
    with clock.at(NOON):
        for turn in range(limits.GLOBAL):
            limits.limit_sign_in(session, SECRET, f"somebody{turn}")
        with pytest.raises(RuleBroken, match="too_many_tries"):
            limits.limit_sign_in(session, SECRET, "another")


def test_old_windows_are_forgotten(app: Flask, session: Session) -> None:
    for turn in range(4):
        with clock.at(NOON + turn * limits.WINDOW):
            limits.count(session, b"name")
    kept = session.scalars(select(RateLimit.window)).all()
    assert min(kept) == NOON + 2 * limits.WINDOW


def test_the_table_does_not_say_whose_tries_it_counts(app: Flask, session: Session) -> None:
    limits.limit_sign_in(session, SECRET, "zeinab")
    names = session.scalars(select(RateLimit.name)).all()
    assert len(names) == 2
    assert not any(b"zeinab" in name for name in names)


def test_the_window_begins_on_the_quarter_of_an_hour() -> None:
    late = NOON + timedelta(minutes=14, seconds=59)
    assert limits.window_of(late) == NOON
    assert limits.window_of(NOON + limits.WINDOW) == NOON + limits.WINDOW
