"""What a person's own derived keys keep: the second factor's secret, the log as last seen."""

from __future__ import annotations

from uuid import UUID

from casework.vault.context import ctx
from casework.vault.errors import SignatureBroken
from casework.vault.keys import UserKeys
from casework.vault.primitives import kdf, open_box, same, seal


def seal_totp(user: UserKeys, user_id: UUID, secret: bytes) -> bytes:
    """The secret of the second factor under the person's own key."""
    return seal(user.totp_key, secret, ctx("totp", user_id))


def open_totp(user: UserKeys, user_id: UUID, box: bytes) -> bytes:
    """The secret of the second factor; raises `SealBroken`."""
    return open_box(user.totp_key, box, ctx("totp", user_id))


def seen_mark(user: UserKeys, user_id: UUID, size: int, root: bytes) -> bytes:
    """32 bytes by which a browser's note of the log's size and root is known to be genuine."""
    return kdf(user.checkpoint_key, "seen", user_id, size, root)


def check_seen(user: UserKeys, user_id: UUID, size: int, root: bytes, mark: bytes) -> None:
    """The note was made for this person, size and root; otherwise raises `SignatureBroken`."""
    if not same(seen_mark(user, user_id, size, root), mark):
        raise SignatureBroken("the note of the log was not made by this person's key")
