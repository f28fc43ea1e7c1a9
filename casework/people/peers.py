"""The other teams a book trusts: as they were compared by voice, or as they followed from there by
their own signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.people.keyrings import expect_signed, public_of
from casework.people.models import TeamKey
from casework.people.queries import team_book, team_public
from casework.people.team_keys import keep_book
from casework.policy import Actor
from casework.vault.books import BookPeer, TeamBook
from casework.vault.errors import BookMismatch, VaultError
from casework.vault.keys import Keyring


def present_peer(
    session: Session, book: TeamBook, team_id: UUID, provider_id: UUID | None
) -> BookPeer:
    """The team as the book trusts it today: with the keys it publishes, when they are the compared
    ones or follow from them epoch by epoch.

    Raises BookMismatch where it was never compared or began anew, SignatureBroken, NotVisible where
    it has no keys.
    """
    epoch, public = team_public(session, team_id)
    known = book.peers.get(team_id)
    if known is not None and epoch > known.epoch:
        known = followed(session, known, team_id, epoch)
        book = book.with_peer(team_id, known)
    return book.expect_peer(team_id, epoch, public, provider_id)


def followed(session: Session, known: BookPeer, team_id: UUID, epoch: int) -> BookPeer:
    """The peer in a later epoch, each signed by the one before; raises BookMismatch,
    SignatureBroken."""
    rows = session.scalars(
        select(TeamKey)
        .where(TeamKey.team_id == team_id, TeamKey.epoch >= known.epoch, TeamKey.epoch <= epoch)
        .order_by(TeamKey.epoch)
        .limit(1000)
    ).all()
    if [row.epoch for row in rows] != list(range(known.epoch, epoch + 1)):
        raise BookMismatch("an epoch of the team is missing")
    if public_of(rows[0]) != known.public:
        raise BookMismatch("the compared keys of the team were replaced")
    for older, key in pairwise(rows):
        expect_signed(older, key)
    newest = rows[-1]
    return replace(
        known, epoch=epoch, kem=newest.kem_pub, draft=newest.draft_pub, sig=newest.sig_pub
    )


def with_present_peers(session: Session, book: TeamBook) -> TeamBook:
    """The same book with every peer that moved to new keys as it is today; who cannot be followed
    stays as it was compared."""
    newest = newest_epochs(session)
    for team_id, known in book.peers.items():
        if newest.get(team_id, 0) <= known.epoch:
            continue
        try:
            moved = followed(session, known, team_id, newest[team_id])
        except VaultError:
            continue
        book = book.with_peer(team_id, moved)
    return book


def newest_epochs(session: Session) -> Mapping[UUID, int]:
    """The present epoch of every team that ever changed its keys."""
    query = select(TeamKey.team_id, func.max(TeamKey.epoch)).where(TeamKey.retired_on.is_(None))
    rows = session.execute(query.where(TeamKey.epoch > 1).group_by(TeamKey.team_id)).all()
    return {row[0]: row[1] for row in rows}


def follow_peers(session: Session, _actor: Actor, keyring: Keyring) -> int:
    """A keyholder's chore: her teams' books hold their peers' present keys, so that an old key of
    theirs is trusted no longer than needed. Returns how many books changed."""
    if not keyring.teams or not newest_epochs(session).keys() - keyring.teams.keys():
        return 0
    return sum(follow_in_book(session, keyring, team_id) for team_id in keyring.teams)


def follow_in_book(session: Session, keyring: Keyring, team_id: UUID) -> bool:
    """Whether a peer of this team's book moved on; the book holds its present keys then."""
    team = keyring.team(team_id)
    row, book = team_book(session, team)
    moved = with_present_peers(session, book)
    if moved == book:
        return False
    keep_book(row, team, moved)
    session.flush()
    return True
