"""Archives sealed to an offline key: they come back whole, and refuse every damage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.backups import backup_public, header_of, open_archive, seal_archive
from casework.vault.errors import SealBroken
from casework.vault.primitives import new_key
from tests.vault.cast import a_seed

SEED = a_seed(60)
HEADER = b'{"casework-backup": 1, "part": "boxes"}'


def archive(content: bytes, header: bytes = HEADER) -> bytes:
    """The content, sealed."""
    return b"".join(seal_archive(backup_public(SEED), header, [content]))


def opened(sealed: bytes, seed: bytes = SEED, cut: int = 1000) -> bytes:
    """The whole content of an archive that comes in pieces."""
    pieces = (sealed[start : start + cut] for start in range(0, len(sealed), cut))
    return b"".join(open_archive(seed, pieces))


@given(st.binary(max_size=300), st.integers(1, 300), st.integers(1, 9000))
def test_an_archive_comes_back_however_it_is_cut(piece: bytes, times: int, cut: int) -> None:
    assert opened(archive(piece * times), cut=cut) == piece * times


def test_its_first_line_says_what_it_is() -> None:
    assert header_of(archive(b"rows")[:100]) == HEADER


def test_what_has_no_first_line_is_no_archive() -> None:
    with pytest.raises(SealBroken):
        opened(b"x" * 9000)


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    sealed = bytearray(archive(b"rows of a table"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        opened(bytes(sealed))


@pytest.mark.parametrize("left", [10, 60, 1000, -1])
def test_an_archive_cut_short_is_refused(left: int) -> None:
    with pytest.raises(SealBroken):
        opened(archive(b"rows" * 9000)[:left])


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        opened(archive(b"rows"), new_key())


def test_one_half_cannot_pass_for_the_other() -> None:
    sealed = archive(b"rows")
    with pytest.raises(SealBroken):
        opened(sealed.replace(b'"boxes"', b'"other"'))


def test_a_header_of_two_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="line"):
        archive(b"", b"one\ntwo")
