"""Counting tries: nothing is lost when many come at once, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.people import limits
from casework.people.models import RateLimit, TryRow
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
        for turn in range(limits.EVERYBODY.free):
            limits.limit_sign_in(session, SECRET, f"somebody{turn}")
        with pytest.raises(limits.TooManyTries, match="too_many_tries"):
            limits.limit_sign_in(session, SECRET, "another")
    with clock.at(NOON + timedelta(seconds=1)):
        limits.limit_sign_in(session, SECRET, "another")
        with pytest.raises(limits.TooManyTries):
            limits.limit_sign_in(session, SECRET, "yet another")


def waits(session: Session, tries: int) -> list[int]:
    """How many seconds this handle waits after each of so many tries, each made as soon as it
    may."""
    found, moment = [], NOON
    for _ in range(tries):
        with clock.at(moment):
            limits.admit(session, b"zeinab", limits.HANDLE)
        until = session.scalars(select(TryRow.until).execution_options(populate_existing=True))
        following = until.one()
        found.append(int((following - moment).total_seconds()))
        moment = following
    return found


@on_both_databases
def test_each_try_too_many_makes_the_next_one_wait_longer(app: Flask, session: Session) -> None:
    assert waits(session, 12) == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


@on_both_databases
def test_a_day_without_a_try_forgets(app: Flask, session: Session) -> None:
    waits(session, 12)
    with clock.at(NOON + timedelta(days=2)):
        for _ in range(limits.HANDLE.free):
            limits.admit(session, b"zeinab", limits.HANDLE)
        with pytest.raises(limits.TooManyTries):
            limits.admit(session, b"zeinab", limits.HANDLE)


@on_both_databases
def test_of_many_tries_at_one_moment_only_the_free_ones_pass(app: Flask, database_url: str) -> None:
    engine = connect(database_url)

    def one_more(_turn: int) -> bool:
        with clock.at(NOON), Session(engine) as own:
            try:
                limits.admit(own, b"name", limits.HANDLE)
            except limits.TooManyTries:
                return False
            finally:
                own.commit()
            return True

    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(one_more, range(24)))
    engine.dispose()
    assert passed.count(True) == limits.HANDLE.free


def test_who_waits_for_everybodys_sake_is_not_counted_herself(app: Flask, session: Session) -> None:
    with clock.at(NOON):
        for turn in range(limits.EVERYBODY.free):
            limits.limit_sign_in(session, SECRET, f"somebody{turn}")
        for _ in range(2 * limits.HANDLE.free):
            with pytest.raises(limits.TooManyTries):
                limits.limit_sign_in(session, SECRET, "zeinab")
    tries = select(TryRow.tries).where(
        TryRow.name == limits.counter_name(SECRET, "handle", "zeinab")
    )
    assert session.scalar(tries.execution_options(populate_existing=True)) == 0


def test_who_proved_herself_has_no_tries_against_her(app: Flask, session: Session) -> None:
    for _ in range(20):
        limits.limit_sign_in(session, SECRET, "zeinab")
        limits.forgive(session, SECRET, "zeinab")
    rows = session.scalars(select(TryRow.tries).execution_options(populate_existing=True)).all()
    assert rows == [0]


def test_old_windows_are_forgotten(app: Flask, session: Session) -> None:
    for turn in range(4):
        with clock.at(NOON + turn * limits.WINDOW):
            limits.count(session, b"name")
    kept = session.scalars(select(RateLimit.window)).all()
    assert min(kept) == NOON + 2 * limits.WINDOW


def test_the_table_does_not_say_whose_tries_it_counts(app: Flask, session: Session) -> None:
    limits.limit_sign_in(session, SECRET, "zeinab")
    names = session.scalars(select(TryRow.name)).all()
    assert len(names) == 2
    assert not any(b"zeinab" in name for name in names)


def test_the_window_begins_on_the_quarter_of_an_hour() -> None:
    late = NOON + timedelta(minutes=14, seconds=59)
    assert limits.window_of(late) == NOON
    assert limits.window_of(NOON + limits.WINDOW) == NOON + limits.WINDOW
