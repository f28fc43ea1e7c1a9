"""Three papers: any two give the recovery key back, one says nothing, a wrong word is noticed."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from casework.vault.errors import BookMismatch, SealBroken
from casework.vault.keys import open_recovery, seal_recovery
from casework.vault.passphrases import word_list
from casework.vault.recovery import (
    PAPERS,
    check_share,
    join_shares,
    piece_marks,
    read_share,
    recovery_fingerprint,
    share_words,
    split_recovery,
)
from casework.vault.suites import xwing_public
from tests.vault.cast import GOUNDAM, RECOVERY_SEED, a_seed, goundam

FINGERPRINT = recovery_fingerprint(RECOVERY_SEED)
SHARES = split_recovery(RECOVERY_SEED)
SEEDS = st.binary(min_size=32, max_size=32)


@given(SEEDS)
def test_any_two_papers_in_any_order_give_the_key(seed: bytes) -> None:
    for one, other in permutations(split_recovery(seed), 2):
        assert join_shares(one, other, recovery_fingerprint(seed)) == seed


def test_the_key_of_two_papers_opens_a_team() -> None:
    box = seal_recovery(xwing_public(RECOVERY_SEED), goundam)
    seed = join_shares(SHARES[0], SHARES[2], FINGERPRINT)
    assert open_recovery(seed, GOUNDAM, 3, goundam.public, box).seed == goundam.seed


def test_the_same_paper_twice_is_not_enough() -> None:
    for share in SHARES:
        with pytest.raises(SealBroken, match="two different"):
            join_shares(share, share, FINGERPRINT)


def test_papers_of_two_sets_are_noticed() -> None:
    others = split_recovery(RECOVERY_SEED)
    for one, other in permutations(range(3), 2):
        with pytest.raises(SealBroken, match="one set"):
            join_shares(SHARES[one], others[other], FINGERPRINT)


def test_papers_of_a_former_key_are_noticed() -> None:
    former = split_recovery(a_seed(60))
    with pytest.raises(BookMismatch):
        join_shares(former[0], former[1], FINGERPRINT)


def test_one_paper_fits_every_key_equally_well() -> None:
    one = SHARES[0]
    missing = bytes(
        a ^ b ^ c for a, b, c in zip(a_seed(61), one.pieces[2], one.pieces[3], strict=True)
    )
    rest = {1: missing, 2: one.pieces[2]}
    other = type(one)(3, rest)
    assert join_shares(one, other, recovery_fingerprint(a_seed(61))) == a_seed(61)


def test_two_splits_share_no_piece() -> None:
    pieces = [
        piece
        for _ in range(5)
        for share in split_recovery(RECOVERY_SEED)
        for piece in share.pieces.values()
    ]
    assert len(set(pieces)) == 15


@given(SEEDS)
def test_a_paper_is_read_back_from_its_words(seed: bytes) -> None:
    for share in split_recovery(seed):
        words = share_words(share)
        assert len(words) == 48
        assert read_share(share.number, " ".join(words)).pieces == share.pieces
        shortened = " ".join(word[:4].upper() for word in words)
        assert read_share(share.number, shortened).pieces == share.pieces


def test_the_words_of_a_piece_are_those_of_bip_39() -> None:
    share = SHARES[1]
    published = Mnemonic("french")
    spoken = [published.to_mnemonic(share.pieces[held]) for held in (1, 3)]
    assert read_share(2, " ".join(spoken)).pieces == share.pieces


def test_nearly_every_wrong_word_is_noticed() -> None:
    words = list(share_words(SHARES[0]))
    unnoticed = 0
    for word in word_list()[:200]:
        changed = " ".join([word if word != words[3] else words[4], *words[1:]])
        unnoticed += is_read(changed) and changed.split()[0] != words[0]
    assert unnoticed < 8


def is_read(typed: str) -> bool:
    """Whether the checksums let the words pass."""
    try:
        read_share(1, typed)
    except SealBroken:
        return False
    return True


@pytest.mark.parametrize("typed", ["", "abaisser", "abaisser " * 47, "abaisser " * 49, "mot " * 48])
def test_what_is_no_paper_is_refused(typed: str) -> None:
    with pytest.raises(SealBroken):
        read_share(1, typed)


@pytest.mark.parametrize("number", [0, 4, -1])
def test_a_paper_has_a_number_from_one_to_three(number: int) -> None:
    with pytest.raises(SealBroken):
        read_share(number, " ".join(share_words(SHARES[0])))


def test_a_paper_read_under_another_number_does_not_pass_the_check() -> None:
    marks = piece_marks(SHARES)
    mislabelled = read_share(2, " ".join(share_words(SHARES[0])))
    with pytest.raises(BookMismatch):
        check_share(mislabelled, marks)


def test_the_yearly_check_knows_each_good_paper() -> None:
    marks = piece_marks(SHARES)
    assert sorted(marks) == list(PAPERS)
    for share in SHARES:
        check_share(share, marks)


def test_the_yearly_check_refuses_a_paper_of_a_former_set() -> None:
    with pytest.raises(BookMismatch):
        check_share(split_recovery(RECOVERY_SEED)[0], piece_marks(SHARES))


def test_nothing_of_a_paper_shows() -> None:
    for share in SHARES:
        assert repr(share) == f"Share(number={share.number})"
