"""A second, separate reading of the formats, from the written description alone.

It uses the standard library and bare AES-GCM, P-256 and Ed25519, and nothing of the vault, so
that a change of format in the vault cannot go unnoticed by changing both sides at once.
"""

from __future__ import annotations

import hmac
import json
import struct
from hashlib import sha256, shake_256
from uuid import UUID

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec, mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Part = bytes | int | str | UUID


def context(purpose: str, *parts: Part) -> bytes:
    """`cw/1`, then purpose and parts, each behind its length."""
    written = b"cw/1" + struct.pack(">H", len(purpose)) + purpose.encode()
    for part in parts:
        match part:
            case UUID():
                raw = part.bytes
            case str():
                raw = part.encode()
            case int():
                raw = struct.pack(">Q", part)
            case _:
                raw = part
        written += struct.pack(">I", len(raw)) + raw
    return written


def expand(key: bytes, purpose: str, *parts: Part) -> bytes:
    """One block of HKDF-Expand-SHA256."""
    return hmac.digest(key, context(purpose, *parts) + b"\x01", sha256)


def unpadded(padded: bytes) -> bytes:
    """What stands behind the u32 length; everything after it must be zero."""
    (size,) = struct.unpack_from(">I", padded)
    assert len(padded) % 256 == 0
    assert not any(padded[4 + size :])
    return padded[4 : 4 + size]


def raw_box(key: bytes, box: bytes, aad: bytes) -> bytes:
    """The plaintext of nonce then AES-256-GCM."""
    return AESGCM(key).decrypt(box[:12], box[12:], aad)


def json_box(key: bytes, box: bytes, aad: bytes) -> object:
    """The JSON value inside a padded box."""
    return json.loads(unpadded(raw_box(key, box, aad)))


def xwing_box(seed: bytes, box: bytes, info: bytes) -> bytes:
    """The plaintext of a box of suite 0x01 for the key of a seed."""
    assert box[0] == 1
    wide = shake_256(seed).digest(96)
    key = hpke.MLKEM768X25519PrivateKey(
        mlkem.MLKEM768PrivateKey.from_seed_bytes(wide[:64]),
        x25519.X25519PrivateKey.from_private_bytes(wide[64:]),
    )
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    return suite.decrypt(box[1:], key, info)


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + ikm, sha256)


def _labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, size: int) -> bytes:
    labeled = struct.pack(">H", size) + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labeled + b"\x01", sha256)[:size]


def p256_point(scalar: int) -> bytes:
    """The uncompressed point of a private scalar."""
    public = ec.derive_private_key(scalar, ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def p256_open(scalar: int, sealed: bytes, info: bytes, aad: bytes = b"") -> bytes:
    """RFC 9180 §5.1.1 by hand: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode."""
    enc, ciphertext = sealed[:65], sealed[65:]
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), enc)
    dh = ec.derive_private_key(scalar, ec.SECP256R1()).exchange(ec.ECDH(), theirs)
    kem = b"KEM" + struct.pack(">H", 0x0010)
    prk = _labeled_extract(kem, b"", b"eae_prk", dh)
    shared = _labeled_expand(kem, prk, b"shared_secret", enc + p256_point(scalar), 32)
    suite = b"HPKE" + struct.pack(">HHH", 0x0010, 0x0001, 0x0002)
    psk = _labeled_extract(suite, b"", b"psk_id_hash", b"")
    schedule = b"\x00" + psk + _labeled_extract(suite, b"", b"info_hash", info)
    secret = _labeled_extract(suite, shared, b"secret", b"")
    key = _labeled_expand(suite, secret, b"key", schedule, 32)
    nonce = _labeled_expand(suite, secret, b"base_nonce", schedule, 12)
    return AESGCM(key).decrypt(nonce, ciphertext, aad)


def chunked(key: bytes, sealed: bytes, place: bytes, hashing: str = "sha512") -> bytes:
    """C2SP chunked-encryption by hand, with AES-256-GCM; with SHA-512 it is Cobblestone-256."""
    salt, commitment, body = sealed[:24], sealed[24:56], sealed[56:]
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00" + salt + place
    derived = _expand_to(76, key, info, hashing)
    assert derived[44:] == commitment
    cipher, base = AESGCM(derived[:32]), int.from_bytes(derived[32:44], "big")
    step = 16 * 1024 + 16
    chunks = [body[start : start + step] for start in range(0, len(body), step)]
    assert len(chunks[-1]) < step
    return b"".join(
        cipher.decrypt((base ^ number).to_bytes(12, "big"), chunk, None)
        for number, chunk in enumerate(chunks)
    )


def _expand_to(size: int, key: bytes, info: bytes, hashing: str) -> bytes:
    found, block = b"", b""
    for number in range(1, 4):
        block = hmac.digest(key, block + info + bytes([number]), hashing)
        found += block
    return found[:size]
