"""Plain Ed25519 (RFC 8032): what the log signs its checkpoints with."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from casework.vault.errors import SignatureBroken


def public_of(seed: bytes) -> bytes:
    """The 32-byte public key that belongs to the 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    """A signature of 64 bytes; the same seed and message always give the same one."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Returns when the 64-byte signature is the key's own, else raises SignatureBroken."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise SignatureBroken("the signature was not made by this key") from None
