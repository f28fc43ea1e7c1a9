"""Letter codes: what paper says instead of a name, and how a slip finds its referral again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.cases.case_codes import ALPHABET
from casework.policy import Actor
from casework.referrals.access import visible
from casework.referrals.models import Referral

LENGTH = 6
BITS = 5 * LENGTH
SHIFTS = range(BITS - 5, -1, -5)
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": "", "\u00a0": ""})


def letter_code(referral_id: UUID) -> str:
    """Six signs that stand for a referral on paper: the first 30 bits of its random id."""
    number = referral_id.int >> (128 - BITS)
    return "".join(ALPHABET[number >> shift & 31] for shift in SHIFTS)


def read_code(text: str) -> int:
    """The number behind a letter code as somebody typed it; raises ValueError for no such code."""
    code = text.strip().upper().translate(READ_AS)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise ValueError("not a letter code")
    return sum(ALPHABET.index(sign) << shift for sign, shift in zip(code, SHIFTS, strict=True))


def referral_of_letter(session: Session, actor: Actor, text: str) -> UUID | None:
    """The referral that a letter code means among those the actor may see; None where there is
    none, or more than one."""
    try:
        number = read_code(text)
    except ValueError:
        return None
    first = UUID(int=number << (128 - BITS))
    last = UUID(int=((number + 1) << (128 - BITS)) - 1)
    query = select(Referral.id).where(visible(actor), Referral.id.between(first, last))
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None
