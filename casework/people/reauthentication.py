"""The words again before a serious act: who finds an open page may read it, and do no harm.

`words_again` stands under the mark of a view, on the page and on its form alike. Words given a few
minutes ago, signing in among them, are enough; otherwise the person is asked, and what she typed
is there again when she comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.people.limits import HANDLE, admit, counter_name, forget_tries
from casework.people.signing_in import note_refusal, stored_unlock, unlock
from casework.vault.errors import UnlockRefused, VaultError
from casework.vault.passphrases import normalise
from casework.web.forms import sent_back
from casework.web.gate import member
from casework.web.member import Member

View = TypeVar("View", bound=Callable[..., Any])
FRESH_FOR = timedelta(minutes=10)
WAY_BACK = timedelta(minutes=20)
"""How long the form may take after its page was opened with fresh words."""


def is_fresh(found: Member, within: timedelta = FRESH_FOR) -> bool:
    """True when the person gave her words so short a time ago."""
    return clock.now() - found.proved_at <= within


def words_again(view: View) -> View:
    """The view is reached with fresh words only; others lead to the page that asks for them."""

    @wraps(view)
    def asked(*given: Any, **named: Any) -> Any:
        if request.method == "POST":
            within = FRESH_FOR + WAY_BACK
            return view(*given, **named) if is_fresh(member(), within) else sent_back()
        if is_fresh(member()):
            return view(*given, **named)
        onward = request.full_path.rstrip("?")
        return redirect(url_for("lock.words", back=onward), 303)

    return asked  # type: ignore[return-value]


def prove_words(
    session: Session,
    secret: bytes,
    found: Member,
    typed: str,
    release: Callable[[], None] = lambda: None,
) -> None:
    """The words typed are the signed-in person's own, and the log says that she gave them.

    `release` is called before the slow hash. Raises UnlockRefused, TooManyTries.
    """
    name = counter_name(secret, "again", found.actor.user_id.hex)
    admit(session, name, HANDLE)
    stored = stored_unlock(session, found.handle)
    release()
    try:
        unlock(secret, found.handle, stored, normalise(typed))
    except VaultError:
        note_refusal(session, found.actor.user_id, "words_again")
        raise UnlockRefused from None
    forget_tries(session, name)
    record(session, "words.given", actor=found.actor.user_id)
