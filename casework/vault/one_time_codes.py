"""The six digits of a telephone: RFC 6238 with HMAC-SHA-1 and 30 seconds, as every such app has it.

A step is a whole number of 30 seconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime, timedelta
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from casework.vault.primitives import same

SECRET_BYTES = 20
DIGITS = 6
STEP = timedelta(seconds=30)
REACH = 2
"""How many steps a telephone may be early or late: a minute either way."""
SEARCH = 120
"""How far a wrong clock is looked for: an hour either way."""


def step_at(moment: datetime) -> int:
    """The step that contains the moment."""
    return int(moment.timestamp()) // int(STEP.total_seconds())


def code_at(secret: bytes, step: int) -> str:
    """The six digits a telephone shows during the step."""
    return HOTP(secret, DIGITS, SHA1(), enforce_key_length=False).generate(step).decode()  # noqa: S303  # nosec B303


def matching_step(secret: bytes, typed: str, now: int, reach: int = REACH) -> int | None:
    """The step nearest to `now`, at most `reach` away, whose code was typed; None where none is."""
    found = None
    for away in range(reach, -1, -1):
        for step in {now - away, now + away}:
            if same(code_at(secret, step).encode(), typed.encode()):
                found = step
    return found


def written(secret: bytes) -> str:
    """The secret as an app takes it by hand: 32 letters and digits in groups of four."""
    letters = b32encode(secret).decode()
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def address(secret: bytes, service: str) -> str:
    """The secret as a QR code carries it; only the public name of the service stands beside it,
    since whoever looks into the telephone reads it."""
    name, letters = quote(service, safe=""), b32encode(secret).decode()
    return f"otpauth://totp/{name}?secret={letters}&issuer={name}"
