"""Somebody who left comes back: the same handle, for the log, and new words."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.log import record
from casework.errors import NotAllowed, RuleBroken
from casework.people.accounts import check_role, may_invite
from casework.people.handles import folded
from casework.people.invitations import new_invitation
from casework.people.models import MembershipRow, User, UserState
from casework.people.profiles import seal_profile
from casework.policy import Actor, Role


def bring_back(
    session: Session,
    actor: Actor,
    server_key: bytes,
    handle: str,
    name: str,
    role: Role,
    team_id: UUID,
    valid_for: timedelta,
) -> tuple[User, str]:
    """The closed account waits for its person again, in this team; returns it with a one-time code.

    Nothing of what she could open before comes back. Raises NotAllowed, NotVisible, RuleBroken:
    'role_not_of_team', 'nobody_left_so' (no closed account has the handle).
    """
    if not may_invite(actor, team_id):
        raise NotAllowed
    check_role(session, role, team_id)
    user = session.scalars(select(User).where(User.handle == folded(handle))).first()
    if user is None or user.state != UserState.ENDED:
        raise RuleBroken("nobody_left_so")
    user.state, user.organisation_role, user.known = UserState.INVITED, None, None
    user.profile = seal_profile(server_key, user.id, name)
    session.add(MembershipRow(team_id=team_id, user_id=user.id, role=role))
    record(
        session, "account.invited", actor=actor.user_id, user=user.id, role=str(role), team=team_id
    )
    session.flush()
    return user, new_invitation(session, user.id, valid_for)
