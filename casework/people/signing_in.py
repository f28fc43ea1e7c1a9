"""Sign-in is the unsealing: words open the person's seed, the seed opens her teams, a cookie
keeps both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import RuleBroken
from casework.people.comparisons import Comparison, of_waiting
from casework.people.handles import folded
from casework.people.keyrings import act_as, is_active, memberships_of, pin_waiting
from casework.people.limits import TooManyTries, count, counter_name, forgive, limit_sign_in
from casework.people.locks import kept_pin
from casework.people.models import SessionRow, User, UserState, UserUnlock
from casework.people.proofs import NOTHING, Proof, Used, prove
from casework.people.sessions import boxes, payload
from casework.vault.errors import UnlockRefused, VaultError
from casework.vault.keys import UserKeys
from casework.vault.passphrases import normalise
from casework.vault.session_boxes import new_token, session_id
from casework.vault.unlocks import Unlock, burn_dummy, open_unlock

PASSPHRASE = "passphrase"  # noqa: S105  # nosec B105
LOGGED_PER_WINDOW = 20


class AccountWaiting(RuleBroken):
    """The words are right, but nobody has confirmed the person yet; carries what she reads
    aloud."""

    def __init__(self, comparisons: Sequence[Comparison]) -> None:
        super().__init__("account_waiting")
        self.comparisons = tuple(comparisons)


def sign_in(
    session: Session,
    secret: bytes,
    boot_key: bytes,
    handle: str,
    passphrase: str,
    release: Callable[[], None] = lambda: None,
    proof: Proof = NOTHING,
) -> tuple[str, Used | None]:
    """A session row exists whose box only the returned token opens; returns it with the second
    factor that was used, None for somebody who has none.

    `release` is called before the slow hash: the shell commits there, so that nobody who writes
    waits for it. Raises UnlockRefused for an unknown handle, wrong words or an account without
    words, after the same work each time; TooManyTries; or, after the right words only, what
    `prove` and `start` raise.
    """
    handle = folded(handle)
    allow_try(session, secret, handle)
    found = stored_unlock(session, handle)
    release()
    try:
        user_id, seed = unlock(secret, handle, found, normalise(passphrase))
    except VaultError as error:
        note_refusal(session, None, "words" if isinstance(error, UnlockRefused) else "unlock")
        raise UnlockRefused from None
    used = proved(session, secret, user_id, UserKeys(seed), proof)
    forgive(session, secret, handle)
    return start(session, boot_key, user_id, seed), used


def allow_try(session: Session, secret: bytes, handle: str) -> None:
    """One more try is counted; raises TooManyTries, of which the log tells at most twenty times a
    quarter of an hour."""
    try:
        limit_sign_in(session, secret, handle)
    except TooManyTries:
        if count(session, counter_name(secret, "refused", "")) <= LOGGED_PER_WINDOW:
            note_refusal(session, None, "tries")
        raise


def proved(
    session: Session, secret: bytes, user_id: UUID, keys: UserKeys, proof: Proof
) -> Used | None:
    """The second factor was right, or she has none; a refusal stands in the log."""
    try:
        return prove(session, secret, user_id, keys, proof)
    except RuleBroken as rule:
        note_refusal(session, user_id, rule.code)
        raise


def stored_unlock(session: Session, handle: str) -> tuple[UUID, Unlock] | None:
    """The account of a handle that has words, and their row; None for every other handle."""
    found = session.execute(
        select(User.id, UserUnlock)
        .join(UserUnlock, UserUnlock.user_id == User.id)
        .where(User.handle == handle, UserUnlock.method == PASSPHRASE)
        .where(User.state.in_((UserState.PENDING, UserState.ACTIVE)))
    ).first()
    if found is None:
        return None
    row = found[1]
    return found[0], Unlock(kdf=row.kdf, salt=row.salt, check=row.check32, box=row.box)


def unlock(
    secret: bytes, handle: str, found: tuple[UUID, Unlock] | None, words: str
) -> tuple[UUID, bytes]:
    """The account and its seed; raises UnlockRefused after the same work whatever was wrong."""
    if found is None:
        burn_dummy(secret, handle, words)
    user_id, stored = found
    return user_id, open_unlock(user_id, PASSPHRASE, stored, words)


def start(session: Session, boot_key: bytes, user_id: UUID, seed: bytes) -> str:
    """A session row exists whose box holds the person's keys; only the returned token opens it.

    Raises AccountWaiting (for somebody suspended too), RuleBroken: 'account_ended', 'team_refused'
    (the rows about her teams do not agree with the teams' own books).
    """
    keys = UserKeys(seed)
    pin_waiting(session, user_id, keys)
    actor, keyring = act_as(session, user_id, keys)
    if not actor.roles():
        refuse(session, user_id, keys)
    token = new_token()
    now = clock.now()
    held = payload(actor, keyring, kept_pin(session, user_id, keys), proved_at=now)
    sealed = boxes(token, boot_key, user_id, held)
    row = SessionRow(id=session_id(token), user_id=user_id, created_at=now, seen_at=now, **sealed)
    session.add(row)
    session.flush()
    record(session, "session.opened", actor=user_id)
    return token


def refuse(session: Session, user_id: UUID, keys: UserKeys) -> NoReturn:
    """Says, to somebody who gave the right words, why there is nothing she can open."""
    rows = memberships_of(session, user_id)
    why = "account_suspended" if rows else "account_ended"
    if any(row.confirmed_at is None for row in rows):
        why = "account_waiting"
    if any(is_active(row) for row in rows):
        why = "team_refused"
    note_refusal(session, user_id, why)
    if why in ("account_waiting", "account_suspended"):
        raise AccountWaiting(of_waiting(session, user_id, keys))
    raise RuleBroken(why)


def note_refusal(session: Session, user_id: UUID | None, why: str) -> None:
    """The log says that a sign-in was refused, and why."""
    record(session, "session.refused", actor=user_id, why=why)
