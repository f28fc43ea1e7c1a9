"""A partner's team in which nobody can open anything any more begins anew, as a routine.

Its former keys are lost with the words of its people. What was shared with it stands in the files
of the teams that shared it, and is shared again once the new keys are compared by voice.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people.forgotten import reset_account
from casework.people.invitations import new_invitation
from casework.people.keyrings import memberships_of
from casework.people.models import (
    MembershipRow,
    Team,
    TeamBookRow,
    TeamKey,
    TeamKind,
    User,
    UserState,
)
from casework.people.queries import active_keyholders, members_of
from casework.policy import Actor, Permission, Role


def is_stranded(session: Session, team: Team) -> bool:
    """True for a team that had keys which nobody at work holds any more."""
    begun = select(TeamKey.epoch).where(TeamKey.team_id == team.id).limit(1)
    return session.scalar(begun) is not None and not active_keyholders(session, team.id)


def restart_team(
    session: Session, actor: Actor, team_id: UUID, user_id: UUID, valid_for: timedelta
) -> tuple[User, str]:
    """This member begins the team anew as its focal point, with the one-time code returned; the
    others wait for codes of theirs, which she makes. The former keys are retired, the book gone.

    Raises NotAllowed, NotVisible, RuleBroken: 'not_a_partner' (a team of the programme comes back
    with its recovery key), 'not_stranded'.
    """
    if not actor.may(Permission.ACCOUNT_ADMINISTER):
        raise NotAllowed
    team, row = session.get(Team, team_id), session.get(MembershipRow, (team_id, user_id))
    if team is None or row is None:
        raise NotVisible
    if team.kind != TeamKind.PARTNER:
        raise RuleBroken("not_a_partner")
    if not is_stranded(session, team):
        raise RuleBroken("not_stranded")
    retire_keys(session, team_id)
    for other, user in members_of(session, team_id):
        begin_anew(session, other, user)
    row.role = Role.FOCAL_POINT
    session.flush()
    record(session, "team.restarted", actor=actor.user_id, team=team_id, user=user_id)
    return session.get_one(User, user_id), new_invitation(session, user_id, valid_for)


def retire_keys(session: Session, team_id: UUID) -> None:
    """No key of the team is used any more, and its book is gone."""
    now = clock.now()
    present = (TeamKey.team_id == team_id) & TeamKey.retired_on.is_(None)
    session.execute(update(TeamKey).where(present).values(retired_on=now))
    lost = update(TeamKey).where(TeamKey.team_id == team_id)
    session.execute(lost.values(old_seed_box=None, recovery_box=None))
    session.execute(delete(TeamBookRow).where(TeamBookRow.team_id == team_id))
    session.expire_all()


def begin_anew(session: Session, row: MembershipRow, user: User) -> None:
    """The member waits to be confirmed from the beginning, with words of hers to come; somebody who
    works in another team too leaves this one, and is added again."""
    if any(other.team_id != row.team_id for other in memberships_of(session, user.id)):
        session.delete(row)
        return
    reset_account(session, user)
    row.confirmed_at = row.suspended_at = None
    row.epoch = 0


def may_begin(session: Session, team_id: UUID) -> list[UUID]:
    """The members by whom the team can begin anew: those who work in no other team, a focal point
    first."""
    rows = [
        row
        for row, user in members_of(session, team_id)
        if user.state != UserState.ENDED and len(memberships_of(session, user.id)) == 1
    ]
    rows.sort(key=lambda row: row.role != Role.FOCAL_POINT)
    return [row.user_id for row in rows]
