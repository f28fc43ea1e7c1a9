"""What a PIN opens: with the cookie and the boot key it was sealed under, and nothing without."""

from __future__ import annotations

import pytest

from casework.vault.errors import SealBroken
from casework.vault.locks import check_lock, open_lock, seal_lock, stretch_pin
from casework.vault.session_boxes import new_token
from tests.vault.cast import AMINATA, BOOT_KEY, OUMAR, TOKEN, a_seed

PIN = a_seed(80)
BOX = seal_lock(TOKEN, BOOT_KEY, AMINATA, PIN, b"payload")


def test_cookie_boot_key_and_pin_open_the_session_together() -> None:
    assert open_lock(TOKEN, BOOT_KEY, AMINATA, PIN, BOX) == b"payload"


@pytest.mark.parametrize(
    "changed",
    [
        {"token": new_token()},
        {"boot_key": a_seed(81)},
        {"user_id": OUMAR},
        {"stretched": a_seed(82)},
        {"box": BOX[:-1] + bytes([BOX[-1] ^ 1])},
    ],
    ids=["cookie", "boot key", "person", "pin", "box"],
)
def test_nothing_opens_when_one_of_them_is_another(changed: dict[str, object]) -> None:
    given = {
        "token": TOKEN,
        "boot_key": BOOT_KEY,
        "user_id": AMINATA,
        "stretched": PIN,
        "box": BOX,
    }
    with pytest.raises(SealBroken):
        open_lock(**given | changed)  # type: ignore[arg-type]


def test_without_the_pin_one_learns_only_that_a_pin_would_help() -> None:
    inner = check_lock(TOKEN, BOOT_KEY, AMINATA, BOX)
    assert b"payload" not in inner
    with pytest.raises(SealBroken):
        check_lock(TOKEN, a_seed(81), AMINATA, BOX)


def test_a_pin_costs_one_slow_hash_and_differs_from_person_to_person() -> None:
    assert stretch_pin(AMINATA, "271828") != stretch_pin(OUMAR, "271828")
