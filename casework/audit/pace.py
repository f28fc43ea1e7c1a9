"""The sequencer at work: a thread of each serving process, off the path of every request.

Once a second it looks, without any lock, whether entries wait; then one process at a time gives
them their place. Where nothing serves, the job of each minute does it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.audit.sequencer import sequence
from casework.db import reading_only

EVERY, AFTER_A_FAILURE = 1.0, 30.0
"""Seconds from one look to the next."""
BATCH = 500
_ONE_WAITS = select(AuditEntry.id).where(AuditEntry.idx.is_(None)).limit(1)
_LOG = logging.getLogger("casework.audit")


def begin(engine: Engine, every: float = EVERY) -> Callable[[], None]:
    """From now on a thread of this process gives entries their place, until the answer is called,
    which waits for its end."""
    stop = Event()
    thread = Thread(target=_keep_in_order, args=(engine, every, stop), daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join()

    return end


def put_in_order(engine: Engine) -> int:
    """Every entry committed by now has its place, unless another process is giving it one just
    now; answers how many this call placed. Raises LogBroken."""
    placed = 0
    while some_wait(engine):
        with Session(engine) as session:
            found = sequence(session, BATCH, wait=False)
            session.commit()
        placed += found
        if not found:
            break
    return placed


def some_wait(engine: Engine) -> bool:
    """True where an entry has no place yet; asked without a lock, on SQLite too."""
    token = reading_only.set(True)
    try:
        with Session(engine) as session:
            return session.scalar(_ONE_WAITS) is not None
    finally:
        reading_only.reset(token)


def _keep_in_order(engine: Engine, every: float, stop: Event) -> None:
    pause = every
    while not stop.wait(pause):
        pause = every
        try:
            put_in_order(engine)
        except Exception as error:  # noqa: BLE001 - a busy database now, a placed entry later
            _LOG.error("entries of the log wait for their place: %s", type(error).__name__)
            pause = AFTER_A_FAILURE
