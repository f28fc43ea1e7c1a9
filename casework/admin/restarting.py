"""A partner's team that begins anew, and what was shared with it, in one act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from casework.admin.queries import team
from casework.people import restart
from casework.people.models import User
from casework.people.rosters import Colleague, roster
from casework.policy import Actor
from casework.referrals.reissue import share_again


@dataclass(frozen=True, slots=True)
class Beginner:
    """Somebody by whom a team can begin anew."""

    user_id: UUID
    name: str = field(repr=False)


def begin_team_anew(
    session: Session, actor: Actor, team_id: UUID, user_id: UUID, valid_for: timedelta
) -> tuple[User, str]:
    """The member begins the team anew with the code returned; what was shared with it waits for its
    senders. Raises as `restart_team`."""
    made = restart.restart_team(session, actor, team_id, user_id, valid_for)
    share_again(session, actor, team_id)
    return made


def beginners(session: Session, server_key: bytes, team_id: UUID) -> list[Beginner]:
    """Those by whom the team can begin anew, a focal point first; raises NotVisible."""
    people = {one.user_id: one for one in roster(session, server_key, team(session, team_id).id)}
    return [Beginner(one, called(people[one])) for one in restart.may_begin(session, team_id)]


def called(one: Colleague) -> str:
    """What a colleague is called."""
    return one.name or one.handle
