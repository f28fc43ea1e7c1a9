"""Contexts are unambiguous, padding hides sizes and comes off again."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.context import ctx, pad, unpad
from casework.vault.errors import SealBroken
from tests.vault import reader

NUMBERS = st.integers(0, 2**64 - 1)
PART = st.one_of(st.binary(max_size=20), st.text(max_size=20), NUMBERS, st.uuids())
CALL = st.tuples(st.text(max_size=10), st.lists(PART, max_size=4))


def same_parts(left: list[reader.Part], right: list[reader.Part]) -> bool:
    """Whether two lists of parts stand for the same bytes, part by part."""
    return [reader.context("", part) for part in left] == [
        reader.context("", part) for part in right
    ]


@given(CALL)
def test_a_context_is_what_its_description_says(call: tuple[str, list[reader.Part]]) -> None:
    purpose, parts = call
    written = ctx(purpose, *parts)
    assert written.startswith(b"cw/1" + len(purpose.encode()).to_bytes(2, "big"))
    assert written.endswith(reader.context("", *parts)[6:])


@given(CALL, CALL)
def test_two_contexts_are_equal_only_for_the_same_purpose_and_parts(
    left: tuple[str, list[reader.Part]], right: tuple[str, list[reader.Part]]
) -> None:
    alike = left[0] == right[0] and same_parts(left[1], right[1])
    assert (ctx(left[0], *left[1]) == ctx(right[0], *right[1])) == alike


@pytest.mark.parametrize("number", [-1, 2**64])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(OverflowError):
        ctx("epoch", number)


def test_an_id_and_its_text_are_different_parts() -> None:
    some_id = UUID(int=7)
    assert ctx("case", some_id) != ctx("case", str(some_id))


@given(st.binary(max_size=1200))
def test_padding_comes_off_again(content: bytes) -> None:
    assert unpad(pad(content)) == content


@given(st.binary(max_size=1200))
def test_a_padded_size_is_a_multiple_of_256(content: bytes) -> None:
    assert len(pad(content)) % 256 == 0
    assert len(pad(content)) - len(content) < 256 + 4


def test_contents_of_nearby_sizes_look_alike() -> None:
    assert len(pad(b"oui")) == len(pad(b"non, pas encore"))


@pytest.mark.parametrize(
    "malformed",
    [
        b"",
        b"\x00\x00",
        bytes(255),
        bytes(512),
        b"\x00\x00\x00\xfd" + bytes(252),
        b"\xff\xff\xff\xff" + bytes(252),
        b"\x00\x00\x00\x01ab" + bytes(250),
    ],
)
def test_what_padding_cannot_have_made_is_refused(malformed: bytes) -> None:
    with pytest.raises(SealBroken):
        unpad(malformed)
