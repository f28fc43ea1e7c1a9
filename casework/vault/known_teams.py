"""Which teams a person has ever accepted, sealed under her own key: emptying the rows about a team
does not make her forget it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from casework.vault.context import ctx
from casework.vault.documents import as_bytes, as_list, as_number, as_object, as_uuid, pack, unpack
from casework.vault.errors import SealBroken
from casework.vault.keys import UserKeys
from casework.vault.primitives import open_box, seal

Known = Mapping[UUID, tuple[int, bytes]]
"""By team: the epoch in which she accepted it first, and her pin of its keys (32 bytes)."""


def seal_known(user: UserKeys, user_id: UUID, known: Known) -> bytes:
    """The teams a person has accepted, as one box that only she opens."""
    teams = {str(team): [epoch, pinned.hex()] for team, (epoch, pinned) in known.items()}
    return seal(user.known_key, pack({"teams": teams}), ctx("known-teams", user_id))


def open_known(user: UserKeys, user_id: UUID, box: bytes) -> dict[UUID, tuple[int, bytes]]:
    """The teams she has accepted; raises `SealBroken`, also where the box was emptied."""
    teams = as_object(
        unpack(open_box(user.known_key, box, ctx("known-teams", user_id))).get("teams")
    )
    return {as_uuid(team): _pinned(pair) for team, pair in teams.items()}


def _pinned(pair: object) -> tuple[int, bytes]:
    match as_list(pair):
        case [epoch, pinned]:
            return as_number(epoch), as_bytes(pinned)
    raise SealBroken("the box holds another document")
