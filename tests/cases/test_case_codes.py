"""Case codes: what a slip of the tongue or the pen cannot do."""

from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casework.cases import case_codes

CODES = st.builds(case_codes.new_code)
LETTERS = st.sampled_from(case_codes.ALPHABET)


@given(CODES)
def test_a_new_code_is_its_own_normal_form(code: str) -> None:
    assert case_codes.normalise(code) == code


@given(CODES, st.integers(0, 7), LETTERS)
def test_every_single_wrong_character_is_found(code: str, place: int, letter: str) -> None:
    assume(code[place] != letter)
    with pytest.raises(ValueError, match="wrong"):
        case_codes.normalise(code[:place] + letter + code[place + 1 :])


@given(CODES)
def test_every_swap_of_two_characters_is_found(code: str) -> None:
    for left, right in combinations(range(8), 2):
        letters = list(code)
        letters[left], letters[right] = letters[right], letters[left]
        if letters != list(code):
            with pytest.raises(ValueError, match="wrong"):
                case_codes.normalise("".join(letters))


@given(CODES)
def test_the_spoken_form_is_read_back(code: str) -> None:
    heard = case_codes.spoken(code).lower().replace("0", "o").replace("1", "l")
    assert case_codes.normalise(f" {heard} ") == code


@pytest.mark.parametrize("text", ["", "ABCD", "ABCD-EFGU", "ABCD-EFGHJ", "ÀBCD-EFGH", "\0" * 8])
def test_what_cannot_be_a_code_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not a case code$"):
        case_codes.normalise(text)


def test_weights_are_distinct_and_never_zero() -> None:
    assert len({*case_codes.WEIGHTS, 0}) == case_codes.LENGTH + 1


def test_codes_do_not_repeat() -> None:
    assert len({case_codes.new_code() for _ in range(2000)}) == 2000
