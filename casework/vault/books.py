"""The team book: under the team's own key, who belongs to the team and whose keys it trusts.

The database's rows are checked against it before any grant, confirmation or rotation, so that a
row swapped, added or deleted by somebody who only holds the database is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from casework.vault.context import ctx
from casework.vault.documents import (
    as_bytes,
    as_number,
    as_object,
    as_text,
    as_uuid,
    pack,
    unpack,
)
from casework.vault.errors import BookMismatch, SealBroken
from casework.vault.keys import TeamKeys, TeamPublic
from casework.vault.primitives import open_box, seal


@dataclass(frozen=True, slots=True)
class BookMember:
    """A confirmed member: her public key (X-Wing, 1 216 bytes) and her role in the team."""

    kem: bytes = field(repr=False)
    role: str

    def document(self) -> dict[str, object]:
        """The JSON object that stands in the book."""
        return {"kem": self.kem.hex(), "role": self.role}

    @classmethod
    def read(cls, value: object) -> BookMember:
        """The member that `document` gave; raises `SealBroken` on anything else."""
        entry = as_object(value)
        return cls(as_bytes(entry.get("kem")), as_text(entry.get("role")))


@dataclass(frozen=True, slots=True)
class BookPeer:
    """Another team as it was compared by voice: its keys, its provider, who compared and when."""

    epoch: int
    kem: bytes = field(repr=False)
    draft: bytes = field(repr=False)
    sig: bytes = field(repr=False)
    provider_id: UUID | None
    name: str
    compared_by: UUID
    compared_at: datetime

    @property
    def public(self) -> TeamPublic:
        """The peer's three public keys."""
        return TeamPublic(self.kem, self.draft, self.sig)

    def document(self) -> dict[str, object]:
        """The JSON object that stands in the book."""
        return {
            "epoch": self.epoch,
            "kem": self.kem.hex(),
            "draft": self.draft.hex(),
            "sig": self.sig.hex(),
            "provider": None if self.provider_id is None else str(self.provider_id),
            "name": self.name,
            "by": str(self.compared_by),
            "at": self.compared_at.isoformat(),
        }

    @classmethod
    def read(cls, value: object) -> BookPeer:
        """The peer that `document` gave; raises `SealBroken` on anything else."""
        entry = as_object(value)
        provider = entry.get("provider")
        return cls(
            epoch=as_number(entry.get("epoch")),
            kem=as_bytes(entry.get("kem")),
            draft=as_bytes(entry.get("draft")),
            sig=as_bytes(entry.get("sig")),
            provider_id=None if provider is None else as_uuid(provider),
            name=as_text(entry.get("name")),
            compared_by=as_uuid(entry.get("by")),
            compared_at=_moment(entry.get("at")),
        )


def _moment(value: object) -> datetime:
    try:
        return datetime.fromisoformat(as_text(value))
    except ValueError:
        raise SealBroken("the book holds no date") from None


@dataclass(frozen=True, slots=True)
class TeamBook:
    """The members by user, the peers by team, the fingerprint of the recovery public key."""

    members: Mapping[UUID, BookMember]
    peers: Mapping[UUID, BookPeer]
    recovery: str

    def with_member(self, user_id: UUID, member: BookMember) -> TeamBook:
        """The same book in which the person is a member, in place of what stood there."""
        return replace(self, members={**self.members, user_id: member})

    def without_member(self, user_id: UUID) -> TeamBook:
        """The same book in which the person is no member."""
        kept = {key: member for key, member in self.members.items() if key != user_id}
        return replace(self, members=kept)

    def with_peer(self, team_id: UUID, peer: BookPeer) -> TeamBook:
        """The same book in which the team is a compared peer, in place of what stood there."""
        return replace(self, peers={**self.peers, team_id: peer})

    def without_peer(self, team_id: UUID) -> TeamBook:
        """The same book in which the team is no peer."""
        kept = {key: peer for key, peer in self.peers.items() if key != team_id}
        return replace(self, peers=kept)

    def expect_members(self, rows: Mapping[UUID, BookMember]) -> None:
        """The rows are exactly the book's members; raises `BookMismatch` on any difference."""
        if rows.keys() - self.members.keys():
            raise BookMismatch("a row names a member who is not in the book")
        if self.members.keys() - rows.keys():
            raise BookMismatch("a member of the book has no row")
        if dict(rows) != dict(self.members):
            raise BookMismatch("a member's key or role differs from the book")

    def expect_member(self, user_id: UUID, kem: bytes, role: str) -> None:
        """The book has this person with this key and role; otherwise raises `BookMismatch`."""
        if self.members.get(user_id) != BookMember(kem, role):
            raise BookMismatch("the member differs from the book")

    def expect_peer(
        self, team_id: UUID, epoch: int, public: TeamPublic, provider_id: UUID | None
    ) -> BookPeer:
        """The peer, whose row agrees with the book; raises `BookMismatch` when it does not."""
        peer = self.peers.get(team_id)
        if peer is None:
            raise BookMismatch("the team was never compared")
        if (peer.epoch, peer.public, peer.provider_id) != (epoch, public, provider_id):
            raise BookMismatch("the team's keys or provider differ from the book")
        return peer

    def expect_peers(self, teams: set[UUID]) -> None:
        """Every compared peer still has a row; raises `BookMismatch` when one was deleted."""
        if self.peers.keys() - teams:
            raise BookMismatch("a peer of the book has no row")

    def expect_recovery(self, recovery_fingerprint: str) -> None:
        """The configured recovery key is the book's; raises `BookMismatch` when it is not."""
        if recovery_fingerprint != self.recovery:
            raise BookMismatch("the recovery key differs from the book")


def _place(team: TeamKeys, revision: int) -> bytes:
    return ctx("book", team.team_id, team.epoch, revision)


def seal_book(team: TeamKeys, revision: int, book: TeamBook) -> bytes:
    """The book under its team's key, at a revision of its row."""
    document: dict[str, object] = {
        "members": {str(key): member.document() for key, member in book.members.items()},
        "peers": {str(key): peer.document() for key, peer in book.peers.items()},
        "recovery": book.recovery,
    }
    return seal(team.cipher, pack(document), _place(team, revision))


def open_book(team: TeamKeys, revision: int, box: bytes) -> TeamBook:
    """The team's book; raises `SealBroken`."""
    document = unpack(open_box(team.cipher, box, _place(team, revision)))
    members, peers = as_object(document.get("members")), as_object(document.get("peers"))
    return TeamBook(
        members={as_uuid(key): BookMember.read(entry) for key, entry in members.items()},
        peers={as_uuid(key): BookPeer.read(entry) for key, entry in peers.items()},
        recovery=as_text(document.get("recovery")),
    )
