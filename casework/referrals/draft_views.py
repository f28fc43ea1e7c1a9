"""What the pages of a new referral show, and what they write into its draft."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session
from wtforms import SelectChoice

from casework import clock, places
from casework.audit.log import record_view
from casework.cases.access import OpenCase, access_case
from casework.cases.follow_up import grievances
from casework.cases.form_words import grievance_name, people_named
from casework.cases.models import CaseStatus
from casework.cases.sections import read_section
from casework.consent.recipients import Section, proposed_sections
from casework.directory.models import Provider
from casework.directory.queries import contact_of
from casework.errors import InvalidTransition, NotVisible, RuleBroken
from casework.i18n import gettext as _
from casework.policy import Actor, Permission
from casework.referrals import options
from casework.referrals.access import OpenReferral, access_referral
from casework.referrals.deadlines import Urgency, due_at
from casework.referrals.disclosure import may_share
from casework.referrals.drafting import ELECTRONIC, Wish, asked, care_window, wish_in
from casework.referrals.forms import Pairs
from casework.referrals.options import Offer
from casework.referrals.reading import Shared
from casework.referrals.words import BLOCKED, WHY_NOT
from casework.referrals.workflow import Clock, State
from casework.vault.keys import Keyring
from casework.web.fields import choice

SEND = Permission.REFERRAL_SEND


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft referral with its case, its provider and what it asks."""

    referral: OpenReferral
    case: OpenCase
    provider: Provider
    wish: Wish

    @property
    def version(self) -> int:
        """The version its pages name when they write."""
        return self.referral.row.version


def open_draft(session: Session, actor: Actor, keyring: Keyring, referral_id: UUID) -> Draft:
    """A draft, opened; raises NotVisible, NotAllowed, InvalidTransition once it was sent."""
    referral = access_referral(session, actor, keyring, referral_id, SEND)
    if referral.case is None or referral.state is not State.DRAFT:
        raise InvalidTransition("only a draft has these pages")
    provider = session.get_one(Provider, referral.row.provider_id)
    seen = {"case": referral.row.case_id, "referral": referral.id, "sections": ["identity"]}
    record_view(session, "referral.viewed", actor.user_id, **seen)
    return Draft(referral, referral.case, provider, wish_in(asked(session, referral)))


def open_for_referral(session: Session, actor: Actor, keyring: Keyring, case_id: UUID) -> OpenCase:
    """A case that can be referred; raises NotVisible, NotAllowed, RuleBroken('case_closed')."""
    case = access_case(session, actor, keyring, case_id, SEND)
    if case.row.status in (CaseStatus.CLOSED, CaseStatus.DRAFT):
        raise RuleBroken("case_closed")
    record_view(session, "case.viewed", actor.user_id, case=case.id, sections=["facts"], grounds=[])
    return case


# Which service


def service_page(session: Session, case: OpenCase) -> dict[str, Any]:
    """The services that can be asked, and the others with the reason."""
    found = options.services_of(session, case)
    return {"allowed": found.allowed, "grievances": matters(session, case)}


def blocked(session: Session, case: OpenCase) -> list[tuple[str, Any]]:
    """The services that cannot be asked, each with the reason in words."""
    return [(code, BLOCKED[why]) for code, why in options.services_of(session, case).blocked]


def matters(session: Session, case: OpenCase) -> Pairs:
    """(id, words) of each grievance."""
    return [(str(one["id"]), grievance_name(one)) for one in grievances(session, case)]


# Which provider


def fresh_choice(service: str, grievance: str) -> dict[str, str]:
    """What the page of providers is told: the service, and the id of the draft it will make."""
    return {"service": service, "grievance": grievance, "id": str(uuid4())}


def chosen_so_far(draft: Draft) -> dict[str, str]:
    """What a draft's own page of providers is told."""
    wish = draft.wish
    known = {"service": wish.service, "grievance": wish.grievance}
    return {**known, "id": str(draft.referral.id), "provider": str(wish.provider_id)}


def provider_choices(offered: list[Offer]) -> list[SelectChoice]:
    """The providers that can be asked today, each with where it sits and when it is open."""
    return [
        choice(str(one.provider.id), one.provider.name, whereabouts(one))
        for one in offered
        if not one.provider.suspended
    ]


def whereabouts(offer: Offer) -> str:
    """Present seat, hours, and whether it answers on the screen, in one line."""
    provider = offer.provider
    seat = provider.seat and _("sits today in %(commune)s", commune=places.name(provider.seat))
    screen = _("has an account") if offer.has_team else _("by letter, telephone or going along")
    parts = (seat, provider.seat_note, provider.hours, screen)
    return " · ".join(str(part) for part in parts if part)


def is_pressing(session: Session, case: OpenCase) -> bool:
    """True when the case itself is an emergency: then numbers come first."""
    return options.urgency_of(session, case) is Urgency.EMERGENCY


# For whom, how fast, which way


def request_page(session: Session, keyring: Keyring, draft: Draft) -> dict[str, Any]:
    """What the page of the request offers."""
    from_team = draft.case.row.owner_team
    why = options.why_not_electronic(session, keyring, from_team, draft.provider.id)
    return {
        "people_named": people_in(session, draft.case),
        "open_channels": options.channels(why),
        "care_until": care_window(session, draft.case, draft.wish.service),
    }


def people_in(session: Session, case: OpenCase) -> Pairs:
    """(id, name) of each beneficiary."""
    return people_named({"identity": read_section(session, case, "identity").value})


def request_so_far(draft: Draft) -> dict[str, Any]:
    """What the draft says for whom, how fast and which way."""
    wish = draft.wish
    return {"people": list(wish.people), "urgency": wish.urgency, "channel": wish.channel}


def why_not(session: Session, keyring: Keyring, draft: Draft) -> Any:
    """Why the provider cannot be sent to on the screen, in two sentences; empty where it can."""
    from_team = draft.case.row.owner_team
    found = options.why_not_electronic(session, keyring, from_team, draft.provider.id)
    return WHY_NOT[found] if found else ""


def requested(draft: Draft, form: Any) -> Wish:
    """The wish with what the page of the request says."""
    people = tuple(form.people.data) if "people" in form else draft.wish.people
    urgency, channel = Urgency(form.urgency.data), form.channel.data
    return replace(draft.wish, people=people, urgency=urgency, channel=channel)


# What is shared


@dataclass(frozen=True, slots=True)
class Sharing:
    """What may be shared with the provider today, and what it would need beyond that."""

    allowed: list[Shared]
    missing: list[Section]


def sharing_of(session: Session, draft: Draft) -> Sharing:
    """The sections that may go to the provider, and the proposed ones that nothing allows yet."""
    why = may_share(session, draft.case, draft.provider.id, draft.wish.service)
    proposed = proposed_sections(draft.provider.kind, draft.wish.service)
    return Sharing(
        allowed=[Shared(one, why[one]) for one in Section if one in why],
        missing=[one for one in proposed if one not in why],
    )


def proposed_now(draft: Draft, found: Sharing, asked_now: bool) -> list[str]:
    """What is ticked: what the draft says, as far as it is allowed; what the service needs too when
    the person has just been asked."""
    allowed = [one.section for one in found.allowed]
    needed = proposed_sections(draft.provider.kind, draft.wish.service) if asked_now else ()
    return [str(one) for one in allowed if one in draft.wish.sections or one in needed]


def chosen(session: Session, draft: Draft) -> list[Shared]:
    """The sections of the draft, each with what allows it today."""
    why = may_share(session, draft.case, draft.provider.id, draft.wish.service)
    return [Shared(one, why.get(one)) for one in Section if one in draft.wish.sections]


# Sending


@dataclass(frozen=True, slots=True)
class LastLook:
    """Everything about a draft once more, before it goes."""

    draft: Draft
    due_at: Any
    names: list[str] = field(repr=False)
    shared: list[Shared]
    contact: dict[str, str] = field(repr=False)
    electronic: bool
    urgent: bool

    @property
    def possible(self) -> bool:
        """False while something it shares is not allowed, or a screen would show nothing."""
        allowed = all(one.consent is not None for one in self.shared)
        return allowed and bool(self.shared or not self.electronic)


def last_look(session: Session, server_key: bytes, draft: Draft) -> LastLook:
    """The draft as it would go now."""
    wish, now = draft.wish, clock.now()
    care = care_window(session, draft.case, wish.service)
    return LastLook(
        draft=draft,
        due_at=due_at(Clock.ANSWER, wish.urgency, now, care),
        names=named(session, draft),
        shared=chosen(session, draft),
        contact=contact_of(server_key, draft.provider),
        electronic=wish.channel == ELECTRONIC,
        urgent=wish.urgency is Urgency.EMERGENCY,
    )


def named(session: Session, draft: Draft) -> list[str]:
    """The names of those the referral is for: everybody where it names nobody."""
    people = people_in(session, draft.case)
    return [name for one, name in people if one in draft.wish.people or not draft.wish.people]


def existing_provider(session: Session, text: str | None) -> Provider:
    """The provider whose id was posted; raises NotVisible."""
    try:
        found = session.get(Provider, UUID(text or ""))
    except ValueError:
        found = None
    if found is None:
        raise NotVisible
    return found
