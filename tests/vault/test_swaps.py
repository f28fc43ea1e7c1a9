"""No box opens anywhere but where it was put: every place moved, every bit flipped, every swap."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.vault import case_keys
from casework.vault.errors import BookMismatch, SealBroken, SignatureBroken
from tests.vault.attacks import BOXES, KEPT, flip, moved, open_kept
from tests.vault.cast import CLINIC, GOUNDAM, REFERRAL

REFUSED = (SealBroken, SignatureBroken, BookMismatch)
PLACES = [(name, part) for name, kept in KEPT.items() for part in kept.place]
HOW = st.integers(min_value=0, max_value=2**20)


@pytest.mark.parametrize("name", KEPT)
def test_in_its_own_place_each_box_opens(name: str) -> None:
    open_kept(name)


@given(at=st.sampled_from(PLACES), how=HOW)
@settings(max_examples=300, deadline=None)
def test_a_box_in_another_place_is_refused(at: tuple[str, str], how: int) -> None:
    name, part = at
    elsewhere = moved(KEPT[name].place[part], how)
    with pytest.raises(REFUSED):
        open_kept(name, None, **{part: elsewhere})


@pytest.mark.parametrize(("name", "part"), PLACES)
def test_every_part_of_every_place_counts(name: str, part: str) -> None:
    for how in range(4):
        with pytest.raises(REFUSED):
            open_kept(name, None, **{part: moved(KEPT[name].place[part], how)})


@given(name=st.sampled_from(sorted(KEPT)), bit=HOW)
@settings(max_examples=300, deadline=None)
def test_a_box_with_one_bit_changed_is_refused(name: str, bit: int) -> None:
    with pytest.raises(REFUSED):
        open_kept(name, flip(BOXES[name], bit))


@pytest.mark.parametrize("name", KEPT)
def test_each_bit_of_the_first_bytes_counts(name: str) -> None:
    for bit in range(8 * 16):
        with pytest.raises(REFUSED):
            open_kept(name, flip(BOXES[name], bit))


@given(name=st.sampled_from(sorted(KEPT)), keep=st.integers(0, 2000))
@settings(max_examples=150, deadline=None)
def test_a_box_cut_short_is_refused(name: str, keep: int) -> None:
    with pytest.raises(REFUSED):
        open_kept(name, BOXES[name][: min(keep, len(BOXES[name]) - 1)])


@pytest.mark.parametrize("name", KEPT)
def test_a_box_with_something_added_is_refused(name: str) -> None:
    with pytest.raises(REFUSED):
        open_kept(name, BOXES[name] + b"\x00")


@pytest.mark.parametrize("name", KEPT)
def test_no_other_box_of_the_database_opens_in_its_place(name: str) -> None:
    for other in BOXES:
        if other != name:
            with pytest.raises(REFUSED):
                open_kept(name, BOXES[other])


def test_a_moved_box_is_refused_as_broken_not_as_something_else() -> None:
    with pytest.raises(SealBroken):
        open_kept("section", revision=9)
    with pytest.raises(SealBroken):
        open_kept("case-key", revision=7)


def test_a_grant_said_to_come_from_another_team_is_refused_by_its_signature() -> None:
    with pytest.raises(SignatureBroken):
        open_kept("grant", from_team=CLINIC)


def test_a_grant_moved_to_another_referral_is_refused_by_its_signature() -> None:
    with pytest.raises(SignatureBroken):
        open_kept("grant", referral_id=moved(REFERRAL, 3))


def test_a_member_box_shown_with_other_public_keys_does_not_open() -> None:
    with pytest.raises(SealBroken):
        open_kept("member", public=moved(KEPT["member"].place["public"], 1))


def test_the_checker_of_swaps_notices_a_context_that_binds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(case_keys, "ctx", lambda *_parts: b"the same everywhere")
    place = KEPT["section"].place
    key = place["key"]
    assert isinstance(key, bytes)
    loose = case_keys.seal_section(key, GOUNDAM, "identity", 2, 8, {"a": 1})
    assert open_kept("section", loose, revision=99) == {"a": 1}
