"""What a case counts for: the facts that follow from its file, kept true after every act on it.

One pure function says which facts a file stands for; `recount` writes, corrects and takes back
until the table of facts agrees. The ids of a case's facts stand in its sealed internal section
only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casework import clock
from casework.cases import rules
from casework.cases.access import OpenCase
from casework.cases.case_file import (
    SERVED,
    File,
    Grievance,
    care_on,
    file_of,
    first_id,
    on,
    recorded_on,
    referrals,
    services,
)
from casework.cases.models import CaseStatus
from casework.cases.sections import Entry, read_sections, write_section
from casework.consent.actions import SECTION as CONSENTS
from casework.consent.actions import VERSION, list_consents
from casework.consent.records import STATISTICS, agreed
from casework.facts import dimensions as facts
from casework.facts.actions import correct_fact, remove_fact, write_fact
from casework.facts.calendar import quarter_of
from casework.facts.dimensions import Dimensions
from casework.facts.kinds import FactKind
from casework.policy import Actor

OVER = SERVED | {"refuse", "sans_suite", "annule", "consentement_retire", "expire"}
PAPERS = {"acte_ec": "ec_naissance", "identite": "identite"}
ROUTES = {"formelle": "formal", "coutumiere": "customary", "administrative": "administrative"}
"""Each code of `voie` and the group under which a redress obtained that way is counted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact that the file stands for."""

    kind: FactKind
    happened_on: date
    dimensions: Dimensions
    detail: Mapping[str, str]

    @property
    def mark(self) -> str:
        """A text that changes whenever the fact does."""
        parts = (self.kind, self.happened_on, self.dimensions, sorted(self.detail.items()))
        return "|".join(map(str, parts))


def wanted_facts(file: File) -> dict[str, Wanted]:
    """Every fact the file stands for, by what it is about; the first act of a kind wins.

    The file of a duplicate stands for none: the person counts where the other file is.
    """
    found: dict[str, Wanted] = {}
    if file.is_duplicate:
        return found
    parts = (registered, incidents, served, referred, redressed, papers, closed)
    for part in parts:
        for about, wanted in part(file):
            found.setdefault(about, wanted)
    return found


Found = Iterator[tuple[str, Wanted]]


def registered(file: File) -> Found:
    """One for each beneficiary, on the day of registration."""
    for person in file.people:
        place = file.dimensions(person)
        yield (
            f"registered:{person['id']}",
            Wanted(FactKind.REGISTERED, file.registered_on, place, {}),
        )


def incidents(file: File) -> Found:
    """One for each grievance not already counted by another organisation."""
    for grievance in file.grievances:
        if grievance.get("reported_elsewhere"):
            continue
        problem, day = rules.problem_of(grievance), recorded_on(file, grievance)
        person = file.named(grievance.get("people"))[0]
        detail = facts.incident_detail(
            problem,
            rules.hours_to_report(grievance, day),
            rules.hours_to_care(grievance, care_on(file, grievance)),
        )
        place = file.dimensions(person, problem, day)
        yield f"incident:{grievance['id']}", Wanted(FactKind.INCIDENT, day, place, detail)


def served(file: File) -> Found:
    """One for each beneficiary in each quarter in which she first received a real service."""
    for day, service, people in sorted(services(file), key=lambda each: each[0]):
        for person in people:
            detail = facts.served_detail(service, file.any_gbv)
            yield (
                f"served:{person['id']}:{quarter_of(day)}",
                Wanted(FactKind.SERVED, day, file.dimensions(person), detail),
            )


def referred(file: File) -> Found:
    """One for each referral that is over, or still open when its case is closed."""
    for wish, moves in referrals(file):
        last = moves[-1] if moves else None
        if last is None or not (last["to"] in OVER or file.closed):
            continue
        detail = facts.referral_detail(
            str(wish["service"]),
            str(wish["provider_kind"]),
            str(last["to"]),
            hours_to_answer(moves),
        )
        person = file.named(wish.get("people"))[0]
        yield (
            f"referral:{wish['id']}",
            Wanted(FactKind.REFERRAL, on(last), file.dimensions(person), detail),
        )


def hours_to_answer(moves: list[dict[str, Any]]) -> float | None:
    """Hours from the first sending to the first answer, by the days on which they happened."""
    sent = next((on(each) for each in moves if each["to"] == "envoye"), None)
    answered = (each for each in moves if each["to"] in {"accepte", "refuse", *SERVED})
    first = next(answered, None)
    return None if sent is None or first is None else max(0.0, (on(first) - sent).days * 24.0)


def redressed(file: File) -> Found:
    """One for each named beneficiary, at her first outcome that is redress, ever."""
    for entry in file.of_kind("outcome"):
        if not counts_as_redress(entry, file.grievances):
            continue
        code = str(entry.value["code"])
        for person in file.holders(entry):
            detail = facts.redress_detail(code, ROUTES.get(str(entry.value.get("route"))))
            yield (
                f"redress:{person['id']}",
                Wanted(FactKind.REDRESS, on(entry.value), file.dimensions(person), detail),
            )


def counts_as_redress(entry: Entry, grievances: Sequence[Grievance]) -> bool:
    """True for an outcome that is redress by its code, unless the law forbids such a settlement of
    what it is about: also where that came to light after the outcome."""
    code, about = str(entry.value["code"]), entry.value.get("grievance")
    meant = [one for one in grievances if one["id"] == about] or grievances
    return rules.is_redress(code) and rules.settlement_problem(code, meant) is None


def papers(file: File) -> Found:
    """One for each civil act or identity paper, for each person who now holds one."""
    for entry in file.of_kind("outcome"):
        code = str(entry.value["code"])
        if code not in PAPERS:
            continue
        for person in file.holders(entry):
            detail = facts.document_detail(paper_kind(file, entry))
            yield (
                f"document:{first_id(entry)}:{person['id']}",
                Wanted(FactKind.DOCUMENT, on(entry.value), file.dimensions(person), detail),
            )


def paper_kind(file: File, entry: Entry) -> str:
    """Which paper it is: an identity paper, or the civil act that its grievance asks for, else the
    first act that the case asks for."""
    if entry.value["code"] == "identite":
        return PAPERS["identite"]
    about = entry.value.get("grievance")
    ranked = sorted(file.grievances, key=lambda one: one["id"] != about)
    asked = (rules.problem_of(grievance) for grievance in ranked)
    acts = (one for one in asked if one.startswith("ec_") and one != "ec_identite")
    return next(acts, PAPERS["acte_ec"])


def closed(file: File) -> Found:
    """One while the case is closed, on the day of its last closure."""
    last = file.closure
    if last is None:
        return
    day = on(last.value)
    detail = facts.closed_detail(str(last.value["code"]), max(0, (day - file.registered_on).days))
    yield "closed", Wanted(FactKind.CLOSED, day, file.dimensions(file.people[0]), detail)


def counts(session: Session, case: OpenCase) -> bool:
    """True when the person agreed to statistics without names, and the case is no draft."""
    if case.row.status == CaseStatus.DRAFT:
        return False
    consents = list_consents(session, case.id, case.key(CONSENTS, VERSION))
    return agreed(consents, STATISTICS, clock.today())


def recount(session: Session, actor: Actor, case: OpenCase) -> None:
    """The table of facts agrees with the file as it stands and with the consent to statistics."""
    settle(
        session, actor, case, wanted_facts(file_of(session, case)) if counts(session, case) else {}
    )


def uncount(session: Session, actor: Actor, case: OpenCase) -> None:
    """No fact of the case counts any more."""
    settle(session, actor, case, {})


def settle(session: Session, actor: Actor, case: OpenCase, wanted: Mapping[str, Wanted]) -> None:
    """Facts are written, corrected and taken back until they are exactly the wanted ones."""
    session.flush()
    admin = read_sections(session, case)["admin"]
    held: dict[str, Any] = dict(admin.value.get("facts", {}))  # type: ignore[call-overload]
    kept = {
        about: keep(session, actor, held.pop(about, None), fact) for about, fact in wanted.items()
    }
    for lost in held.values():
        take_back(session, actor, lost)
    if kept != admin.value.get("facts"):
        write_section(session, actor, case, "admin", {**admin.value, "facts": kept}, admin.revision)


def keep(session: Session, actor: Actor, held: Any, wanted: Wanted) -> dict[str, str | None]:
    """The record of one fact: left alone when nothing changed, else corrected or written."""
    if held is not None and held["mark"] == wanted.mark:
        return dict(held)
    if held is not None and held["id"] and same_act(held["mark"], wanted):
        kept = correct_fact(
            session, UUID(held["id"]), wanted.dimensions, wanted.detail, actor=actor.user_id
        )
    else:
        take_back(session, actor, held)
        kept = write_fact(
            session,
            wanted.kind,
            wanted.happened_on,
            wanted.dimensions,
            wanted.detail,
            actor=actor.user_id,
        )
    return {"id": str(kept) if kept else None, "mark": wanted.mark}


def same_act(mark: str, wanted: Wanted) -> bool:
    """True when kind and day are as before: then the fact is corrected in place."""
    return mark.split("|")[:2] == wanted.mark.split("|")[:2]


def take_back(session: Session, actor: Actor, held: Any) -> None:
    """The fact counts no more, where there was one."""
    if held is not None and held["id"]:
        remove_fact(session, UUID(held["id"]), actor=actor.user_id)
