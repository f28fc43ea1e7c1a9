"""A case's file as its facts are read from it: people, grievances, what was done and obtained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from casework.cases import rules
from casework.cases.access import EXCHANGE, OpenCase
from casework.cases.deadlines import incident_days
from casework.cases.models import CaseStatus
from casework.cases.sections import Entry, Section, read_entries, read_sections
from casework.facts.dimensions import Dimensions

SERVED = frozenset({"service_rendu", "confirme"})
Person = Mapping[str, Any]
Grievance = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """Everything the facts of a case follow from, opened; corrected entries are left out."""

    people: list[Person]
    grievances: list[dict[str, Any]]
    commune: str
    registered_on: date
    closed: bool
    entries: list[Entry]
    health: Mapping[str, Any]

    def dimensions(
        self, person: Person, problem: str | None = None, on: date | None = None
    ) -> Dimensions:
        """Where a person's fact stands: her own groups, the case's first grievance."""
        first = rules.problem_of(self.grievances[0]) if self.grievances else "autre"
        day = on or self.registered_on
        return Dimensions.from_codes(
            self.commune,
            str(person.get("sex") or "NP"),
            rules.age_band(person.get("age"), day),
            rules.categories(person, day),
            problem or first,
        )

    def named(self, ids: Any) -> list[Person]:
        """The people an entry names, or everybody where it names nobody."""
        wanted = set(ids or [])
        return [person for person in self.people if person["id"] in wanted] or self.people

    def holders(self, entry: Entry) -> list[Person]:
        """The people an outcome names; where it names nobody, the person who lodged the case."""
        named = entry.value.get("people")
        return self.named(named) if named else self.people[:1]

    @property
    def any_gbv(self) -> bool:
        """True when some grievance is gender-based violence."""
        return any(rules.is_gbv(grievance) for grievance in self.grievances)

    def of_kind(self, kind: str) -> Iterator[Entry]:
        """The entries of one kind, oldest act first."""
        return (entry for entry in self.entries if entry.value.get("kind") == kind)

    @property
    def closure(self) -> Entry | None:
        """The last closure, while the case is closed."""
        closures = self.of_kind("closure") if self.closed else iter(())
        return max(closures, key=lambda entry: str(entry.value["recorded_at"]), default=None)

    @property
    def is_duplicate(self) -> bool:
        """True when the case was closed because another one stands for it."""
        last = self.closure
        return last is not None and last.value["code"] in rules.CLOSED_UNCOUNTED


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The entries as they hold now: without those another one corrects or takes back."""
    known = list(entries)
    corrected = {entry.value.get("corrects") for entry in known}
    return [
        entry for entry in known if str(entry.id) not in corrected and not entry.value.get("void")
    ]


def first_id(entry: Entry) -> str:
    """The id of the entry that was written first, of which this one is a correction, or itself."""
    return str(entry.value.get("first") or entry.id)


def on(value: Mapping[str, Any]) -> date:
    """The day an entry's act happened."""
    return date.fromisoformat(str(value["happened_on"])[:10])


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


def recorded_on(file: File, grievance: Grievance) -> date:
    """The day a grievance was told: the registration, or later where it came up later."""
    told = grievance.get("recorded_on")
    return date.fromisoformat(told) if told else file.registered_on


def care_on(file: File, grievance: Grievance) -> date | None:
    """The first day of care for a grievance: what she said, or the first health service since."""
    told = file.health.get(grievance["id"], {}).get("care_on")
    began = (incident_days(grievance) or (date.min, date.max))[0]
    days = [day for day, service, _ in services(file) if service in rules.HEALTH_SERVICES]
    known = [date.fromisoformat(told)] if told and len(told) == 10 else []
    return min([*known, *(day for day in days if day >= began)], default=None)


def file_of(session: Session, case: OpenCase) -> File:
    """The open case as the facts see it."""
    sections = read_sections(session, case)
    identity, facts = value_of(sections, "identity"), value_of(sections, "facts")
    return File(
        people=list(identity.get("beneficiaries", [])),
        grievances=list(facts.get("grievances", [])),
        commune=str(identity.get("commune", "")),
        registered_on=case.row.opened_on,
        closed=case.row.status == CaseStatus.CLOSED,
        entries=standing(read_entries(session, case)),
        health=value_of(sections, "health").get("grievances", {}),
    )


def value_of(sections: Mapping[str, Section], name: str) -> Mapping[str, Any]:
    """The value of a section, empty when nothing was ever written."""
    return sections[name].value if name in sections else {}


@dataclass(frozen=True, slots=True)
class Told:
    """What stands about one act now, and what was written about it before, newest first."""

    now: Entry
    before: tuple[Entry, ...] = ()

    @property
    def void(self) -> bool:
        """True when the last word is that it never happened."""
        return bool(self.now.value.get("void"))


def told(entries: Iterable[Entry]) -> list[Told]:
    """Every act once, as it was last told, in the order of the entries given."""
    known = {str(entry.id): entry for entry in entries}
    corrected = {entry.value.get("corrects") for entry in known.values()}
    last = (entry for one, entry in known.items() if one not in corrected)
    return [Told(entry, tuple(earlier(entry, known))) for entry in last]


def earlier(entry: Entry, known: Mapping[str, Entry]) -> Iterator[Entry]:
    """The entries that one corrects, one after the other, newest first."""
    before = known.get(str(entry.value.get("corrects")))
    while before is not None:
        yield before
        before = known.get(str(before.value.get("corrects")))
