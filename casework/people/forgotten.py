"""Words that are lost: the person begins again with a code, and is heard again in each team."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people.invitations import new_invitation
from casework.people.keyrings import memberships_of
from casework.people.models import Invitation, SessionRow, User, UserFactor, UserState, UserUnlock
from casework.policy import Actor, Permission

WITH_WORDS = (UserState.ACTIVE, UserState.SUSPENDED)


def forget_words(
    session: Session, actor: Actor, user_id: UUID, valid_for: timedelta
) -> tuple[User, str]:
    """The person's words, second factors, sessions and boxes are gone, and she has a one-time code.

    In each of her teams she is suspended until a confirmer has compared six words with her anew;
    the team's files stay as they are. Raises NotAllowed (for one's own account too), NotVisible,
    RuleBroken('has_no_words').
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotVisible
    if user_id == actor.user_id or not may_reset(session, actor, user_id):
        raise NotAllowed
    if user.state not in WITH_WORDS:
        raise RuleBroken("has_no_words")
    reset_account(session, user)
    team_id = next((row.team_id for row in memberships_of(session, user_id)), None)
    record(session, "account.reset", actor=actor.user_id, user=user_id, team=team_id)
    return user, new_invitation(session, user_id, valid_for)


def may_reset(session: Session, actor: Actor, user_id: UUID) -> bool:
    """Administrators everywhere; who confirms members, in a team of hers."""
    if actor.may(Permission.ACCOUNT_ADMINISTER):
        return True
    rows = memberships_of(session, user_id)
    return any(actor.may_in(Permission.MEMBER_CONFIRM, row.team_id) for row in rows)


def reset_account(session: Session, user: User) -> None:
    """Nothing opens with the account's words, factors and sessions any more; it waits for a
    code. Its teams keep their place for it, without a key."""
    for table in (UserUnlock, UserFactor, Invitation, SessionRow):
        session.execute(delete(table).where(table.user_id == user.id))
    for row in memberships_of(session, user.id):
        row.seed_box = row.pin = None
        if row.confirmed_at is not None:
            row.suspended_at = row.suspended_at or clock.now()
    user.state, user.kem_pub, user.known = UserState.INVITED, None, None
    session.flush()
