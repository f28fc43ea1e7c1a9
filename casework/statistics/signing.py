"""« Saisie complète »: teams sign that everything of a quarter is recorded, before it closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit import log
from casework.errors import NotAllowed, RuleBroken
from casework.facts.calendar import following, last_day
from casework.facts.queries import last_closed, next_to_close, programme_calendar
from casework.people.models import Team, TeamKind
from casework.policy import Actor, Permission
from casework.statistics.models import SignedQuarter
from casework.statistics.notes import audited

MOST_OPEN = 8
POINTS = ("sheets", "answers", "outcomes", "consents")
"""What is looked at before signing, each by a team's own eyes; the screen says it in words."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A quarter that is over and not closed yet, with the first day on which it may close."""

    quarter: str
    closes_on: date


@dataclass(frozen=True, slots=True)
class Signature:
    """One owner team and when it signed a quarter; None while it has not."""

    team_id: UUID
    team: str
    signed_at: datetime | None


def waiting_quarters(session: Session) -> list[Waiting]:
    """The quarters that are over and not closed, the oldest first; at most eight."""
    delay = timedelta(days=max(1, programme_calendar(session).delay_days))
    quarter, found = next_to_close(session), list[Waiting]()
    while quarter is not None and last_day(quarter) < clock.today() and len(found) < MOST_OPEN:
        found.append(Waiting(quarter, last_day(quarter) + delay))
        quarter = following(quarter)
    return found


def signatures(
    session: Session, quarter: str, team_ids: Sequence[UUID] | None = None
) -> list[Signature]:
    """Who signed a quarter, every owner team or the given ones, by name; at most 500 teams."""
    chosen = (
        select(Team.id, Team.name, SignedQuarter.signed_at)
        .outerjoin(
            SignedQuarter,
            (SignedQuarter.team_id == Team.id) & (SignedQuarter.quarter == quarter),
        )
        .where(Team.kind == TeamKind.OWNER)
    )
    if team_ids is not None:
        chosen = chosen.where(Team.id.in_(list(team_ids)))
    return [Signature(*row) for row in session.execute(chosen.order_by(Team.name).limit(500))]


def sign_quarter(
    session: Session, actor: Actor, team_id: UUID, quarter: str, points: Sequence[str]
) -> None:
    """The team has signed that everything of the quarter is recorded.

    Raises NotAllowed for anybody but a coordinator of the team; RuleBroken: 'quarter_closed';
    'quarter_still_runs' before its last day is over; 'not_looked_at' unless every point was;
    'signed_already'.
    """
    if not actor.may_in(Permission.CASE_ASSIGN, team_id):
        raise NotAllowed
    closed = last_closed(session)
    if closed is not None and quarter <= closed:
        raise RuleBroken("quarter_closed")
    if quarter not in {each.quarter for each in waiting_quarters(session)}:
        raise RuleBroken("quarter_still_runs")
    if set(points) != set(POINTS):
        raise RuleBroken("not_looked_at")
    if session.get(SignedQuarter, (team_id, quarter)) is not None:
        raise RuleBroken("signed_already")
    session.add(
        SignedQuarter(
            team_id=team_id, quarter=quarter, signed_by=actor.user_id, signed_at=clock.now()
        )
    )
    session.flush()
    log.record(
        session, "quarter.signed", actor=actor.user_id, team=team_id, period=audited(quarter)
    )
