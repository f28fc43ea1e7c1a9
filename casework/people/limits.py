"""How often one handle, or everybody together, may try to sign in: counted per window, never by
address."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from casework import clock
from casework.errors import RuleBroken
from casework.people.models import RateLimit

WINDOW = timedelta(minutes=15)
PER_HANDLE = 10
GLOBAL = 300


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


def limit_sign_in(session: Session, secret: bytes, handle: str) -> None:
    """Raises RuleBroken('too_many_tries') when this handle, or everybody, tried too often."""
    mine = count(session, counter_name(secret, "handle", handle))
    everybody = count(session, counter_name(secret, "global", ""))
    if mine > PER_HANDLE or everybody > GLOBAL:
        raise RuleBroken("too_many_tries")
