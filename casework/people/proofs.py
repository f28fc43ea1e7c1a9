"""The second factor beside the words, in the same form: which one was given, and is it right."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import RuleBroken
from casework.people import factors
from casework.people.models import FactorKind, UsedChallenge, UserFactor
from casework.vault import security_keys
from casework.vault.errors import SignatureBroken
from casework.vault.keys import Keyring, UserKeys

CHALLENGE_KEPT_FOR = timedelta(hours=1)
SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """What a security key said to a challenge, at the site of this origin."""

    answer: str = field(repr=False)
    challenge: str = field(repr=False)
    origin: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody gave beside her words: a code of her telephone or card, or her key's answer."""

    code: str = field(default="", repr=False)
    key: KeyAnswer | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """The kind of factor that was right and, for a card, how many codes are left on it."""

    kind: str
    left: int | None = None

    @property
    def few(self) -> bool:
        """True when it is time to print a new card."""
        return self.left is not None and self.left <= factors.FEW


NOTHING = Proof()


def challenge(secret: bytes, purpose: str) -> str:
    """A fresh challenge, good once, for an hour, and for this purpose only."""
    until = clock.now() + CHALLENGE_KEPT_FOR
    return security_keys.new_challenge(secret, purpose, int(until.timestamp()))


def prove(
    session: Session, secret: bytes, user_id: UUID, keys: UserKeys, proof: Proof
) -> Used | None:
    """Which second factor was right; None for somebody who has none. What was used cannot be used
    again, and the log says which kind it was.

    Raises RuleBroken: 'factor_needed', 'code_wrong', 'code_used', 'key_refused', and PhoneClock.
    """
    known = factors.listed(session, user_id, keys)
    if not known:
        return None
    if proof.key is not None:
        found = prove_key(session, secret, known, proof.key)
    elif proof.code.strip():
        found = prove_code(session, user_id, keys, known, proof.code)
    else:
        raise RuleBroken("factor_needed")
    record(session, "factor.used", actor=user_id, kind=found.kind)
    return found


def prove_code(
    session: Session, user_id: UUID, keys: UserKeys, known: list[factors.Factor], typed: str
) -> Used:
    """What the code typed was: six digits are a telephone's, anything else a card's."""
    if len(factors.digits_of(typed)) == len("".join(typed.split())) == 6:
        phones = [one for one in known if one.kind == FactorKind.TOTP]
        factors.prove_phone(session, phones, factors.digits_of(typed))
        return Used(FactorKind.TOTP)
    cards = [one for one in known if one.kind == FactorKind.CARD]
    return Used(FactorKind.CARD, factors.prove_card(session, user_id, keys, cards, typed))


def prove_key(
    session: Session, secret: bytes, known: list[factors.Factor], given: KeyAnswer
) -> Used:
    """One of her keys answered this challenge, which serves no second time; raises
    RuleBroken('key_refused')."""
    try:
        use_up(session, secret, SIGN_IN, given.challenge)
        name = security_keys.answering(given.answer)
        of_key = (one for one in known if one.kind == FactorKind.KEY)
        one = next((one for one in of_key if one.value.get("id") == name.hex()), None)
        if one is None:
            raise SignatureBroken("the security key is not hers")
        credential = factors.credential_of(one)
        count = security_keys.answered(given.answer, given.challenge, given.origin, credential)
    except SignatureBroken:
        raise RuleBroken("key_refused") from None
    newer = UserFactor.last_step < count if count else UserFactor.last_step == 0
    if not factors.spend(session, one.id, count, newer):
        raise RuleBroken("key_refused")
    return Used(FactorKind.KEY)


def register_key(
    session: Session, secret: bytes, keyring: Keyring, purpose: str, given: KeyAnswer, name: str
) -> None:
    """The key that answered counts from now on; raises RuleBroken: 'key_refused',
    'factors_full'."""
    try:
        use_up(session, secret, purpose, given.challenge)
        found = security_keys.registered(given.answer, given.challenge, given.origin)
    except SignatureBroken:
        raise RuleBroken("key_refused") from None
    factors.add_key(session, keyring, found, name)


def use_up(session: Session, secret: bytes, purpose: str, given: str) -> None:
    """The challenge was one of ours and serves no second time; raises SignatureBroken."""
    now = clock.now()
    digest = security_keys.check_challenge(secret, purpose, given, int(now.timestamp()))
    session.execute(delete(UsedChallenge).where(UsedChallenge.expires_at < now))
    insert = postgres_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    row = insert(UsedChallenge).values(digest=digest, expires_at=now + CHALLENGE_KEPT_FOR)
    if not session.scalar(row.on_conflict_do_nothing().returning(UsedChallenge.digest)):
        raise SignatureBroken("the challenge was answered before")
