"""Closing a period in the database: one draw, one block a kind, one entry in the log."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from datetime import timedelta
from itertools import takewhile
from uuid import UUID

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
from casework.statistics.closing import Record, quarter_block
from casework.statistics.models import Release, StatCell
from casework.statistics.releases import stored_blocks


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
    for block in blocks.values():
        _store(session, block)
    close_period(session, quarter)
    digest = digest_of(blocks.values())
    log.record(
        session, "statistics.closed", actor=actor, period=_as_audited(quarter), digest=digest
    )
    return digest


def _check_may_close(session: Session, quarter: str, calendar: Calendar) -> None:
    closed = last_closed(session)
    if closed is not None and quarter <= closed:
        raise RuleBroken("quarter_closed")
    if clock.today() < last_day(quarter) + timedelta(days=max(1, calendar.delay_days)):
        raise RuleBroken("quarter_not_over")
    expected = next_to_close(session)
    if expected is not None and quarter != expected:
        raise RuleBroken("quarter_not_next")


def _draw_blocks(
    session: Session, quarter: str, calendar: Calendar, rng: random.Random
) -> Mapping[str, Block]:
    year = quarters_of(calendar.year_of(quarter), calendar.year_starts_in)
    earlier = tuple(takewhile(lambda each: each != quarter, year))
    facts = counted_facts(session, (*earlier, quarter))
    records = [Record(fact.kind, fact.quarter, fact.codes, fact.count) for fact in facts]
    published = stored_blocks(session, earlier)
    catalogue = catalogue_of(quarter)
    return {
        kind: quarter_block(
            catalogue, kind, quarter, records, [b for b in published if b.kind == kind], rng
        )
        for kind in catalogue.kinds
    }


def _store(session: Session, block: Block) -> None:
    release = Release(
        kind=block.kind,
        period=block.period,
        ended_on=last_day(block.period),
        catalogue=block.catalogue,
        closed_at=clock.now(),
        bound=block.bounds.quarter,
        running_bound=block.bounds.running,
        digest=block.digest(),
    )
    session.add(release)
    session.flush()
    session.add_all(
        StatCell(release_id=release.id, table=table, cell=write_cell(cell), value=value)
        for (table, cell), value in block.values.items()
    )
    session.flush()


def _as_audited(quarter: str) -> str:
    return f"{quarter[:4]}-{quarter[4:]}"
