"""What a person's own derived keys keep: her second factors, the log as last seen."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from casework.vault.context import ctx
from casework.vault.documents import pack, unpack
from casework.vault.errors import SignatureBroken
from casework.vault.keys import UserKeys
from casework.vault.primitives import kdf, open_box, same, seal


def seal_factor(
    user: UserKeys, user_id: UUID, factor_id: UUID, kind: str, value: Mapping[str, object]
) -> bytes:
    """One second factor under the person's own key, bound to its row and its kind."""
    return seal(user.totp_key, pack(value), ctx("factor", user_id, factor_id, kind))


def open_factor(
    user: UserKeys, user_id: UUID, factor_id: UUID, kind: str, box: bytes
) -> dict[str, object]:
    """What the factor holds; raises `SealBroken` for another person, row or kind."""
    return unpack(open_box(user.totp_key, box, ctx("factor", user_id, factor_id, kind)))


def card_mark(user: UserKeys, user_id: UUID, factor_id: UUID, code: str) -> bytes:
    """32 bytes that stand for one code of a printed card: only her own key can make them, so
    neither a copy of the database nor its writer can guess or plant a code."""
    return kdf(user.totp_key, "card-code", user_id, factor_id, code)


def seen_mark(user: UserKeys, user_id: UUID, size: int, root: bytes) -> bytes:
    """32 bytes by which a browser's note of the log's size and root is known to be genuine."""
    return kdf(user.checkpoint_key, "seen", user_id, size, root)


def check_seen(user: UserKeys, user_id: UUID, size: int, root: bytes, mark: bytes) -> None:
    """The note was made for this person, size and root; otherwise raises `SignatureBroken`."""
    if not same(seen_mark(user, user_id, size, root), mark):
        raise SignatureBroken("the note of the log was not made by this person's key")
