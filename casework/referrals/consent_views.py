"""What the pages of a case's consents show, gathered from what was opened once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record_view
from casework.cases.access import OpenCase, access_case
from casework.cases.assignment import staff_names
from casework.cases.intake import concerns_child, consents_of
from casework.consent import forms, records, rules
from casework.consent.recipients import SHAREABLE, Section, necessity_sections, proposed_sections
from casework.consent.records import NECESSITY, SHARING, Consent, Standing, latest
from casework.directory.models import Provider
from casework.directory.queries import Line as ProviderLine
from casework.directory.queries import Sheet, search
from casework.errors import NotVisible
from casework.policy import Actor, Permission
from casework.referrals.lines import Line
from casework.referrals.options import names_among
from casework.referrals.queries import referrals_of_case
from casework.referrals.workflow import OPEN, discloses
from casework.vault.keys import Keyring

GENERAL = (records.RECORDING, *forms.ASKED_LATER, records.TRANSFER)


@dataclass(frozen=True, slots=True)
class Shown:
    """One recorded answer: what it is worth today, and for a named partner what it opens."""

    consent: Consent
    standing: Standing
    provider: str = ""
    sections: tuple[Section, ...] = ()
    replaced: bool = False
    recorded_by: str = field(default="", repr=False)
    confirmed_by: str = field(default="", repr=False)

    @property
    def ends(self) -> bool:
        """True where taking it back would change something."""
        return self.standing in (Standing.HOLDS, Standing.WAITING)


@dataclass(frozen=True, slots=True)
class Book:
    """The consents of one case, opened."""

    case: OpenCase
    consents: list[Consent] = field(repr=False)
    providers: Mapping[UUID | None, str]
    staff: Mapping[UUID, str] = field(repr=False)
    live: Mapping[UUID, tuple[Section, ...]]
    child: bool

    def shown(self, consent: Consent) -> Shown:
        """One answer as a page shows it."""
        standing = consent.state(clock.today())
        live = self.live.get(consent.id, ())
        named = consent.recipient is not None
        return Shown(
            consent=consent,
            standing=standing,
            provider=self.providers.get(consent.recipient, ""),
            sections=live or tuple(one for one in SHAREABLE if one in consent.sections),
            replaced=named and standing is Standing.HOLDS and not live,
            recorded_by=self.named(consent, "recorded_by"),
            confirmed_by=self.named(consent, "confirmed_by"),
        )

    def named(self, consent: Consent, role: str) -> str:
        """Who had this part in an answer; empty where nobody had."""
        who = consent.value.get(role)
        return self.staff.get(UUID(str(who)), "") if who else ""

    def general(self) -> list[Shown]:
        """The last answer to each question that names nobody, in the order they are asked."""
        found = (latest(self.consents, kind) for kind in GENERAL)
        return [self.shown(consent) for consent in found if consent is not None]

    def of_kind(self, kind: str) -> list[Shown]:
        """Every answer of one kind, last recorded first."""
        found = [consent for consent in self.consents if consent.kind == kind]
        return [self.shown(consent) for consent in reversed(found)]

    def one(self, consent_id: UUID) -> Shown:
        """One answer; raises NotVisible."""
        for consent in self.consents:
            if consent.id == consent_id:
                return self.shown(consent)
        raise NotVisible


def open_book(
    session: Session, actor: Actor, keyring: Keyring, server_key: bytes, case_id: UUID
) -> Book:
    """The consents of a case; the log says that they were looked at. Raises NotVisible,
    NotAllowed."""
    case = access_case(session, actor, keyring, case_id, Permission.CASE_VIEW)
    consents = consents_of(session, case)
    record_view(
        session, "case.viewed", actor.user_id, case=case.id, sections=["consents"], grounds=[]
    )
    recipients = sorted({one.recipient for one in consents if one.recipient})
    parts = ("recorded_by", "confirmed_by")
    authors = {UUID(str(by)) for one in consents for part in parts if (by := one.value.get(part))}
    return Book(
        case=case,
        consents=consents,
        providers=names_among(session, recipients),
        staff=staff_names(session, server_key, authors),
        live=live_sections(session, consents, recipients),
        child=concerns_child(session, case),
    )


def live_sections(
    session: Session, consents: Sequence[Consent], recipients: Iterable[UUID]
) -> dict[UUID, tuple[Section, ...]]:
    """The sections that each consent opens today, by its id."""
    found: dict[UUID, tuple[Section, ...]] = {}
    for recipient in recipients:
        provider = session.get(Provider, recipient)
        kind = provider.kind if provider else ""
        allowed = rules.openable(consents, recipient, clock.today(), kind)
        for section in (one for one in SHAREABLE if one in allowed):
            holder = allowed[section].id
            found[holder] = (*found.get(holder, ()), section)
    return found


def decided_with(book: Book, shown: Shown) -> list[Shown]:
    """Every answer that the same worker gave in a child's place and that waits with this one."""
    first = shown.consent.value.get("requested_by")
    return [
        book.shown(one)
        for one in book.consents
        if one.kind != NECESSITY
        and one.value.get("requested_by") == first
        and one.state(clock.today()) is Standing.WAITING
    ]


def listing(book: Book) -> dict[str, Any]:
    """What the list of consents shows."""
    return {
        "case": book.case.row,
        "general": book.general(),
        "sharing": book.of_kind(SHARING),
        "necessity": book.of_kind(NECESSITY),
        "lacking": lacking(book),
    }


def lacking(book: Book) -> list[Any]:
    """What a child's file still lacks, in words."""
    if not book.child:
        return []
    return [rules.MESSAGES[code] for code in rules.child_problems(book.consents, clock.today())]


def fresh_answer(book: Book) -> dict[str, Any]:
    """What a form for an answer proposes: as the person answered last."""
    last = latest(book.consents, records.RECORDING)
    how: Mapping[str, Any] = last.value if last else {}
    found = {name: how.get(name) for name in ("by", "mode", "language", "witness")}
    return {**found, "given_on": clock.today(), "id": str(uuid4())}


# Sharing


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom a person can be asked about: those competent for her commune first, then the others."""

    near: list[ProviderLine]
    others: list[ProviderLine]


def recipients(session: Session, case: OpenCase) -> Recipients:
    """Every provider of the directory, told apart by the case's commune."""
    near = search(session, commune=str(case.card.get("commune", "")))
    known = {line.id for line in near}
    return Recipients(near, [line for line in search(session) if line.id not in known])


def fresh_share(found: Sheet, service: str) -> dict[str, Any]:
    """What is proposed to the person for a provider: the least it needs, for six months."""
    only = found.services[0] if len(found.services) == 1 else ""
    wanted = service if service in found.services else only
    proposed = proposed_sections(found.provider.kind, wanted)
    return {
        "service": wanted,
        "sections": [str(one) for one in proposed],
        "until": rules.default_expiry(SHARING, clock.today()),
    }


# Taking back


def consequences(
    session: Session, actor: Actor, keyring: Keyring, book: Book, shown: Shown
) -> dict[str, Any]:
    """What taking a consent back ends, and what nobody can undo."""
    to = shown.consent.recipient
    lines = referrals_of_case(session, actor, keyring, book.case) if to else []
    touched: list[Line] = [one for one in lines if one.provider_id == to and one.state in OPEN]
    return {
        "case": book.case.row,
        "shown": shown,
        "ending": touched,
        "read_already": [one for one in touched if discloses(one.state)],
    }


# Necessity


def offered(provider: Provider) -> dict[str, Any]:
    """What the form of necessity offers for a provider."""
    return {"offered": necessity_sections(provider.kind)}


def least(provider: Provider) -> dict[str, Any]:
    """What it offers, and what it proposes: who she is and where to find her."""
    return offered(provider) | {"sections": [str(Section.IDENTITY), str(Section.CONTACT)]}
