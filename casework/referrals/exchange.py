"""What the two teams of a referral write to each other, under a key that only they hold."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cases.models import CaseEntry
from casework.cases.sections import Value
from casework.errors import InvalidTransition
from casework.policy import Actor, Permission
from casework.referrals.access import OpenReferral, access_referral
from casework.referrals.workflow import OPEN, State
from casework.vault.case_keys import seal_entry
from casework.vault.keys import Keyring
from casework.vault.primitives import fingerprint


def write_exchange(
    session: Session, referral: OpenReferral, value: Value, entry_id: UUID | None = None
) -> CaseEntry:
    """A new entry stands in the exchange of the two teams."""
    if not referral.exchange_key:
        raise InvalidTransition("the exchange is over")
    row = CaseEntry(
        case_id=referral.row.case_id,
        id=entry_id or uuid4(),
        section=referral.section,
        version=1,
        revision=1,
    )
    key = referral.exchange_key
    row.box = seal_entry(key, row.case_id, row.section, row.id, 1, 1, value)
    session.add(row)
    return row


def write_message(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    referral_id: UUID,
    text: str,
    message_id: UUID | None = None,
) -> CaseEntry:
    """A message stands in the referral's own section, for both teams; posted twice, it is one.

    Raises NotVisible, NotAllowed, InvalidTransition while it is a draft and once it is over.
    """
    referral = access_referral(session, actor, keyring, referral_id, Permission.REFERRAL_VIEW)
    existing = session.get(CaseEntry, (referral.row.case_id, message_id)) if message_id else None
    if existing is not None and existing.section == referral.section:
        return existing
    if referral.state not in OPEN - {State.DRAFT}:
        raise InvalidTransition("nobody reads messages now")
    value: Value = {
        "kind": "message",
        "text": text,
        "from": str(referral.side),
        "happened_on": clock.today().isoformat(),
        "recorded_at": clock.now().isoformat(),
        "recorded_by": str(actor.user_id),
    }
    row = write_exchange(session, referral, value, message_id)
    session.flush()
    record(
        session,
        "entry.written",
        actor=actor.user_id,
        case=row.case_id,
        section=row.section,
        entry=row.id,
        kind="message",
        digest=fingerprint(row.box),
    )
    return row
