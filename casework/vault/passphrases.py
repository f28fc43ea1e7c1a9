"""Words for keys: six generated French words, forgiving to type, never chosen by the person.

The list is the French one of BIP-39: 2 048 words, 11 bits each, told apart by four letters.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache, reduce

from mnemonic import Mnemonic

WORDS = 6
BITS_PER_WORD = 11
TELLING_LETTERS = 4
_SEPARATORS = re.compile(r"[^a-z]+")


@cache
def word_list() -> tuple[str, ...]:
    """The 2 048 words as they are shown, accents included, in the list's order."""
    return tuple(unicodedata.normalize("NFC", word) for word in Mnemonic("french").wordlist)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()


@cache
def _by_start() -> dict[str, str]:
    folded = [_fold(word) for word in word_list()]
    return {word[:TELLING_LETTERS]: word for word in folded}


@cache
def _places() -> dict[str, int]:
    return {_fold(word): place for place, word in enumerate(word_list())}


def generate_passphrase() -> str:
    """Six fresh words (66 bits), separated by spaces, to be shown once and written down."""
    return " ".join(secrets.choice(word_list()) for _ in range(WORDS))


def words_from(entropy: bytes, count: int = WORDS) -> tuple[str, ...]:
    """The words that the first 11 bits a word of `entropy` stand for: at most as many as it holds.

    Raises `ValueError` when there are too few bytes (six words take nine).
    """
    spare = len(entropy) * 8 - count * BITS_PER_WORD
    if spare < 0:
        raise ValueError("too few bytes for so many words")
    number = int.from_bytes(entropy, "big") >> spare
    top = (count - 1) * BITS_PER_WORD
    return tuple(word_list()[number >> shift & 0x7FF] for shift in range(top, -1, -BITS_PER_WORD))


def normalise(text: str) -> str:
    """The canonical form of typed words: unaccented, lower case, complete, single spaces.

    Accents, case, punctuation and spacing do not matter, and of each word only the first four
    letters. It is the empty string when a word is not in the list or is shorter than that.
    """
    typed = _SEPARATORS.sub(" ", _fold(text)).split()
    words = [_by_start().get(word[:TELLING_LETTERS], "") for word in typed]
    return " ".join(words) if all(words) else ""


def entropy_of(text: str) -> bytes:
    """The bytes that typed words stand for, 11 bits each from the left, zeros at the end.

    The inverse of `words_from`; empty when a word is not of the list.
    """
    places = [_places()[word] for word in normalise(text).split()]
    bits = len(places) * BITS_PER_WORD
    number = reduce(lambda read, place: read << BITS_PER_WORD | place, places, 0)
    return (number << -bits % 8).to_bytes((bits + 7) // 8, "big")
