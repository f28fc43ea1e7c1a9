"""Who must act next on a referral, and by when: always one named person who can sign in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casework.cases.models import Case
from casework.errors import RuleBroken
from casework.people.queries import active_keyholders, keyholder_with
from casework.policy import Role
from casework.referrals.deadlines import Urgency, due_at
from casework.referrals.models import Referral
from casework.referrals.workflow import CLOCKS, OPEN, Clock, Side, State, owed_by

PARTNER_ORDER = (Role.FOCAL_POINT, Role.SECOND, Role.AGENT)
OWNER_ORDER = (Role.COORDINATOR, Role.PARALEGAL)


def receiver_acts(session: Session, row: Referral) -> UUID | None:
    """The member of the receiving team who answers, where the referral went to it
    electronically."""
    return keyholder_with(session, row.to_team, PARTNER_ORDER) if row.to_team else None


def sender_acts(session: Session, row: Referral) -> UUID | None:
    """The worker of the case while she can sign in, else her coordinator, else a colleague."""
    case = session.get_one(Case, row.case_id)
    if case.assigned_to in active_keyholders(session, row.from_team):
        return case.assigned_to
    return keyholder_with(session, row.from_team, OWNER_ORDER)


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
    receiver = receiver_acts(session, row)
    side = owed_by(state, receiver_has_account=receiver is not None)
    row.actor_id = receiver if side is Side.RECEIVER else sender_acts(session, row)
    if row.actor_id is None:
        raise RuleBroken("nobody_to_act")
    if started is not None or row.due_at is None:
        row.due_at = due_at(started or CLOCKS[state], urgency, now, care_until)
