"""What the page of a case says, in words: how to reach her, what is urgent, who, and what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework import clock, codes
from casework.cases import rules
from casework.cases.deadlines import care_windows
from casework.cases.field_kinds import Field, Per
from casework.cases.fields import of_section
from casework.cases.form_sheets import Row, Sheet, grievances_of, people_of, rows_of, sheet_of
from casework.cases.form_words import answers_in_words, grievance_name, people_named
from casework.consent.recipients import Section
from casework.consent.records import CALL_BACK, STATISTICS, Answer, agreed, latest
from casework.desk.case_sheets import CaseSheet
from casework.i18n import lazy_gettext as _l

Answers = list[tuple[Any, str]]
SAID_APART = frozenset({"people", "gbv_acts", "justice_type", "avoid", "phone", "trusted_phone"})
FIRST_SAID = frozenset({"times", "code_word", "means", "phone_owner"})
"""What whoever calls must know before anything else."""

CARE = {
    "pep": _l("Treatment against HIV: only until"),
    "contraception": _l("Emergency contraception: only until"),
}
DANGERS = (
    ("facts", "life_in_danger", True, _l("A life is in danger now.")),
    ("facts", "child_in_danger", True, _l("A child is in danger.")),
    ("facts", "safe_tonight", False, _l("She is not safe where she sleeps tonight.")),
)
SPEAKS_OF_DYING = _l("The person speaks of dying. Do not leave her alone.")
UNLAWFUL = _l("An unlawful settlement is written here. Speak with your coordinator today.")
MARRIAGE = {
    "child": _l("Child under 18"),
    "below_legal_age": _l("Below the legal age of marriage"),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the person safely, and who must never know."""

    rows: Answers = field(repr=False)
    phone: str = field(repr=False)
    trusted_phone: str = field(repr=False)
    avoid: str = field(repr=False)
    refused: bool = False

    @property
    def known(self) -> bool:
        """True when anything was said about it."""
        return bool(self.rows or self.phone or self.trusted_phone or self.avoid)


def contact(sheet: CaseSheet) -> Contact:
    """What the page says first."""
    told = sheet.values.get("contact", {})
    call_back = latest(sheet.consents, CALL_BACK)
    ranked = sorted(asked(Section.CONTACT, Per.CASE), key=lambda one: one.name not in FIRST_SAID)
    return Contact(
        answers_in_words(sheet.values, sheet_of(ranked, sheet.values)),
        str(told.get("phone", "")),
        str(told.get("trusted_phone", "")),
        str(told.get("avoid", "")),
        refused=call_back is not None and call_back.answer is Answer.NO,
    )


def answers(sheet: CaseSheet, section: Section) -> Answers:
    """What a section says about the case as a whole."""
    return answers_in_words(sheet.values, sheet_about(sheet, section, Per.CASE))


def sheet_about(sheet: CaseSheet, section: Section, per: Per, rows: Sequence[Row] = ()) -> Sheet:
    """The questions of a section that the page answers in a list."""
    return sheet_of(asked(section, per), sheet.values, rows)


def asked(section: Section, per: Per) -> tuple[Field, ...]:
    """The fields of a section, but for those that stand in a heading or a place of their own."""
    return tuple(one for one in of_section(section, per) if one.name not in SAID_APART)


@dataclass(frozen=True, slots=True)
class Warning:
    """One thing that cannot wait, and until when it can be done."""

    text: Any
    until: datetime | None = None


def warnings(sheet: CaseSheet) -> list[Warning]:
    """What cannot wait, care first; nothing once the case is closed."""
    if sheet.closed:
        return []
    return [*care(sheet), *dangers(sheet)]


def care(sheet: CaseSheet) -> Iterator[Warning]:
    """The windows of care that are still open for somebody who has not been cared for."""
    health = sheet.values.get("health", {}).get("grievances", {})
    for grievance in grievances_of(sheet.values):
        if health.get(grievance["id"], {}).get("care_received"):
            continue
        for window in care_windows(grievance, str(person_of(sheet, grievance).get("sex", ""))):
            if window.until > clock.now():
                yield Warning(CARE[window.kind], window.until)


def dangers(sheet: CaseSheet) -> Iterator[Warning]:
    """The dangers that were told."""
    for section, name, danger, words in DANGERS:
        if sheet.values.get(section, {}).get(name) is danger:
            yield Warning(words)
    parts = sheet.values.get("health", {}).get("grievances", {}).values()
    if any(part.get("wants_to_die") for part in parts):
        yield Warning(SPEAKS_OF_DYING)
    codes_told = (str(each.now.value.get("code", "")) for each in sheet.told if not each.void)
    if any(rules.is_alert(code) for code in codes_told):
        yield Warning(UNLAWFUL)


def person_of(sheet: CaseSheet, grievance: dict[str, Any]) -> dict[str, Any]:
    """The first person a grievance is about."""
    people, meant = people_of(sheet.values), grievance.get("people") or []
    return next((one for one in people if one["id"] in meant), people[0] if people else {})


@dataclass(frozen=True, slots=True)
class Who:
    """One beneficiary."""

    name: str = field(repr=False)
    safe_name: str = field(repr=False)
    about: str = field(repr=False)
    rows: Answers = field(repr=False)


NAMED = frozenset(
    {"given_name", "father_name", "grandfather_name", "family_name", "nickname", "safe_name"}
)
SUMMED = frozenset({"sex", "age", "other_categories"})
SAID_BY_CATEGORY = (("displacement", "pdi"), ("displacement", "resident"), ("disability", "non"))


def people(sheet: CaseSheet) -> list[Who]:
    """The beneficiaries, the person who came first."""
    fields = [
        one
        for one in of_section(Section.IDENTITY, Per.BENEFICIARY)
        if one.name not in NAMED | SUMMED
    ]
    rows, names = rows_of(sheet.values, Per.BENEFICIARY), dict(people_named(sheet.values))
    plain = {**sheet.values, "identity": {"beneficiaries": unsaid(people_of(sheet.values))}}
    asked_now = sheet_of(fields, plain, rows)
    return [
        Who(
            names[row.id],
            str((row.stored or {}).get("safe_name", "")),
            summary(sheet, dict(row.stored or {})),
            answers_in_words(plain, asked_now, row.id),
        )
        for row in rows
    ]


def unsaid(persons: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The beneficiaries without the answers that their categories say already."""
    return [
        {name: told for name, told in one.items() if (name, told) not in SAID_BY_CATEGORY}
        for one in persons
    ]


def summary(sheet: CaseSheet, person: dict[str, Any]) -> str:
    """Sex, age and categories of one person."""
    ages = sheet_of(
        [one for one in of_section(Section.IDENTITY, Per.BENEFICIARY) if one.name == "age"],
        sheet.values,
        [row for row in rows_of(sheet.values, Per.BENEFICIARY) if row.id == person["id"]],
    )
    age = [words for _, words in answers_in_words(sheet.values, ages, person["id"])]
    held = rules.categories(person, clock.today())
    listed = [code for code in codes.codes("categorie_beneficiaire") if code in held]
    sex = [codes.label("sexe", person["sex"])] if person.get("sex") else []
    return " · ".join(
        [*sex, *age, *(codes.label("categorie_beneficiaire", code) for code in listed)]
    )


TOLD = frozenset({"other_type", "happened_on", "part_of_day", "incident_place", "story", "wish"})
"""What the page says about a grievance at once; the rest unfolds."""


@dataclass(frozen=True, slots=True)
class What:
    """One grievance: its type, the contexts that follow, and what was told."""

    type: str = field(repr=False)
    people: str = field(repr=False)
    contexts: list[Any] = field(repr=False)
    told: Answers = field(repr=False)
    more: Answers = field(repr=False)
    author: Answers = field(repr=False)
    health: Answers = field(repr=False)
    no_settlement: bool = False


def grievances(sheet: CaseSheet) -> list[What]:
    """The grievances, first recorded first."""
    rows, names = rows_of(sheet.values, Per.GRIEVANCE), dict(people_named(sheet.values))
    fields = asked(Section.FACTS, Per.GRIEVANCE)
    told = sheet_of([one for one in fields if one.name in TOLD], sheet.values, rows)
    more = sheet_of([one for one in fields if one.name not in TOLD], sheet.values, rows)
    author, health = (
        sheet_about(sheet, section, Per.GRIEVANCE, rows)
        for section in (Section.PERPETRATOR, Section.HEALTH)
    )
    return [
        What(
            type=grievance_name(one),
            people=", ".join(names.get(each, "") for each in one.get("people") or []),
            contexts=contexts(sheet, one),
            told=answers_in_words(sheet.values, told, one["id"]),
            more=answers_in_words(sheet.values, more, one["id"]),
            author=answers_in_words(sheet.values, author, one["id"]),
            health=answers_in_words(sheet.values, health, one["id"]),
            no_settlement=rules.settlement_forbidden(one),
        )
        for one in grievances_of(sheet.values)
    ]


def contexts(sheet: CaseSheet, grievance: dict[str, Any]) -> list[Any]:
    """What follows from the answers about a grievance: contexts, and the two flags of an early
    marriage."""
    authors = sheet.values.get("perpetrator", {}).get("grievances", {})
    author, person = authors.get(grievance["id"], {}), person_of(sheet, grievance)
    on = sheet.case.row.opened_on
    found: list[Any] = [
        codes.label("contexte_vbg_derive", code)
        for code in rules.contexts(grievance, author, person.get("age"), on)
    ]
    if rules.core_type(grievance) == "vbg_mariage_force":
        flags = rules.marriage_flags(str(person.get("sex", "")), person.get("age"), on)
        found += [MARRIAGE[flag] for flag in flags]
    return found


def counted(sheet: CaseSheet) -> bool:
    """True when the person agreed to be counted without her name."""
    return agreed(sheet.consents, STATISTICS, clock.today())
