"""The keys of a team: founded by its first keyholder, kept in its book, compared with partners
by voice."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotAllowed, NotVisible
from casework.people.comparisons import expect_mark
from casework.people.keyrings import accept
from casework.people.models import MembershipRow, Team, TeamBookRow, TeamKey, User
from casework.people.queries import checked_book, team_public
from casework.policy import Actor, Permission
from casework.vault.books import BookMember, BookPeer, TeamBook, seal_book
from casework.vault.keys import (
    Keyring,
    TeamKeys,
    UserKeys,
    new_seed,
    seal_member_seed,
    seal_recovery,
    sign_team_key,
)
from casework.vault.primitives import fingerprint


def found_team(
    session: Session,
    row: MembershipRow,
    user: User,
    keys: UserKeys,
    recovery_public: bytes | None,
) -> TeamKeys:
    """The team has keys, held by this person; its book names her and nobody else. They are its
    first, or the next after those of a team that began anew; they sign themselves."""
    team = TeamKeys(row.team_id, last_epoch(session, row.team_id) + 1, new_seed())
    signature = sign_team_key(team, team.team_id, team.epoch, team.public)
    session.add(key_row(team, signature, recovery_public))
    row.seed_box = seal_member_seed(team, user.id, keys.public)
    accept(session, row, keys, team.epoch, team.public)
    row.epoch = team.epoch
    row.confirmed_at = clock.now()
    members = {user.id: BookMember(keys.public, row.role)}
    book = TeamBook(members=members, peers={}, recovery=recovery_print(recovery_public))
    box = seal_book(team, 1, book)
    session.add(TeamBookRow(team_id=team.team_id, epoch=team.epoch, revision=1, box=box))
    return team


def last_epoch(session: Session, team_id: UUID) -> int:
    """The number of the team's newest epoch, retired or not; 0 for a team without keys."""
    newest = select(func.max(TeamKey.epoch)).where(TeamKey.team_id == team_id)
    return session.scalar(newest) or 0


def recovery_print(recovery_public: bytes | None) -> str:
    """What the team's book says of the recovery key; empty where there is none."""
    return fingerprint(recovery_public) if recovery_public else ""


def key_row(team: TeamKeys, signature: bytes, recovery_public: bytes | None) -> TeamKey:
    """The row that publishes one epoch of a team's keys."""
    return TeamKey(
        team_id=team.team_id,
        epoch=team.epoch,
        kem_pub=team.public.kem,
        draft_pub=team.public.draft,
        sig_pub=team.public.sig,
        prev_sig=signature,
        recovery_box=seal_recovery(recovery_public, team) if recovery_public else None,
        recovery_print=recovery_print(recovery_public) or None,
        created_at=clock.now(),
    )


def keep_book(row: TeamBookRow, team: TeamKeys, book: TeamBook) -> None:
    """The book's next revision is stored, sealed under the team's key."""
    row.revision += 1
    row.epoch = team.epoch
    row.box = seal_book(team, row.revision, book)


def compare_partner(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    team_id: UUID,
    partner_id: UUID,
    mark: str | None = None,
) -> None:
    """The partner's keys stand in the team's book as heard by voice: electronic disclosure may
    start.

    `mark` is that of the comparison whose words were read. Raises NotAllowed, NotVisible,
    RuleBroken('words_changed') when the keys are others by now, BookMismatch.
    """
    if not actor.may_in(Permission.PARTNER_COMPARE, team_id):
        raise NotAllowed
    partner = session.get(Team, partner_id)
    if partner is None or partner_id == team_id:
        raise NotVisible
    epoch, public = team_public(session, partner_id)
    team = keyring.team(team_id)
    expect_mark(mark, team.public.digest, public.digest)
    row, book = checked_book(session, team)
    peer = BookPeer(
        epoch=epoch,
        kem=public.kem,
        draft=public.draft,
        sig=public.sig,
        provider_id=partner.provider_id,
        name=partner.name,
        compared_by=actor.user_id,
        compared_at=clock.now(),
    )
    keep_book(row, team, book.with_peer(partner_id, peer))
    record(
        session, "partner.compared", actor=actor.user_id, team=team_id, peer=partner_id, epoch=epoch
    )
