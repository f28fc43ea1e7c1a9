"""The Merkle tree of RFC 6962: hashes of leaves and nodes (§2.1)."""

from __future__ import annotations

from hashlib import sha256


def leaf_hash(body: bytes) -> bytes:
    """SHA-256 of 0x00 and the body: 32 bytes (RFC 6962 §2.1)."""
    return sha256(b"\x00" + body).digest()
