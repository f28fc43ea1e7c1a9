"""What can be chosen for a referral, and why the rest cannot: services, providers, ways to send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock, codes
from casework.cases import rules
from casework.cases.access import OpenCase
from casework.cases.deadlines import suggested_urgency
from casework.cases.follow_up import grievances
from casework.cases.sections import read_section
from casework.consent.recipients import Section, proposed_sections
from casework.directory.models import Provider, ProviderCommune, ProviderService
from casework.directory.queries import contact_of, offering
from casework.people.models import Team
from casework.people.queries import keyholder_with, team_of_provider
from casework.referrals.deadlines import Urgency
from casework.referrals.disclosure import may_share
from casework.referrals.drafting import CHANNELS, ELECTRONIC, Wish
from casework.referrals.grants import compared
from casework.referrals.owners import PARTNER_ORDER
from casework.vault.keys import Keyring

NO_PROVIDER = "no_provider"
NO_ACCOUNT, NOT_COMPARED = "no_account", "not_compared"


@dataclass(frozen=True, slots=True)
class Services:
    """The services a case can be referred for, and the others with the rule that forbids each."""

    allowed: tuple[str, ...]
    blocked: tuple[tuple[str, str], ...]


def services_of(session: Session, case: OpenCase) -> Services:
    """Every service of the list, told apart for this case: a settlement that the law forbids for
    all its grievances, or a service that nobody renders for its commune, is blocked."""
    known = grievances(session, case)
    rendered = rendered_for(session, str(case.card.get("commune", "")))
    why = {code: obstacle(code, known, rendered) for code in codes.offered("type_service")}
    return Services(
        allowed=tuple(code for code, rule in why.items() if rule is None),
        blocked=tuple((code, rule) for code, rule in why.items() if rule is not None),
    )


def obstacle(
    service: str, known: Sequence[rules.Grievance], rendered: frozenset[str]
) -> str | None:
    """The rule that forbids a service for every grievance, 'no_provider', or None."""
    problems = [rules.settlement_problem(service, [one]) for one in known]
    if problems and all(problems):
        return problems[0]
    return None if service in rendered else NO_PROVIDER


def rendered_for(session: Session, commune: str) -> frozenset[str]:
    """The services that some working provider renders for a commune."""
    query = (
        select(ProviderService.service)
        .join(Provider, Provider.id == ProviderService.provider_id)
        .join(ProviderCommune, ProviderCommune.provider_id == Provider.id)
        .where(ProviderCommune.commune == commune, Provider.suspended.is_(False))
        .distinct()
    )
    return frozenset(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider that renders the service for the case's commune, as the choice shows it."""

    provider: Provider
    contact: dict[str, str] = field(repr=False)
    has_team: bool
    fallback: str = ""


def offers(session: Session, server_key: bytes, case: OpenCase, service: str) -> list[Offer]:
    """Everybody who renders a service for the case's commune, working ones first."""
    found = offering(session, service, str(case.card.get("commune", "")))
    with_team = teams_among(session, [one.id for one in found])
    names = names_among(session, [one.fallback_id for one in found if one.fallback_id])
    return [
        Offer(
            provider=one,
            contact=contact_of(server_key, one),
            has_team=one.id in with_team,
            fallback=names.get(one.fallback_id, ""),
        )
        for one in found
    ]


def teams_among(session: Session, provider_ids: Sequence[UUID]) -> frozenset[UUID | None]:
    """Those of the providers that have a team."""
    query = select(Team.provider_id).where(Team.provider_id.in_(provider_ids))
    return frozenset(session.scalars(query))


def names_among(session: Session, provider_ids: Sequence[UUID]) -> dict[UUID | None, str]:
    """The names of some providers, by id."""
    query = select(Provider.id, Provider.name).where(Provider.id.in_(provider_ids))
    return {row.id: row.name for row in session.execute(query)}


# Ways to send


def why_not_electronic(
    session: Session, keyring: Keyring, from_team: UUID, provider_id: UUID
) -> str | None:
    """'no_account' or 'not_compared' where a provider cannot be sent to on the screen, else
    None."""
    team = team_of_provider(session, provider_id)
    if team is None or keyholder_with(session, team.id, PARTNER_ORDER) is None:
        return NO_ACCOUNT
    return None if compared(session, keyring, from_team, team.id) else NOT_COMPARED


def channels(obstacle: str | None) -> tuple[str, ...]:
    """The ways to send that are open, the screen first."""
    return CHANNELS if obstacle is None else tuple(one for one in CHANNELS if one != ELECTRONIC)


# What a new draft proposes


def first_wish(
    session: Session,
    keyring: Keyring,
    case: OpenCase,
    provider: Provider,
    service: str,
    grievance: str,
) -> Wish:
    """What is proposed for a provider: everybody concerned, the case's urgency, the least sections
    that the person allows."""
    why = why_not_electronic(session, keyring, case.row.owner_team, provider.id)
    return Wish(
        provider_id=provider.id,
        service=service,
        urgency=urgency_of(session, case),
        channel=channels(why)[0],
        people=people_of(session, case, grievance),
        grievance=grievance,
        sections=proposed(session, case, provider, service),
    )


def proposed(
    session: Session, case: OpenCase, provider: Provider, service: str
) -> tuple[Section, ...]:
    """The least sections the service needs, as far as they may be shared today."""
    allowed = may_share(session, case, provider.id, service)
    return tuple(one for one in proposed_sections(provider.kind, service) if one in allowed)


def urgency_of(session: Session, case: OpenCase) -> Urgency:
    """The urgency written in the case; without one, what its danger asks for."""
    facts = read_section(session, case, "facts").value
    if facts.get("urgency"):
        return Urgency(str(facts["urgency"]))
    health = read_section(session, case, "health").value
    known = grievances(session, case)
    return Urgency(suggested_urgency(known, facts, health, clock.now()).urgency)


def people_of(session: Session, case: OpenCase, grievance: str) -> tuple[str, ...]:
    """The ids of those whom a grievance concerns, or of everybody in the case."""
    everybody = [str(one["id"]) for one in beneficiaries(session, case)]
    about: Any = next((one for one in grievances(session, case) if one["id"] == grievance), {})
    named = [one for one in everybody if one in (about.get("people") or [])]
    return tuple(named or everybody)


def beneficiaries(session: Session, case: OpenCase) -> list[dict[str, Any]]:
    """The beneficiaries of a case, the person who came first."""
    value: Any = read_section(session, case, "identity").value
    return list(value.get("beneficiaries", []))
