"""A case's key and what it opens: the owner's access box, the sections, the entries.

The owner's box is symmetric on purpose: a box to a public key could be forged by whoever writes
to the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from casework.vault.context import ctx
from casework.vault.documents import as_key, as_object, pack, unpack
from casework.vault.keys import TeamKeys
from casework.vault.primitives import SealingKey, kdf, new_key, open_box, seal


@dataclass(frozen=True, slots=True, eq=False)
class OwnerAccess:
    """What the owning team holds of a case: its key, and the card that lists and search need."""

    case_key: bytes = field(repr=False)
    card: dict[str, object] = field(repr=False)

    def document(self) -> dict[str, object]:
        """The JSON object that is sealed."""
        return {"key": self.case_key.hex(), "card": self.card}

    @classmethod
    def read(cls, document: Mapping[str, object]) -> OwnerAccess:
        """The access that `document` gave; raises `SealBroken` on anything else."""
        return cls(as_key(document.get("key")), as_object(document.get("card")))


def new_case_key() -> bytes:
    """32 random bytes: the key of one case, held in its owner's access box only."""
    return new_key()


def _owner(team: TeamKeys, case_id: UUID, revision: int) -> bytes:
    return ctx("case-key", case_id, team.team_id, team.epoch, revision)


def seal_owner_access(team: TeamKeys, case_id: UUID, revision: int, access: OwnerAccess) -> bytes:
    """The owner's access box of a case, at a revision of its row."""
    return seal(team.cipher, pack(access.document()), _owner(team, case_id, revision))


def open_owner_access(team: TeamKeys, case_id: UUID, revision: int, box: bytes) -> OwnerAccess:
    """The key and card of a case; raises `SealBroken`."""
    return OwnerAccess.read(unpack(open_box(team.cipher, box, _owner(team, case_id, revision))))


def reseal_owner_access(
    old: TeamKeys, new: TeamKeys, case_id: UUID, revision: int, box: bytes
) -> bytes:
    """The same key and card under the team's next keys, at the next revision of the row; raises
    `SealBroken`."""
    plain = open_box(old.cipher, box, _owner(old, case_id, revision))
    return seal(new.cipher, plain, _owner(new, case_id, revision + 1))


def section_key(case_key: bytes, section: str, version: int) -> bytes:
    """The key (32 bytes) of one version of a section; a withdrawal moves to the next version."""
    return kdf(case_key, "section", section, version)


def exchange_key(case_key: bytes, referral_id: UUID) -> bytes:
    """The key (32 bytes) of what one partner and the owner write to each other."""
    return kdf(case_key, "exchange", referral_id)


def seal_section(
    key: SealingKey,
    case_id: UUID,
    section: str,
    version: int,
    revision: int,
    value: Mapping[str, object],
) -> bytes:
    """One section of a case as one padded box under its section key (or exchange key)."""
    return seal(key, pack(value), ctx("section", case_id, section, version, revision))


def open_section(
    key: SealingKey, case_id: UUID, section: str, version: int, revision: int, box: bytes
) -> dict[str, object]:
    """The section's JSON object; raises `SealBroken`."""
    return unpack(open_box(key, box, ctx("section", case_id, section, version, revision)))


def seal_entry(
    key: SealingKey,
    case_id: UUID,
    section: str,
    entry_id: UUID,
    version: int,
    revision: int,
    value: Mapping[str, object],
) -> bytes:
    """One entry of a section that grows, as one padded box under the section's key."""
    return seal(key, pack(value), ctx("entry", case_id, section, entry_id, version, revision))


def open_entry(
    key: SealingKey,
    case_id: UUID,
    section: str,
    entry_id: UUID,
    version: int,
    revision: int,
    box: bytes,
) -> dict[str, object]:
    """The entry's JSON object; raises `SealBroken`."""
    context = ctx("entry", case_id, section, entry_id, version, revision)
    return unpack(open_box(key, box, context))
