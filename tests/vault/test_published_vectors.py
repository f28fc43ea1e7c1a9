"""Answers that others published, so that no mistake of ours agrees with itself.

`published_vectors.json` holds, as hexadecimal: NIST's GCM decryption vectors (CAVS, 256-bit key,
96-bit nonce); the vector of RFC 9180 for DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; the
vector of the HPKE post-quantum draft for X-Wing with HKDF-SHA256 and ChaCha20-Poly1305 (none is
published for AES-256-GCM); the short C2SP chunked-encryption vectors for AES-256-GCM. Those use
SHA-256 where Cobblestone-256 has SHA-512, so they vouch for the separate reader, and the reader
for the vault's files (`test_files`).
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives import hpke

from casework.vault.errors import SealBroken
from casework.vault.primitives import open_box
from casework.vault.suites import (
    P256,
    XWING,
    p256_private,
    p256_public,
    xwing_private,
    xwing_public,
)
from tests.vault import reader

VECTORS = json.loads(Path(__file__).with_name("published_vectors.json").read_text())
NIST: list[dict[str, Any]] = VECTORS["aes_256_gcm"]
CHUNKED: list[dict[str, Any]] = VECTORS["chunked_sha256_aes256"]
P256_VECTOR = {name: bytes.fromhex(value) for name, value in VECTORS["hpke_p256"].items()}
XWING_VECTOR = {name: bytes.fromhex(value) for name, value in VECTORS["hpke_xwing"].items()}


def test_both_outcomes_are_among_the_published_vectors() -> None:
    assert {vector["opens"] for vector in NIST} == {True, False}


@pytest.mark.parametrize("vector", [vector for vector in NIST if vector["opens"]])
def test_a_box_of_nist_opens(vector: dict[str, Any]) -> None:
    key, box, aad = (bytes.fromhex(vector[part]) for part in ("key", "box", "aad"))
    assert open_box(key, box, aad).hex() == vector["plain"]


@pytest.mark.parametrize("vector", [vector for vector in NIST if not vector["opens"]])
def test_a_broken_box_of_nist_is_refused(vector: dict[str, Any]) -> None:
    key, box, aad = (bytes.fromhex(vector[part]) for part in ("key", "box", "aad"))
    with pytest.raises(SealBroken):
        open_box(key, box, aad)


def test_the_draft_suite_opens_the_vector_of_rfc_9180() -> None:
    vector = P256_VECTOR
    private = p256_private(lambda _attempt: vector["skRm"])
    assert p256_public(private) == vector["pkRm"]
    sealed = vector["enc"] + vector["ct"]
    plain = openssl.hpke._decrypt_with_aad(
        P256.algorithms, sealed, private, vector["info"], vector["aad"]
    )
    assert plain == vector["pt"]


def test_the_separate_reader_opens_the_vector_of_rfc_9180() -> None:
    vector = P256_VECTOR
    scalar = int.from_bytes(vector["skRm"], "big")
    sealed = vector["enc"] + vector["ct"]
    assert reader.p256_open(scalar, sealed, vector["info"], vector["aad"]) == vector["pt"]


def test_an_xwing_seed_gives_the_published_public_key() -> None:
    assert xwing_public(XWING_VECTOR["skRm"]) == XWING_VECTOR["pkRm"]


def test_an_xwing_private_key_opens_the_published_encapsulation() -> None:
    vector = XWING_VECTOR
    chacha = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    sealed, private = vector["enc"] + vector["ct"], xwing_private(vector["skRm"])
    plain = openssl.hpke._decrypt_with_aad(chacha, sealed, private, vector["info"], vector["aad"])
    assert plain == vector["pt"]


def test_the_stored_suite_is_xwing() -> None:
    assert hpke.KEM.MLKEM768_X25519.enc_length() == len(XWING_VECTOR["enc"])
    box = XWING.algorithms.encrypt(b"", XWING.load_public(XWING_VECTOR["pkRm"]), b"")
    assert len(box) == len(XWING_VECTOR["enc"]) + 16


@pytest.mark.parametrize("vector", CHUNKED, ids=lambda vector: vector["name"])
def test_the_separate_reader_opens_the_files_of_c2sp(vector: dict[str, Any]) -> None:
    key, context, box = (bytes.fromhex(vector[part]) for part in ("key", "context", "box"))
    content = reader.chunked(key, box, context, "sha256")
    assert sha256(content).hexdigest() == vector["content_sha256"]
