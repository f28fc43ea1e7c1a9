"""What can be asked about accounts and teams."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.errors import NotVisible
from casework.people.models import (
    MembershipRow,
    Team,
    TeamBookRow,
    TeamKey,
    User,
    UserState,
)
from casework.vault.books import BookMember, TeamBook, open_book
from casework.vault.errors import BookMismatch
from casework.vault.keys import TeamKeys, TeamPublic


def team_public(
    session: Session, team_id: UUID, epoch: int | None = None
) -> tuple[int, TeamPublic]:
    """The epoch and public keys of a team: the present ones, or those of `epoch`.

    Raises NotVisible when the team has no keys yet, or begins anew.
    """
    query = select(TeamKey).where(TeamKey.team_id == team_id)
    present = query.where(TeamKey.retired_on.is_(None)).order_by(TeamKey.epoch.desc())
    asked = query.where(TeamKey.epoch == epoch) if epoch else present
    row = session.scalars(asked.limit(1)).first()
    if row is None:
        raise NotVisible
    return row.epoch, TeamPublic(kem=row.kem_pub, draft=row.draft_pub, sig=row.sig_pub)


def has_keys(session: Session, team_id: UUID) -> bool:
    """True once the first keyholder of the team has been activated, and while it does not begin
    anew."""
    present = select(TeamKey.epoch).where(TeamKey.team_id == team_id, TeamKey.retired_on.is_(None))
    return session.scalar(present.limit(1)) is not None


def team_book(session: Session, team: TeamKeys) -> tuple[TeamBookRow, TeamBook]:
    """The book of a team, opened with its keys.

    Raises BookMismatch when the row is missing or of another epoch, SealBroken when its box was
    exchanged.
    """
    row = session.get(TeamBookRow, team.team_id)
    if row is None or row.epoch != team.epoch:
        raise BookMismatch("the team's book is missing")
    return row, open_book(team, row.revision, row.box)


def checked_book(session: Session, team: TeamKeys) -> tuple[TeamBookRow, TeamBook]:
    """The book of a team whose members are exactly those the rows say; raises as `team_book`, and
    BookMismatch on any difference.

    Of somebody suspended only the function counts: she may have lost her words and have other keys
    by now, which open nothing before they are compared by voice.
    """
    row, book = team_book(session, team)
    rows = confirmed_members(session, team.team_id)
    for user_id in suspended_members(session, team.team_id) & book.members.keys():
        rows[user_id] = BookMember(book.members[user_id].kem, rows[user_id].role)
    book.expect_members(rows)
    return row, book


def suspended_members(session: Session, team_id: UUID) -> set[UUID]:
    """The confirmed members who are suspended."""
    query = select(MembershipRow.user_id).where(
        MembershipRow.team_id == team_id,
        MembershipRow.confirmed_at.is_not(None),
        MembershipRow.suspended_at.is_not(None),
    )
    return set(session.scalars(query))


def active_keyholders(session: Session, team_id: UUID) -> Sequence[UUID]:
    """The members of a team who can open its boxes today, longest confirmed first."""
    return session.scalars(
        select(MembershipRow.user_id)
        .join(User, User.id == MembershipRow.user_id)
        .where(
            MembershipRow.team_id == team_id,
            MembershipRow.seed_box.is_not(None),
            MembershipRow.suspended_at.is_(None),
            User.state == UserState.ACTIVE,
        )
        .order_by(MembershipRow.confirmed_at, MembershipRow.user_id)
        .limit(200)
    ).all()


def keyholder_with(session: Session, team_id: UUID, roles: Sequence[str]) -> UUID | None:
    """The first active keyholder of a team holding the earliest of `roles` that anybody holds."""
    rows = session.execute(
        select(MembershipRow.role, MembershipRow.user_id)
        .where(
            MembershipRow.team_id == team_id,
            MembershipRow.user_id.in_(active_keyholders(session, team_id)),
        )
        .order_by(MembershipRow.confirmed_at, MembershipRow.user_id)
    ).all()
    ranked = sorted(
        (roles.index(role), place) for place, (role, _) in enumerate(rows) if role in roles
    )
    return rows[ranked[0][1]].user_id if ranked else None


def confirmed_members(session: Session, team_id: UUID) -> dict[UUID, BookMember]:
    """The confirmed members of a team as its rows say: what its book must say too."""
    rows = session.execute(
        select(MembershipRow.user_id, User.kem_pub, MembershipRow.role)
        .join(User, User.id == MembershipRow.user_id)
        .where(MembershipRow.team_id == team_id, MembershipRow.confirmed_at.is_not(None))
    ).all()
    return {row.user_id: BookMember(row.kem_pub or b"", row.role) for row in rows}


def first_membership(session: Session, user_id: UUID) -> MembershipRow | None:
    """The membership an account was made for; None for an organisation account."""
    rows = select(MembershipRow).where(MembershipRow.user_id == user_id)
    return session.scalars(rows.order_by(MembershipRow.team_id).limit(1)).first()


def members_of(session: Session, team_id: UUID) -> Sequence[tuple[MembershipRow, User]]:
    """Everybody in a team with their accounts, by handle."""
    rows = session.execute(
        select(MembershipRow, User)
        .join(User, User.id == MembershipRow.user_id)
        .where(MembershipRow.team_id == team_id, User.state != UserState.ENDED)
        .order_by(User.handle)
        .limit(200)
    ).all()
    return [(row[0], row[1]) for row in rows]


def teams(session: Session) -> Sequence[Team]:
    """Every team, owners first, by name."""
    return session.scalars(select(Team).order_by(Team.kind, Team.name).limit(500)).all()


def team_of_provider(session: Session, provider_id: UUID) -> Team | None:
    """The team of a provider, where it has one."""
    return session.scalars(select(Team).where(Team.provider_id == provider_id)).first()


def profiles(session: Session, user_ids: Sequence[UUID]) -> dict[UUID, bytes | None]:
    """The sealed profiles of some accounts, by id."""
    rows = session.execute(select(User.id, User.profile).where(User.id.in_(user_ids))).all()
    return {row.id: row.profile for row in rows}
