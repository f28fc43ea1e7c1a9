"""The two HPKE suites, each with its mark, and how a 32-byte seed becomes a private key.

0x01 is X-Wing (ML-KEM-768 with X25519) for what the server stores; 0x02 is P-256 for drafts,
because every browser's WebCrypto has P-256. Both use HKDF-SHA256 and AES-256-GCM in base mode
(RFC 9180). A new algorithm takes a new mark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import shake_256

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from casework.errors import BadConfiguration
from casework.vault import ADVICE

HybridPrivate = hpke.MLKEM768X25519PrivateKey
HybridPublic = hpke.MLKEM768X25519PublicKey
PrivateKey = HybridPrivate | EllipticCurvePrivateKey
PublicKey = HybridPublic | EllipticCurvePublicKey

MLKEM_PUBLIC = 1184
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Suite:
    """One HPKE suite: the first byte of its boxes, the algorithms, the reader of public keys."""

    mark: bytes
    algorithms: hpke.Suite
    load_public: Callable[[bytes], PublicKey]


def _xwing_halves(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    expanded = shake_256(seed).digest(96)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def xwing_private(seed: bytes) -> HybridPrivate:
    """The X-Wing private key of a 32-byte seed (SHAKE256 to 96 bytes, as X-Wing's draft says)."""
    return HybridPrivate(*_xwing_halves(seed))


def xwing_public(seed: bytes) -> bytes:
    """The 1 216 bytes that others seal to: ML-KEM-768 (1 184) then X25519 (32)."""
    mlkem, x25519 = _xwing_halves(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def _load_xwing(public: bytes) -> HybridPublic:
    mlkem = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC])
    return HybridPublic(mlkem, X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC:]))


def p256_private(candidates: Callable[[int], bytes]) -> EllipticCurvePrivateKey:
    """The P-256 key of the first candidate (32 bytes, numbered from 0) that is a valid scalar."""
    attempt = 0
    while not 0 < (scalar := int.from_bytes(candidates(attempt), "big")) < _P256_ORDER:
        attempt += 1
    return derive_private_key(scalar, SECP256R1())


def p256_public(private: EllipticCurvePrivateKey) -> bytes:
    """The 65 bytes of the uncompressed point, as WebCrypto's raw format has it."""
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _load_p256(public: bytes) -> EllipticCurvePublicKey:
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)


def _suite(mark: bytes, kem: hpke.KEM, load: Callable[[bytes], PublicKey]) -> Suite:
    algorithms = hpke.Suite(kem, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    return Suite(mark, algorithms, load)


XWING = _suite(b"\x01", hpke.KEM.MLKEM768_X25519, _load_xwing)
P256 = _suite(b"\x02", hpke.KEM.P256, _load_p256)


def require_algorithms() -> None:
    """Every algorithm a machine may lack has just worked once, for the start of the program.

    Otherwise raises `BadConfiguration`, whose text says what to install.
    """
    try:
        _exercise(bytes(range(32)))
    except Exception as absent:
        raise BadConfiguration(f"The vault's self-test failed: {ADVICE}.") from absent


def _exercise(seed: bytes) -> None:
    hybrid, draft = xwing_private(seed), p256_private(lambda _attempt: seed)
    XWING.algorithms.decrypt(XWING.algorithms.encrypt(b"", hybrid.public_key()), hybrid)
    P256.algorithms.decrypt(P256.algorithms.encrypt(b"", draft.public_key()), draft)
    Cobblestone256Encryptor(seed, b"").finalize()
    Argon2id(salt=seed[:16], length=32, iterations=1, lanes=1, memory_cost=8).derive(seed)
