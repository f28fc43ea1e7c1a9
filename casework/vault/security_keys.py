"""Security keys and telephones that sign (WebAuthn level 2), checked by the package `webauthn`.

A challenge is anonymous and stands nowhere: random bytes, the second it ends, and the server's mark
over both. What was answered is kept as a hash until then, so that it serves once.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from casework.vault.errors import SignatureBroken
from casework.vault.primitives import kdf, same

NONCE_BYTES, MARK_BYTES, MOMENT_BYTES = 16, 16, 8


@dataclass(frozen=True, slots=True)
class Credential:
    """A key as it was registered: its id, its public key (COSE), and its counter."""

    id: bytes = field(repr=False)
    public: bytes = field(repr=False)
    count: int


def new_challenge(secret: bytes, purpose: str, until: int) -> str:
    """A fresh challenge that ends at `until` (seconds since 1970), in letters of base64url."""
    ground = os.urandom(NONCE_BYTES) + until.to_bytes(MOMENT_BYTES, "big")
    return text_of(ground + _mark(secret, purpose, ground))


def check_challenge(secret: bytes, purpose: str, challenge: str, now: int) -> bytes:
    """The hash (32 bytes) by which a challenge of this server is known to be used up; raises
    `SignatureBroken` for one that ended, or was made elsewhere or for something else."""
    raw = _bytes_of(challenge)
    ground, mark = raw[:-MARK_BYTES], raw[-MARK_BYTES:]
    until = int.from_bytes(ground[NONCE_BYTES:], "big")
    if not same(_mark(secret, purpose, ground), mark) or until < now:
        raise SignatureBroken("the challenge is not one of this server, or is over")
    return sha256(raw).digest()


def _mark(secret: bytes, purpose: str, ground: bytes) -> bytes:
    return kdf(secret, "webauthn-challenge", purpose, ground)[:MARK_BYTES]


def text_of(raw: bytes) -> str:
    """The bytes in letters of base64url, without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes_of(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.encode() + b"==")
    except ValueError:
        raise SignatureBroken("the challenge is malformed") from None


def place_of(origin: str) -> str:
    """What a key is bound to: the name of the host, without its port."""
    return urlsplit(origin).hostname or ""


def registered(answer: str, challenge: str, origin: str) -> Credential:
    """The new key that answered; raises `SignatureBroken` for any other answer, and where the
    person was not asked for her finger or her PIN by the key itself."""
    from webauthn import verify_registration_response

    found = _checked(
        verify_registration_response,
        credential=answer,
        expected_challenge=_bytes_of(challenge),
        expected_rp_id=place_of(origin),
        expected_origin=origin,
        require_user_verification=True,
    )
    return Credential(found.credential_id, found.credential_public_key, found.sign_count)


def answering(answer: str) -> bytes:
    """The id of the key that says it answers; raises `SignatureBroken` for a malformed answer."""
    from webauthn.helpers import parse_authentication_credential_json

    found = _checked(parse_authentication_credential_json, answer)
    return bytes(found.raw_id)


def answered(answer: str, challenge: str, origin: str, known: Credential) -> int:
    """The counter the key shows now, 0 for a key that counts nothing.

    Raises `SignatureBroken` where the known key did not answer this challenge for this site, the
    person was not verified, or the counter did not grow: then somebody copied the key.
    """
    from webauthn import verify_authentication_response

    found = _checked(
        verify_authentication_response,
        credential=answer,
        expected_challenge=_bytes_of(challenge),
        expected_rp_id=place_of(origin),
        expected_origin=origin,
        credential_public_key=known.public,
        credential_current_sign_count=known.count,
        require_user_verification=True,
    )
    return int(found.new_sign_count)


def _checked(check: Any, *given: Any, **named: Any) -> Any:
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return check(*given, **named)
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise SignatureBroken("the security key did not answer as it must") from None
