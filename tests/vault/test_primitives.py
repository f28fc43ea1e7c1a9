"""The few acts everything is made of: what opens, what is refused, what is fresh each time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import vault
from casework.errors import BadConfiguration
from casework.vault import suites
from casework.vault.errors import SealBroken, SignatureBroken
from casework.vault.primitives import hpke_open, hpke_seal, kdf, new_key, open_box, seal
from casework.vault.signatures import public_of, sign, verify
from casework.vault.suites import (
    P256,
    XWING,
    p256_private,
    p256_public,
    xwing_private,
    xwing_public,
)
from tests.vault.cast import a_seed

KEY, SEED = a_seed(20), a_seed(21)
PUBLIC = xwing_public(SEED)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@given(st.binary(max_size=600), st.binary(max_size=60))
def test_a_box_opens_to_what_was_sealed(plain: bytes, aad: bytes) -> None:
    assert open_box(KEY, seal(KEY, plain, aad), aad) == plain


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_box_opens_only_with_its_associated_data(aad: bytes, other: bytes) -> None:
    if aad != other:
        with pytest.raises(SealBroken):
            open_box(KEY, seal(KEY, b"secret", aad), other)


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert len({seal(KEY, b"secret", b"") for _ in range(50)}) == 50
    assert len({hpke_seal(PUBLIC, b"secret", b"") for _ in range(5)}) == 5


@pytest.mark.parametrize("size", [0, 11, 12, 27])
def test_a_box_too_short_to_be_one_is_refused(size: int) -> None:
    with pytest.raises(SealBroken):
        open_box(KEY, bytes(size), b"")


@pytest.mark.parametrize("size", [0, 16, 24, 31, 33])
def test_a_key_of_another_size_is_a_programming_error(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(bytes(size), b"", b"")


def test_derived_keys_differ_by_purpose_and_by_part() -> None:
    keys = {kdf(KEY, "a"), kdf(KEY, "b"), kdf(KEY, "a", 1), kdf(KEY, "a", b"1"), kdf(SEED, "a")}
    assert len(keys) == 5
    assert {len(key) for key in keys} == {32}


def test_new_keys_are_never_the_same() -> None:
    assert len({new_key() for _ in range(100)}) == 100


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_a_box_to_a_public_key_opens_with_the_private_one(plain: bytes, info: bytes) -> None:
    box = hpke_seal(PUBLIC, plain, info)
    assert hpke_open(SEED, box, info) == plain
    assert hpke_open(xwing_private(SEED), box, info) == plain


def test_a_box_to_a_public_key_begins_with_its_suite() -> None:
    draft = p256_private(lambda _attempt: SEED)
    assert hpke_seal(PUBLIC, b"", b"")[:1] == XWING.mark == b"\x01"
    assert hpke_seal(p256_public(draft), b"", b"", P256)[:1] == P256.mark == b"\x02"


def test_a_box_of_one_suite_is_refused_by_the_other() -> None:
    draft = p256_private(lambda _attempt: SEED)
    with pytest.raises(SealBroken):
        hpke_open(draft, hpke_seal(PUBLIC, b"", b""), b"", P256)
    with pytest.raises(SealBroken):
        hpke_open(SEED, hpke_seal(p256_public(draft), b"", b"", P256), b"")


def test_a_box_to_somebody_else_is_refused() -> None:
    with pytest.raises(SealBroken):
        hpke_open(KEY, hpke_seal(PUBLIC, b"secret", b""), b"")


@pytest.mark.parametrize("public", [b"", PUBLIC[:-1], PUBLIC + b"\x00", b"\xff" * 1216])
def test_nothing_is_sealed_to_a_malformed_public_key(public: bytes) -> None:
    with pytest.raises(SealBroken):
        hpke_seal(public, b"secret", b"")


def test_nothing_is_sealed_to_an_x25519_key_of_small_order() -> None:
    with pytest.raises(SealBroken):
        hpke_seal(PUBLIC[:-32] + bytes(32), b"secret", b"")


@pytest.mark.parametrize(
    "point", [b"", bytes(65), b"\x04" + bytes(64), b"\x00", b"\x02" + bytes(31)]
)
def test_nothing_is_sealed_to_a_point_off_the_curve(point: bytes) -> None:
    with pytest.raises(SealBroken):
        hpke_seal(point, b"secret", b"", P256)


def test_a_draft_key_passes_over_candidates_that_are_no_scalar() -> None:
    candidates = [bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32, SEED]
    chosen = p256_private(lambda attempt: candidates[attempt])
    assert p256_public(chosen) == p256_public(p256_private(lambda _attempt: SEED))


def test_the_last_scalar_below_the_order_is_taken() -> None:
    last = (ORDER - 1).to_bytes(32, "big")
    assert p256_private(lambda _attempt: last).private_numbers().private_value == ORDER - 1


@given(st.binary(max_size=200))
def test_a_signature_is_by_its_key_over_its_message(message: bytes) -> None:
    signature = sign(SEED, message)
    verify(public_of(SEED), message, signature)
    with pytest.raises(SignatureBroken):
        verify(public_of(KEY), message, signature)
    with pytest.raises(SignatureBroken):
        verify(public_of(SEED), message + b"!", signature)


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(33)])
def test_a_malformed_signing_key_signs_nothing(public: bytes) -> None:
    with pytest.raises(SignatureBroken):
        verify(public, b"message", bytes(64))


def test_the_start_goes_on_where_every_algorithm_works() -> None:
    suites.require_algorithms()


def test_the_start_stops_with_advice_where_an_algorithm_is_absent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(_seed: bytes) -> suites.HybridPrivate:
        raise RuntimeError("ML-KEM is not supported by this build")

    monkeypatch.setattr(suites, "xwing_private", absent)
    with pytest.raises(BadConfiguration, match="cryptography 50"):
        suites.require_algorithms()


def test_an_older_library_stops_the_import_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "_NEEDED", ("cryptography.hazmat.primitives.not_yet_there",))
    with pytest.raises(BadConfiguration, match="cryptography 50"):
        vault._require_library()
