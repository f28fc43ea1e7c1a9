"""Values under the server's key, and what a person's own keys keep."""

from __future__ import annotations

import pytest

from casework.vault.errors import SealBroken, SignatureBroken
from casework.vault.factors import check_seen, open_factor, seal_factor, seen_mark
from casework.vault.server import open_under, seal_under
from tests.vault.cast import AMINATA, FACTOR, OUMAR, SERVER_KEY, VALUE, a_seed, aminata, oumar

BOX = seal_under(SERVER_KEY, "held-form", AMINATA, 3, value=VALUE)
ROOT = b"r" * 32


def test_a_held_form_comes_back_for_its_row() -> None:
    assert open_under(SERVER_KEY, "held-form", AMINATA, 3, box=BOX) == VALUE


def test_a_held_form_is_nothing_for_another_row_purpose_or_server() -> None:
    with pytest.raises(SealBroken):
        open_under(SERVER_KEY, "held-form", AMINATA, 4, box=BOX)
    with pytest.raises(SealBroken):
        open_under(SERVER_KEY, "staff-contact", AMINATA, 3, box=BOX)
    with pytest.raises(SealBroken):
        open_under(a_seed(70), "held-form", AMINATA, 3, box=BOX)


def test_a_second_factor_opens_for_its_person_only() -> None:
    box = seal_factor(aminata, AMINATA, FACTOR, "totp", VALUE)
    assert open_factor(aminata, AMINATA, FACTOR, "totp", box) == VALUE
    with pytest.raises(SealBroken):
        open_factor(oumar, AMINATA, FACTOR, "totp", box)
    with pytest.raises(SealBroken):
        open_factor(aminata, OUMAR, FACTOR, "totp", box)
    with pytest.raises(SealBroken):
        open_factor(aminata, AMINATA, FACTOR, "card", box)


def test_a_note_of_the_log_is_known_again_and_not_by_anybody_else() -> None:
    mark = seen_mark(aminata, AMINATA, 10, ROOT)
    check_seen(aminata, AMINATA, 10, ROOT, mark)
    with pytest.raises(SignatureBroken):
        check_seen(oumar, AMINATA, 10, ROOT, mark)
    with pytest.raises(SignatureBroken):
        check_seen(aminata, AMINATA, 9, ROOT, mark)
