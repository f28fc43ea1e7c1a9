"""What stands beside published figures: dated notes, and exact headlines. Reads no fact."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit import log
from casework.errors import RuleBroken
from casework.statistics.models import Erratum, ExactHeadline, Release

LONGEST = 400
MOST_NOTES = 100


@dataclass(frozen=True, slots=True)
class Note:
    """One note on a closed period, with the moment it was made."""

    period: str
    noted_at: datetime
    note: str


def add_erratum(session: Session, period: str, note: str, *, actor: UUID | None = None) -> None:
    """The note stands beside the period's figures from now on; no figure changes.

    Raises RuleBroken: 'period_not_closed'; 'note_empty'; 'note_too_long' over 400 characters;
    'note_has_figures' when it holds a digit, since a figure beside a rounded one may undo it.
    """
    text = " ".join(note.split())
    if session.scalar(select(Release.id).where(Release.period == period).limit(1)) is None:
        raise RuleBroken("period_not_closed")
    if not text:
        raise RuleBroken("note_empty")
    if len(text) > LONGEST:
        raise RuleBroken("note_too_long")
    if any(character.isnumeric() for character in text):
        raise RuleBroken("note_has_figures")
    session.add(Erratum(period=period, noted_at=clock.now(), note=text))
    session.flush()
    digest = hashlib.sha256(text.encode()).hexdigest()
    log.record(session, "statistics.corrected", actor=actor, period=audited(period), digest=digest)


def errata(session: Session, periods: Sequence[str]) -> list[Note]:
    """The notes on these periods, the oldest first; at most 100."""
    chosen = select(Erratum).where(Erratum.period.in_(list(periods)))
    ordered = chosen.order_by(Erratum.noted_at, Erratum.id).limit(MOST_NOTES)
    return [Note(each.period, each.noted_at, each.note) for each in session.scalars(ordered)]


def exact_headlines(session: Session, periods: Iterable[str]) -> dict[str, dict[str, int]]:
    """The exact yearly totals that were published: period, then kind, then count.

    To be shown with the words « chiffre exact », apart from every table.
    """
    chosen = select(ExactHeadline).where(ExactHeadline.period.in_(list(periods)))
    found: dict[str, dict[str, int]] = {}
    for each in session.scalars(chosen.order_by(ExactHeadline.period, ExactHeadline.kind)):
        found.setdefault(each.period, {})[each.kind] = each.value
    return found


def audited(period: str) -> str:
    """A period as the log writes it: `2026-Q3`, `2026`."""
    return f"{period[:4]}-{period[4:]}" if "Q" in period else period.removeprefix("FY")
