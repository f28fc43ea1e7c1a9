"""The lock: after a pause six digits reopen the page, five tries long, on this browser only."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import RuleBroken
from casework.people import factors
from casework.people.models import FactorKind, SessionRow, UserFactor
from casework.vault.errors import SealBroken
from casework.vault.factors import open_factor
from casework.vault.keys import Keyring, UserKeys
from casework.vault.locks import open_lock, stretch_pin
from casework.vault.session_boxes import seal_session, session_id

TRIES = 5
PIN_DIGITS = 6
RUNS = ("01234567890", "09876543210")
_PIN = re.compile(rf"[0-9]{{{PIN_DIGITS}}}")


def read_pin(typed: str) -> str:
    """The six digits meant by what was typed; raises RuleBroken: 'pin_malformed', 'pin_weak' (all
    the same, or one after the other)."""
    digits = factors.digits_of(typed)
    if not _PIN.fullmatch(digits) or len(digits) != len("".join(typed.split())):
        raise RuleBroken("pin_malformed")
    if len(set(digits)) == 1 or any(digits in run for run in RUNS):
        raise RuleBroken("pin_weak")
    return digits


def choose_pin(session: Session, keyring: Keyring, typed: str) -> bytes:
    """Her sessions lock with these six digits from now on; returns what comes out of them.

    Raises as `read_pin`.
    """
    stretched = stretch_pin(keyring.user_id, read_pin(typed))
    forget_pin(session, keyring.user_id)
    factors.keep(session, keyring, FactorKind.PIN, {"pin": stretched.hex()})
    return stretched


def forget_pin(session: Session, user_id: UUID) -> None:
    """She has no PIN: after a pause her words are asked for."""
    own = (UserFactor.user_id == user_id, UserFactor.kind == FactorKind.PIN)
    session.execute(delete(UserFactor).where(*own))


def kept_pin(session: Session, user_id: UUID, keys: UserKeys) -> bytes | None:
    """What comes out of her PIN, from the row that only her own key opens; None for none."""
    own = (UserFactor.user_id == user_id, UserFactor.kind == FactorKind.PIN)
    row = session.scalars(select(UserFactor).where(*own).limit(1)).first()
    if row is None:
        return None
    try:
        return bytes.fromhex(str(open_factor(keys, user_id, row.id, row.kind, row.box)["pin"]))
    except SealBroken:
        return None


def lock(session: Session, identifier: UUID, user_id: UUID) -> None:
    """The session opens nothing until the PIN, or the words, are given."""
    session.execute(update(SessionRow).where(SessionRow.id == identifier).values(box=None))
    record(session, "session.locked", actor=user_id)


def reopen(
    session: Session,
    token: str,
    boot_key: bytes,
    typed: str,
    release: Callable[[], None] = lambda: None,
) -> None:
    """The locked session is open again, with what it held before.

    `release` is called before the slow hash, after the try is counted. Raises
    RuleBroken('pin_wrong'); after the fifth wrong one, or where there is nothing to reopen,
    RuleBroken('lock_over'): then only the words help.
    """
    row = count_try(session, session_id(token))
    release()
    stretched = stretch_pin(row.user_id, factors.digits_of(typed))
    try:
        content = open_lock(token, boot_key, row.user_id, stretched, row.lock_box)
    except SealBroken:
        raise RuleBroken(refused(session, row)) from None
    box = seal_session(token, boot_key, row.user_id, content)
    values = {"box": box, "pin_tries": 0, "seen_at": clock.now()}
    session.execute(update(SessionRow).where(SessionRow.id == row.id).values(**values))
    record(session, "session.reopened", actor=row.user_id)


def count_try(session: Session, identifier: UUID) -> Any:
    """One more try is counted, also of several at once; raises RuleBroken('lock_over') when none
    is left."""
    counted = (
        update(SessionRow)
        .where(SessionRow.id == identifier, SessionRow.lock_box.is_not(None))
        .where(SessionRow.pin_tries < TRIES)
        .values(pin_tries=SessionRow.pin_tries + 1, box=None)
        .returning(SessionRow.id, SessionRow.user_id, SessionRow.lock_box, SessionRow.pin_tries)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(counted).first()
    if row is None:
        raise RuleBroken("lock_over")
    return row


def refused(session: Session, row: Any) -> str:
    """The rule that says what to do after a wrong PIN; after the fifth nothing is left to try."""
    record(session, "session.refused", actor=row.user_id, why="pin")
    if row.pin_tries < TRIES:
        return "pin_wrong"
    session.execute(update(SessionRow).where(SessionRow.id == row.id).values(lock_box=None))
    return "lock_over"
