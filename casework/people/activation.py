"""Between the one-time code and the first sign-in there is no session: one short-lived sealed
cookie carries what the next page needs, and the server stores nothing.

The words are derived from the server's secret, the code and a nonce, so that loading the page again
shows the same words, and only the browser that holds the cookie can ask for them.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.people.comparisons import Comparison
from casework.people.invitations import canonical
from casework.people.limits import count, counter_name
from casework.vault.errors import VaultError
from casework.vault.passphrases import normalise, words_from
from casework.vault.primitives import kdf
from casework.vault.server import open_under, seal_under

COOKIE = "__Host-activation"
KEPT_FOR = timedelta(minutes=30)
NONCE_BYTES = 16
LOGGED_PER_WINDOW = 20
PURPOSE = "activation"


def begun(secret: bytes, code: str) -> str:
    """The cookie of somebody whose code was accepted a moment ago."""
    nonce = secrets.token_hex(NONCE_BYTES)
    return sealed(secret, {"code": canonical(code), "nonce": nonce})


def waiting(secret: bytes, handle: str, comparisons: Sequence[Comparison]) -> str:
    """The cookie of somebody who has her words and waits to be confirmed: what she reads aloud.

    The words were computed from her own keys while they were open; a row changed since then does
    not change them.
    """
    read = [
        {
            "team": one.other,
            "words": list(one.words),
            "heard_by": one.heard_by,
            "suspended": one.suspended,
        }
        for one in comparisons
    ]
    return sealed(secret, {"handle": handle, "read": read})


def sealed(secret: bytes, value: dict[str, Any]) -> str:
    """A value only this server opens, for half an hour, as the text of a cookie."""
    until = int((clock.now() + KEPT_FOR).timestamp())
    box = seal_under(secret, PURPOSE, value=value | {"until": until})
    return urlsafe_b64encode(box).decode()


def opened(secret: bytes, text: str | None) -> dict[str, Any]:
    """What a cookie carries; {} when there is none, or it is over, or was not made here."""
    try:
        value = open_under(secret, PURPOSE, box=urlsafe_b64decode(text or ""))
    except (ValueError, VaultError):
        return {}
    until = value.pop("until", 0)
    return value if isinstance(until, int) and until >= clock.now().timestamp() else {}


def carried(secret: bytes, cookies: Mapping[str, str]) -> dict[str, Any]:
    """What a browser with these cookies carries."""
    return opened(secret, cookies.get(COOKIE))


def words(secret: bytes, code: str, nonce: str) -> str:
    """The six words (66 bits) of this code in this browser, separated by spaces."""
    return " ".join(words_from(kdf(secret, "activation-words", code, nonce)))


def typed_right(typed: str, shown: str) -> bool:
    """True when what was typed means the words shown; the first four letters of each suffice."""
    return normalise(typed) == normalise(shown)


def note_refused(session: Session, secret: bytes) -> None:
    """The log says that a one-time code was refused: at most twenty times a quarter of an hour."""
    if count(session, counter_name(secret, "code", "")) <= LOGGED_PER_WINDOW:
        record(session, "session.refused", actor=None, why="code")


def give(response: Any, text: str) -> None:
    """The browser keeps the cookie until it closes; the server refuses it after half an hour."""
    response.set_cookie(COOKIE, text, secure=True, httponly=True, samesite="Strict", path="/")


def take_away(response: Any) -> None:
    """The browser forgets the cookie."""
    response.set_cookie(
        COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Strict", path="/"
    )
