"""The alarm: one person's sessions end everywhere and her account opens nothing, until a
coordinator who hears her voice lifts it.

Whoever holds her and her words meanwhile is told what everybody is told who has no account: the
name or the words are not right.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people.keyrings import is_active, memberships_of
from casework.people.models import MembershipRow, SessionRow, User, UserState
from casework.policy import Actor, Permission, Role

CONFIRMERS = (Role.COORDINATOR, Role.FOCAL_POINT)


def raise_alarm(session: Session, user_id: UUID) -> None:
    """Every session of hers is over and her words open nothing; in each team where somebody else
    can lift it by voice, her box is gone too.

    Where nobody else can, her box of the team's keys stays, shut, so that the team's files are not
    lost with it: an administrator lifts that alarm.
    """
    session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
    for row in memberships_of(session, user_id):
        if is_active(row) and another_confirms(session, row.team_id, user_id):
            row.suspended_at, row.seed_box = clock.now(), None
    user = session.get_one(User, user_id)
    if user.state == UserState.ACTIVE:
        user.state = UserState.SUSPENDED
    record(session, "alarm.raised", actor=user_id)


def another_confirms(session: Session, team_id: UUID, user_id: UUID) -> bool:
    """True when somebody else, at work in this team, can confirm its members."""
    found = session.scalar(
        select(MembershipRow.user_id)
        .join(User, User.id == MembershipRow.user_id)
        .where(MembershipRow.team_id == team_id, MembershipRow.user_id != user_id)
        .where(MembershipRow.role.in_(CONFIRMERS), MembershipRow.seed_box.is_not(None))
        .where(MembershipRow.suspended_at.is_(None), User.state == UserState.ACTIVE)
        .limit(1)
    )
    return found is not None


def lift_alarm(session: Session, actor: Actor, user_id: UUID) -> None:
    """The account opens again with the words on her paper; what a team suspended, its coordinator
    lifts.

    Raises NotAllowed (for one's own account too), NotVisible, RuleBroken('not_suspended').
    """
    if not actor.may(Permission.ACCOUNT_ADMINISTER) or user_id == actor.user_id:
        raise NotAllowed
    user = session.get(User, user_id)
    if user is None:
        raise NotVisible
    if user.state != UserState.SUSPENDED:
        raise RuleBroken("not_suspended")
    user.state = UserState.ACTIVE
    record(session, "alarm.lifted", actor=actor.user_id, user=user_id)
