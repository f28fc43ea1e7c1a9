"""Challenges of security keys: anonymous, timed, and of this server only; answers of any shape."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.errors import SignatureBroken
from casework.vault.security_keys import (
    Credential,
    answered,
    answering,
    check_challenge,
    new_challenge,
    place_of,
    registered,
)
from tests.vault.cast import a_seed

SECRET, ORIGIN = a_seed(90), "https://localhost"
CHALLENGE = new_challenge(SECRET, "sign-in", 1000)
KNOWN = Credential(b"id", b"public", 0)


def test_a_challenge_is_known_again_until_it_ends() -> None:
    assert len(check_challenge(SECRET, "sign-in", CHALLENGE, 1000)) == 32
    with pytest.raises(SignatureBroken):
        check_challenge(SECRET, "sign-in", CHALLENGE, 1001)


def test_a_challenge_serves_no_other_purpose_and_no_other_server() -> None:
    with pytest.raises(SignatureBroken):
        check_challenge(SECRET, "new-key", CHALLENGE, 1000)
    with pytest.raises(SignatureBroken):
        check_challenge(a_seed(91), "sign-in", CHALLENGE, 1000)


def test_no_two_challenges_are_the_same() -> None:
    assert len({new_challenge(SECRET, "sign-in", 1000) for _ in range(50)}) == 50


@given(st.text(max_size=80))
def test_a_made_up_challenge_is_refused(text: str) -> None:
    with pytest.raises(SignatureBroken):
        check_challenge(SECRET, "sign-in", text, 0)


PIECE = st.one_of(st.none(), st.integers(), st.text(max_size=20), st.just("AAAA"))
SHAPES = st.dictionaries(
    st.sampled_from(["id", "rawId", "type", "response"]),
    st.one_of(
        PIECE,
        st.dictionaries(
            st.sampled_from(
                ["clientDataJSON", "attestationObject", "authenticatorData", "signature"]
            ),
            PIECE,
        ),
    ),
)
ANSWERS = st.one_of(st.text(max_size=60), SHAPES.map(json.dumps))


@given(ANSWERS)
def test_an_answer_of_any_shape_is_refused_and_breaks_nothing(answer: str) -> None:
    with pytest.raises(SignatureBroken):
        registered(answer, CHALLENGE, ORIGIN)
    with pytest.raises(SignatureBroken):
        answered(answer, CHALLENGE, ORIGIN, KNOWN)
    try:
        answering(answer)
    except SignatureBroken:
        return


def test_a_key_is_bound_to_the_name_of_the_host() -> None:
    assert place_of("https://dossiers.example.org:8443") == "dossiers.example.org"
