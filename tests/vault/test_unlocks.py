"""A seed under six words: opened by them alone, refused at equal cost, never cheapened."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from casework.vault import stretching
from casework.vault.errors import SealBroken, UnlockRefused, WeakParameters
from casework.vault.stretching import CEILING, FLOOR, read_cost, stretch
from casework.vault.unlocks import Unlock, burn_dummy, create_unlock, open_unlock
from tests.vault.cast import AMINATA, OUMAR, WORDS, a_seed

OTHER_WORDS = "abaisser abandon abdiquer abeille abolir abrasif"
SECRET = a_seed(30)


@pytest.fixture(scope="module")
def unlock() -> Unlock:
    """Aminata's row."""
    return create_unlock(AMINATA, "passphrase", WORDS, a_seed(1))


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """What each slow hash asked for: memory, passes, lanes."""
    asked: list[tuple[int, int, int]] = []

    def noted(
        *, salt: bytes, length: int, iterations: int, lanes: int, memory_cost: int
    ) -> Argon2id:
        asked.append((memory_cost, iterations, lanes))
        return Argon2id(salt=salt, length=length, iterations=1, lanes=1, memory_cost=8)

    monkeypatch.setattr(stretching, "Argon2id", noted)
    return asked


def test_the_words_open_the_seed(unlock: Unlock) -> None:
    assert open_unlock(AMINATA, "passphrase", unlock, WORDS) == a_seed(1)


def test_the_words_typed_carelessly_open_the_seed(unlock: Unlock) -> None:
    typed = "  ABAI aban-abdi,ABEILLE  aboli abor "
    assert open_unlock(AMINATA, "passphrase", unlock, typed) == a_seed(1)


@pytest.mark.parametrize("typed", [OTHER_WORDS, "", "motdepasse", WORDS + " abaisser"])
def test_other_words_are_refused(unlock: Unlock, typed: str) -> None:
    with pytest.raises(UnlockRefused):
        open_unlock(AMINATA, "passphrase", unlock, typed)


def test_a_row_given_to_somebody_else_does_not_open(unlock: Unlock) -> None:
    with pytest.raises(SealBroken):
        open_unlock(OUMAR, "passphrase", unlock, WORDS)


def test_a_row_moved_to_another_method_does_not_open(unlock: Unlock) -> None:
    with pytest.raises(SealBroken):
        open_unlock(AMINATA, "card", unlock, WORDS)


def test_a_row_whose_cost_was_rewritten_does_not_open(unlock: Unlock) -> None:
    dearer = replace(unlock, kdf="argon2id$v=19$m=65536,t=4,p=1")
    with pytest.raises(UnlockRefused):
        open_unlock(AMINATA, "passphrase", dearer, WORDS)


@pytest.mark.parametrize(
    "written",
    [
        "argon2id$v=19$m=65535,t=3,p=1",
        "argon2id$v=19$m=8,t=3,p=1",
        "argon2id$v=19$m=65536,t=2,p=1",
        "argon2id$v=19$m=65536,t=3,p=2",
        "argon2id$v=19$m=65536,t=3,p=4",
        "argon2id$v=19$m=1048577,t=3,p=1",
        "argon2id$v=19$m=65536,t=17,p=1",
        "argon2id$v=19$m=065536,t=3,p=1",
        "argon2id$v=19$m=65536,t=3,p=1 ",
        "argon2id$v=19$m=65536,t=3,p=1\n",
        "argon2i$v=19$m=65536,t=3,p=1",
        "argon2id$v=16$m=65536,t=3,p=1",
        "argon2id$v=19$m=٦٥٥٣٦,t=3,p=1",
        "scrypt$n=2",
        "",
    ],
)
def test_a_row_that_asks_for_other_hashing_is_refused_unread(
    unlock: Unlock, written: str, costs: list[tuple[int, int, int]]
) -> None:
    with pytest.raises(WeakParameters):
        open_unlock(AMINATA, "passphrase", replace(unlock, kdf=written), WORDS)
    assert costs == []


def test_stronger_rows_are_read() -> None:
    assert read_cost("argon2id$v=19$m=131072,t=4,p=1").memory_kib == 131072
    assert read_cost(str(CEILING)) == CEILING


def test_new_rows_are_at_the_floor(unlock: Unlock) -> None:
    assert unlock.kdf == "argon2id$v=19$m=65536,t=3,p=1" == str(FLOOR)
    assert (len(unlock.salt), len(unlock.check)) == (16, 32)


def test_the_hashing_really_is_64_mib_three_passes_one_lane(
    costs: list[tuple[int, int, int]],
) -> None:
    stretch(b"words", bytes(16))
    assert costs == [(64 * 1024, 3, 1)]


def test_a_stretched_secret_is_the_argon2id_of_rfc_9106() -> None:
    same = Argon2id(salt=bytes(16), length=32, iterations=3, lanes=1, memory_cost=65536)
    assert stretch(b"words", bytes(16)) == same.derive(b"words")


def test_two_rows_of_the_same_words_share_nothing(costs: list[tuple[int, int, int]]) -> None:
    rows = [create_unlock(AMINATA, "passphrase", WORDS, a_seed(1)) for _ in range(2)]
    assert rows[0].salt != rows[1].salt
    assert rows[0].check != rows[1].check


def test_no_row_is_made_of_words_outside_the_list(costs: list[tuple[int, int, int]]) -> None:
    with pytest.raises(UnlockRefused):
        create_unlock(AMINATA, "passphrase", "un deux trois", a_seed(1))
    assert costs == []


def test_an_unknown_handle_costs_what_wrong_words_cost(
    unlock: Unlock, costs: list[tuple[int, int, int]]
) -> None:
    with pytest.raises(UnlockRefused):
        open_unlock(AMINATA, "passphrase", unlock, OTHER_WORDS)
    known, costs[:] = list(costs), []
    with pytest.raises(UnlockRefused):
        burn_dummy(SECRET, "nobody", OTHER_WORDS)
    assert costs == known == [(64 * 1024, 3, 1)]


def test_an_unknown_handle_is_refused_with_the_same_words(unlock: Unlock) -> None:
    with pytest.raises(UnlockRefused) as known:
        open_unlock(AMINATA, "passphrase", unlock, OTHER_WORDS)
    with pytest.raises(UnlockRefused) as unknown:
        burn_dummy(SECRET, "nobody", OTHER_WORDS)
    assert str(known.value) == str(unknown.value)


def test_at_most_two_slow_hashes_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0
    counting = threading.Lock()

    class Slow:
        def __init__(self, **_cost: object) -> None:
            """Any cost will do."""

        def derive(self, secret: bytes) -> bytes:
            nonlocal running, most
            with counting:
                running += 1
                most = max(most, running)
            time.sleep(0.02)
            with counting:
                running -= 1
            return secret

    monkeypatch.setattr(stretching, "Argon2id", Slow)
    run_together(6)
    assert most == 2


def test_sign_ins_at_the_same_moment_all_come_to_an_end() -> None:
    assert run_together(3) == 3


def test_a_slot_is_given_back_when_hashing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_cost: object) -> Argon2id:
        raise MemoryError

    monkeypatch.setattr(stretching, "Argon2id", broken)
    for _ in range(3):
        with pytest.raises(MemoryError):
            stretch(b"words", bytes(16))
    monkeypatch.undo()
    assert run_together(1) == 1


def run_together(count: int) -> int:
    """How many of `count` threads got their hash within ten seconds."""
    done: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: done.append(stretch(b"words", bytes(16))), daemon=True)
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return len(done)
