"""Attachments: each under its own key, encrypted as a stream with C2SP's Cobblestone-256.

The stream is the true size (u64), the content, then zeros up to a size bucket, so that the
length of a file on disk does not tell which photograph it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from casework.vault.context import ctx
from casework.vault.errors import SealBroken
from casework.vault.primitives import KEY_BYTES, SealingKey, new_key, open_box, seal

SIZE_BYTES = 8
SMALLEST_BUCKET = 16 * 1024
STEP = 64 * 1024


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where an attachment belongs: its case, its id, its section and the section's version."""

    case_id: UUID
    attachment_id: UUID
    section: str
    version: int

    @property
    def context(self) -> bytes:
        """What binds both the file's key box and its content to this place."""
        return ctx("file", self.case_id, self.attachment_id, self.section, self.version)


def new_file_key() -> bytes:
    """32 random bytes: the key of one attachment."""
    return new_key()


def seal_file_key(section_key: SealingKey, place: FilePlace, file_key: bytes) -> bytes:
    """The attachment's `key_box`, under the key of its section."""
    return seal(section_key, file_key, place.context)


def open_file_key(section_key: SealingKey, place: FilePlace, box: bytes) -> bytes:
    """The attachment's key (32 bytes); raises `SealBroken`."""
    key = open_box(section_key, box, place.context)
    if len(key) != KEY_BYTES:
        raise SealBroken("the box holds no key")
    return key


def size_bucket(size: int) -> int:
    """The smallest bucket that holds `size` bytes: an eighth or 16 KiB more at most."""
    step = max(SMALLEST_BUCKET, 1 << max(size.bit_length() - 4, 0))
    return max(-(-size // step) * step, SMALLEST_BUCKET)


def encrypt_file(
    file_key: bytes, place: FilePlace, size: int, chunks: Iterable[bytes]
) -> Iterator[bytes]:
    """The ciphertext, piece by piece, of `size` bytes of content, padded to its bucket.

    Raises `ValueError` when the chunks do not add up to `size`.
    """
    encryptor = Cobblestone256Encryptor(file_key, place.context)
    yield encryptor.update(size.to_bytes(SIZE_BYTES, "big"))
    for piece in _exactly(size, chunks):
        yield encryptor.update(piece)
    for zeros in _zeros(size_bucket(size) - size):
        yield encryptor.update(zeros)
    yield encryptor.finalize()


def _exactly(size: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        yield chunk
    if seen != size:
        raise ValueError("the content is not of the announced size")


def _zeros(count: int) -> Iterator[bytes]:
    while count > 0:
        yield bytes(min(count, STEP))
        count -= STEP


def decrypt_file(file_key: bytes, place: FilePlace, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content, piece by piece, each piece authentic; raises `SealBroken`.

    A file cut short is only noticed at its end: use nothing before the last piece has come.
    """
    pieces = _plaintext(file_key, place, chunks)
    left, first = _opening(pieces)
    for piece in chain((first,), pieces):
        yield piece[:left]
        left -= min(left, len(piece))
    if left:
        raise SealBroken("the file is shorter than it says")


def _opening(pieces: Iterator[bytes]) -> tuple[int, bytes]:
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= SIZE_BYTES:
            return int.from_bytes(head[:SIZE_BYTES], "big"), head[SIZE_BYTES:]
    raise SealBroken("the file does not say its size")


def _plaintext(file_key: bytes, place: FilePlace, chunks: Iterable[bytes]) -> Iterator[bytes]:
    decryptor = Cobblestone256Decryptor(file_key, place.context)
    try:
        for chunk in chunks:
            yield decryptor.update(chunk)
        yield decryptor.finalize()
    except InvalidTag:
        raise SealBroken("the file does not open here") from None
