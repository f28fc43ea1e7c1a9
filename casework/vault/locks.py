"""The lock of a page that stood idle: a PIN reopens it, with the cookie and the boot key only.

Six digits alone protect nothing that can be copied. So the box is sealed twice: inside under what
comes out of the PIN after Argon2id, outside under the session's own key, which exists only while
the browser has the cookie and the server its boot key.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from casework.vault.context import ctx, pad, unpad
from casework.vault.primitives import kdf, open_box, seal
from casework.vault.session_boxes import session_id, session_key
from casework.vault.stretching import SALT_BYTES, stretch


def stretch_pin(user_id: UUID, digits: str) -> bytes:
    """32 bytes out of a PIN after one slow hash; the same each time for one person."""
    salt = sha256(ctx("pin-salt", user_id)).digest()[:SALT_BYTES]
    return stretch(digits.encode(), salt)


def seal_lock(
    token: str, boot_key: bytes, user_id: UUID, stretched: bytes, payload: bytes
) -> bytes:
    """A session's payload, which the same cookie, boot key and PIN open together."""
    key = session_key(token, boot_key)
    inner = seal(kdf(key, "lock/pin", stretched), pad(payload), _context(token, user_id, "inner"))
    return seal(kdf(key, "lock/session"), inner, _context(token, user_id, "outer"))


def check_lock(token: str, boot_key: bytes, user_id: UUID, box: bytes) -> bytes:
    """What the PIN would have to open; raises `SealBroken` where no PIN ever will: another
    cookie, a server that was started anew, another person."""
    key = kdf(session_key(token, boot_key), "lock/session")
    return open_box(key, box, _context(token, user_id, "outer"))


def open_lock(token: str, boot_key: bytes, user_id: UUID, stretched: bytes, box: bytes) -> bytes:
    """The session's payload; raises `SealBroken` as `check_lock`, and for another PIN."""
    inner = check_lock(token, boot_key, user_id, box)
    key = kdf(session_key(token, boot_key), "lock/pin", stretched)
    return unpad(open_box(key, inner, _context(token, user_id, "inner")))


def _context(token: str, user_id: UUID, layer: str) -> bytes:
    return ctx("session-lock", session_id(token), user_id, layer)
