"""Answers in words: what a sealed value says, as a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework import codes
from casework.cases import rules
from casework.cases.cards import full_name
from casework.cases.field_kinds import Field, Kind
from casework.cases.form_kinds import words_of_code
from casework.cases.form_sheets import Sheet, Values, grievances_of, people_of, read
from casework.i18n import gettext as _
from casework.i18n import ngettext as _n
from casework.web.formats import partial_day

Known = Mapping[str, str]


def in_words(declared: Field, value: Any, names: Known | None = None) -> str:
    """The answer as it is read; `names` gives the words for ids of people and grievances."""
    if value is None:
        return ""
    if declared.kind in (Kind.BENEFICIARIES, Kind.GRIEVANCE):
        ids = value if isinstance(value, list) else [value]
        return ", ".join((names or {}).get(one, "") for one in ids)
    return WORDS.get(declared.kind, plain)(declared, value)


def plain(_declared: Field, value: Any) -> str:
    """What was typed."""
    return str(value)


def one_code(declared: Field, value: Any) -> str:
    """The words of a code."""
    return words_of_code(declared, value)


def several_codes(declared: Field, value: Any) -> str:
    """The words of some codes."""
    return ", ".join(words_of_code(declared, code) for code in value)


def yes_or_no(_declared: Field, value: Any) -> str:
    """Yes or no."""
    return str(_("Yes") if value else _("No"))


def day(_declared: Field, value: Any) -> str:
    """A date as far as it is known."""
    return partial_day(str(value))


def age(_declared: Field, value: Any) -> str:
    """An age as it was told."""
    if value.get("band"):
        return codes.label("tranche_age", value["band"])
    if value.get("birth_on"):
        return str(_("born on %(day)s", day=partial_day(value["birth_on"])))
    if value.get("birth_year"):
        return str(_("born about %(year)s", year=value["birth_year"]))
    years = int(value["years"])
    told = _n("%(years)s year", "%(years)s years", years, years=years)
    return str(_("about %(age)s", age=told) if value.get("approximate") else told)


WORDS: dict[Kind, Callable[[Field, Any], str]] = {
    Kind.CHOICE: one_code,
    Kind.CHOICES: several_codes,
    Kind.YES_NO: yes_or_no,
    Kind.DATE: day,
    Kind.APPROXIMATE_AGE: age,
}


def answers_in_words(values: Values, sheet: Sheet, item: str = "") -> list[tuple[Any, str]]:
    """What is answered about the case or one row of a sheet: question and answer, in order."""
    questions = sheet.about(item)
    told = read(values, questions)
    names = dict([*people_named(values), *grievances_named(values)])
    return [
        (question.declared.label, in_words(question.declared, told[question.name], names))
        for question in questions
        if question.name in told
    ]


def person_name(person: Mapping[str, Any], number: int) -> str:
    """The name of a beneficiary, or her place in the list as long as it is not known."""
    return full_name(person) or _("Person %(number)s", number=number)


def grievance_name(grievance: Mapping[str, Any]) -> str:
    """The type of a grievance: the core type of violence, or the matter of justice."""
    return rules.problem_label(rules.problem_of(grievance))


def people_named(values: Values) -> list[tuple[str, str]]:
    """(id, name) of every beneficiary."""
    people = enumerate(people_of(values), start=1)
    return [(person["id"], person_name(person, number)) for number, person in people]


def grievances_named(values: Values) -> list[tuple[str, str]]:
    """(id, type) of every grievance."""
    return [(one["id"], grievance_name(one)) for one in grievances_of(values)]


def differences(mine: Values, theirs: Values, sheet: Sheet) -> list[tuple[Any, str, str]]:
    """Where two versions of a sheet differ: the question, this answer, and the other one."""
    ours, others = read(mine, sheet.questions), read(theirs, sheet.questions)
    names = dict([*people_named(theirs), *people_named(mine), *grievances_named(mine)])
    return [
        (
            question.declared.label,
            in_words(question.declared, ours.get(question.name), names),
            in_words(question.declared, others.get(question.name), names),
        )
        for question in sheet.questions
        if ours.get(question.name) != others.get(question.name)
    ]
