"""Sheets: which declared fields one page asks, about whom, and where in the case each answer is.

A sheet is made from the opened sections of a case (`Values`: section name → its JSON). `read` takes
the stored answers out, `placed` gives the sections as they would be with new answers. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from casework import clock
from casework.cases import rules
from casework.cases.field_kinds import Field, Kind, Per
from casework.cases.sections import Value
from casework.i18n import lazy_gettext as _l

Values = Mapping[str, Value]
LISTS = {Per.BENEFICIARY: ("identity", "beneficiaries"), Per.GRIEVANCE: ("facts", "grievances")}
MOST_ROWS = 20
GRIEVANCE_SECTIONS = ("facts", "perpetrator", "health")


FOLDS: tuple[tuple[object, frozenset[str]], ...] = (
    (
        _l("It is a group or a community"),
        frozenset({"collective", "affected_female", "affected_male"}),
    ),
    (_l("More about the person"), frozenset({"marital_status", "other_categories"})),
    (
        _l("A trusted person, other wishes"),
        frozenset({"trusted_person", "trusted_phone", "language", "worker_sex"}),
    ),
    (
        _l("More about the alleged perpetrator"),
        frozenset({"actor", "author_age", "author_count", "author_name"}),
    ),
    (_l("For the statistics"), frozenset({"phase", "reported_elsewhere"})),
)
"""Questions that are seldom needed wait behind a line that says what they are about."""


@dataclass(frozen=True, slots=True)
class Question:
    """A declared field as one page asks it; `item` is the beneficiary or grievance meant."""

    name: str
    declared: Field
    item: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One beneficiary or grievance on a page, in the order of the page, counted from 1."""

    id: str
    per: Per
    number: int
    stored: Mapping[str, Any] | None = field(default=None, repr=False)
    needed: bool = False
    """True for the person who came: no case can do without her."""

    @property
    def prefix(self) -> str:
        """What the names of its form fields begin with."""
        return f"{self.per.value[0]}{self.number}_"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The questions of one page; where it is `growing`, rows can be begun and taken out."""

    questions: tuple[Question, ...]
    rows: tuple[Row, ...] = ()
    growing: bool = False

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections the answers stand in, each once."""
        found = [str(question.declared.section) for question in self.questions]
        return tuple(dict.fromkeys(found))

    def about(self, item: str = "") -> tuple[Question, ...]:
        """The questions about one row, or about the case itself."""
        return tuple(question for question in self.questions if question.item == item)

    def groups(self, item: str = "") -> list[tuple[object, list[Question]]]:
        """The questions about one item: those always shown, then those behind each line."""
        seldom = {name for _label, names in FOLDS for name in names}
        asked = self.about(item)
        shown = [question for question in asked if question.declared.name not in seldom]
        behind = [
            (label, [question for question in asked if question.declared.name in names])
            for label, names in FOLDS
        ]
        return [("", shown), *((label, found) for label, found in behind if found)]


def of_case(fields: Iterable[Field]) -> tuple[Question, ...]:
    """Questions about the case itself, or about one entry."""
    return tuple(Question(declared.name, declared) for declared in fields)


def sheet_of(
    fields: Sequence[Field], values: Values, rows: Sequence[Row] = (), growing: bool = False
) -> Sheet:
    """The sheet that asks these fields: of the case, and of each row those that apply to it."""
    asked = list(of_case(declared for declared in fields if declared.per is Per.CASE))
    for row in rows:
        asked += [
            Question(row.prefix + declared.name, declared, row.id)
            for declared in fields
            if declared.per is row.per and applies(declared, row, values)
        ]
    return Sheet(tuple(asked), tuple(rows), growing)


def applies(declared: Field, row: Row, values: Values) -> bool:
    """True when the question has a meaning for this row as it is stored."""
    people = people_of(values)
    if declared.kind is Kind.BENEFICIARIES and len(people) < 2:
        return False
    about = row.stored or {}
    concerned = set(about.get("people") or [row.id])
    child = any(
        rules.is_child(person.get("age"), clock.today())
        for person in people
        if len(people) == 1 or person["id"] in concerned
    )
    return declared.applies(gbv=rules.is_gbv(about), child=child)


def people_of(values: Values) -> list[dict[str, Any]]:
    """The beneficiaries, the person who came first."""
    return listed(values, Per.BENEFICIARY)


def grievances_of(values: Values) -> list[dict[str, Any]]:
    """The grievances, first recorded first."""
    return listed(values, Per.GRIEVANCE)


def listed(values: Values, per: Per) -> list[dict[str, Any]]:
    """The stored beneficiaries or grievances, in their order."""
    section, name = LISTS[per]
    found: Any = values.get(section, {}).get(name, [])
    return list(found)


def rows_of(values: Values, per: Per, ids: Iterable[str] | None = None) -> tuple[Row, ...]:
    """The rows with these ids, or every stored one, as a page counts them (at most 20)."""
    stored = {item["id"]: item for item in listed(values, per)}
    wanted = list(dict.fromkeys(stored if ids is None else ids))[:MOST_ROWS]
    came = next(iter([*stored, *wanted]), None) if per is Per.BENEFICIARY else None
    return tuple(
        Row(one, per, number, stored.get(one), one == came)
        for number, one in enumerate(wanted, start=1)
    )


# Answers out of the sections, and into them


def read(values: Values, questions: Iterable[Question]) -> dict[str, Any]:
    """The stored answers, by the name of their form field; unanswered ones are left out."""
    found = {question.name: stored(values, question) for question in questions}
    return {name: answer for name, answer in found.items() if answer is not None}


def stored(values: Values, question: Question) -> Any:
    """The stored answer to one question, None where there is none."""
    declared = question.declared
    place = place_of(values, str(declared.section), declared.per, question.item)
    return place.get(declared.name)


def place_of(values: Values, section: str, per: Per, item: str) -> Mapping[str, Any]:
    """Where the answers about one item stand in a section; empty when nothing does."""
    whole: Mapping[str, Any] = values.get(section, {})
    if per not in LISTS:
        return whole
    if LISTS[per][0] == section:
        return next((one for one in listed(values, per) if one["id"] == item), {})
    found: Mapping[str, Any] = whole.get("grievances", {}).get(item, {})
    return found


def placed(
    values: Values, sheet: Sheet, answers: Mapping[str, Any], removed: Iterable[str] = ()
) -> dict[str, Value]:
    """The sections as they are with these answers; rows that say nothing new are not begun.

    `answers` is by form field, without the unanswered; `removed` are ids of rows taken out.
    """
    changed: dict[str, Value] = deepcopy(dict(values))
    gone = set(removed)
    for question in sheet.about():
        put(changed, question, answers.get(question.name))
    for row in sheet.rows:
        questions = sheet.about(row.id)
        if row.id in gone:
            take_out(changed, row)
        elif row.stored is not None or (sheet.growing and is_told(questions, answers)):
            for question in questions:
                put(changed, question, answers.get(question.name))
    return changed


def is_told(questions: Iterable[Question], answers: Mapping[str, Any]) -> bool:
    """True when at least one of the questions is answered."""
    return any(question.name in answers for question in questions)


def put(values: dict[str, Value], question: Question, answer: Any) -> None:
    """The answer stands in its place, or nothing does where it is None."""
    declared = question.declared
    where = (str(declared.section), declared.per, question.item)
    if answer is not None:
        place = place_to_write(values, *where)
        place[declared.name] = settled(answer, place.get(declared.name))
        return
    found = place_of(values, *where)
    if declared.name in found:
        place_to_write(values, *where).pop(declared.name)


def place_to_write(values: dict[str, Value], section: str, per: Per, item: str) -> dict[str, Any]:
    """The JSON object in which the answers about one item stand, made where it is missing."""
    whole: dict[str, Any] = values.setdefault(section, {})
    if per not in LISTS:
        return whole
    if LISTS[per][0] != section:
        inside: dict[str, Any] = whole.setdefault("grievances", {}).setdefault(item, {})
        return inside
    items: list[dict[str, Any]] = whole.setdefault(LISTS[per][1], [])
    found = next((one for one in items if one["id"] == item), None)
    if found is None:
        found = {"id": item}
        items.append(found)
    return found


def settled(answer: Any, before: Any) -> Any:
    """The answer, or the one that stood there when it says the same: an age keeps its day."""
    if isinstance(answer, dict) and isinstance(before, dict):
        told = ("years", "birth_year", "birth_on", "band")
        if all(answer.get(key) == before.get(key) for key in told):
            same = bool(answer.get("approximate")) == bool(before.get("approximate"))
            return before if same or "years" not in answer else answer
    return answer


def take_out(values: dict[str, Value], row: Row) -> None:
    """Nothing about the row is left in any section of the sheet's kind."""
    section, name = LISTS[row.per]
    kept = [one for one in listed(values, row.per) if one["id"] != row.id]
    values.setdefault(section, {})[name] = kept
    if row.per is Per.GRIEVANCE:
        for other in GRIEVANCE_SECTIONS[1:]:
            items: Any = values.get(other, {}).get("grievances", {})
            items.pop(row.id, None)
