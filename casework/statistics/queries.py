"""What managers and donors read: releases and their published cells, and nothing else at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from casework.audit.models import AuditCheckpoint
from casework.statistics.blocks import joined, read_cell
from casework.statistics.catalogue import TOTAL, Cell
from casework.statistics.models import Release, StatCell

MOST_PERIODS = 40


@dataclass(frozen=True, slots=True)
class Closed:
    """One closed period: name, last day, when and by which catalogue its figures were drawn."""

    period: str
    ended_on: date
    closed_at: datetime
    catalogue: str
    bound: int
    running_bound: int


def closed_quarters(session: Session, newest: int = 4) -> list[Closed]:
    """The newest closed quarters, oldest first; at most 40."""
    return _closed(session, Release.period.like("%Q%"), newest)


def closed_years(session: Session, newest: int = 4) -> list[Closed]:
    """The newest closed years, oldest first; at most 40."""
    return _closed(session, Release.period.not_like("%Q%"), newest)


def closed_period(session: Session, period: str) -> Closed | None:
    """The closed period of that name, None when nothing is published for it."""
    found = _closed(session, Release.period == period, 1)
    return found[0] if found else None


def published(session: Session, kind: str, table: str, period: str) -> dict[Cell, int]:
    """The figures of one table as released for a period; empty when it was not."""
    return cumulated(session, kind, table, [period])


def over(
    session: Session, kind: str, table: str, periods: Sequence[str]
) -> dict[Cell, tuple[int | None, ...]]:
    """The figures of one table over several periods: a value a period, None where not published."""
    chosen = (
        select(Release.period, StatCell.cell, StatCell.value)
        .join(StatCell, StatCell.release_id == Release.id)
        .where(Release.kind == kind, StatCell.table == table, Release.period.in_(periods))
    )
    found = {(period, cell): value for period, cell, value in session.execute(chosen)}
    cells = sorted({cell for _, cell in found})
    return {
        read_cell(cell): tuple(found.get((period, cell)) for period in periods) for cell in cells
    }


def one_way(session: Session, period: str) -> dict[str, dict[str, dict[Cell, int]]]:
    """All figures of a period but the crossed tables, at once: by kind, table and cell."""
    return _figures(session, Release.period == period, StatCell.table.not_like("%*%"))


def every_table(session: Session, period: str) -> dict[str, dict[str, dict[Cell, int]]]:
    """All figures of a period, crossed tables too: by kind, table and cell."""
    return _figures(session, Release.period == period)


def fingerprints(session: Session, periods: Iterable[str]) -> dict[str, str]:
    """The fingerprint of each closed period, as the log keeps it since the close."""
    chosen = select(Release.period, Release.kind, Release.digest)
    kinds: dict[str, dict[str, str]] = {}
    for period, kind, digest in session.execute(chosen.where(Release.period.in_(list(periods)))):
        kinds.setdefault(period, {})[kind] = digest
    return {period: joined(digests) for period, digests in kinds.items()}


def checkpoint(session: Session, closed_at: datetime) -> str:
    """The fingerprint of the log's last checkpoint before the close, 32 hex digits; or empty.

    It is the beginning of the sha256 of the signed note, which the auditor can show. The note
    itself says how many acts the log holds, and no reader of statistics learns that.
    """
    chosen = select(AuditCheckpoint.note).where(AuditCheckpoint.made_at <= closed_at)
    note = session.scalar(chosen.order_by(AuditCheckpoint.size.desc()).limit(1))
    return hashlib.sha256(note).hexdigest()[:32] if note else ""


def totals(session: Session, periods: Iterable[str]) -> dict[str, dict[str, int]]:
    """The published project totals of the periods: kind, then period, then figure."""
    chosen = (
        select(Release.kind, Release.period, StatCell.value)
        .join(StatCell, StatCell.release_id == Release.id)
        .where(StatCell.table == TOTAL, Release.period.in_(list(periods)))
    )
    found: dict[str, dict[str, int]] = {}
    for kind, period, value in session.execute(chosen):
        found.setdefault(kind, {})[period] = value
    return found


def cumulated(session: Session, kind: str, table: str, periods: Sequence[str]) -> dict[Cell, int]:
    """The sum of the published figures of one table over closed periods: it adds up exactly."""
    return {
        cell: sum(value or 0 for value in values)
        for cell, values in over(session, kind, table, periods).items()
    }


def _figures(
    session: Session, *wanted: ColumnElement[bool]
) -> dict[str, dict[str, dict[Cell, int]]]:
    chosen = select(Release.kind, StatCell.table, StatCell.cell, StatCell.value)
    chosen = chosen.join(StatCell, StatCell.release_id == Release.id).where(*wanted)
    found: dict[str, dict[str, dict[Cell, int]]] = {}
    for kind, table, cell, value in session.execute(chosen):
        found.setdefault(kind, {}).setdefault(table, {})[read_cell(cell)] = value
    return found


def _closed(session: Session, condition: ColumnElement[bool], newest: int) -> list[Closed]:
    chosen = (
        select(
            Release.period,
            Release.ended_on,
            func.max(Release.closed_at),
            func.max(Release.catalogue),
            func.max(Release.bound),
            func.max(Release.running_bound),
        )
        .where(condition)
        .group_by(Release.period, Release.ended_on)
        .order_by(Release.ended_on.desc())
        .limit(min(newest, MOST_PERIODS))
    )
    return [Closed(*row) for row in reversed(session.execute(chosen).all())]
