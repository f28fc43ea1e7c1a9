"""Six words that two people read to each other to know that nobody stands between their keys."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from casework.vault.context import ctx
from casework.vault.passphrases import words_from
from casework.vault.stretching import SALT_BYTES, stretch


@lru_cache(maxsize=256)
def comparison_words(ours: bytes, theirs: bytes) -> tuple[str, ...]:
    """Six French words over both sides' keys, the same whoever reads first.

    Give a person's public key (`UserKeys.public`), and for a team `TeamPublic.digest`, so that
    its draft and signing keys cannot be exchanged either. The words hold 66 bits; somebody who
    may replace both sides' keys looks for a collision in 2**33 tries, so each try is made to cost
    one Argon2id. The inputs are public, so the answer may be kept.
    """
    first, second = sorted((ours, theirs))
    pair = sha256(ctx("compare", first, second)).digest()
    return words_from(stretch(pair, sha256(ctx("compare-salt")).digest()[:SALT_BYTES]))
