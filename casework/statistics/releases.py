"""Released blocks as they stand in the database, read back whole and checked against their hash."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from casework.statistics.blocks import Block, digest_of, read_cell
from casework.statistics.catalogue import Bounds
from casework.statistics.models import ExactHeadline, Release


def stored_blocks(session: Session, periods: Iterable[str]) -> list[Block]:
    """The blocks of the periods, by period and kind."""
    return _blocks(session, Release.period.in_(list(periods)))


def quarterly_blocks(session: Session) -> list[Block]:
    """The blocks of every closed quarter since the programme began, in order."""
    return _blocks(session, Release.period.like("%Q%"))


def altered_blocks(session: Session, period: str) -> list[str]:
    """The kinds whose stored figures no longer agree with the hash of their release."""
    chosen = select(Release.kind, Release.digest).where(Release.period == period)
    expected = dict(session.execute(chosen).all())
    found = {block.kind: block.digest() for block in stored_blocks(session, [period])}
    return sorted(kind for kind, digest in expected.items() if found.get(kind) != digest)


def period_digest(session: Session, period: str) -> str:
    """The fingerprint of all stored blocks of a period, to hold against the one in the log."""
    return digest_of(stored_blocks(session, [period]))


def _blocks(session: Session, condition: ColumnElement[bool]) -> list[Block]:
    chosen = select(Release).where(condition).order_by(Release.ended_on, Release.kind)
    releases = list(session.scalars(chosen.options(selectinload(Release.cells))))
    headlines = select(ExactHeadline).where(ExactHeadline.period.in_({r.period for r in releases}))
    exact = {(each.period, each.kind): each.value for each in session.scalars(headlines)}
    return [_block(release, exact.get((release.period, release.kind))) for release in releases]


def _block(release: Release, exact: int | None) -> Block:
    return Block(
        kind=release.kind,
        period=release.period,
        catalogue=release.catalogue,
        bounds=Bounds(release.bound, release.running_bound),
        values={(cell.table, read_cell(cell.cell)): cell.value for cell in release.cells},
        exact=exact,
    )
