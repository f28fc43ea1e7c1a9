"""Case codes: eight Crockford base-32 characters, the last one a check, spoken in two groups.

With distinct non-zero weights over GF(32) the check finds every single wrong character and every
swap of two characters, adjacent or not. Seven free characters are 35 random bits: a code says
nothing about when or where a case was opened.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_READ_AS = str.maketrans(
    {"O": "0", "I": "1", "L": "1", " ": "", "-": "", "\u00a0": "", "\u2011": ""}
)
_POLYNOMIAL = 0b100101
"""x⁵ + x² + 1, primitive over GF(2): the powers of x run through all 31 non-zero elements."""


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled & 0b100000 else doubled


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        product ^= left if right & 1 else 0
        left, right = _times_x(left), right >> 1
    return product


def _weights() -> tuple[int, ...]:
    weights = [1]
    while len(weights) < LENGTH:
        weights.append(_times_x(weights[-1]))
    return tuple(reversed(weights))


WEIGHTS = _weights()
"""The powers of x from x⁷ down to 1, so that the check character is the sum of the others."""


def _sum(values: list[int]) -> int:
    total = 0
    for value, weight in zip(values, WEIGHTS, strict=False):
        total ^= _times(value, weight)
    return total


def new_code() -> str:
    """A fresh random code, eight characters without separator; uniqueness is the table's."""
    drawn = [secrets.randbelow(32) for _ in range(LENGTH - 1)]
    return "".join(ALPHABET[value] for value in [*drawn, _sum(drawn)])


def normalise(text: str) -> str:
    """The code as stored, from what somebody typed or heard.

    Small letters, spaces and hyphens are forgiven, O is read as zero, I and L as one. Raises
    ValueError, without repeating the text, when the length, a character or the check is wrong.
    """
    code = text.strip().upper().translate(_READ_AS)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise ValueError("not a case code")
    if _sum([_VALUES[letter] for letter in code]):
        raise ValueError("a character of the case code is wrong")
    return code


def spoken(code: str) -> str:
    """The stored code in two groups of four: « ABCD-EFGH »."""
    return f"{code[:4]}-{code[4:]}"
