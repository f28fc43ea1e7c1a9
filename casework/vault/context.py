"""Contexts and padding: one unambiguous byte string says what a box is, and where it belongs."""

from __future__ import annotations

from struct import Struct
from uuid import UUID

from casework.vault.errors import SealBroken

FORMAT = b"cw/1"
Part = bytes | int | str | UUID
PAD_BLOCK = 256
_LENGTH16 = Struct(">H").pack
_LENGTH32 = Struct(">I").pack


def ctx(purpose: str, *parts: Part) -> bytes:
    """The context of one purpose: `cw/1`, u16 length, purpose, then u32 length and bytes a part.

    It is the associated data, the HPKE info, the HKDF info and the signed string everywhere, so
    that nothing sealed can be moved. UUIDs are 16 raw bytes, integers u64 big-endian, text UTF-8.
    Raises `OverflowError` on an integer that is negative or over 64 bits.
    """
    name = purpose.encode()
    pieces = [FORMAT, _LENGTH16(len(name)), name]
    for part in parts:
        encoded = _encode(part)
        pieces += (_LENGTH32(len(encoded)), encoded)
    return b"".join(pieces)


def _encode(part: Part) -> bytes:
    if isinstance(part, UUID):
        return part.bytes
    if isinstance(part, str):
        return part.encode()
    if isinstance(part, bytes):
        return part
    return int.to_bytes(part, 8, "big")


def pad(content: bytes) -> bytes:
    """u32 length, the content, then zeros up to a multiple of 256 bytes: sizes say little."""
    size = 4 + len(content)
    return _LENGTH32(len(content)) + content + bytes(-size % PAD_BLOCK)


def unpad(padded: bytes) -> bytes:
    """The content that `pad` was given; raises `SealBroken` when `pad` cannot have made it."""
    end = 4 + int.from_bytes(padded[:4], "big")
    if len(padded) < end or padded[end:] != bytes(-end % PAD_BLOCK):
        raise SealBroken("the padding is malformed")
    return padded[4:end]
