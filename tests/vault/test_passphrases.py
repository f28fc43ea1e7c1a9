"""Six generated words: how many there are, and how forgivingly they are read back."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.passphrases import (
    WORDS,
    entropy_of,
    generate_passphrase,
    normalise,
    word_list,
    words_from,
)

PHRASES = st.lists(st.sampled_from(word_list()), min_size=1, max_size=12)


def unaccented(text: str) -> str:
    """The text as somebody types it without a French keyboard."""
    split = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def test_the_list_has_2048_words_told_apart_by_four_letters() -> None:
    starts = {unaccented(word)[:4] for word in word_list()}
    assert len(word_list()) == len(starts) == 2048


def test_a_passphrase_holds_66_bits() -> None:
    assert len(generate_passphrase().split(" ")) == WORDS
    assert math.log2(len(word_list())) * WORDS == 66


def test_generated_words_are_spread_over_the_list() -> None:
    drawn = Counter(word for _ in range(2000) for word in generate_passphrase().split())
    assert len(drawn) > 2048 * 0.99
    assert max(drawn.values()) < 30


def test_no_two_passphrases_are_the_same() -> None:
    assert len({generate_passphrase() for _ in range(500)}) == 500


@given(PHRASES)
def test_accents_and_case_do_not_matter(words: list[str]) -> None:
    shown = " ".join(words)
    canonical = normalise(shown)
    assert canonical == unaccented(shown)
    assert normalise(unaccented(shown).upper()) == canonical
    assert normalise(unicodedata.normalize("NFD", shown)) == canonical


@given(PHRASES)
def test_the_first_four_letters_suffice(words: list[str]) -> None:
    short = " ".join(unaccented(word)[:4] for word in words)
    assert normalise(short) == normalise(" ".join(words))


@given(PHRASES, st.sampled_from(["  ", "\u00a0", "-", ", ", "\n", "\t", ".", " ; ", "’"]))
def test_any_separator_will_do(words: list[str], between: str) -> None:
    assert normalise(between.join(words)) == normalise(" ".join(words))


@given(PHRASES)
def test_the_canonical_form_is_its_own_canonical_form(words: list[str]) -> None:
    once = normalise(" ".join(words))
    assert normalise(once) == once


@given(PHRASES, PHRASES)
def test_different_words_have_different_canonical_forms(left: list[str], right: list[str]) -> None:
    if left != right:
        assert normalise(" ".join(left)) != normalise(" ".join(right))


def test_a_ligature_put_in_by_a_telephone_does_not_matter() -> None:
    assert normalise("MŒLLEUX mœlleux") == "moelleux moelleux"


@pytest.mark.parametrize("text", ["", "   ", "motdepasse", "abaisser zzzz", "aba", "1234", "été"])
def test_what_is_not_of_the_list_is_nothing(text: str) -> None:
    assert normalise(text) == ""


@given(st.text(max_size=60))
def test_any_text_at_all_is_read_without_an_accident(text: str) -> None:
    assert all(word in map(unaccented, word_list()) for word in normalise(text).split())


def test_words_stand_for_eleven_bits_each_from_the_left() -> None:
    assert words_from(bytes(9)) == (word_list()[0],) * 6
    assert words_from(b"\xff" * 9) == (word_list()[2047],) * 6
    assert words_from((5 << 61).to_bytes(9, "big"))[0] == word_list()[5]
    assert words_from(b"\x80" + bytes(8), 1) == (word_list()[1024],)


@given(st.binary(min_size=9, max_size=9))
def test_words_give_back_the_bits_they_were_made_from(entropy: bytes) -> None:
    places = [word_list().index(word) for word in words_from(entropy)]
    number = 0
    for place in places:
        number = number << 11 | place
    assert number == int.from_bytes(entropy, "big") >> 6


@given(st.binary(min_size=33, max_size=33))
def test_bytes_written_as_words_are_read_back(entropy: bytes) -> None:
    assert entropy_of(" ".join(words_from(entropy, 24))) == entropy


def test_words_that_fill_no_byte_end_in_zeros() -> None:
    assert entropy_of(word_list()[2047]) == b"\xff\xe0"
    assert entropy_of("") == entropy_of("motdepasse") == b""


def test_too_few_bytes_for_the_words_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        words_from(bytes(8))
