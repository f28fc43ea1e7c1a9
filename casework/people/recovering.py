"""A team of the programme that nobody can open any more comes back by its recovery key.

The key is never here: one file leaves, another comes back, and only the person it is for can open
what it brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotVisible, RuleBroken
from casework.people.confirmers import CONFIRMING
from casework.people.handles import folded
from casework.people.keyrings import public_of
from casework.people.models import MembershipRow, Team, TeamBookRow, TeamKey, TeamKind, User
from casework.people.models import UserState as State
from casework.vault.recovery_files import Answered, Asked


@dataclass(frozen=True, slots=True)
class Readiness:
    """A team of the programme, and the print of the recovery key that holds its present seed."""

    name: str
    recovery: str | None


def readiness(session: Session) -> Sequence[Readiness]:
    """Every team of the programme that has keys, by name (at most 500)."""
    rows = session.execute(
        select(Team.name, TeamKey.recovery_print)
        .join(TeamKey, TeamKey.team_id == Team.id)
        .where(Team.kind == TeamKind.OWNER, TeamKey.retired_on.is_(None))
        .order_by(Team.name, TeamKey.epoch)
        .limit(500)
    ).all()
    return [Readiness(row.name, row.recovery_print) for row in rows]


def asked_for(session: Session, team_name: str, handle: str) -> Asked:
    """What the keepers of the papers need to bring a team back by this member.

    Raises RuleBroken: 'team_unknown', 'no_recovery_box', 'not_a_member' (she is no coordinator of
    the team, or has not taken up her account yet).
    """
    team = session.scalars(select(Team).where(Team.name == team_name)).first()
    if team is None:
        raise RuleBroken("team_unknown")
    key, book = present_rows(session, team.id)
    if key.recovery_box is None or key.recovery_print is None:
        raise RuleBroken("no_recovery_box")
    user = waiting_coordinator(session, team, handle)
    return Asked(
        team_id=team.id,
        name=team.name,
        epoch=key.epoch,
        public=public_of(key),
        recovery=key.recovery_print,
        recovery_box=key.recovery_box,
        revision=book.revision,
        book=book.box,
        user_id=user.id,
        handle=user.handle,
        role=CONFIRMING[team.kind],
        kem=user.kem_pub or b"",
    )


def present_rows(session: Session, team_id: UUID) -> tuple[TeamKey, TeamBookRow]:
    """The team's present keys and its book; raises RuleBroken('no_recovery_box') without."""
    query = select(TeamKey).where(TeamKey.team_id == team_id, TeamKey.retired_on.is_(None))
    key = session.scalars(query.order_by(TeamKey.epoch.desc()).limit(1)).first()
    book = session.get(TeamBookRow, team_id)
    if key is None or book is None:
        raise RuleBroken("no_recovery_box")
    return key, book


def waiting_coordinator(session: Session, team: Team, handle: str) -> User:
    """The confirmer of the team who has new words and waits; raises RuleBroken('not_a_member')."""
    user = session.scalars(select(User).where(User.handle == folded(handle))).first()
    row = session.get(MembershipRow, (team.id, user.id)) if user else None
    if user is None or row is None or row.role != CONFIRMING[team.kind]:
        raise RuleBroken("not_a_member")
    if user.kem_pub is None or row.pin is None:
        raise RuleBroken("not_a_member")
    return user


def take_back(session: Session, answered: Answered) -> None:
    """The member opens the team at her next sign-in, as the keepers of the papers let her; whoever
    lost her words stays out until she confirms her.

    Raises NotVisible, RuleBroken('answer_overtaken') when the team's keys or book changed since.
    """
    row = session.get(MembershipRow, (answered.team_id, answered.user_id))
    if row is None:
        raise NotVisible
    key, book = present_rows(session, answered.team_id)
    if (key.epoch, book.revision + 1) != (answered.epoch, answered.revision):
        raise RuleBroken("answer_overtaken")
    book.revision, book.box = answered.revision, answered.book
    row.seed_box, row.epoch = answered.seed_box, answered.epoch
    row.confirmed_at, row.suspended_at = row.confirmed_at or clock.now(), None
    session.get_one(User, answered.user_id).state = State.ACTIVE
    session.flush()
    record(session, "team.recovered", actor=None, team=answered.team_id, user=answered.user_id)
