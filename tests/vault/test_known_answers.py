"""Boxes sealed once and kept: each must open for ever, by the vault and by a separate reader.

A change here is a change of format: it takes a new suite mark or a new `cw/` number, never an
edit of `known_boxes.json`.
"""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from casework.vault.books import open_book
from casework.vault.case_keys import (
    exchange_key,
    open_entry,
    open_owner_access,
    open_section,
    section_key,
)
from casework.vault.context import ctx
from casework.vault.drafts import open_draft
from casework.vault.factors import check_seen, open_factor, seen_mark
from casework.vault.files import decrypt_file, open_file_key
from casework.vault.grants import open_grant, open_grant_key, open_transfer
from casework.vault.keys import (
    check_pin,
    comparison_words,
    open_member_seed,
    open_old_seed,
    open_recovery,
    pin,
    verify_team_key,
)
from casework.vault.primitives import fingerprint
from casework.vault.server import open_under
from casework.vault.session_boxes import open_session, session_id, session_key, unpack_keyring
from casework.vault.unlocks import Unlock, open_unlock
from tests.vault import reader
from tests.vault.cast import (
    AMINATA,
    ATTACHMENT,
    BOOT_KEY,
    CARD,
    CASE,
    CASE_KEY,
    CLINIC,
    COURT,
    DRAFT,
    ENTRY,
    FACTOR,
    FILE_KEY,
    GOUNDAM,
    PLACE,
    RECOVERY_SEED,
    REFERRAL,
    REFERRAL_CARD,
    SERVER_KEY,
    TOKEN,
    VALUE,
    WORDS,
    a_book,
    a_grant,
    a_keyring,
    a_seed,
    aminata,
    clinic,
    court,
    goundam,
    goundam_next,
)

STORED = Path(__file__).with_name("known_boxes.json")
KNOWN = {name: bytes.fromhex(box) for name, box in json.loads(STORED.read_text()).items()}
X_SECTION = f"x:{REFERRAL}"

CONTEXTS = {
    "plain": (ctx(""), "63772f310000"),
    "section": (
        ctx("section", CASE, "identity", 2, 8),
        (
            "63772f31000773656374696f6e"
            "00000010c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
            "000000086964656e74697479"
            "000000080000000000000002000000080000000000000008"
        ),
    ),
    "bytes": (ctx("grant-sig", b"\x00\xff"), "63772f3100096772616e742d7369670000000200ff"),
}

DERIVED = {
    "team kek": (goundam.kek, "3c961721f0c70973784e58baa9d00056f48e2c1d3b8ee846fbeadef37fe000bb"),
    "team kem": (
        sha256(goundam.public.kem).digest(),
        "7739ae51d7656b6756869cccf7363a4e473284b18cde37fa845580652fde5598",
    ),
    "team draft": (
        goundam.public.draft,
        (
            "04087fea8febc0cff7b7471bacbd71224f108d7949b8de69bcb8220dea1fbb01d5"
            "a5909b6d4ffb0e85af5eccd449835cea6dd870d017ed312adfa6ca60684c5441"
        ),
    ),
    "team sig": (
        goundam.public.sig,
        "42fb94fe00c6854fee8bf2c07329f1fcca5dfe93b79b5ea4fe6223785f2753d6",
    ),
    "team digest": (
        goundam.public.digest,
        "57e3a083254398e68fad47789dcfcab0691f1cab8d5e1736c8ee6b1e738244c6",
    ),
    "user kem": (
        sha256(aminata.public).digest(),
        "6e9aec68466081daf3548482211b41a199dae8b8a619d16d013c00a2aeb1132d",
    ),
    "user pin key": (
        aminata.pin_key,
        "d06c260200372d62f9f97180ad3b960d8374b3b9c1c19e20c6bf1e641b04e839",
    ),
    "user totp key": (
        aminata.totp_key,
        "14eedd5de9a14e0e4d0ac941c921e4676d6b8e731e5a080c40d0cbedb2cfb3ac",
    ),
    "user checkpoint key": (
        aminata.checkpoint_key,
        "7c4ea8d25e5b73ff7449d6869cf262f636e9efe36674b021bde1f4eb855049d7",
    ),
    "section key": (
        section_key(CASE_KEY, "identity", 2),
        "c04c72cc345482193e18e491567680ff5afffccd5526e4941d67c648343b94cf",
    ),
    "exchange key": (
        exchange_key(CASE_KEY, REFERRAL),
        "c8f40cd802431e775564ae29b75c3e998fa32a5f686805552cb84a6c6a5e347a",
    ),
    "session id": (session_id(TOKEN).bytes, "780592c0c44cff08d22451b90a725108"),
    "session key": (
        session_key(TOKEN, BOOT_KEY),
        "8cb99e06c602201e62083e04cb4ecf4be8b02cbc83a614243c2f5364abb20a1e",
    ),
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_context_is_these_very_bytes(name: str) -> None:
    written, expected = CONTEXTS[name]
    assert written.hex() == expected


@pytest.mark.parametrize("name", DERIVED)
def test_a_seed_always_gives_the_same_key(name: str) -> None:
    derived, expected = DERIVED[name]
    assert derived.hex() == expected


def test_the_separate_reader_derives_the_same_keys() -> None:
    assert reader.expand(a_seed(3), "team/kek") == goundam.kek
    assert reader.expand(a_seed(1), "user/pin") == aminata.pin_key
    assert reader.expand(CASE_KEY, "section", "identity", 2) == section_key(CASE_KEY, "identity", 2)
    assert reader.expand(CASE_KEY, "exchange", REFERRAL) == exchange_key(CASE_KEY, REFERRAL)


def test_the_draft_key_is_the_first_valid_scalar() -> None:
    scalar = int.from_bytes(reader.expand(a_seed(3), "team/draft", 0), "big")
    assert reader.p256_point(scalar) == goundam.public.draft


def test_the_vault_opens_a_kept_member_box() -> None:
    team = open_member_seed(aminata, AMINATA, GOUNDAM, 3, goundam.public, KNOWN["member"])
    assert team.seed == goundam.seed


def test_the_vault_opens_a_kept_recovery_box() -> None:
    team = open_recovery(RECOVERY_SEED, GOUNDAM, 3, goundam.public, KNOWN["recovery"])
    assert team.seed == goundam.seed


def test_the_vault_opens_a_kept_old_seed() -> None:
    old = open_old_seed(goundam_next, 3, KNOWN["old-seed"])
    assert (old.team_id, old.epoch, old.seed) == (GOUNDAM, 3, goundam.seed)


def test_the_vault_verifies_a_kept_team_key_signature() -> None:
    verify_team_key(goundam.public.sig, GOUNDAM, 4, goundam_next.public, KNOWN["team-key"])


def test_the_vault_knows_a_kept_pin() -> None:
    assert pin(aminata, GOUNDAM, 3, goundam.public) == KNOWN["pin"]
    check_pin(aminata, GOUNDAM, 3, goundam.public, KNOWN["pin"])


def test_the_vault_opens_a_kept_book() -> None:
    assert open_book(goundam, 5, KNOWN["book"]) == a_book()


def test_the_vault_opens_a_kept_owner_access_box() -> None:
    access = open_owner_access(goundam, CASE, 6, KNOWN["case-key"])
    assert (access.case_key, access.card) == (CASE_KEY, CARD)


def test_the_vault_opens_a_kept_section() -> None:
    key = section_key(CASE_KEY, "identity", 2)
    assert open_section(key, CASE, "identity", 2, 8, KNOWN["section"]) == VALUE


def test_the_vault_opens_a_kept_exchange_section() -> None:
    key = exchange_key(CASE_KEY, REFERRAL)
    assert open_section(key, CASE, X_SECTION, 1, 9, KNOWN["exchange"]) == VALUE


def test_the_vault_opens_a_kept_entry() -> None:
    key = section_key(CASE_KEY, "notes", 1)
    assert open_entry(key, CASE, "notes", ENTRY, 1, 3, KNOWN["entry"]) == VALUE


def test_the_vault_opens_a_kept_grant() -> None:
    grant = open_grant(
        clinic, GOUNDAM, goundam.public.sig, CASE, REFERRAL, KNOWN["grant"], KNOWN["grant-sig"]
    )
    assert grant.document() == a_grant().document()


def test_the_vault_opens_a_kept_accepted_grant() -> None:
    grant = open_grant_key(clinic, CASE, REFERRAL, 2, KNOWN["grant-key"])
    assert grant.document() == a_grant().document()


def test_the_vault_opens_a_kept_transfer() -> None:
    access = open_transfer(
        court, GOUNDAM, goundam.public.sig, CASE, KNOWN["transfer"], KNOWN["transfer-sig"]
    )
    assert (access.case_key, access.card) == (CASE_KEY, CARD)


def test_the_vault_opens_a_kept_draft() -> None:
    assert open_draft(goundam, DRAFT, "intake", KNOWN["draft"]) == VALUE


def test_the_vault_opens_a_kept_file() -> None:
    key = open_file_key(section_key(CASE_KEY, "attachments", 2), PLACE, KNOWN["file-key"])
    assert b"".join(decrypt_file(key, PLACE, [KNOWN["file"]])) == b"photo"


def test_the_vault_opens_a_kept_session() -> None:
    payload = open_session(TOKEN, BOOT_KEY, AMINATA, KNOWN["session"])
    keyring = unpack_keyring(AMINATA, payload)
    assert keyring.team(GOUNDAM).seed == a_keyring().team(GOUNDAM).seed
    assert keyring.team(COURT).epoch == 1


def test_the_vault_opens_a_kept_second_factor() -> None:
    assert open_factor(aminata, AMINATA, FACTOR, "totp", KNOWN["factor"]) == VALUE


def test_the_vault_knows_a_kept_note_of_the_log() -> None:
    assert seen_mark(aminata, AMINATA, 1234, b"r" * 32) == KNOWN["seen"]
    check_seen(aminata, AMINATA, 1234, b"r" * 32, KNOWN["seen"])


def test_the_vault_opens_a_kept_server_value() -> None:
    assert open_under(SERVER_KEY, "staff-contact", AMINATA, box=KNOWN["server"]) == VALUE


def test_the_vault_opens_a_kept_unlock() -> None:
    unlock = Unlock(
        "argon2id$v=19$m=65536,t=3,p=1",
        KNOWN["unlock.salt"],
        KNOWN["unlock.check"],
        KNOWN["unlock.box"],
    )
    assert open_unlock(AMINATA, "passphrase", unlock, WORDS) == aminata.seed


def test_two_teams_always_read_the_same_six_words() -> None:
    heard = ("écrivain", "filleul", "sembler", "duperie", "ceinture", "dioxyde")
    assert comparison_words(goundam.public.digest, clinic.public.digest) == heard


def test_the_fingerprint_of_a_box_is_its_sha256() -> None:
    assert fingerprint(KNOWN["section"]) == sha256(KNOWN["section"]).hexdigest()


KEK, CLINIC_KEK = reader.expand(a_seed(3), "team/kek"), reader.expand(a_seed(5), "team/kek")
SYMMETRIC: dict[str, tuple[bytes, bytes]] = {
    "factor": (
        reader.expand(a_seed(1), "user/totp"),
        reader.context("factor", AMINATA, FACTOR, "totp"),
    ),
    "case-key": (KEK, reader.context("case-key", CASE, GOUNDAM, 3, 6)),
    "book": (KEK, reader.context("book", GOUNDAM, 3, 5)),
    "section": (
        reader.expand(CASE_KEY, "section", "identity", 2),
        reader.context("section", CASE, "identity", 2, 8),
    ),
    "exchange": (
        reader.expand(CASE_KEY, "exchange", REFERRAL),
        reader.context("section", CASE, X_SECTION, 1, 9),
    ),
    "entry": (
        reader.expand(CASE_KEY, "section", "notes", 1),
        reader.context("entry", CASE, "notes", ENTRY, 1, 3),
    ),
    "grant-key": (CLINIC_KEK, reader.context("grant-key", CASE, CLINIC, 7, REFERRAL, 2)),
    "server": (
        reader.expand(SERVER_KEY, "server", "staff-contact"),
        reader.context("server", "staff-contact", AMINATA),
    ),
}
INSIDE: dict[str, object] = {
    "factor": VALUE,
    "case-key": {"key": CASE_KEY.hex(), "card": CARD},
    "section": VALUE,
    "exchange": VALUE,
    "entry": VALUE,
    "server": VALUE,
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_the_separate_reader_opens_each_symmetric_box(name: str) -> None:
    key, aad = SYMMETRIC[name]
    found = reader.json_box(key, KNOWN[name], aad)
    assert isinstance(found, dict)
    assert found == INSIDE.get(name, found)


def test_the_separate_reader_opens_the_boxes_that_hold_a_seed() -> None:
    next_kek = reader.expand(a_seed(4), "team/kek")
    old = reader.context("old-seed", GOUNDAM, 3, 4)
    assert reader.raw_box(next_kek, KNOWN["old-seed"], old) == goundam.seed
    file_key = reader.expand(CASE_KEY, "section", "attachments", 2)
    place = reader.context("file", CASE, ATTACHMENT, "attachments", 2)
    assert reader.raw_box(file_key, KNOWN["file-key"], place) == FILE_KEY


def test_the_separate_reader_opens_each_box_to_a_public_key() -> None:
    keys = (goundam.public.kem, goundam.public.draft, goundam.public.sig)
    digest = sha256(reader.context("team-public", *keys)).digest()
    member = reader.context("member", GOUNDAM, 3, AMINATA, digest)
    mine = reader.expand(a_seed(1), "user/hpke")
    assert reader.xwing_box(mine, KNOWN["member"], member) == goundam.seed
    recovery = reader.context("recovery", GOUNDAM, 3)
    assert reader.xwing_box(RECOVERY_SEED, KNOWN["recovery"], recovery) == goundam.seed


def test_the_separate_reader_opens_and_verifies_the_grant() -> None:
    info = reader.context("grant", CASE, GOUNDAM, CLINIC, 7, REFERRAL)
    signed = reader.context("grant-sig", info, sha256(KNOWN["grant"]).digest())
    Ed25519PublicKey.from_public_bytes(goundam.public.sig).verify(KNOWN["grant-sig"], signed)
    plain = reader.xwing_box(reader.expand(a_seed(5), "team/hpke"), KNOWN["grant"], info)
    assert json.loads(reader.unpadded(plain))["card"] == REFERRAL_CARD


def test_the_separate_reader_opens_and_verifies_the_transfer() -> None:
    info = reader.context("transfer", CASE, GOUNDAM, COURT, 1)
    signed = reader.context("transfer-sig", info, sha256(KNOWN["transfer"]).digest())
    Ed25519PublicKey.from_public_bytes(goundam.public.sig).verify(KNOWN["transfer-sig"], signed)
    plain = reader.xwing_box(reader.expand(a_seed(6), "team/hpke"), KNOWN["transfer"], info)
    assert json.loads(reader.unpadded(plain)) == {"key": CASE_KEY.hex(), "card": CARD}


def test_the_separate_reader_opens_the_draft() -> None:
    assert KNOWN["draft"][0] == 2
    scalar = int.from_bytes(reader.expand(a_seed(3), "team/draft", 0), "big")
    info = reader.context("draft", GOUNDAM, 3, DRAFT, "intake")
    plain = reader.p256_open(scalar, KNOWN["draft"][1:], info)
    assert json.loads(reader.unpadded(plain)) == VALUE


def test_the_separate_reader_opens_the_file() -> None:
    place = reader.context("file", CASE, ATTACHMENT, "attachments", 2)
    plain = reader.chunked(FILE_KEY, KNOWN["file"], place)
    assert plain[:13] == (5).to_bytes(8, "big") + b"photo"
    assert not any(plain[13:])


def test_the_separate_reader_opens_the_session() -> None:
    token = b"\x0f" * 32
    key = hmac.digest(reader.expand(token, "session/key"), BOOT_KEY, "sha256")
    identifier = UUID(bytes=reader.expand(token, "session/id")[:16])
    plain = reader.raw_box(key, KNOWN["session"], reader.context("session", identifier, AMINATA))
    keyring = json.loads(reader.unpadded(plain))
    assert keyring["user"] == aminata.seed.hex()
