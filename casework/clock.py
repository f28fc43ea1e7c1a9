"""The one source of the present moment: UTC inside, the programme's local time outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen_moment", default=None)
LOCAL: tzinfo = ZoneInfo("Africa/Bamako")


def now() -> datetime:
    """The present moment, aware, in UTC, to the second."""
    return (_frozen.get() or datetime.now(UTC)).replace(microsecond=0)


def today() -> date:
    """The calendar day where the programme works."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment as a clock on the programme's wall shows it."""
    return moment.astimezone(LOCAL)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside the block, `now` answers `moment`: for the demonstration and for tests."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
