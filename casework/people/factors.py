"""Second factors: the codes of a telephone, a printed card, a security key.

What each holds is sealed under the person's own key: only after her words are right can it be read
at all. That something was used stands in `last_step`, written by one statement that only one of
two can win.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotVisible, RuleBroken
from casework.people.invitations import LETTERS, canonical
from casework.people.models import FactorKind, UserFactor
from casework.vault import one_time_codes as phones
from casework.vault.errors import SealBroken
from casework.vault.factors import card_mark, open_factor, seal_factor
from casework.vault.keys import Keyring, UserKeys
from casework.vault.primitives import same
from casework.vault.security_keys import Credential

KINDS = (FactorKind.TOTP, FactorKind.CARD, FactorKind.KEY)
MOST = 10
CARD_CODES = 10
CARD_LETTERS = 8
FEW = 3


class PhoneClock(RuleBroken):
    """The code was right for another time: the telephone's clock is wrong by so many minutes,
    more than 0 where it is ahead of the server's."""

    def __init__(self, minutes: int) -> None:
        super().__init__("phone_fast" if minutes > 0 else "phone_slow")
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class Factor:
    """One of somebody's second factors, opened; `left` counts the unused codes of a card."""

    id: UUID
    kind: str
    name: str = field(repr=False)
    created_at: datetime
    left: int | None
    value: dict[str, object] = field(repr=False)
    last_step: int


def listed(session: Session, user_id: UUID, keys: UserKeys) -> list[Factor]:
    """Her second factors, oldest first; a row that does not open is left out: it is no proof of
    anything."""
    rows = session.scalars(
        select(UserFactor)
        .where(UserFactor.user_id == user_id, UserFactor.kind.in_(KINDS))
        .order_by(UserFactor.created_at, UserFactor.id)
        .limit(MOST)
    ).all()
    opened = (opened_row(row, keys) for row in rows)
    return [one for one in opened if one is not None]


def opened_row(row: UserFactor, keys: UserKeys) -> Factor | None:
    """The factor of a row, or None where the row was made for somebody or something else."""
    try:
        value = open_factor(keys, row.user_id, row.id, row.kind, row.box)
    except SealBroken:
        return None
    left = CARD_CODES - row.last_step.bit_count() if row.kind == FactorKind.CARD else None
    name = str(value.get("name", ""))
    return Factor(row.id, row.kind, name, row.created_at, left, value, row.last_step)


def keep(
    session: Session,
    keyring: Keyring,
    kind: FactorKind,
    value: dict[str, object],
    last_step: int = 0,
    factor_id: UUID | None = None,
) -> UserFactor:
    """A new factor of hers is stored; raises RuleBroken('factors_full')."""
    own = UserFactor.user_id == keyring.user_id
    rows = session.scalars(select(UserFactor.id).where(own, UserFactor.kind.in_(KINDS))).all()
    if kind in KINDS and len(rows) >= MOST:
        raise RuleBroken("factors_full")
    factor_id = factor_id or uuid4()
    row = UserFactor(
        id=factor_id,
        user_id=keyring.user_id,
        kind=kind,
        box=seal_factor(keyring.user, keyring.user_id, factor_id, kind, value),
        last_step=last_step,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    record(session, "factor.added", actor=keyring.user_id, kind=str(kind))
    return row


def remove(session: Session, user_id: UUID, factor_id: UUID) -> None:
    """That factor proves nothing any more; raises NotVisible when it is not one of hers."""
    row = session.get(UserFactor, factor_id)
    if row is None or row.user_id != user_id or row.kind not in KINDS:
        raise NotVisible
    session.delete(row)
    record(session, "factor.removed", actor=user_id, kind=row.kind)


# A telephone


def digits_of(typed: str) -> str:
    """The digits meant by what was typed: spaces do not matter, nor the script they are in."""
    return "".join(str(int(one)) for one in typed if one.isdecimal())


def add_phone(session: Session, keyring: Keyring, secret: bytes, typed: str, name: str) -> None:
    """The telephone that showed this code counts from now on, and this code no second time.

    Raises as `phone_step`, RuleBroken('factors_full').
    """
    step = phone_step(secret, digits_of(typed))
    value: dict[str, object] = {"name": name, "secret": secret.hex()}
    keep(session, keyring, FactorKind.TOTP, value, last_step=step)


def phone_step(secret: bytes, digits: str) -> int:
    """The step whose code was typed, at most a minute away from the server's time.

    Raises PhoneClock where the code belongs to another time within the hour, and
    RuleBroken('code_wrong').
    """
    now = phones.step_at(clock.now())
    step = phones.matching_step(secret, digits, now)
    if step is not None:
        return step
    far = phones.matching_step(secret, digits, now, phones.SEARCH)
    if far is None:
        raise RuleBroken("code_wrong")
    seconds = (far - now) * int(phones.STEP.total_seconds())
    raise PhoneClock(round(seconds / 60))


def prove_phone(session: Session, known: Sequence[Factor], digits: str) -> None:
    """One of these telephones showed the code, and it was not used before.

    Raises RuleBroken('code_wrong'), RuleBroken('code_used'), PhoneClock.
    """
    refusal = RuleBroken("code_wrong")
    for one in known:
        try:
            step = phone_step(bytes.fromhex(str(one.value["secret"])), digits)
        except PhoneClock as wrong:
            refusal = wrong
            continue
        except RuleBroken:
            continue
        if spend(session, one.id, step, UserFactor.last_step < step):
            return
        refusal = RuleBroken("code_used")
    raise refusal


def spend(session: Session, factor_id: UUID, to: object, free: ColumnElement[bool]) -> bool:
    """True for exactly one of several who use the same code at once: the row then says so."""
    done = session.execute(
        update(UserFactor)
        .where(UserFactor.id == factor_id, free)
        .values(last_step=to)
        .execution_options(synchronize_session=False)
    )
    return int(getattr(done, "rowcount", 0)) == 1


# A printed card


def new_card_code() -> str:
    """A fresh code of 40 random bits, in two groups of four."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(CARD_LETTERS))
    return f"{letters[:4]}-{letters[4:]}"


def add_card(session: Session, keyring: Keyring, name: str = "") -> list[str]:
    """A new card counts and the former one no more; returns its ten codes, to be printed once."""
    own = (UserFactor.user_id == keyring.user_id, UserFactor.kind == FactorKind.CARD)
    session.execute(delete(UserFactor).where(*own))
    card_id, codes = uuid4(), [new_card_code() for _ in range(CARD_CODES)]
    marks = [card_mark(keyring.user, keyring.user_id, card_id, canonical(code)) for code in codes]
    value: dict[str, object] = {"name": name, "marks": [mark.hex() for mark in marks]}
    keep(session, keyring, FactorKind.CARD, value, factor_id=card_id)
    return codes


def prove_card(
    session: Session, user_id: UUID, keys: UserKeys, known: Sequence[Factor], typed: str
) -> int:
    """One code of a card is used up; returns how many are left on it.

    Raises RuleBroken('code_wrong'), or 'code_used'.
    """
    for card in known:
        mark = card_mark(keys, user_id, card.id, canonical(typed))
        for place, kept in enumerate(card.value.get("marks") or ()):  # type: ignore[arg-type, var-annotated]
            if same(bytes.fromhex(str(kept)), mark):
                return spend_code(session, card, 1 << place)
    raise RuleBroken("code_wrong")


def spend_code(session: Session, card: Factor, bit: int) -> int:
    """The code of this bit is used; raises RuleBroken('code_used') where it was before."""
    spent = UserFactor.last_step
    if not spend(session, card.id, spent.bitwise_or(bit), spent.bitwise_and(bit) == 0):
        raise RuleBroken("code_used")
    return max(0, (card.left or 0) - 1)


# A security key


def credential_of(factor: Factor) -> Credential:
    """The key as it was registered, with the counter it showed last."""
    name, public = (bytes.fromhex(str(factor.value[part])) for part in ("id", "public"))
    return Credential(name, public, factor.last_step)


def add_key(session: Session, keyring: Keyring, found: Credential, name: str) -> None:
    """The security key counts from now on; raises RuleBroken('factors_full')."""
    value: dict[str, object] = {"name": name, "id": found.id.hex(), "public": found.public.hex()}
    keep(session, keyring, FactorKind.KEY, value, last_step=found.count)
