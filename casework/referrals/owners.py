"""Who must act next on a referral, and by when: always one named person who can sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, or_, select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.models import Case
from casework.errors import RuleBroken
from casework.people.models import MembershipRow, User, UserState
from casework.people.queries import active_keyholders, keyholder_with
from casework.policy import Role
from casework.referrals.deadlines import Urgency, due_at
from casework.referrals.models import Referral
from casework.referrals.workflow import CLOCKS, OPEN, OWED_BY, Clock, Side, State, owed_by

PARTNER_ORDER = (Role.FOCAL_POINT, Role.SECOND, Role.AGENT)
OWNER_ORDER = (Role.COORDINATOR, Role.PARALEGAL)
OWED_BY_RECEIVER = tuple(state for state, side in OWED_BY.items() if side is Side.RECEIVER)


def receiver_acts(session: Session, row: Referral) -> UUID | None:
    """The member of the receiving team who answers, where the referral went to it
    electronically."""
    return keyholder_with(session, row.to_team, PARTNER_ORDER) if row.to_team else None


def sender_acts(session: Session, row: Referral) -> UUID | None:
    """The worker of the case while she can sign in, else her coordinator, else a colleague."""
    worker = session.get_one(Case, row.case_id).assigned_to
    if worker in active_keyholders(session, row.from_team):
        return worker
    return keyholder_with(session, row.from_team, OWNER_ORDER)


def next_to_act(session: Session, row: Referral) -> UUID | None:
    """Who owes the next act of an open referral today, None where neither team has a keyholder."""
    receiver = receiver_acts(session, row)
    side = owed_by(State(row.state), receiver_has_account=receiver is not None)
    return receiver if side is Side.RECEIVER else sender_acts(session, row)


def owe(
    session: Session,
    row: Referral,
    urgency: Urgency,
    started: Clock | None,
    now: datetime,
    care_until: datetime | None = None,
) -> None:
    """The referral names the person who must act next and the moment by which; nobody once it is
    over.

    `started` is the clock this move starts; None lets the running one go on. Raises
    RuleBroken('nobody_to_act') rather than leave an open referral without an owner.
    """
    state = State(row.state)
    if state not in OPEN:
        row.actor_id, row.due_at = None, None
        return
    row.actor_id = next_to_act(session, row)
    if row.actor_id is None:
        raise RuleBroken("nobody_to_act")
    if started is not None or row.due_at is None:
        row.due_at = due_at(started or CLOCKS[state], urgency, now, care_until)


def wake_case(session: Session, row: Referral) -> None:
    """The next step of the referral's case is due today, unless it was due before."""
    found = session.get_one(Case, row.case_id)
    today = clock.today()
    if found.next_step_on is None or found.next_step_on > today:
        found.next_step_on = today


def name_present_owners(session: Session, team_ids: Sequence[UUID]) -> int:
    """Every open referral from or to these teams names somebody who can open it today; returns how
    many changed hands.

    Nobody need think of it: it follows on the very request that suspends or removes somebody,
    confirms a first member, or gives a case to a colleague. The due date stays. Where a team has no
    keyholder left at all, the last one stays named until there is one again.
    """
    changed = 0
    for row in session.scalars(misnamed(team_ids)).all():
        actor_id = next_to_act(session, row)
        if actor_id is not None and actor_id != row.actor_id:
            row.actor_id = actor_id
            changed += 1
    session.flush()
    return changed


def misnamed(team_ids: Sequence[UUID]) -> Select[Referral]:
    """The open referrals of these teams whose named person may not be the right one (at most
    500)."""
    owing = case(
        (Referral.state.in_(OWED_BY_RECEIVER) & Referral.to_team.is_not(None), Referral.to_team),
        else_=Referral.from_team,
    )
    present = keyholds(Referral.actor_id, owing)
    worker = (owing == Referral.from_team) & (Case.assigned_to != Referral.actor_id)
    return (
        select(Referral)
        .join(Case, Case.id == Referral.case_id)
        .where(
            Referral.state.in_(OPEN),
            or_(Referral.from_team.in_(team_ids), Referral.to_team.in_(team_ids)),
            or_(~present, worker & keyholds(Case.assigned_to, Referral.from_team)),
        )
        .order_by(Referral.due_at, Referral.id)
        .limit(500)
    )


def keyholds(user_id: Any, team_id: Any) -> ColumnElement[bool]:
    """True where the person can open the team's boxes today."""
    return (
        exists()
        .where(
            MembershipRow.user_id == user_id,
            MembershipRow.team_id == team_id,
            MembershipRow.seed_box.is_not(None),
            MembershipRow.suspended_at.is_(None),
            User.id == MembershipRow.user_id,
            User.state == UserState.ACTIVE,
        )
        .correlate(Referral, Case)
    )
