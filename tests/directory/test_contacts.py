"""A number as people write it is one a telephone can dial."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.directory.contacts import dialled, is_number

WRITTEN = st.from_regex(r"\+?[0-9 .()/-]{3,25}", fullmatch=True)


@given(WRITTEN.filter(is_number))
def test_a_number_is_dialled_with_all_its_digits_and_nothing_else(text: str) -> None:
    assert dialled(text).lstrip("+") == "".join(letter for letter in text if letter.isdigit())


@pytest.mark.parametrize("text", ["76 00 11 22", "+223 76.00.11.22", "80333", "(223) 76-00-11-22"])
def test_numbers_are_taken_as_people_write_them(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize(
    "text",
    ["12", "76 00 11 22 ou 66 00 11 22", "javascript:1234", "7" * 16, "++223760011", "٧٦٠٠١١"],
)
def test_what_is_no_single_number_is_refused(text: str) -> None:
    assert not is_number(text)
