"""The few cryptographic acts everything else is made of; none is home-made.

A symmetric box is nonce (12 bytes) then AES-256-GCM ciphertext, always with associated data. An
HPKE box is the suite's mark, the encapsulated key, the ciphertext; its context is the HPKE info.
"""

from __future__ import annotations

import os
from hashlib import sha256
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from casework.vault.context import Part, ctx
from casework.vault.errors import SealBroken
from casework.vault.suites import XWING, PrivateKey, Suite, xwing_private

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
SealingKey = bytes | AESGCM


def new_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def kdf(key: bytes, purpose: str, *parts: Part) -> bytes:
    """The 32 bytes that HKDF-Expand-SHA256 (RFC 5869) derives from a uniform key for a context."""
    return HKDFExpand(SHA256(), KEY_BYTES, ctx(purpose, *parts)).derive(key)


def _cipher(key: SealingKey) -> AESGCM:
    return key if isinstance(key, AESGCM) else AESGCM(_full_length(key))


def _full_length(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError("a key is 32 bytes")
    return key


def seal(key: SealingKey, plaintext: bytes, aad: bytes) -> bytes:
    """A fresh box under a 32-byte key (or its ready cipher), bound to the associated data."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, plaintext, aad)


def open_box(key: SealingKey, box: bytes, aad: bytes) -> bytes:
    """What was sealed; raises `SealBroken` for another key, another context or a changed bit."""
    if len(box) < NONCE_BYTES + TAG_BYTES:
        raise SealBroken("the box is too short")
    try:
        return _cipher(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], aad)
    except InvalidTag:
        raise SealBroken("the box does not open here") from None


def hpke_seal(public: bytes, plaintext: bytes, info: bytes, suite: Suite = XWING) -> bytes:
    """A fresh box that only the holder of the private key opens, in this very context.

    Anybody can make one: where the author matters, sign its fingerprint. Raises `SealBroken` on a
    malformed public key (X-Wing 1 216 bytes, P-256 65 bytes).
    """
    try:
        return suite.mark + suite.algorithms.encrypt(plaintext, suite.load_public(public), info)
    except ValueError:
        raise SealBroken("the public key is malformed") from None


def hpke_open(private: bytes | PrivateKey, box: bytes, info: bytes, suite: Suite = XWING) -> bytes:
    """What was sealed to the key (given as key, or as X-Wing seed of 32 bytes).

    Raises `SealBroken` for another key, context, suite mark, or a changed bit.
    """
    if box[:1] != suite.mark:
        raise SealBroken("the box is of another suite")
    key = xwing_private(_full_length(private)) if isinstance(private, bytes) else private
    try:
        return suite.algorithms.decrypt(box[1:], key, info)
    except (InvalidTag, ValueError):
        raise SealBroken("the box does not open here") from None


def fingerprint(box: bytes) -> str:
    """SHA-256 of the ciphertext in hexadecimal: all that the audit log may say about a box."""
    return sha256(box).hexdigest()


def same(left: bytes, right: bytes) -> bool:
    """Whether two secrets are equal, in a time that does not depend on where they differ."""
    return compare_digest(left, right)
