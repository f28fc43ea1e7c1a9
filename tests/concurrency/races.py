"""Two or more at once: threads that set off together, and meet where it hurts most."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from casework.db import db

ALONE = 0.7
"""Seconds one waits at a meeting where the database lets one in at a time, as SQLite does: nobody
can come."""
PATIENCE = 20
"""Seconds one waits where the others can come, however busy the machine is."""


class Meeting:
    """A point in the middle of an act at which all wait for each other, if they can come at all."""

    def __init__(self, database: str, people: int = 2) -> None:
        self.barrier = threading.Barrier(people)
        self.patience = PATIENCE if database == "postgresql" else ALONE
        self.met = False

    def __call__(self, *_: object, **__: object) -> None:
        """Waits for the others, once; goes on alone where they do not come."""
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait(self.patience)
            self.met = True
            self.barrier.abort()


def before(meeting: Meeting, original: Callable[..., Any]) -> Callable[..., Any]:
    """The function, before which everybody meets."""

    def held_up(*arguments: Any, **named: Any) -> Any:
        meeting()
        return original(*arguments, **named)

    return held_up


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gives or raises, in their order, when all set off together."""
    line = threading.Barrier(len(acts))

    def set_off(act: Callable[[], Any]) -> Any:
        line.wait(5)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        running = [threads.submit(set_off, act) for act in acts]
        return [outcome(one) for one in running]


def outcome(one: Future[Any]) -> Any:
    """What an act gave, or the error it raised."""
    error = one.exception(30)
    return one.result() if error is None else error


def errors(outcomes: Iterable[Any]) -> list[type[BaseException]]:
    """The kinds of the errors among the outcomes."""
    return [type(one) for one in outcomes if isinstance(one, BaseException)]


def engine_of(app: Flask) -> Engine:
    """The application's own engine."""
    with app.app_context():
        return db.engine


def committed(app: Flask, act: Callable[[Session], Any]) -> Any:
    """What the act gives in a session of its own, which is committed."""
    with Session(engine_of(app)) as own:
        found = act(own)
        own.commit()
        return found
