"""A deputy, so that one lost paper does not stop a team that has a single confirmer.

She works in another team and is a confirmed member of this one too, with the same function and its
keys: she confirms, and what is due in the team is hers while nobody else can act.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people.accounts import join_team
from casework.people.confirmers import CONFIRMING
from casework.people.handles import folded
from casework.people.models import MembershipRow, Team, User
from casework.policy import Actor, Permission, Role


def name_deputy(session: Session, actor: Actor, team_id: UUID, handle: str) -> User:
    """A confirmer of another team of the same kind waits to be confirmed in this one too.

    Raises NotAllowed, NotVisible, RuleBroken: 'handle_unknown', 'not_a_confirmer',
    'already_member'.
    """
    team = session.get(Team, team_id)
    if team is None:
        raise NotVisible
    if not actor.may_in(Permission.MEMBER_CONFIRM, team_id):
        raise NotAllowed
    role = CONFIRMING[team.kind]
    found = session.scalar(select(User.id).where(User.handle == folded(handle)))
    if found is not None and not confirms_elsewhere(session, found, role):
        raise RuleBroken("not_a_confirmer")
    return join_team(session, actor, team_id, handle, role)


def confirms_elsewhere(session: Session, user_id: UUID, role: Role) -> bool:
    """True for somebody at work with this function in some team."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    MembershipRow.user_id == user_id,
                    MembershipRow.role == role,
                    MembershipRow.seed_box.is_not(None),
                    MembershipRow.suspended_at.is_(None),
                )
            )
        )
    )
