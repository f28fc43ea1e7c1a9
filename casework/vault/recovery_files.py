"""The two files of a recovery: what leaves the server for the laptop, and what comes back.

Neither holds a secret in the clear: the one opens with the recovery key only, the other with the
new coordinator's own key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from casework.vault.books import BookMember, open_book, seal_book
from casework.vault.documents import as_bytes, as_number, as_object, as_text, as_uuid, read, write
from casework.vault.errors import SealBroken
from casework.vault.keys import (
    TeamKeys,
    TeamPublic,
    comparison_words,
    open_recovery,
    seal_member_seed,
)

ASKED, ANSWERED = "casework-recovery-asked-1", "casework-recovery-answered-1"


@dataclass(frozen=True, slots=True)
class Asked:
    """One team and the member by whom it comes back; `recovery` is the print of the key its box
    is for."""

    team_id: UUID
    name: str
    epoch: int
    public: TeamPublic
    recovery: str
    recovery_box: bytes = field(repr=False)
    revision: int
    book: bytes = field(repr=False)
    user_id: UUID
    handle: str
    role: str
    kem: bytes = field(repr=False)

    def written(self) -> bytes:
        """The file."""
        return write(
            {
                "format": ASKED,
                "team": str(self.team_id),
                "name": self.name,
                "epoch": self.epoch,
                "public": [part.hex() for part in (self.public.kem, self.public.draft)],
                "sig": self.public.sig.hex(),
                "recovery": self.recovery,
                "box": self.recovery_box.hex(),
                "revision": self.revision,
                "book": self.book.hex(),
                "user": str(self.user_id),
                "handle": self.handle,
                "role": self.role,
                "kem": self.kem.hex(),
            }
        )

    @classmethod
    def read(cls, written: bytes) -> Asked:
        """What `written` wrote; raises `SealBroken` on anything else."""
        found = as_object(read(written))
        expect_format(found, ASKED)
        return cls(
            team_id=as_uuid(found.get("team")),
            name=as_text(found.get("name")),
            epoch=as_number(found.get("epoch")),
            public=public_in(found),
            recovery=as_text(found.get("recovery")),
            recovery_box=as_bytes(found.get("box")),
            revision=as_number(found.get("revision")),
            book=as_bytes(found.get("book")),
            user_id=as_uuid(found.get("user")),
            handle=as_text(found.get("handle")),
            role=as_text(found.get("role")),
            kem=as_bytes(found.get("kem")),
        )


def expect_format(found: dict[str, object], wanted: str) -> None:
    """Raises `SealBroken` where the file is another one."""
    if found.get("format") != wanted:
        raise SealBroken("this is another file")


def public_in(found: dict[str, object]) -> TeamPublic:
    """The team's public keys in a file."""
    match found.get("public"):
        case [kem, draft]:
            return TeamPublic(as_bytes(kem), as_bytes(draft), as_bytes(found.get("sig")))
    raise SealBroken("the file holds no public keys")


@dataclass(frozen=True, slots=True)
class Answered:
    """The member's box of the team's seed, and the book's next revision, in which she stands."""

    team_id: UUID
    epoch: int
    user_id: UUID
    seed_box: bytes = field(repr=False)
    revision: int
    book: bytes = field(repr=False)

    def written(self) -> bytes:
        """The file."""
        return write(
            {
                "format": ANSWERED,
                "team": str(self.team_id),
                "epoch": self.epoch,
                "user": str(self.user_id),
                "box": self.seed_box.hex(),
                "revision": self.revision,
                "book": self.book.hex(),
            }
        )

    @classmethod
    def read(cls, written: bytes) -> Answered:
        """What `written` wrote; raises `SealBroken` on anything else."""
        found = as_object(read(written))
        expect_format(found, ANSWERED)
        return cls(
            team_id=as_uuid(found.get("team")),
            epoch=as_number(found.get("epoch")),
            user_id=as_uuid(found.get("user")),
            seed_box=as_bytes(found.get("box")),
            revision=as_number(found.get("revision")),
            book=as_bytes(found.get("book")),
        )


def words_to_compare(asked: Asked) -> tuple[str, ...]:
    """The six words that the new coordinator has on her screen, over her key and the team's."""
    return comparison_words(asked.public.digest, asked.kem)


def recovered(asked: Asked, recovery_seed: bytes) -> TeamKeys:
    """The team's keys; raises `SealBroken` or `BookMismatch` where the box is not the team's."""
    return open_recovery(
        recovery_seed, asked.team_id, asked.epoch, asked.public, asked.recovery_box
    )


def readmit(asked: Asked, team: TeamKeys) -> Answered:
    """The member holds the team's seed and stands in its book, whoever else does; compare her
    words first. Raises `SealBroken` where the book was exchanged."""
    book = open_book(team, asked.revision, asked.book)
    book = book.with_member(asked.user_id, BookMember(asked.kem, asked.role))
    return Answered(
        team_id=asked.team_id,
        epoch=asked.epoch,
        user_id=asked.user_id,
        seed_box=seal_member_seed(team, asked.user_id, asked.kem),
        revision=asked.revision + 1,
        book=seal_book(team, asked.revision + 1, book),
    )
