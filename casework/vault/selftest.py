"""One round of every algorithm, so that a machine that lacks one says so before it serves."""

from __future__ import annotations

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from casework.vault.primitives import hpke_open, hpke_seal, seal, sign, signing_public, verify
from casework.vault.suites import P256, p256_private, p256_public, xwing_public

_SEED = bytes(range(32))
_CHEAPEST_KIB = 8


def exercise() -> None:
    """Each algorithm has worked once on a fixed key; raises whatever the library raises."""
    hpke_open(_SEED, hpke_seal(xwing_public(_SEED), b"", b""), b"")
    draft = p256_private(lambda _attempt: _SEED)
    hpke_open(draft, hpke_seal(p256_public(draft), b"", b"", P256), b"", P256)
    verify(signing_public(_SEED), b"", sign(_SEED, b""))
    seal(_SEED, b"", b"")
    Cobblestone256Encryptor(_SEED, b"").finalize()
    salt = _SEED[:16]
    Argon2id(salt=salt, length=32, iterations=1, lanes=1, memory_cost=_CHEAPEST_KIB).derive(_SEED)
