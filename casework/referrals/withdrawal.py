"""The person changes her mind: the consent is taken back, and the key with it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.cases import counting
from casework.cases.access import OpenCase, access_case, exchange_section
from casework.consent import actions as consents
from casework.consent.records import SHARING, Consent
from casework.policy import Actor, Permission
from casework.referrals.access import OpenReferral
from casework.referrals.actions import Act, last_day, perform
from casework.referrals.disclosure import may_share
from casework.referrals.drafting import asked
from casework.referrals.models import Referral
from casework.referrals.workflow import OPEN, By, Move, Side, rule
from casework.vault.keys import Keyring


def withdraw(
    session: Session, actor: Actor, keyring: Keyring, case_id: UUID, consent_id: UUID, on: date
) -> Consent:
    """The consent no longer holds; every referral it carried ends and what it opened is re-keyed.

    A consent to statistics taken back takes the facts of the case back. Raises NotVisible,
    NotAllowed.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CONSENT_RECORD)
    key = case.key(consents.SECTION, consents.VERSION)
    consent = consents.withdraw_consent(session, actor, case.id, key, consent_id, on)
    if consent.recipient is not None:
        for row in open_referrals(session, case.id, consent.recipient):
            end_uncovered(session, actor, keyring, case, row, on)
    if consent.kind != SHARING:
        counting.recount(session, actor, case)
    return consent


def open_referrals(
    session: Session, case_id: UUID, provider_id: UUID | None = None
) -> list[Referral]:
    """The referrals of a case that are not over, to one provider or to any (at most 200)."""
    query = select(Referral).where(Referral.case_id == case_id, Referral.state.in_(OPEN))
    if provider_id is not None:
        query = query.where(Referral.provider_id == provider_id)
    return list(session.scalars(query.order_by(Referral.id).limit(200)).all())


def end_uncovered(
    session: Session, actor: Actor, keyring: Keyring, case: OpenCase, row: Referral, on: date
) -> None:
    """The referral ends unless other consents still cover every section it shares: on that day,
    or on that of its last move, when it went on before this was told."""
    referral = as_sender(case, row)
    if asked(session, referral)["sections"] and not shares_uncovered(session, case, row):
        return
    found = rule(referral.state, Move.WITHDRAW)
    ended = Act(max(on, last_day(session, referral)))
    perform(session, actor, keyring, referral, Move.WITHDRAW, found, ended, By.SENDER)


def shares_uncovered(session: Session, case: OpenCase, row: Referral) -> bool:
    """True when a referral shares a section that nothing allows today."""
    wish = asked(session, as_sender(case, row))
    allowed = may_share(session, case, row.provider_id, wish["service"])
    return not set(wish["sections"]) <= {str(name) for name in allowed}


def as_sender(case: OpenCase, row: Referral) -> OpenReferral:
    """A referral of an open case, opened with the case's own key."""
    return OpenReferral(row, Side.SENDER, case.key(exchange_section(row.id), 1), case=case)
