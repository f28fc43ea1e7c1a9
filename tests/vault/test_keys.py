"""Who holds what: seeds, keyrings, the boxes between members and epochs, words read by voice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import NotAllowed
from casework.vault import keys
from casework.vault.context import ctx
from casework.vault.errors import BookMismatch, SealBroken, SignatureBroken
from casework.vault.keys import (
    TeamKeys,
    UserKeys,
    check_pin,
    comparison_words,
    new_seed,
    open_member_seed,
    open_old_seed,
    open_recovery,
    pin,
    seal_member_seed,
    seal_old_seed,
    seal_recovery,
    sign_team_key,
    verify_team_key,
)
from casework.vault.passphrases import word_list
from casework.vault.primitives import hpke_seal, kdf
from casework.vault.suites import xwing_public
from tests.vault.cast import (
    AMINATA,
    CLINIC,
    GOUNDAM,
    RECOVERY_SEED,
    a_keyring,
    a_seed,
    aminata,
    clinic,
    goundam,
    goundam_next,
    oumar,
)

SEEDS = st.binary(min_size=32, max_size=32)
RECOVERY_PUBLIC = xwing_public(RECOVERY_SEED)


@given(SEEDS)
def test_all_keys_of_one_seed_are_different(seed: bytes) -> None:
    user, team = UserKeys(seed), TeamKeys(GOUNDAM, 1, seed)
    derived = [user.pin_key, user.totp_key, user.checkpoint_key, team.kek, team.public.sig, seed]
    assert len(set(derived)) == len(derived)
    assert user.public != team.public.kem


def test_public_keys_have_their_sizes() -> None:
    sizes = [len(key) for key in (goundam.public.kem, goundam.public.draft, goundam.public.sig)]
    assert sizes == [1216, 65, 32]


def test_symmetric_work_derives_no_asymmetric_key() -> None:
    team = TeamKeys(GOUNDAM, 1, new_seed())
    assert team.cipher is team.cipher
    assert not {"private", "draft_private", "public"} & vars(team).keys()


def test_a_private_key_is_derived_once() -> None:
    team = TeamKeys(GOUNDAM, 1, new_seed())
    assert isinstance(team.private, MLKEM768X25519PrivateKey)
    assert team.private is team.private


def test_a_keyring_gives_the_keys_of_a_team_it_holds() -> None:
    assert a_keyring().team(GOUNDAM).seed == goundam.seed


def test_a_keyring_refuses_a_team_it_does_not_hold() -> None:
    with pytest.raises(NotAllowed):
        a_keyring().team(CLINIC)


def test_a_member_opens_the_seed_sealed_to_her() -> None:
    box = seal_member_seed(goundam, AMINATA, aminata.public)
    team = open_member_seed(aminata, AMINATA, GOUNDAM, 3, goundam.public, box)
    assert (team.team_id, team.epoch, team.seed) == (GOUNDAM, 3, goundam.seed)


def test_another_person_does_not_open_it() -> None:
    box = seal_member_seed(goundam, AMINATA, aminata.public)
    with pytest.raises(SealBroken):
        open_member_seed(oumar, AMINATA, GOUNDAM, 3, goundam.public, box)


def test_a_seed_planted_by_a_database_writer_is_noticed() -> None:
    planted = a_seed(99)
    info = ctx("member", GOUNDAM, 3, AMINATA, goundam.public.digest)
    box = hpke_seal(aminata.public, planted, info)
    with pytest.raises(BookMismatch):
        open_member_seed(aminata, AMINATA, GOUNDAM, 3, goundam.public, box)


def test_a_seed_planted_with_its_own_public_keys_is_noticed_by_the_pin() -> None:
    planted = TeamKeys(GOUNDAM, 3, a_seed(99))
    box = seal_member_seed(planted, AMINATA, aminata.public)
    open_member_seed(aminata, AMINATA, GOUNDAM, 3, planted.public, box)
    pinned = pin(aminata, GOUNDAM, 3, goundam.public)
    with pytest.raises(BookMismatch):
        check_pin(aminata, GOUNDAM, 3, planted.public, pinned)


def test_a_pin_holds_for_the_keys_it_was_made_over() -> None:
    check_pin(aminata, GOUNDAM, 3, goundam.public, pin(aminata, GOUNDAM, 3, goundam.public))


@pytest.mark.parametrize("part", ["kem", "draft", "sig"])
def test_a_pin_notices_each_of_the_three_keys(part: str) -> None:
    other = replace(goundam.public, **{part: getattr(clinic.public, part)})
    with pytest.raises(BookMismatch):
        check_pin(aminata, GOUNDAM, 3, other, pin(aminata, GOUNDAM, 3, goundam.public))


@pytest.mark.parametrize("part", ["kem", "draft", "sig"])
def test_the_digest_of_a_team_covers_each_of_the_three_keys(part: str) -> None:
    other = replace(goundam.public, **{part: getattr(clinic.public, part)})
    assert other.digest != goundam.public.digest


def test_an_epoch_is_vouched_for_by_the_one_before() -> None:
    signature = sign_team_key(goundam, GOUNDAM, 4, goundam_next.public)
    verify_team_key(goundam.public.sig, GOUNDAM, 4, goundam_next.public, signature)


def test_an_epoch_signed_by_anybody_else_is_refused() -> None:
    signature = sign_team_key(clinic, GOUNDAM, 4, goundam_next.public)
    with pytest.raises(SignatureBroken):
        verify_team_key(goundam.public.sig, GOUNDAM, 4, goundam_next.public, signature)


def test_the_recovery_key_opens_a_team() -> None:
    box = seal_recovery(RECOVERY_PUBLIC, goundam)
    team = open_recovery(RECOVERY_SEED, GOUNDAM, 3, goundam.public, box)
    assert team.seed == goundam.seed


def test_a_recovery_box_with_another_seed_is_noticed() -> None:
    box = hpke_seal(RECOVERY_PUBLIC, a_seed(98), ctx("recovery", GOUNDAM, 3))
    with pytest.raises(BookMismatch):
        open_recovery(RECOVERY_SEED, GOUNDAM, 3, goundam.public, box)


def test_the_new_epoch_opens_the_old_ones_seed() -> None:
    box = seal_old_seed(goundam_next, goundam)
    assert open_old_seed(goundam_next, 3, box).public == goundam.public


def test_the_old_epoch_does_not_open_the_new_ones_boxes() -> None:
    box = seal_old_seed(goundam_next, goundam)
    with pytest.raises(SealBroken):
        open_old_seed(TeamKeys(GOUNDAM, 4, goundam.seed), 3, box)


def test_two_people_read_the_same_six_words_whoever_begins() -> None:
    words = comparison_words(aminata.public, goundam.public.digest)
    assert words == comparison_words(goundam.public.digest, aminata.public)
    assert len(words) == 6
    assert set(words) <= set(word_list())


def test_another_key_on_either_side_gives_other_words() -> None:
    words = comparison_words(aminata.public, goundam.public.digest)
    assert comparison_words(oumar.public, goundam.public.digest) != words
    assert comparison_words(aminata.public, clinic.public.digest) != words


def test_comparison_words_cost_one_slow_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bytes] = []

    def counted(secret: bytes, salt: bytes) -> bytes:
        calls.append(secret)
        return kdf(a_seed(1), "stub", secret, salt)

    monkeypatch.setattr(keys, "stretch", counted)
    keys.comparison_words.__wrapped__(b"ours", b"theirs")
    assert len(calls) == 1
