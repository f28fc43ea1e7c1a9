"""A referral is drafted: service, provider, people, urgency, and the sections it would share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from casework import clock
from casework.audit.log import record
from casework.cases.access import OpenCase, access_case, exchange_section
from casework.cases.deadlines import care_until
from casework.cases.follow_up import grievances, refuse_settlement
from casework.cases.models import CaseEntry, CaseStatus
from casework.cases.rules import HEALTH_SERVICES
from casework.cases.sections import Entry, Value, add_entry, change_entry, digest_of
from casework.directory.models import Provider
from casework.directory.queries import refusal
from casework.errors import InvalidTransition, NotVisible, RuleBroken, StaleVersion
from casework.people.queries import team_of_provider
from casework.policy import Actor, Permission
from casework.referrals.access import OpenReferral, access_referral, exchange
from casework.referrals.deadlines import Urgency
from casework.referrals.models import Referral
from casework.referrals.owners import owe
from casework.referrals.workflow import Clock, State
from casework.vault.keys import Keyring

ELECTRONIC = "electronic"
CHANNELS = (ELECTRONIC, "phone", "accompaniment", "letter")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a referral asks: service and provider, for whom, how fast, with which sections."""

    provider_id: UUID
    service: str
    urgency: Urgency
    channel: str
    people: tuple[str, ...] = ()
    grievance: str = ""
    sections: tuple[str, ...] = ()
    reason: str = field(default="", repr=False)


def draft_referral(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    wish: Wish,
    referral_id: UUID | None = None,
) -> Referral:
    """A draft referral stands in the case; nothing leaves it yet. Posted twice, it is one draft.

    Raises NotVisible, NotAllowed; RuleBroken: 'case_closed', 'settlement_forbidden', 'provider_…'.
    """
    case = access_case(session, actor, keyring, case_id, Permission.REFERRAL_SEND)
    existing = session.get(Referral, referral_id) if referral_id else None
    if existing is not None:
        return same_case(existing, case)
    provider = session.get(Provider, wish.provider_id)
    if provider is None:
        raise NotVisible
    refuse_impossible(session, case, provider, wish.service, wish.grievance)
    row = Referral(
        id=referral_id or uuid4(),
        case_id=case.id,
        from_team=case.row.owner_team,
        provider_id=provider.id,
        to_team=receiving_team(session, wish),
        state=State.DRAFT,
    )
    session.add(row)
    until = care_window(session, case, wish.service)
    asks = described(actor, provider, wish, until)
    entry = add_entry(session, case, exchange_section(row.id), asks, row.id)
    owe(session, row, wish.urgency, Clock.SENDING, clock.now(), until)
    session.flush()
    note(session, actor, row, entry)
    return row


def change_draft(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    referral_id: UUID,
    wish: Wish,
    shown_version: int | None = None,
) -> Referral:
    """The draft asks what the wish says; nothing has left it yet.

    Raises NotVisible, NotAllowed, StaleVersion, InvalidTransition once it was sent; RuleBroken as
    `draft_referral`.
    """
    referral = access_referral(session, actor, keyring, referral_id, Permission.REFERRAL_SEND)
    row, case = referral.row, referral.case
    provider = session.get(Provider, wish.provider_id)
    if case is None or provider is None:
        raise NotVisible
    if shown_version is not None and row.version != shown_version:
        raise StaleVersion
    if referral.state is not State.DRAFT:
        raise InvalidTransition("only a draft is changed")
    refuse_impossible(session, case, provider, wish.service, wish.grievance)
    row.provider_id, row.to_team = provider.id, receiving_team(session, wish)
    flag_modified(row, "provider_id")  # what changes in its sealed entry is a new version too
    until = care_window(session, case, wish.service)
    asks = described(actor, provider, wish, until)
    present = session.get_one(CaseEntry, (case.id, row.id)).revision
    entry = change_entry(session, case, row.id, asks, present)
    owe(session, row, wish.urgency, Clock.SENDING, clock.now(), until)
    session.flush()
    note(session, actor, row, entry)
    return row


def receiving_team(session: Session, wish: Wish) -> UUID | None:
    """The team that gets the referral on its screen; None by telephone, letter or going along."""
    team = team_of_provider(session, wish.provider_id) if wish.channel == ELECTRONIC else None
    return team.id if team else None


def note(session: Session, actor: Actor, row: Referral, entry: CaseEntry) -> None:
    """The audit entry of a draft that was written."""
    record(
        session,
        "referral.drafted",
        actor=actor.user_id,
        case=row.case_id,
        referral=row.id,
        boxes=digest_of(entry),
    )


def same_case(row: Referral, case: OpenCase) -> Referral:
    """The draft this very form already made; raises NotVisible for another case's."""
    if row.case_id != case.id:
        raise NotVisible
    return row


def refuse_impossible(
    session: Session, case: OpenCase, provider: Provider, service: str, grievance: str
) -> None:
    """Raises RuleBroken when the case, the law or the directory forbids this referral."""
    if case.row.status in (CaseStatus.CLOSED, CaseStatus.DRAFT):
        raise RuleBroken("case_closed")
    refuse_settlement(session, case, service, grievance)
    why = refusal(session, provider, service, str(case.card.get("commune", "")))
    if why is not None:
        raise RuleBroken(why)


def care_window(session: Session, case: OpenCase, service: str) -> datetime | None:
    """The end of the first window of care still open, for a referral to health services."""
    if service not in HEALTH_SERVICES:
        return None
    ends = (care_until(one, clock.now()) for one in grievances(session, case))
    return min((end for end in ends if end), default=None)


def described(actor: Actor, provider: Provider, wish: Wish, care: datetime | None) -> Value:
    """The sealed entry that says what the referral asks; it bears the referral's own id."""
    window = {"care_until": care.isoformat()} if care else {}
    return {
        **window,
        "kind": "referral",
        "service": wish.service,
        "urgency": str(wish.urgency),
        "channel": wish.channel,
        "provider": str(provider.id),
        "provider_kind": provider.kind,
        "people": list(wish.people),
        "grievance": wish.grievance,
        "sections": sorted(wish.sections),
        "reason": wish.reason,
        "happened_on": clock.today().isoformat(),
        "recorded_at": clock.now().isoformat(),
        "recorded_by": str(actor.user_id),
    }


def asked(session: Session, referral: OpenReferral) -> dict[str, Any]:
    """What the referral asks, as its sender sealed it."""
    return asked_in(exchange(session, referral))


def asked_in(entries: list[Entry]) -> dict[str, Any]:
    """What a referral asks, out of its exchange; raises InvalidTransition once that is closed."""
    for entry in entries:
        if entry.value["kind"] == "referral":
            return entry.value
    raise InvalidTransition("the exchange is over")


def wish_in(value: Mapping[str, Any]) -> Wish:
    """The wish that `described` sealed."""
    return Wish(
        provider_id=UUID(value["provider"]),
        service=value["service"],
        urgency=Urgency(value["urgency"]),
        channel=value["channel"],
        people=tuple(value["people"]),
        grievance=value["grievance"],
        sections=tuple(value["sections"]),
        reason=value["reason"],
    )
