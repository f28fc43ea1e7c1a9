"""The team book notices every row swapped, added or deleted, whoever wrote it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.books import BookMember, TeamBook, open_book, seal_book
from casework.vault.context import ctx
from casework.vault.documents import pack
from casework.vault.errors import BookMismatch, SealBroken
from casework.vault.primitives import seal
from tests.vault.cast import (
    AMINATA,
    CLINIC,
    COURT,
    OUMAR,
    PROVIDER,
    a_book,
    a_peer,
    aminata,
    an_id,
    clinic,
    court,
    goundam,
    oumar,
)

MEMBERS = st.dictionaries(
    st.uuids(),
    st.builds(BookMember, st.binary(min_size=4, max_size=8), st.sampled_from(["relay", "agent"])),
    max_size=5,
)


def rows() -> dict[UUID, BookMember]:
    """What the members' rows say when nobody touched them."""
    return dict(a_book().members)


def test_a_book_comes_back_as_it_was_sealed() -> None:
    assert open_book(goundam, 1, seal_book(goundam, 1, a_book())) == a_book()


def test_a_peer_without_a_provider_comes_back() -> None:
    book = a_book().with_peer(COURT, a_peer(court, provider_id=None))
    assert open_book(goundam, 1, seal_book(goundam, 1, book)) == book


def test_an_older_book_is_refused_at_a_newer_revision() -> None:
    with pytest.raises(SealBroken):
        open_book(goundam, 2, seal_book(goundam, 1, a_book()))


def test_untouched_rows_agree() -> None:
    a_book().expect_members(rows())
    a_book().expect_member(OUMAR, oumar.public, "relay")
    a_book().expect_peers({CLINIC, COURT})


def test_an_added_member_is_noticed() -> None:
    with pytest.raises(BookMismatch, match="not in the book"):
        a_book().expect_members({**rows(), an_id(9): BookMember(b"intruder", "coordinator")})


def test_a_deleted_member_is_noticed() -> None:
    left = {AMINATA: rows()[AMINATA]}
    with pytest.raises(BookMismatch, match="has no row"):
        a_book().expect_members(left)


def test_two_members_whose_keys_were_swapped_are_noticed() -> None:
    swapped = {
        AMINATA: replace(rows()[AMINATA], kem=oumar.public),
        OUMAR: replace(rows()[OUMAR], kem=aminata.public),
    }
    with pytest.raises(BookMismatch, match="key or role"):
        a_book().expect_members(swapped)


def test_a_relay_made_a_coordinator_is_noticed() -> None:
    with pytest.raises(BookMismatch):
        a_book().expect_members({**rows(), OUMAR: BookMember(oumar.public, "coordinator")})
    with pytest.raises(BookMismatch):
        a_book().expect_member(OUMAR, oumar.public, "coordinator")


def test_a_member_with_another_key_is_noticed() -> None:
    with pytest.raises(BookMismatch):
        a_book().expect_member(OUMAR, aminata.public, "relay")


def test_somebody_who_is_not_in_the_book_is_noticed() -> None:
    with pytest.raises(BookMismatch):
        a_book().expect_member(an_id(9), oumar.public, "relay")


@given(MEMBERS, MEMBERS)
def test_only_the_very_members_of_the_book_agree(
    book: dict[UUID, BookMember], found: dict[UUID, BookMember]
) -> None:
    kept = TeamBook(book, {}, "")
    if book == found:
        kept.expect_members(found)
    else:
        with pytest.raises(BookMismatch):
            kept.expect_members(found)


def test_a_compared_peer_is_found() -> None:
    assert a_book().expect_peer(CLINIC, 7, clinic.public, PROVIDER) == a_peer(clinic)


def test_a_peer_nobody_compared_is_refused() -> None:
    with pytest.raises(BookMismatch):
        a_book().expect_peer(COURT, 1, court.public, PROVIDER)


@pytest.mark.parametrize("part", ["kem", "draft", "sig"])
def test_a_peer_with_one_key_replaced_is_refused(part: str) -> None:
    public = replace(clinic.public, **{part: getattr(court.public, part)})
    with pytest.raises(BookMismatch):
        a_book().expect_peer(CLINIC, 7, public, PROVIDER)


def test_a_peer_of_another_epoch_is_refused() -> None:
    with pytest.raises(BookMismatch):
        a_book().expect_peer(CLINIC, 8, clinic.public, PROVIDER)


@pytest.mark.parametrize("provider", [None, an_id(0xE2)])
def test_a_peer_attached_to_another_provider_is_refused(provider: UUID | None) -> None:
    with pytest.raises(BookMismatch):
        a_book().expect_peer(CLINIC, 7, clinic.public, provider)


def test_a_deleted_peer_is_noticed() -> None:
    with pytest.raises(BookMismatch):
        a_book().expect_peers({COURT})


def test_another_recovery_key_is_noticed() -> None:
    a_book().expect_recovery("f" * 64)
    with pytest.raises(BookMismatch):
        a_book().expect_recovery("e" * 64)


def test_a_book_grows_and_shrinks_without_touching_the_old_one() -> None:
    book = a_book()
    grown = book.with_member(an_id(9), BookMember(b"key", "paralegal")).without_peer(CLINIC)
    assert grown.members.keys() - book.members.keys() == {an_id(9)}
    assert not grown.peers
    assert grown.without_member(an_id(9)).with_peer(CLINIC, a_peer(clinic)) == book == a_book()


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"members": {}, "peers": {}},
        {"members": [], "peers": {}, "recovery": ""},
        {"members": {"nobody": {}}, "peers": {}, "recovery": ""},
        {"members": {str(AMINATA): {"kem": "zz", "role": ""}}, "peers": {}, "recovery": ""},
        {"members": {}, "peers": {str(CLINIC): {"epoch": True}}, "recovery": ""},
        {
            "members": {},
            "peers": {str(CLINIC): {**a_peer(clinic).document(), "at": "yesterday"}},
            "recovery": "",
        },
    ],
)
def test_a_book_of_another_shape_is_refused(document: dict[str, object]) -> None:
    box = seal(goundam.cipher, pack(document), ctx("book", goundam.team_id, goundam.epoch, 1))
    with pytest.raises(SealBroken):
        open_book(goundam, 1, box)
