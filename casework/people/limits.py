"""How often one handle, or everybody together, may try to sign in: each try too many makes the next
one wait longer; counted by name and in all, never by address."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from casework import clock
from casework.db import UtcDateTime
from casework.errors import RuleBroken
from casework.people.models import RateLimit, TryRow

WINDOW = timedelta(minutes=15)


def counter_name(secret: bytes, purpose: str, text: str) -> bytes:
    """A keyed hash, so that the table says nothing about handles."""
    return hmac.new(secret, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def window_of(moment: datetime) -> datetime:
    """The start of the window that contains the moment."""
    return moment - timedelta(seconds=moment.timestamp() % WINDOW.total_seconds())


def count(session: Session, name: bytes) -> int:
    """One more try under this name in the present window; returns how many there are now."""
    window = window_of(clock.now())
    insert = postgres_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(RateLimit).values(name=name, window=window, tries=1)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["name", "window"], set_={"tries": RateLimit.tries + 1}
        )
    )
    session.execute(delete(RateLimit).where(RateLimit.window < window - WINDOW))
    tries = session.scalar(
        select(RateLimit.tries).where(RateLimit.name == name, RateLimit.window == window)
    )
    return int(tries or 0)


class TooManyTries(RuleBroken):
    """The next try has to wait; `minutes` says how long, rounded up."""

    def __init__(self, minutes: int) -> None:
        super().__init__("too_many_tries")
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class Patience:
    """How many tries are free, and how long each further one makes the next one wait."""

    free: int
    waits: tuple[timedelta, ...]

    def after(self, tries: int) -> timedelta:
        """How long the next try waits after so many."""
        over = tries - self.free
        return self.waits[min(over, len(self.waits) - 1)] if over >= 0 else timedelta()


HANDLE = Patience(5, tuple(timedelta(seconds=given) for given in (30, 60, 120, 240, 480, 900)))
EVERYBODY = Patience(300, tuple(timedelta(seconds=given) for given in (1, 2, 4, 8, 15)))
FORGOTTEN_AFTER = timedelta(days=1)


def limit_sign_in(session: Session, secret: bytes, handle: str) -> None:
    """One more try of this handle is counted; raises TooManyTries when it has to wait, or when
    everybody together tried too often in this quarter of an hour.

    Nothing is counted by address: a whole town may share one. Whoever is refused for everybody's
    sake is not counted herself.
    """
    mine = counter_name(secret, "handle", handle)
    admit(session, mine, HANDLE)
    try:
        admit(session, counter_of_everybody(secret), EVERYBODY)
    except TooManyTries:
        take_back(session, mine, until=clock.now())
        raise


def counter_of_everybody(secret: bytes) -> bytes:
    """The name of the counter of this quarter of an hour."""
    return counter_name(secret, "global", window_of(clock.now()).isoformat())


def forgive(session: Session, secret: bytes, handle: str) -> None:
    """Who proved who she is has no tries against her; what she tried does not count against
    everybody."""
    forget_tries(session, counter_name(secret, "handle", handle))
    take_back(session, counter_of_everybody(secret))


def forget_tries(session: Session, name: bytes) -> None:
    """There are no tries under this name."""
    session.execute(delete(TryRow).where(TryRow.name == name))


def take_back(session: Session, name: bytes, **also: datetime) -> None:
    """The last try under this name was none."""
    fewer = update(TryRow).where(TryRow.name == name, TryRow.tries > 0)
    session.execute(fewer.values(tries=TryRow.tries - 1, **also))


def admit(session: Session, name: bytes, patience: Patience) -> None:
    """One more try under this name is counted, and the next one waits the longer the more there
    were; one statement, so that of many at the same moment none slips through.

    Raises TooManyTries while the last try still makes this one wait. A day without a try forgets.
    """
    now = clock.now()
    session.execute(delete(TryRow).where(TryRow.until < now - FORGOTTEN_AFTER))
    insert = postgres_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    first = insert(TryRow).values(name=name, tries=1, until=now + patience.after(1))
    admitted = session.scalar(
        first.on_conflict_do_update(
            index_elements=["name"],
            set_={"tries": TryRow.tries + 1, "until": next_wait(patience, now)},
            where=TryRow.until <= now,
        ).returning(TryRow.tries)
    )
    if admitted is None:
        until = session.scalar(select(TryRow.until).where(TryRow.name == name)) or now
        raise TooManyTries(max(1, -int((now - until).total_seconds() // 60)))


def next_wait(patience: Patience, now: datetime) -> ColumnElement[datetime]:
    """The moment until which the next try waits, from the tries before this one."""
    steps = [
        (TryRow.tries == patience.free - 1 + place, moment(now + wait))
        for place, wait in enumerate(patience.waits)
    ]
    few = (TryRow.tries < patience.free - 1, moment(now))
    return case(few, *steps, else_=moment(now + patience.waits[-1]))


def moment(at: datetime) -> ColumnElement[datetime]:
    """A moment as the database compares it."""
    return literal(at, UtcDateTime())
