"""A case's boxes: sections and entries come back whole, grants give exactly what they name."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.vault.case_keys import (
    OwnerAccess,
    exchange_key,
    new_case_key,
    open_entry,
    open_owner_access,
    open_section,
    seal_entry,
    seal_owner_access,
    seal_section,
    section_key,
)
from casework.vault.context import ctx
from casework.vault.documents import pack
from casework.vault.errors import SealBroken, SignatureBroken
from casework.vault.grants import (
    Grant,
    open_grant,
    open_grant_key,
    open_transfer,
    seal_grant,
    seal_grant_key,
    seal_transfer,
)
from casework.vault.keys import TeamKeys
from casework.vault.primitives import hpke_seal, seal
from tests.vault.cast import (
    CARD,
    CASE,
    CASE_KEY,
    CLINIC,
    COURT,
    ENTRY,
    GOUNDAM,
    REFERRAL,
    VALUE,
    a_grant,
    a_seed,
    an_access,
    clinic,
    court,
    goundam,
    goundam_next,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.text(max_size=10), JSON, max_size=6)
KEY = section_key(CASE_KEY, "identity", 1)


@given(DOCUMENTS)
def test_a_section_comes_back_as_it_was_written(value: dict[str, object]) -> None:
    box = seal_section(KEY, CASE, "identity", 1, 1, value)
    assert open_section(KEY, CASE, "identity", 1, 1, box) == value


@given(DOCUMENTS)
def test_an_entry_comes_back_as_it_was_written(value: dict[str, object]) -> None:
    box = seal_entry(KEY, CASE, "notes", ENTRY, 1, 1, value)
    assert open_entry(KEY, CASE, "notes", ENTRY, 1, 1, box) == value


@given(DOCUMENTS)
def test_the_owner_finds_key_and_card(card: dict[str, object]) -> None:
    box = seal_owner_access(goundam, CASE, 1, OwnerAccess(CASE_KEY, card))
    access = open_owner_access(goundam, CASE, 1, box)
    assert (access.case_key, access.card) == (CASE_KEY, card)


def test_a_section_says_little_by_its_size() -> None:
    short = seal_section(KEY, CASE, "identity", 1, 1, {"given": "Ba"})
    longer = seal_section(KEY, CASE, "identity", 1, 1, {"given": "Fadimata Walet Alhousseïni"})
    assert len(short) == len(longer)


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": uuid4()}, {"a": b"raw"}])
def test_what_json_cannot_hold_is_not_sealed(value: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError), match="JSON"):
        seal_section(KEY, CASE, "identity", 1, 1, value)


def test_a_broken_character_is_refused_at_sealing() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        seal_section(KEY, CASE, "identity", 1, 1, {"a": "\ud800"})


def test_an_authentic_box_that_holds_no_document_is_refused() -> None:
    place = ctx("section", CASE, "identity", 1, 1)
    for inside in (b"", b"raw", pack({})[:100]):
        with pytest.raises(SealBroken):
            open_section(KEY, CASE, "identity", 1, 1, seal(KEY, inside, place))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"key": "00", "card": {}},
        {"key": CASE_KEY.hex(), "card": []},
        {"key": 5, "card": {}},
        {"key": "z" * 64, "card": {}},
    ],
)
def test_an_owner_box_of_another_shape_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(SealBroken):
        OwnerAccess.read(document)


def test_a_new_version_of_a_section_has_another_key() -> None:
    assert section_key(CASE_KEY, "health", 1) != section_key(CASE_KEY, "health", 2)


def test_each_section_and_each_referral_has_its_own_key() -> None:
    keys = {section_key(CASE_KEY, name, 1) for name in ("identity", "health", "notes", "exchange")}
    assert len(keys | {exchange_key(CASE_KEY, REFERRAL), exchange_key(CASE_KEY, ENTRY)}) == 6


def test_case_keys_are_random() -> None:
    assert len({new_case_key() for _ in range(50)}) == 50


def test_a_former_epoch_does_not_open_the_owner_box() -> None:
    box = seal_owner_access(goundam_next, CASE, 1, an_access())
    with pytest.raises(SealBroken):
        open_owner_access(goundam, CASE, 1, box)


def sent() -> tuple[bytes, bytes]:
    """A grant from Goundam to the clinic."""
    return seal_grant(goundam, CLINIC, 7, clinic.public.kem, CASE, REFERRAL, a_grant())


def test_a_partner_opens_the_grant_sent_to_it() -> None:
    box, signature = sent()
    grant = open_grant(clinic, GOUNDAM, goundam.public.sig, CASE, REFERRAL, box, signature)
    assert grant.sections == a_grant().sections
    assert grant.exchange_key == a_grant().exchange_key
    assert grant.card == a_grant().card


def test_a_granted_key_opens_its_section_and_no_other() -> None:
    health = seal_section(section_key(CASE_KEY, "health", 2), CASE, "health", 2, 1, VALUE)
    version, key = a_grant().sections["health"]
    assert open_section(key, CASE, "health", version, 1, health) == VALUE
    notes = seal_section(section_key(CASE_KEY, "notes", 2), CASE, "notes", 2, 1, VALUE)
    for _, granted in a_grant().sections.values():
        with pytest.raises(SealBroken):
            open_section(granted, CASE, "notes", 2, 1, notes)


def test_after_a_withdrawal_the_kept_key_opens_nothing_written_since() -> None:
    _, kept = a_grant().sections["health"]
    since = seal_section(section_key(CASE_KEY, "health", 3), CASE, "health", 3, 2, VALUE)
    for version in (2, 3):
        with pytest.raises(SealBroken):
            open_section(kept, CASE, "health", version, 2, since)


def test_a_grant_opens_for_nobody_but_its_partner() -> None:
    box, signature = sent()
    thief = TeamKeys(CLINIC, 7, a_seed(50))
    with pytest.raises(SealBroken):
        open_grant(thief, GOUNDAM, goundam.public.sig, CASE, REFERRAL, box, signature)


def test_a_grant_forged_by_a_database_writer_is_refused() -> None:
    info = ctx("grant", CASE, GOUNDAM, CLINIC, 7, REFERRAL)
    forged = hpke_seal(clinic.public.kem, pack(a_grant().document()), info)
    with pytest.raises(SignatureBroken):
        open_grant(clinic, GOUNDAM, goundam.public.sig, CASE, REFERRAL, forged, sent()[1])


def test_a_grant_signed_by_another_team_is_refused() -> None:
    box, signature = seal_grant(court, CLINIC, 7, clinic.public.kem, CASE, REFERRAL, a_grant())
    with pytest.raises(SignatureBroken):
        open_grant(clinic, GOUNDAM, goundam.public.sig, CASE, REFERRAL, box, signature)
    with pytest.raises(SignatureBroken):
        open_grant(clinic, GOUNDAM, court.public.sig, CASE, REFERRAL, box, signature)


def test_a_transfer_does_not_pass_for_a_grant() -> None:
    box, signature = seal_transfer(goundam, CLINIC, 7, clinic.public.kem, CASE, an_access())
    with pytest.raises(SignatureBroken):
        open_grant(clinic, GOUNDAM, goundam.public.sig, CASE, REFERRAL, box, signature)


def test_an_accepted_grant_is_kept_under_the_partners_own_key() -> None:
    box = seal_grant_key(clinic, CASE, REFERRAL, 1, a_grant())
    assert open_grant_key(clinic, CASE, REFERRAL, 1, box).sections == a_grant().sections
    with pytest.raises(SealBroken):
        open_grant_key(goundam, CASE, REFERRAL, 1, box)


@pytest.mark.parametrize(
    "sections",
    [[], {"health": []}, {"health": [1]}, {"health": ["1", "00" * 32]}, {"health": [1, "00"]}],
)
def test_a_grant_of_another_shape_is_refused(sections: object) -> None:
    document = {**a_grant().document(), "sections": sections}
    with pytest.raises(SealBroken):
        Grant.read(document)


def test_the_new_owner_finds_key_and_card_in_a_transfer() -> None:
    box, signature = seal_transfer(goundam, COURT, 1, court.public.kem, CASE, an_access())
    access = open_transfer(court, GOUNDAM, goundam.public.sig, CASE, box, signature)
    assert (access.case_key, access.card) == (CASE_KEY, CARD)
