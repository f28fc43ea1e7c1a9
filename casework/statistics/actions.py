"""Closing a period in the database: one draw, one block a kind, one entry in the log."""

from __future__ import annotations

import random
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import takewhile
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from casework import clock
from casework.audit import log
from casework.errors import RuleBroken
from casework.facts.actions import close_period, drop_facts
from casework.facts.calendar import first_day, last_day, quarter_of, quarters_of
from casework.facts.models import ClosedPeriod
from casework.facts.queries import (
    Calendar,
    counted_facts,
    last_closed,
    next_to_close,
    programme_calendar,
)
from casework.statistics.blocks import Block, digest_of, write_cell
from casework.statistics.closing import Record, draw_quarter, year_block
from casework.statistics.models import ExactHeadline, Release, StatCell
from casework.statistics.notes import audited
from casework.statistics.planning import planned_catalogue
from casework.statistics.releases import quarterly_blocks, stored_blocks
from casework.statistics.rounding import Chance

MOST_AT_ONCE = 8
Progress = Callable[[str, int, int], None]
"""Told the kind just done, how many are done, and how many there will be."""


def close_quarter(
    session: Session,
    quarter: str,
    *,
    actor: UUID | None = None,
    rng: random.Random | None = None,
) -> str:
    """The quarter's figures stand published for ever, and later facts count in a later quarter.

    Returns the sha256 of all its blocks, which the log keeps too. Raises RuleBroken when the
    quarter is closed already (`quarter_closed`), not over for as long as the calendar asks
    (`quarter_not_over`), or not the next in order (`quarter_not_next`). The draw comes from the
    system's own randomness and its seed is nowhere kept; only tests and exercises pass `rng`.
    """
    calendar = programme_calendar(session)
    _check_may_close(session, quarter, calendar)
    blocks = _draw_blocks(session, quarter, calendar, rng or secrets.SystemRandom())
    close_period(session, quarter)
    return _publish(session, quarter, last_day(quarter), blocks, actor)


def close_due(session: Session) -> int:
    """Every quarter whose delay is over stands closed, the earliest first; returns how many.

    At most eight at once; nobody's act, so the log names no one.
    """
    for closed in range(MOST_AT_ONCE):
        quarter = next_to_close(session)
        if quarter is None or not _is_over(quarter, programme_calendar(session)):
            return closed
        close_quarter(session, quarter)
    return MOST_AT_ONCE


def close_year(
    session: Session,
    year: str,
    *,
    actor: UUID | None = None,
    rng: random.Random | None = None,
) -> str:
    """The year's figures stand published for ever: its quarters' sums, and the crossed tables.

    Returns the sha256 of all its blocks, which the log keeps too. Raises RuleBroken when the year
    is published already (`year_closed`), one of its quarters is not closed yet (`year_not_over`),
    or it was over before the programme began to close quarters (`year_without_quarters`).
    """
    return publish_year(session, year, draw_year(session, year, rng=rng), actor=actor)


def draw_year(
    session: Session,
    year: str,
    *,
    rng: random.Random | None = None,
    progress: Progress = lambda _kind, _done, _all: None,
) -> list[Block]:
    """The blocks of a year, drawn and proved; nothing is written, so that nobody has to wait.

    `progress` is told each kind that is done, how many are, and how many there will be. Raises
    RuleBroken as `close_year` does.
    """
    calendar = programme_calendar(session)
    quarters = quarters_of(year, calendar.year_starts_in)
    _check_may_close_year(session, year, quarters)
    _take_time(session)
    records = _by_kind(session, quarters)
    published = stored_blocks(session, quarters)
    catalogue = planned_catalogue(session, quarters[-1])
    chance = Chance(rng or random.Random(secrets.randbits(256)))  # noqa: S311  # nosec B311
    blocks: list[Block] = []
    for kind in catalogue.kinds:
        own = [block for block in published if block.kind == kind]
        exact = calendar.exact_headline and kind in catalogue.headlines
        blocks.append(year_block(catalogue, kind, year, records[kind], own, chance, exact=exact))
        progress(kind, len(blocks), len(catalogue.kinds))
    return blocks


def publish_year(
    session: Session, year: str, blocks: Sequence[Block], *, actor: UUID | None = None
) -> str:
    """The blocks of a year, drawn just now, stand published for ever; returns their sha256.

    Facts of the year before are dropped. Raises RuleBroken('year_closed') when somebody was faster.
    """
    quarters = quarters_of(year, programme_calendar(session).year_starts_in)
    _check_may_close_year(session, year, quarters)
    digest = _publish(session, year, last_day(quarters[-1]), blocks, actor)
    _drop_old_facts(session, quarters[0])
    return digest


def _drop_old_facts(session: Session, begins: str) -> None:
    """The facts of the year before this one are gone, once it is published too.

    Until then they could be corrected, as −1 and +1 in an open quarter; from now on its count is
    history.
    """
    calendar = programme_calendar(session)
    before = quarter_of(first_day(begins) - timedelta(days=1))
    year = calendar.year_of(before)
    if session.scalar(select(Release.id).where(Release.period == year).limit(1)) is not None:
        drop_facts(session, quarters_of(year, calendar.year_starts_in))


def _take_time(session: Session) -> None:
    """Drawing a year takes longer than a request may: this transaction has no limit of time."""
    if session.get_bind().dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            session.execute(text(f"SET LOCAL {limit} = 0"))


def _check_may_close_year(session: Session, year: str, quarters: Sequence[str]) -> None:
    if session.scalar(select(Release.id).where(Release.period == year).limit(1)):
        raise RuleBroken("year_closed")
    closed = last_closed(session)
    if closed is None or closed < quarters[-1]:
        raise RuleBroken("year_not_over")
    if session.get(ClosedPeriod, quarters[0]) is None:
        raise RuleBroken("year_without_quarters")


def _check_may_close(session: Session, quarter: str, calendar: Calendar) -> None:
    closed = last_closed(session)
    if closed is not None and quarter <= closed:
        raise RuleBroken("quarter_closed")
    if not _is_over(quarter, calendar):
        raise RuleBroken("quarter_not_over")
    expected = next_to_close(session)
    if expected is not None and quarter != expected:
        raise RuleBroken("quarter_not_next")


def _is_over(quarter: str, calendar: Calendar) -> bool:
    return clock.today() >= last_day(quarter) + timedelta(days=max(1, calendar.delay_days))


def _draw_blocks(
    session: Session, quarter: str, calendar: Calendar, rng: random.Random
) -> list[Block]:
    year = quarters_of(calendar.year_of(quarter), calendar.year_starts_in)
    known = (*takewhile(lambda each: each != quarter, year), quarter)
    records = list(counted_facts(session, known))
    catalogue = planned_catalogue(session, quarter)
    return draw_quarter(catalogue, quarter, year, records, quarterly_blocks(session), rng)


def _by_kind(session: Session, quarters: Sequence[str]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for fact in counted_facts(session, quarters):
        found[fact.kind].append(fact)
    return found


def _publish(
    session: Session, period: str, ended_on: date, blocks: Sequence[Block], actor: UUID | None
) -> str:
    for block in blocks:
        _store(session, block, ended_on)
    digest = digest_of(blocks)
    log.record(session, "statistics.closed", actor=actor, period=audited(period), digest=digest)
    return digest


def _store(session: Session, block: Block, ended_on: date) -> None:
    release = Release(
        kind=block.kind,
        period=block.period,
        ended_on=ended_on,
        catalogue=block.catalogue,
        closed_at=clock.now(),
        bound=block.bounds.quarter,
        running_bound=block.bounds.running,
        digest=block.digest(),
    )
    session.add(release)
    session.flush()
    rows = [
        {"release_id": release.id, "table": table, "cell": write_cell(cell), "value": value}
        for (table, cell), value in block.values.items()
    ]
    session.execute(insert(StatCell), rows)
    if block.exact is not None:
        session.add(ExactHeadline(period=block.period, kind=block.kind, value=block.exact))
