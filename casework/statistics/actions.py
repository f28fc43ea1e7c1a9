"""Closing a period in the database: one draw, one block a kind, one entry in the log."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import takewhile
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit import log
from casework.errors import RuleBroken
from casework.facts.actions import close_period
from casework.facts.calendar import last_day, quarters_of
from casework.facts.queries import (
    Calendar,
    counted_facts,
    last_closed,
    next_to_close,
    programme_calendar,
)
from casework.statistics.blocks import Block, digest_of, write_cell
from casework.statistics.catalogue import catalogue_of
from casework.statistics.closing import Record, quarter_block, year_block
from casework.statistics.models import Release, StatCell
from casework.statistics.releases import stored_blocks
from casework.statistics.rounding import Chance


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
    blocks = _draw_blocks(session, quarter, calendar, Chance(rng or secrets.SystemRandom()))
    close_period(session, quarter)
    return _publish(session, quarter, last_day(quarter), blocks, actor)


def close_year(
    session: Session,
    year: str,
    *,
    actor: UUID | None = None,
    rng: random.Random | None = None,
) -> str:
    """The year's figures stand published for ever: its quarters' sums, and the crossed tables.

    Returns the sha256 of all its blocks, which the log keeps too. Raises RuleBroken when the year
    is published already (`year_closed`) or one of its quarters is not closed yet
    (`year_not_over`).
    """
    calendar = programme_calendar(session)
    quarters = quarters_of(year, calendar.year_starts_in)
    _check_may_close_year(session, year, quarters)
    records = _records(session, quarters)
    published = stored_blocks(session, quarters)
    catalogue = catalogue_of(quarters[-1])
    chance = Chance(rng or random.Random(secrets.randbits(256)))  # noqa: S311  # nosec B311
    blocks = [
        year_block(catalogue, kind, year, records, _of(kind, published), chance)
        for kind in catalogue.kinds
    ]
    return _publish(session, year, last_day(quarters[-1]), blocks, actor)


def _check_may_close_year(session: Session, year: str, quarters: Sequence[str]) -> None:
    if session.scalar(select(Release.id).where(Release.period == year).limit(1)):
        raise RuleBroken("year_closed")
    closed = last_closed(session)
    if closed is None or closed < quarters[-1]:
        raise RuleBroken("year_not_over")


def _check_may_close(session: Session, quarter: str, calendar: Calendar) -> None:
    closed = last_closed(session)
    if closed is not None and quarter <= closed:
        raise RuleBroken("quarter_closed")
    if clock.today() < last_day(quarter) + timedelta(days=max(1, calendar.delay_days)):
        raise RuleBroken("quarter_not_over")
    expected = next_to_close(session)
    if expected is not None and quarter != expected:
        raise RuleBroken("quarter_not_next")


def _draw_blocks(session: Session, quarter: str, calendar: Calendar, chance: Chance) -> list[Block]:
    year = quarters_of(calendar.year_of(quarter), calendar.year_starts_in)
    earlier = tuple(takewhile(lambda each: each != quarter, year))
    records = _records(session, (*earlier, quarter))
    published = stored_blocks(session, earlier)
    catalogue = catalogue_of(quarter)
    return [
        quarter_block(catalogue, kind, quarter, records, _of(kind, published), chance)
        for kind in catalogue.kinds
    ]


def _records(session: Session, quarters: Sequence[str]) -> list[Record]:
    facts = counted_facts(session, quarters)
    return [Record(fact.kind, fact.quarter, fact.codes, fact.count) for fact in facts]


def _of(kind: str, blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block.kind == kind]


def _publish(
    session: Session, period: str, ended_on: date, blocks: Sequence[Block], actor: UUID | None
) -> str:
    for block in blocks:
        _store(session, block, ended_on)
    digest = digest_of(blocks)
    audited = f"{period[:4]}-{period[4:]}" if "Q" in period else period.removeprefix("FY")
    log.record(session, "statistics.closed", actor=actor, period=audited, digest=digest)
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
