"""What a case counts for: the facts that follow from its file, kept true after every act on it.

One pure function says which facts a file stands for; `recount` writes, corrects and takes back
until
the table of facts agrees. The ids of a case's facts stand in its sealed internal section only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casework import clock
from casework.cases import rules
from casework.cases.access import EXCHANGE, OpenCase
from casework.cases.models import CaseStatus
from casework.cases.sections import Entry, Section, read_entries, read_sections, write_section
from casework.consent.actions import SECTION as CONSENTS
from casework.consent.actions import VERSION, list_consents
from casework.consent.records import STATISTICS, agreed
from casework.facts import dimensions as facts
from casework.facts.actions import correct_fact, remove_fact, write_fact
from casework.facts.calendar import quarter_of
from casework.facts.dimensions import Dimensions
from casework.facts.kinds import FactKind
from casework.policy import Actor

SERVED = frozenset({"service_rendu", "confirme"})
OVER = SERVED | {"refuse", "sans_suite", "annule", "consentement_retire", "expire"}
PAPERS = {"acte_ec": "ec_naissance", "identite": "identite"}
Person = Mapping[str, Any]


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


@dataclass(frozen=True, slots=True)
class File:
    """Everything the facts of a case follow from, opened."""

    people: list[Person]
    grievances: list[dict[str, Any]]
    commune: str
    registered_on: date
    closed: bool
    entries: list[Entry]
    health: Mapping[str, Any]

    def dimensions(self, person: Person, problem: str | None = None) -> Dimensions:
        """Where a person's fact stands: her own groups, the case's first grievance."""
        first = rules.problem_of(self.grievances[0]) if self.grievances else "autre"
        return Dimensions.from_codes(
            self.commune,
            str(person.get("sex") or "NP"),
            rules.age_band(person.get("age"), self.registered_on),
            rules.categories(person, self.registered_on),
            problem or first,
        )

    def named(self, ids: Any) -> list[Person]:
        """The people an entry names, or everybody where it names nobody."""
        wanted = set(ids or [])
        return [person for person in self.people if person["id"] in wanted] or self.people

    @property
    def any_gbv(self) -> bool:
        """True when some grievance is gender-based violence."""
        return any(rules.is_gbv(grievance) for grievance in self.grievances)

    def of_kind(self, kind: str) -> Iterator[Entry]:
        """The entries of one kind, oldest act first."""
        return (entry for entry in self.entries if entry.value.get("kind") == kind)


def wanted_facts(file: File) -> dict[str, Wanted]:
    """Every fact the file stands for, by what it is about; the first act of a kind wins."""
    found: dict[str, Wanted] = {}
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
        problem = rules.problem_of(grievance)
        person = file.named(grievance.get("people"))[0]
        detail = facts.incident_detail(
            problem,
            rules.hours_to_report(grievance, file.registered_on),
            rules.hours_to_care(grievance, care_on(file, grievance)),
        )
        place = file.dimensions(person, problem)
        yield (
            f"incident:{grievance['id']}",
            Wanted(FactKind.INCIDENT, file.registered_on, place, detail),
        )


def care_on(file: File, grievance: Mapping[str, Any]) -> date | None:
    """The first day of care for a grievance: what she said, or the first health service given."""
    told = file.health.get(grievance["id"], {}).get("care_on")
    days = [day for day, service, _ in services(file) if service in rules.HEALTH_SERVICES]
    known = [date.fromisoformat(told)] if told and len(told) == 10 else []
    return min([*known, *days], default=None)


def services(file: File) -> Iterator[tuple[date, str, list[Person]]]:
    """Every real service: given by us, or reported by a partner and served."""
    for entry in file.of_kind("service"):
        value = entry.value
        yield on(value), str(value["code"]), file.named(value.get("people"))
    for wish, moves in referrals(file):
        given = [each for each in moves if each["to"] in SERVED]
        if moves and moves[-1]["to"] in SERVED:
            yield on(given[0]), str(wish["service"]), file.named(wish.get("people"))


def referrals(file: File) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each referral as its sender sealed it, with its moves in the order they were recorded."""
    for entry in file.of_kind("referral"):
        moves = [
            each.value
            for each in file.entries
            if each.section == entry.section and each.value.get("kind") == "move"
        ]
        yield (
            {**entry.value, "id": entry.section.removeprefix(EXCHANGE)},
            sorted(moves, key=lambda value: int(str(value["number"]))),
        )


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
        code = str(entry.value["code"])
        if not rules.is_redress(code):
            continue
        for person in redress_holders(file, entry):
            detail = facts.redress_detail(code, entry.value.get("route"))  # type: ignore[arg-type]
            yield (
                f"redress:{person['id']}",
                Wanted(FactKind.REDRESS, on(entry.value), file.dimensions(person), detail),
            )


def redress_holders(file: File, entry: Entry) -> list[Person]:
    """The people an outcome names; where it names nobody, the person who lodged the case."""
    return file.named(entry.value["people"]) if entry.value.get("people") else file.people[:1]


def papers(file: File) -> Found:
    """One for each civil act or identity paper, for each person who now holds one."""
    for entry in file.of_kind("outcome"):
        code = str(entry.value["code"])
        if code not in PAPERS:
            continue
        for person in redress_holders(file, entry):
            detail = facts.document_detail(paper_kind(file, code))
            yield (
                f"document:{entry.id}:{person['id']}",
                Wanted(FactKind.DOCUMENT, on(entry.value), file.dimensions(person), detail),
            )


def paper_kind(file: File, code: str) -> str:
    """Which paper it is: an identity paper, or the civil act the case asked for."""
    asked = (rules.problem_of(grievance) for grievance in file.grievances)
    act = next((problem for problem in asked if problem.startswith("ec_")), PAPERS["acte_ec"])
    return PAPERS[code] if code == "identite" else act


def closed(file: File) -> Found:
    """One while the case is closed, on the day of its last closure."""
    last = max(
        file.of_kind("closure"), key=lambda entry: str(entry.value["recorded_at"]), default=None
    )
    if not file.closed or last is None:
        return
    day = on(last.value)
    detail = facts.closed_detail(str(last.value["code"]), max(0, (day - file.registered_on).days))
    yield "closed", Wanted(FactKind.CLOSED, day, file.dimensions(file.people[0]), detail)


def on(value: Mapping[str, Any]) -> date:
    """The day an entry's act happened."""
    return date.fromisoformat(str(value["happened_on"])[:10])


def file_of(session: Session, case: OpenCase) -> File:
    """The open case as the facts see it."""
    sections = read_sections(session, case)
    identity, facts_ = value_of(sections, "identity"), value_of(sections, "facts")
    return File(
        people=list(identity.get("beneficiaries", [])),
        grievances=list(facts_.get("grievances", [])),
        commune=str(identity.get("commune", "")),
        registered_on=case.row.opened_on,
        closed=case.row.status == CaseStatus.CLOSED,
        entries=read_entries(session, case),
        health=value_of(sections, "health").get("grievances", {}),
    )


def value_of(sections: Mapping[str, Section], name: str) -> Mapping[str, Any]:
    """The value of a section, empty when nothing was ever written."""
    return sections[name].value if name in sections else {}


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
