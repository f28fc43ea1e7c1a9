"""The members of a team: confirmed by voice, suspended, removed; and accounts that end."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people.comparisons import expect_mark
from casework.people.models import (
    Invitation,
    MembershipRow,
    SessionRow,
    Team,
    User,
    UserFactor,
    UserState,
    UserUnlock,
)
from casework.people.queries import checked_book, first_membership, team_book
from casework.people.team_keys import keep_book
from casework.policy import Actor, Permission, Role
from casework.vault.books import BookMember
from casework.vault.keys import Keyring, seal_member_seed


def confirm_member(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    team_id: UUID,
    user_id: UUID,
    mark: str | None = None,
) -> None:
    """The person is in the team's book and, unless she is a relay, holds its seed; she can work.
    Lifts a suspension too, without new words.

    `mark` is that of the comparison whose words were read. Raises NotAllowed, NotVisible,
    BookMismatch, or RuleBroken: 'not_waiting', 'not_signed_in_yet' (her own keys do not yet know
    the team's), 'words_changed'.
    """
    row = managed_membership(session, actor, team_id, user_id)
    user = session.get_one(User, user_id)
    if user.kem_pub is None or (row.confirmed_at is not None and row.suspended_at is None):
        raise RuleBroken("not_waiting")
    if row.pin is None:
        raise RuleBroken("not_signed_in_yet")
    team = keyring.team(team_id)
    expect_mark(mark, team.public.digest, user.kem_pub)
    book_row, book = checked_book(session, team)
    keep_book(book_row, team, book.with_member(user_id, BookMember(user.kem_pub, row.role)))
    if row.role != Role.RELAY:
        row.seed_box = seal_member_seed(team, user_id, user.kem_pub)
    row.epoch, row.suspended_at = team.epoch, None
    row.confirmed_at = row.confirmed_at or clock.now()
    user.state = UserState.ACTIVE
    record(
        session,
        "member.confirmed",
        actor=actor.user_id,
        team=team_id,
        user=user_id,
        role=row.role,
        epoch=team.epoch,
    )


def suspend_member(session: Session, actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """The person opens nothing of this team from her next request on; lifting needs no new
    words.

    Raises NotAllowed, NotVisible, RuleBroken('not_active').
    """
    row = managed_membership(session, actor, team_id, user_id)
    if row.confirmed_at is None or row.suspended_at is not None:
        raise RuleBroken("not_active")
    row.suspended_at = clock.now()
    row.seed_box = None
    record(session, "member.suspended", actor=actor.user_id, team=team_id, user=user_id)


def remove_member(
    session: Session, actor: Actor, keyring: Keyring, team_id: UUID, user_id: UUID
) -> None:
    """The person is out of the team and its book; her sessions end; the keys she held change on a
    confirmer's next writing request, this very one. An account without a team is over.

    Raises NotAllowed, NotVisible.
    """
    row = managed_membership(session, actor, team_id, user_id)
    team = keyring.team(team_id)
    book_row, book = team_book(session, team)
    keep_book(book_row, team, book.without_member(user_id))
    if row.role != Role.RELAY and row.confirmed_at is not None:
        session.get_one(Team, team_id).rotation_due_at = clock.now()
    session.delete(row)
    session.flush()
    if first_membership(session, user_id) is None:
        close_account(session, session.get_one(User, user_id))
    session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
    record(session, "member.removed", actor=actor.user_id, team=team_id, user=user_id)


def managed_membership(
    session: Session, actor: Actor, team_id: UUID, user_id: UUID
) -> MembershipRow:
    """The membership row of somebody else in a team the actor may manage."""
    if not actor.may_in(Permission.MEMBER_CONFIRM, team_id) or user_id == actor.user_id:
        raise NotAllowed
    row = session.get(MembershipRow, (team_id, user_id))
    if row is None:
        raise NotVisible
    return row


def end_account(session: Session, actor: Actor, user_id: UUID) -> None:
    """An organisation account opens nothing any more; its handle stays, for the log.

    Raises NotAllowed (for one's own account too), NotVisible, RuleBroken('member_of_team').
    """
    if not actor.may(Permission.ACCOUNT_ADMINISTER) or user_id == actor.user_id:
        raise NotAllowed
    user = session.get(User, user_id)
    if user is None or user.state == UserState.ENDED:
        raise NotVisible
    if first_membership(session, user_id) is not None:
        raise RuleBroken("member_of_team")
    close_account(session, user)
    record(session, "account.ended", actor=actor.user_id, user=user_id)


def close_account(session: Session, user: User) -> None:
    """Words, codes, sessions and the person's name are gone; the row keeps the handle only."""
    for table in (UserUnlock, UserFactor, Invitation, SessionRow):
        session.execute(delete(table).where(table.user_id == user.id))
    user.state, user.kem_pub, user.profile = UserState.ENDED, None, None
