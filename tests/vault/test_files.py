"""Attachments: they come back whole, say little by their size, and refuse every damage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from cryptography.cobblestone import Cobblestone256Encryptor
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.errors import SealBroken
from casework.vault.files import (
    decrypt_file,
    encrypt_file,
    new_file_key,
    open_file_key,
    seal_file_key,
    size_bucket,
)
from casework.vault.primitives import seal
from tests.vault import reader
from tests.vault.cast import FILE_KEY, PLACE, a_seed

SECTION_KEY = a_seed(40)
HEADER, CHUNK = 24 + 32, 16 * 1024 + 16


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    """The content cut into pieces, the way a network or a disk gives it."""
    return (content[start : start + size] for start in range(0, len(content), size))


def encrypted(content: bytes) -> bytes:
    """The whole ciphertext of a content."""
    return b"".join(encrypt_file(FILE_KEY, PLACE, len(content), [content]))


def decrypted(box: bytes, cut: int = 1000) -> bytes:
    """The whole content of a ciphertext."""
    return b"".join(decrypt_file(FILE_KEY, PLACE, pieces(box, cut)))


@given(st.binary(max_size=200), st.integers(1, 300), st.integers(1, 20000), st.integers(1, 50000))
def test_a_file_comes_back_however_it_is_cut(seed: bytes, times: int, put: int, cut: int) -> None:
    content = seed * times
    box = b"".join(encrypt_file(FILE_KEY, PLACE, len(content), pieces(content, put)))
    assert decrypted(box, cut) == content


@pytest.mark.parametrize("size", [0, 1, 16375, 16376, 16377, 16384, 32768, 300_000])
def test_a_file_at_the_edge_of_a_chunk_comes_back(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    assert decrypted(encrypted(content[:size])) == content[:size]


def test_the_separate_reader_opens_a_file_of_several_chunks() -> None:
    content = b"photo" * 20_000
    plain = reader.chunked(FILE_KEY, encrypted(content), PLACE.context)
    assert plain[: 8 + len(content)] == len(content).to_bytes(8, "big") + content
    assert not any(plain[8 + len(content) :])


@given(st.integers(0, 2**40))
def test_a_bucket_holds_the_file_and_little_more(size: int) -> None:
    bucket = size_bucket(size)
    assert 0 <= bucket - size <= max(size // 8, 16 * 1024)
    assert size_bucket(bucket) == bucket


@given(st.integers(0, 2**40), st.integers(0, 2**20))
def test_a_larger_file_never_has_a_smaller_bucket(size: int, more: int) -> None:
    assert size_bucket(size) <= size_bucket(size + more)


def test_there_are_few_buckets() -> None:
    buckets = {size_bucket(size) for size in range(0, 10_000_000, 5000)}
    assert len(buckets) < 120


def test_two_files_of_one_bucket_have_one_size() -> None:
    assert len(encrypted(b"")) == len(encrypted(b"x" * 16_000))


def test_the_same_file_is_encrypted_differently_each_time() -> None:
    assert len({encrypted(b"photo") for _ in range(5)}) == 5


@pytest.mark.parametrize("announced", [0, 4, 6])
def test_content_of_another_size_than_announced_is_not_encrypted(announced: int) -> None:
    with pytest.raises(ValueError, match="announced size"):
        list(encrypt_file(FILE_KEY, PLACE, announced, [b"photo"]))


def without_last_chunk(box: bytes) -> bytes:
    """Cut at the end of a chunk, where a cut is hardest to see."""
    return box[: HEADER + (len(box) - HEADER) // CHUNK * CHUNK]


def first_two_swapped(box: bytes) -> bytes:
    """The two first chunks in each other's place."""
    first, second = box[HEADER : HEADER + CHUNK], box[HEADER + CHUNK : HEADER + 2 * CHUNK]
    return box[:HEADER] + second + first + box[HEADER + 2 * CHUNK :]


def first_twice(box: bytes) -> bytes:
    """The first chunk also in the second one's place."""
    first = box[HEADER : HEADER + CHUNK]
    return box[:HEADER] + first + first + box[HEADER + 2 * CHUNK :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _box: b"",
    "half a header": lambda box: box[:40],
    "only a header": lambda box: box[:HEADER],
    "another salt": lambda box: b"\x00" * 24 + box[24:],
    "another commitment": lambda box: box[:24] + bytes(32) + box[HEADER:],
    "cut between chunks": without_last_chunk,
    "cut inside a chunk": lambda box: box[:-500],
    "last byte gone": lambda box: box[:-1],
    "a byte more": lambda box: box + b"\x00",
    "a chunk more": lambda box: box + box[HEADER : HEADER + CHUNK],
    "chunks swapped": first_two_swapped,
    "a chunk twice": first_twice,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused(damage: str) -> None:
    box = encrypted(bytes(range(256)) * 200)
    assert len(decrypted(box)) == 51_200
    with pytest.raises(SealBroken):
        decrypted(DAMAGES[damage](box))


@pytest.mark.parametrize("inside", [b"", b"\x00" * 7, (9).to_bytes(8, "big") + b"12345678"])
def test_an_authentic_file_that_does_not_hold_its_size_is_refused(inside: bytes) -> None:
    encryptor = Cobblestone256Encryptor(FILE_KEY, PLACE.context)
    with pytest.raises(SealBroken):
        decrypted(encryptor.update(inside) + encryptor.finalize())


def test_a_file_re_keyed_after_a_withdrawal_no_longer_opens_at_its_old_version() -> None:
    renewed = replace(PLACE, version=PLACE.version + 1)
    box = b"".join(encrypt_file(FILE_KEY, renewed, 5, [b"photo"]))
    with pytest.raises(SealBroken):
        decrypted(box)


def test_a_file_is_given_on_while_it_is_read() -> None:
    box = encrypted(b"photo" * 40_000)
    seen: list[int] = []

    def watched() -> Iterator[bytes]:
        for piece in pieces(box, CHUNK):
            seen.append(len(piece))
            yield piece

    content = decrypt_file(FILE_KEY, PLACE, watched())
    counts = [len(seen) for piece in content if piece]
    assert all(later > sooner for sooner, later in pairwise(counts[:5]))


def test_a_file_key_comes_back_under_its_section() -> None:
    key = new_file_key()
    assert open_file_key(SECTION_KEY, PLACE, seal_file_key(SECTION_KEY, PLACE, key)) == key


def test_a_key_box_that_holds_no_key_is_refused() -> None:
    with pytest.raises(SealBroken):
        open_file_key(SECTION_KEY, PLACE, seal(SECTION_KEY, b"short", PLACE.context))
