"""A team moves to new keys: who was removed opens nothing that is sealed from then on.

Only the keys stand here; what they seal is sealed anew by `casework.referrals.rotation`, in the
same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotAllowed, RuleBroken
from casework.people.keyrings import public_of
from casework.people.models import MembershipRow, Team, TeamBookRow, TeamKey
from casework.people.peers import with_present_peers
from casework.people.queries import checked_book
from casework.people.team_keys import keep_book, key_row, recovery_print
from casework.policy import Actor, Permission, Role
from casework.vault.books import TeamBook
from casework.vault.errors import BookMismatch
from casework.vault.keys import (
    Keyring,
    TeamKeys,
    new_seed,
    open_old_seed,
    pin,
    seal_member_seed,
    seal_old_seed,
    sign_team_key,
)
from casework.vault.server import vouch

OLD_SEED_KEPT = timedelta(days=60)
"""How long a draft sealed to the former keys can still be opened."""


class Sealed(Protocol):
    """Something sealed to a team's draft key of an epoch."""

    team_id: Any
    epoch: Any


@dataclass(frozen=True, slots=True, eq=False)
class Rotation:
    """The team's keys before and after, and its book as it was checked."""

    old: TeamKeys = field(repr=False)
    new: TeamKeys = field(repr=False)
    book: TeamBook = field(repr=False)


def rotate_keys(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    team_id: UUID,
    server_key: bytes,
    recovery_public: bytes | None,
    recovery_heard: str | None = None,
) -> Rotation:
    """The team has its next epoch: signed by the one before, sealed to each working keyholder and
    to the recovery key, its book under it; the former seed stays for 60 days.

    `recovery_heard` is the print of a new recovery key whose words were compared. Raises
    NotAllowed, VaultError where any row of the team is not what its book says, RuleBroken:
    'recovery_changed', 'rotated_already'.
    """
    if not actor.may_in(Permission.MEMBER_CONFIRM, team_id):
        raise NotAllowed
    rows, old = held_up(session, team_id), keyring.team(team_id)
    published = present_row(session, old)
    book_row, book = checked_book(session, old)
    expect_recovery(book, recovery_public, recovery_heard)
    book = replace(book, recovery=recovery_print(recovery_public))
    new = TeamKeys(team_id, old.epoch + 1, new_seed())
    publish(session, old, new, server_key, recovery_public)
    published.retired_on = clock.now()
    give_to_members(rows, new, book)
    own = next(row for row in rows if row.user_id == actor.user_id)
    own.pin = pin(keyring.user, team_id, new.epoch, new.public)
    keep_book(book_row, new, with_present_peers(session, book))
    keep_old_seeds(session, old, new)
    session.get_one(Team, team_id).rotation_due_at = None
    session.flush()
    record(session, "team.rotated", actor=actor.user_id, team=team_id, epoch=new.epoch)
    return Rotation(old, new, book)


def held_up(session: Session, team_id: UUID) -> Sequence[MembershipRow]:
    """The members' rows; whoever writes for the team is waited for, and waits from now on."""
    keys = select(TeamKey.epoch).where(TeamKey.team_id == team_id, TeamKey.retired_on.is_(None))
    session.execute(keys.with_for_update())
    query = select(MembershipRow).where(MembershipRow.team_id == team_id)
    ordered = query.order_by(MembershipRow.user_id).with_for_update()
    return session.scalars(ordered.execution_options(populate_existing=True)).all()


def present_row(session: Session, team: TeamKeys) -> TeamKey:
    """The row of the keys held; raises RuleBroken('rotated_already') when somebody was faster,
    BookMismatch when it says other keys."""
    row = session.get(TeamKey, (team.team_id, team.epoch))
    book = session.get(TeamBookRow, team.team_id, populate_existing=True)
    if row is None or book is None or public_of(row) != team.public:
        raise BookMismatch("the team's keys are not those that are held")
    if book.epoch > team.epoch:
        raise RuleBroken("rotated_already")
    return row


def expect_recovery(book: TeamBook, recovery_public: bytes | None, heard: str | None) -> None:
    """Raises RuleBroken('recovery_changed') unless the recovery key is the book's, or its words
    were compared a moment ago."""
    if recovery_print(recovery_public) not in (book.recovery, heard):
        raise RuleBroken("recovery_changed")


def publish(
    session: Session,
    old: TeamKeys,
    new: TeamKeys,
    server_key: bytes,
    recovery_public: bytes | None,
) -> None:
    """The new public keys stand in the table, signed by the former ones and vouched for."""
    signature = sign_team_key(old, new.team_id, new.epoch, new.public)
    row = key_row(new, signature, recovery_public)
    row.vouched = vouch(server_key, new.team_id, new.epoch, new.public)
    session.add(row)


def give_to_members(rows: Sequence[MembershipRow], new: TeamKeys, book: TeamBook) -> None:
    """Each working member of the book is of the new epoch; all but relays hold its seed."""
    for row in rows:
        if row.confirmed_at is None:
            continue
        row.epoch = new.epoch
        holds = row.suspended_at is None and row.role != Role.RELAY
        kem = book.members[row.user_id].kem
        row.seed_box = seal_member_seed(new, row.user_id, kem) if holds else None


# The former seeds


def keep_old_seeds(session: Session, old: TeamKeys, new: TeamKeys) -> None:
    """The former seeds of the last 60 days stand under the new key; older ones are gone."""
    for row in retired_rows(session, old):
        kept = open_old_seed(old, row.epoch, row.old_seed_box) if row.old_seed_box else old
        fresh = row.retired_on is None or row.retired_on > clock.now() - OLD_SEED_KEPT
        row.old_seed_box = seal_old_seed(new, kept) if fresh else None


def retired_rows(session: Session, old: TeamKeys) -> Sequence[TeamKey]:
    """The rows of the keys held, and of former ones whose seed is still kept."""
    return session.scalars(
        select(TeamKey)
        .where(TeamKey.team_id == old.team_id)
        .where((TeamKey.epoch == old.epoch) | TeamKey.old_seed_box.is_not(None))
        .where(TeamKey.epoch <= old.epoch)
        .order_by(TeamKey.epoch)
        .limit(200)
    ).all()


def keys_of_epoch(session: Session, team: TeamKeys, epoch: int) -> TeamKeys:
    """The team's keys of an epoch, the present or one left less than 60 days ago: for drafts that
    were on the way. Raises BookMismatch where they are gone, SealBroken."""
    if epoch == team.epoch:
        return team
    row = session.get(TeamKey, (team.team_id, epoch))
    if row is None or row.old_seed_box is None:
        raise BookMismatch("the keys of this epoch are gone")
    return open_old_seed(team, epoch, row.old_seed_box)


def is_readable(session: Session, keyring: Keyring, draft: Sealed) -> bool:
    """True while the team still keeps the keys of the epoch the draft was sealed to."""
    try:
        keys_of_epoch(session, keyring.team(draft.team_id), draft.epoch)
    except BookMismatch:
        return False
    return True


def forget_old_seeds(session: Session) -> int:
    """Keyless job: seeds left more than 60 days ago are gone. Returns how many."""
    over = session.scalars(
        select(TeamKey).where(
            TeamKey.old_seed_box.is_not(None), TeamKey.retired_on < clock.now() - OLD_SEED_KEPT
        )
    ).all()
    for row in over:
        row.old_seed_box = None
    session.flush()
    return len(over)
