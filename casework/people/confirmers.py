"""Who can confirm in a team today: its own people, and deputies who work in another team too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from casework.people.models import MembershipRow, Team, TeamKind, User, UserState
from casework.policy import Role

CONFIRMING: dict[str, Role] = {
    TeamKind.OWNER: Role.COORDINATOR,
    TeamKind.PARTNER: Role.FOCAL_POINT,
}
"""The function that confirms members, by kind of team."""
ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Confirmer:
    """Somebody who can confirm in a team today; `elsewhere` names her other team, if she is a
    deputy here."""

    user_id: UUID
    elsewhere: str = ""


def confirmers(session: Session, team_id: UUID) -> Sequence[Confirmer]:
    """Everybody who can confirm members of the team today, its own people first."""
    other, theirs = aliased(MembershipRow), aliased(Team)
    rows = session.execute(
        select(MembershipRow.user_id, theirs.name)
        .join(User, User.id == MembershipRow.user_id)
        .outerjoin(other, deputising(other))
        .outerjoin(theirs, theirs.id == other.team_id)
        .where(MembershipRow.team_id == team_id, MembershipRow.seed_box.is_not(None))
        .where(MembershipRow.suspended_at.is_(None), User.state == UserState.ACTIVE)
        .where(MembershipRow.role.in_(list(CONFIRMING.values())))
        .order_by(MembershipRow.confirmed_at, theirs.name)
        .limit(200)
    ).all()
    found: dict[UUID, str] = {}
    for user_id, elsewhere in rows:
        found.setdefault(user_id, elsewhere or "")
    return sorted((Confirmer(*one) for one in found.items()), key=lambda one: bool(one.elsewhere))


def deputising(other: Any) -> Any:
    """True for a working membership in a team that she joined before this one."""
    return (
        (other.user_id == MembershipRow.user_id)
        & (other.team_id != MembershipRow.team_id)
        & other.suspended_at.is_(None)
        & (other.confirmed_at < MembershipRow.confirmed_at)
    )


def is_safe(session: Session, team_id: UUID) -> bool:
    """True where two can confirm: whoever loses her words, another opens the files and confirms
    her."""
    return len(confirmers(session, team_id)) >= ENOUGH
