"""Six signs on paper: they find their own referral, and nobody else's."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from casework.referrals.letters import BITS, letter_code, read_code, referral_of_letter
from tests.referrals.screens import sent_to_health
from tests.support.cast import Cast
from tests.support.databases import on_both_databases


@given(st.uuids())
def test_a_code_is_read_back_as_it_was_written(one: UUID) -> None:
    assert read_code(letter_code(one)) == one.int >> (128 - BITS)


@given(st.uuids())
def test_small_letters_and_spaces_are_forgiven(one: UUID) -> None:
    code = letter_code(one).lower()
    assert read_code(f" {code[:3]} {code[3:]} ") == read_code(code)


@pytest.mark.parametrize("text", ["", "ABC", "ABCDEFG", "ABCDE!", "ABCDEU", "éàùçïô"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a letter code"):
        read_code(text)


@on_both_databases
def test_a_slip_finds_its_referral_for_both_teams_and_for_no_other(
    session: Session, cast: Cast
) -> None:
    row = sent_to_health(session, cast)
    code = letter_code(row.id)
    found = {
        handle: referral_of_letter(session, person.actor, code)
        for handle, person in cast.people.items()
    }
    able = {"aminata", "ibrahim", "zeinab", "mariam", "adama"}
    assert {handle for handle, one in found.items() if one == row.id} == able
    assert {one for handle, one in found.items() if handle not in able} == {None}
