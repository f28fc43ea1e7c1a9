"""A person's seed under her words: making the row, opening it, and refusing at equal cost."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from casework.vault.context import ctx
from casework.vault.errors import UnlockRefused
from casework.vault.passphrases import normalise
from casework.vault.primitives import KEY_BYTES, kdf, open_box, same, seal
from casework.vault.stretching import FLOOR, SALT_BYTES, read_cost, stretch

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Unlock:
    """One stored way to unseal a seed: the hashing's cost, salt (16), check (32), sealed seed."""

    kdf: str
    salt: bytes = field(repr=False)
    check: bytes = field(repr=False)
    box: bytes = field(repr=False)


def _context(user_id: UUID, method: str, cost: str) -> bytes:
    return ctx("user-seed", user_id, method, cost)


def create_unlock(user_id: UUID, method: str, passphrase: str, seed: bytes) -> Unlock:
    """The seed sealed under words of the list, typed in any way `normalise` accepts.

    Raises `UnlockRefused` when the text is not made of words of the list.
    """
    words = normalise(passphrase)
    if not words:
        raise UnlockRefused("the words are not of the list")
    salt, cost = os.urandom(SALT_BYTES), str(FLOOR)
    stretched = stretch(words.encode(), salt)
    box = seal(kdf(stretched, "pw/kek"), seed, _context(user_id, method, cost))
    return Unlock(cost, salt, kdf(stretched, "pw/check"), box)


def open_unlock(user_id: UUID, method: str, unlock: Unlock, passphrase: str) -> bytes:
    """The person's seed (32 bytes).

    Raises `WeakParameters` before any work on a row below the floor, `UnlockRefused` for other
    words (the same work as for the right ones), and `SealBroken` when the words are right but
    the row was made for somebody else or changed.
    """
    cost = read_cost(unlock.kdf)
    stretched = stretch(normalise(passphrase).encode(), unlock.salt, cost)
    if not same(kdf(stretched, "pw/check"), unlock.check):
        raise UnlockRefused("the words are not the ones")
    return open_box(kdf(stretched, "pw/kek"), unlock.box, _context(user_id, method, unlock.kdf))


def burn_dummy(secret: bytes, handle: str, passphrase: str) -> NoReturn:
    """The work of one refused unlock, for a handle nobody has; always raises `UnlockRefused`.

    The salt is derived from a server secret (32 bytes) and the handle, as a real row's is fixed.
    """
    salt = kdf(secret, "dummy-salt", handle)[:SALT_BYTES]
    nothing = Unlock(str(FLOOR), salt, os.urandom(KEY_BYTES), b"")
    open_unlock(_NOBODY, "dummy", nothing, passphrase)
    raise UnlockRefused("the words are not the ones")
