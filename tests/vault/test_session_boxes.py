"""A session opens with the cookie and the boot key together, and with nothing less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.errors import SealBroken
from casework.vault.session_boxes import (
    new_token,
    open_session,
    pack_keyring,
    seal_session,
    session_id,
    session_key,
    unpack_keyring,
)
from tests.vault.cast import AMINATA, BOOT_KEY, COURT, GOUNDAM, a_keyring, a_seed, goundam


def test_a_session_opens_with_cookie_and_boot_key() -> None:
    token = new_token()
    box = seal_session(token, BOOT_KEY, AMINATA, b"payload")
    assert open_session(token, BOOT_KEY, AMINATA, box) == b"payload"


def test_a_kept_cookie_opens_nothing_after_a_restart() -> None:
    token = new_token()
    box = seal_session(token, BOOT_KEY, AMINATA, b"payload")
    with pytest.raises(SealBroken):
        open_session(token, a_seed(77), AMINATA, box)


def test_the_boot_key_alone_opens_nothing() -> None:
    box = seal_session(new_token(), BOOT_KEY, AMINATA, b"payload")
    with pytest.raises(SealBroken):
        open_session(new_token(), BOOT_KEY, AMINATA, box)


def test_every_token_is_new_and_fits_a_cookie() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert {len(token) for token in tokens} == {43}
    assert all(token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_the_row_tells_nothing_of_the_cookie_or_the_key() -> None:
    token = new_token()
    assert session_id(token).bytes not in session_key(token, BOOT_KEY)
    assert session_id(token) != session_id(new_token())


@pytest.mark.parametrize("token", ["", "x", "A" * 42, "A" * 44, "é" * 43, "A" * 42 + "B", "=" * 43])
def test_a_malformed_cookie_is_refused(token: str) -> None:
    with pytest.raises(SealBroken):
        session_id(token)


@given(st.text(max_size=60))
def test_any_text_in_the_cookie_is_refused_or_a_token(token: str) -> None:
    try:
        session_id(token)
    except SealBroken:
        return
    assert len(token) == 43


def test_a_keyring_survives_the_session() -> None:
    keyring = unpack_keyring(AMINATA, pack_keyring(a_keyring()))
    assert keyring.user_id == AMINATA
    assert keyring.user.seed == a_keyring().user.seed
    assert set(keyring.teams) == {GOUNDAM, COURT}
    assert (keyring.team(GOUNDAM).epoch, keyring.team(GOUNDAM).seed) == (3, goundam.seed)


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{}", b'{"user": "00", "teams": []}', b"\xff", b'{"teams": [[]]}']
)
def test_a_payload_that_is_no_keyring_is_refused(payload: bytes) -> None:
    with pytest.raises(SealBroken):
        unpack_keyring(AMINATA, payload)
