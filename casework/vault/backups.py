"""Backups sealed to a key that is never on the server: whoever takes the archive takes nothing.

An archive is one line that says what it is, the length of a box (u16, big-endian), the box (HPKE,
suite 0x01) with a fresh key inside, and the content under that key as C2SP's Cobblestone-256. The
first line is bound to both, so an archive cannot pass for another one, another half, another day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from struct import Struct

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from casework.vault.context import ctx
from casework.vault.errors import SealBroken
from casework.vault.primitives import hpke_open, hpke_seal, new_key
from casework.vault.suites import xwing_public

LONGEST_HEADER = 4096
_LENGTH = Struct(">H")


def backup_public(seed: bytes) -> bytes:
    """The public half (1,216 bytes) of a backup key: all the server ever holds of it."""
    return xwing_public(seed)


def seal_archive(public: bytes, header: bytes, content: Iterable[bytes]) -> Iterator[bytes]:
    """The archive, piece by piece; `header` is one line without its end. Raises `SealBroken` on
    a malformed key and `ValueError` on a header that is no line."""
    if b"\n" in header or len(header) > LONGEST_HEADER:
        raise ValueError("a header is one short line")
    key = new_key()
    box = hpke_seal(public, key, ctx("backup", header))
    yield header + b"\n" + _LENGTH.pack(len(box)) + box
    encryptor = Cobblestone256Encryptor(key, _content_context(header))
    for piece in content:
        yield encryptor.update(piece)
    yield encryptor.finalize()


def _content_context(header: bytes) -> bytes:
    return ctx("backup-content", sha256(header).digest())


def header_of(start: bytes) -> bytes:
    """The line that says what an archive is, from its first bytes: not yet proved true."""
    line, end, _rest = start[: LONGEST_HEADER + 1].partition(b"\n")
    if not end:
        raise SealBroken("this is no archive")
    return line


def open_archive(seed: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The content, each piece authentic; raises `SealBroken` for another key or a changed bit.

    An archive cut short is only noticed at its end: use nothing before the last piece has come.
    """
    coming = iter(pieces)
    held = _at_least(b"", LONGEST_HEADER + 1, coming)
    header = header_of(held)
    held = _at_least(held[len(header) + 1 :], _LENGTH.size, coming)
    size = _LENGTH.size + int.from_bytes(held[: _LENGTH.size], "big")
    held = _at_least(held, size, coming)
    key = hpke_open(seed, held[_LENGTH.size : size], ctx("backup", header))
    decryptor = Cobblestone256Decryptor(key, _content_context(header))
    try:
        yield decryptor.update(held[size:])
        for piece in coming:
            yield decryptor.update(piece)
        yield decryptor.finalize()
    except InvalidTag:
        raise SealBroken("the archive does not open with this key") from None


def _at_least(held: bytes, wanted: int, coming: Iterator[bytes]) -> bytes:
    while len(held) < wanted and (piece := next(coming, b"")):
        held += piece
    return held
