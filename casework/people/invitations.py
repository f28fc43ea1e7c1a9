"""One-time codes: handed over in person or by voice, kept as a hash, good once, for some days."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework import clock
from casework.errors import RuleBroken
from casework.people.models import Invitation, User, UserState

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: no I, L, O or U, so that nothing is misread (crockford.com/base32.html)."""
CODE_LETTERS = 16
GROUP = 4
_MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """A fresh code of 80 random bits, in four groups of four as it is said aloud."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
    return "-".join(letters[at : at + GROUP] for at in range(0, CODE_LETTERS, GROUP))


def canonical(typed: str) -> str:
    """The code meant by what was typed: case, spaces, dashes and misread letters do not matter."""
    return "".join(filter(str.isalnum, typed.upper())).translate(_MISREAD)


def code_hash(code: str) -> bytes:
    """What is stored of a one-time code (32 bytes): 80 random bits need no slow hash."""
    return hashlib.sha256(canonical(code).encode()).digest()


def new_invitation(session: Session, user_id: UUID, valid_for: timedelta) -> str:
    """A fresh one-time code for an account; every earlier one is void."""
    code = new_code()
    session.execute(delete(Invitation).where(Invitation.user_id == user_id))
    session.add(
        Invitation(
            id=uuid4(),
            user_id=user_id,
            code_hash=code_hash(code),
            expires_at=clock.now() + valid_for,
        )
    )
    return code


def invited_user(session: Session, code: str) -> User:
    """The account a code opens; raises RuleBroken('code_refused') for any other, without saying
    why."""
    user = session.scalars(
        select(User)
        .join(Invitation, Invitation.user_id == User.id)
        .where(Invitation.code_hash == code_hash(code))
        .where(Invitation.used_at.is_(None), Invitation.expires_at >= clock.now())
        .where(User.state.in_((UserState.INVITED, UserState.PENDING)))
    ).first()
    if user is None:
        raise RuleBroken("code_refused")
    return user


def use_invitation(session: Session, user_id: UUID) -> None:
    """The code works no second time."""
    row = session.scalars(select(Invitation).where(Invitation.user_id == user_id)).one()
    row.used_at = clock.now()


def is_waiting(session: Session, user_id: UUID) -> bool:
    """True while a code of this account can still be used."""
    found = session.scalar(
        select(Invitation.id)
        .where(Invitation.user_id == user_id, Invitation.used_at.is_(None))
        .where(Invitation.expires_at >= clock.now())
    )
    return found is not None
