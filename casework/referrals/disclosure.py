"""What a referral discloses: only what the person or necessity allows, taken back when it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from casework import clock
from casework.cases.access import OpenCase, exchange_section
from casework.consent.actions import SECTION as CONSENTS
from casework.consent.actions import VERSION, list_consents
from casework.consent.recipients import Section
from casework.consent.records import Consent
from casework.consent.rules import openable
from casework.directory.models import Provider
from casework.errors import NotAllowed, RuleBroken
from casework.policy import Actor
from casework.referrals import grants
from casework.referrals.access import OpenReferral
from casework.referrals.drafting import ELECTRONIC, asked
from casework.referrals.models import Chore, Referral
from casework.referrals.workflow import OPEN, Side, State
from casework.vault.keys import Keyring


def disclose(
    session: Session, actor: Actor, keyring: Keyring, referral: OpenReferral, wish: dict[str, Any]
) -> None:
    """Exactly the wished sections go to the receiver, and only where the person or necessity
    allows.

    Raises RuleBroken: 'no_consent' while any wished section is not covered, 'partner_not_compared'.
    """
    case = referral.case
    if case is None:
        raise NotAllowed
    allowed = may_share(session, case, referral.row.provider_id, wish["service"])
    wished = [Section(name) for name in wish["sections"]]
    if any(section not in allowed for section in wished):
        raise RuleBroken("no_consent")
    if not wished and wish["channel"] == ELECTRONIC:
        raise RuleBroken("no_consent")
    ends = [allowed[section].expires_on for section in wished]
    expires_on = min((end for end in ends if end), default=None)
    card = card_of(case.card, wish)
    grants.issue_grant(
        session, actor, keyring, case, referral.row, [str(s) for s in wished], card, expires_on
    )


def may_share(
    session: Session, case: OpenCase, provider_id: UUID, service: str = ""
) -> dict[Section, Consent]:
    """The sections that may go to the provider today, each with what allows it.

    Without a service, those that may go for some service or other.
    """
    consents = list_consents(session, case.id, case.key(CONSENTS, VERSION))
    provider = session.get_one(Provider, provider_id)
    return openable(consents, provider_id, clock.today(), provider.kind, service)


def card_of(case_card: Mapping[str, object], wish: dict[str, Any]) -> dict[str, object]:
    """What the receiver sees before it accepts: no name, nothing written by hand."""
    return {
        "service": wish["service"],
        "urgency": wish["urgency"],
        "commune": case_card.get("commune", ""),
        "band": case_card.get("band", ""),
        "people": len(wish["people"]) or 1,
    }


def close_disclosure(
    session: Session, actor: Actor, keyring: Keyring, referral: OpenReferral, wish: dict[str, Any]
) -> None:
    """The receiver's box is gone now; the owner re-keys now, or on its next act."""
    if referral.case is None:
        if grants.drop(session, referral.row):
            grants.note_end(session, actor, referral.row, {})
            add_chore(session, referral.row, "rekey")
        return
    if grants.drop(session, referral.row):
        rekey(session, actor, keyring, referral.case, referral.row, wish["sections"])


def rekey(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case: OpenCase,
    row: Referral,
    sections: Sequence[str],
) -> None:
    """What the ended referral held is under new keys; other receivers' boxes are issued anew, its
    own too where it was sent again meanwhile."""
    again = State(row.state) in OPEN
    grants.end_grant(session, actor, keyring, case, row, sections)
    others = grants.live_grants(session, case.id, row.id)
    for other in [*others, row] if again else others:
        opened = OpenReferral(
            other, Side.SENDER, case.key(exchange_section(other.id), 1), case=case
        )
        wish = asked(session, opened)
        if set(wish["sections"]) & set(sections):
            issue_anew(session, actor, keyring, opened, wish)


def issue_anew(
    session: Session, actor: Actor, keyring: Keyring, referral: OpenReferral, wish: dict[str, Any]
) -> None:
    """The receiver reads on with the new keys. Where its consent is over its old box opens them
    no more; where its keys are not compared it waits without a box until they are."""
    try:
        disclose(session, actor, keyring, referral, wish)
    except RuleBroken as rule:
        if rule.code != "partner_not_compared":
            return
        if grants.drop(session, referral.row):
            grants.note_end(session, actor, referral.row, {})
        add_chore(session, referral.row, "reissue")


def add_chore(session: Session, row: Referral, kind: str) -> None:
    """Something waits for the next act of a keyholder of the owner team."""
    session.add(
        Chore(
            team_id=row.from_team,
            id=uuid4(),
            case_id=row.case_id,
            referral_id=row.id,
            kind=kind,
            created_at=clock.now(),
        )
    )
