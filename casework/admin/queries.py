"""What an administrator sees: teams, accounts and where they stand; never a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.directory.models import Provider
from casework.errors import NotVisible
from casework.people.models import MembershipRow, Team, User
from casework.people.profiles import open_profile
from casework.people.queries import teams
from casework.people.rosters import account_state, membership_state, usable_codes

PAGE = 50


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team and how many of its members work, wait for something, or are suspended."""

    team: Team
    active: int
    waiting: int
    suspended: int


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account, its state, and its functions as (role, name of the team or None)."""

    user_id: UUID
    handle: str
    name: str = field(repr=False)
    state: str
    functions: tuple[tuple[str, str | None], ...]
    is_organisation: bool


def team_lines(session: Session) -> list[TeamLine]:
    """Every team, owners first, by name (at most 500)."""
    states: dict[UUID, list[str]] = {}
    rows = session.execute(
        select(MembershipRow, User).join(User, User.id == MembershipRow.user_id)
    ).all()
    for row, user in rows:
        states.setdefault(row.team_id, []).append(membership_state(row, user, True))
    return [counted(team, states.get(team.id, [])) for team in teams(session)]


def counted(team: Team, states: Sequence[str]) -> TeamLine:
    """The team with its members counted by state."""
    active, suspended = states.count("active"), states.count("suspended")
    return TeamLine(team, active, len(states) - active - suspended, suspended)


def team(session: Session, team_id: UUID) -> Team:
    """One team; raises NotVisible."""
    found = session.get(Team, team_id)
    if found is None:
        raise NotVisible
    return found


def providers_without_team(session: Session) -> Sequence[Provider]:
    """The providers that could get a team, by name (at most 300)."""
    taken = select(Team.provider_id).where(Team.provider_id.is_not(None))
    query = select(Provider).where(Provider.id.not_in(taken)).order_by(Provider.name)
    return session.scalars(query.limit(300)).all()


def provider(session: Session, provider_id: UUID) -> Provider:
    """One provider; raises NotVisible."""
    found = session.get(Provider, provider_id)
    if found is None:
        raise NotVisible
    return found


def accounts(
    session: Session, server_key: bytes, after: UUID | None = None
) -> tuple[list[AccountLine], UUID | None]:
    """Fifty accounts by handle, following the account `after`, and the last of them where more
    follow; raises NotVisible for an unknown `after`."""
    query = select(User).order_by(User.handle).limit(PAGE + 1)
    if after is not None:
        query = query.where(User.handle > existing(session, after).handle)
    users = session.scalars(query).all()
    lines = account_lines(session, server_key, users[:PAGE])
    return lines, lines[-1].user_id if len(users) > PAGE else None


def account(session: Session, server_key: bytes, user_id: UUID) -> AccountLine:
    """One account; raises NotVisible."""
    return account_lines(session, server_key, [existing(session, user_id)])[0]


def existing(session: Session, user_id: UUID) -> User:
    """The row of an account; raises NotVisible."""
    user = session.get(User, user_id)
    if user is None:
        raise NotVisible
    return user


def account_lines(session: Session, server_key: bytes, users: Sequence[User]) -> list[AccountLine]:
    """The accounts with their states and functions, in three queries."""
    ids = [user.id for user in users]
    codes, held = usable_codes(session, ids), memberships(session, ids)
    return [
        AccountLine(
            user.id,
            user.handle,
            open_profile(server_key, user.id, user.profile)["name"],
            state_of(user, [row for row, _ in held.get(user.id, [])], user.id in codes),
            functions(user, held.get(user.id, [])),
            user.organisation_role is not None,
        )
        for user in users
    ]


def memberships(
    session: Session, ids: Sequence[UUID]
) -> dict[UUID, list[tuple[MembershipRow, str]]]:
    """The memberships of some accounts with the names of the teams."""
    rows = session.execute(
        select(MembershipRow, Team.name)
        .join(Team, Team.id == MembershipRow.team_id)
        .where(MembershipRow.user_id.in_(ids))
        .order_by(Team.name)
    ).all()
    found: dict[UUID, list[tuple[MembershipRow, str]]] = {}
    for row, name in rows:
        found.setdefault(row.user_id, []).append((row, name))
    return found


def state_of(user: User, rows: Sequence[MembershipRow], has_code: bool) -> str:
    """Suspended where every membership is, else the state of the account itself."""
    if rows and all(row.suspended_at is not None for row in rows):
        return "suspended"
    return account_state(user, has_code)


def functions(
    user: User, held: Sequence[tuple[MembershipRow, str]]
) -> tuple[tuple[str, str | None], ...]:
    """What the person is, in the organisation or in her teams."""
    own: list[tuple[str, str | None]] = [(row.role, name) for row, name in held]
    return tuple([(user.organisation_role, None)] if user.organisation_role else own)
