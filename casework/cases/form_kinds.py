"""One kind of declared value, one kind of form field: how it is asked and checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wtforms import SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from casework import codes, places
from casework.cases.field_kinds import COMMUNE_LISTS, Field, Kind
from casework.cases.form_sheets import Question
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l
from casework.web.fields import (
    AgeField,
    ChoiceField,
    ChoicesField,
    DateField,
    ListField,
    PartialDateField,
    choice,
    within_days,
)

Pairs = Sequence[tuple[str, str]]
Made = dict[str, Any]
Maker = Callable[[Question, list[Any], Any], Made]
MOST_RADIOS = 8
MOST_INLINE = 3
LEAST_DIGITS = 6
LONGEST_COUNT = 12
FAR_AHEAD = 3650
EXPECTED = frozenset({"next_on"})
"""Dates that lie ahead: the next hearing, the last day to appeal."""

BIRTH, BAND = "_birth", "_band"
"""What the names of the second and third field of an age end in."""

TYPED = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.PHONE, Kind.NUMBER})
TOO_LONG = _l("This is too long. Write it more shortly.")
NEEDED = _l("Choose an answer.")
NEEDED_TEXT = _l("Write an answer.")
MATTERS = "type_cas_justice"
FAMILIES = {
    "ec": _l("Civil status"),
    "fon": _l("Land"),
    "suc": _l("Inheritance"),
    "fam": _l("Family"),
    "enf": _l("Children"),
    "lib": _l("Freedom"),
    "vie": _l("Life and body"),
    "bien": _l("Property"),
    "eco": _l("Work and money"),
    "adm": _l("Administration"),
    "eei": _l("Explosive device"),
}
"""Groups of the matters of justice, by what their codes begin with."""


def tidy(text: Any) -> str:
    """What was typed, composed (NFC), without spaces around it or signs nobody can see."""
    plain = unicodedata.normalize("NFC", str(text or "").replace("\r\n", "\n"))
    return "".join(sign for sign in plain if sign == "\n" or sign.isprintable()).strip()


def options(declared: Field, stored: Any = None) -> list[SelectChoice]:
    """What can be chosen: every offered code, and the stored ones that are offered no more."""
    offered = declared.options()
    held = stored if isinstance(stored, list) else [stored] if stored else []
    kept = [(code, words_of_code(declared, code)) for code in held if code not in dict(offered)]
    return [
        SelectChoice(value=code, label=label, optgroup=family(declared, code))
        for code, label in [*offered, *kept]
    ]


def family(declared: Field, code: str) -> str | None:
    """The group of a matter of justice in its long list; other lists have no groups."""
    if declared.codes != MATTERS:
        return None
    return str(FAMILIES.get(code.split("_")[0]) or _("Other"))


def words_of_code(declared: Field, code: str) -> str:
    """The words for one code of a field, retired ones included."""
    if declared.codes in COMMUNE_LISTS:
        return places.name(code)
    return codes.label(str(declared.codes), code)


def whole_number(_form: Any, field: Any) -> None:
    """Raises ValidationError unless the field is empty or holds a number from 0."""
    if field.data and not (field.data.isdecimal() and len(field.data) <= LONGEST_COUNT):
        raise ValidationError(_("Write a number with digits only."))


def phone_number(_form: Any, field: Any) -> None:
    """Raises ValidationError when there are too few digits to call."""
    if field.data and sum(sign.isdigit() for sign in field.data) < LEAST_DIGITS:
        raise ValidationError(_("Write the number with its digits, such as 76 12 34 56."))


def whole_or_year(_form: Any, field: Any) -> None:
    """Raises ValidationError for a birth of which the month is known but not the day."""
    if field.data and len(field.data) == len("1985-03"):
        raise ValidationError(_("Write the day as well, or the year alone."))


def typed(kind: Any, *checks: Any, **looks: Any) -> Maker:
    """Makes a field in which text is typed."""

    def make(question: Question, needed: list[Any], _stored: Any) -> Made:
        most = Length(max=question.declared.max_length, message=TOO_LONG)
        return {
            "": kind(validators=[*needed, most, *checks], filters=[tidy], render_kw=looks or None)
        }

    return make


def one_of(question: Question, needed: list[Any], stored: Any) -> Made:
    """One code: large rows for a few, the phone's own list for many."""
    return {"": chosen(options(question.declared, stored), needed)}


def chosen(choices: list[SelectChoice], needed: list[Any], label: Any = None) -> Any:
    """A field with one answer among these."""
    if len(choices) > MOST_RADIOS:
        return ListField(label=label, validators=needed, choices=choices)
    inline = len(choices) <= MOST_INLINE
    return ChoiceField(label=label, validators=needed, choices=choices, inline=inline)


def several_of(question: Question, needed: list[Any], stored: Any) -> Made:
    """Any number of codes."""
    return {"": ChoicesField(validators=needed, choices=options(question.declared, stored))}


def yes_or_no(_question: Question, needed: list[Any], _stored: Any) -> Made:
    """Yes, no, or no answer at all."""
    answers = [choice("yes", _("Yes")), choice("no", _("No"))]
    return {"": ChoiceField(validators=needed, choices=answers, inline=True)}


def day_of(question: Question, needed: list[Any], _stored: Any) -> Made:
    """A date, as far as it may be known; in the future only where it is expected there."""
    latest = within_days(FAR_AHEAD) if question.declared.name in EXPECTED else None
    kind = PartialDateField if question.declared.approximate else DateField
    return {"": kind(validators=needed, latest=latest)}


def age_of(question: Question, _needed: list[Any], _stored: Any) -> Made:
    """An age told in one of three ways: years, date or year of birth, age group."""
    band = options(question.declared)
    return {
        "": AgeField(),
        BIRTH: PartialDateField(
            validators=[whole_or_year],
            label=_l("Or the year of birth"),
            description=_l("The year alone is enough."),
        ),
        BAND: ListField(_l("Or the age group"), choices=band),
    }


MAKERS: dict[Kind, Maker] = {
    Kind.TEXT: typed(StringField),
    Kind.LONG_TEXT: typed(TextAreaField, rows=4),
    Kind.PHONE: typed(StringField, phone_number, inputmode="tel", **{"class": "short"}),
    Kind.NUMBER: typed(StringField, whole_number, inputmode="numeric", **{"class": "short"}),
    Kind.CHOICE: one_of,
    Kind.CHOICES: several_of,
    Kind.YES_NO: yes_or_no,
    Kind.DATE: day_of,
    Kind.APPROXIMATE_AGE: age_of,
}


def made(question: Question, stored: Any, offered: Mapping[Kind, Pairs]) -> Made:
    """The form fields of one question, by what their names end in."""
    declared = question.declared
    message = NEEDED_TEXT if declared.kind in TYPED else NEEDED
    needed = [InputRequired(message)] if declared.required else []
    if declared.kind in offered:
        known = [choice(one, label) for one, label in offered[declared.kind]]
        many = declared.kind is Kind.BENEFICIARIES
        found = {"": ChoicesField(choices=known) if many else chosen(known, needed)}
    else:
        found = MAKERS[declared.kind](question, needed, stored)
    found[""].kwargs |= {"label": declared.label, "description": declared.hint}
    return {question.name + ending: field for ending, field in found.items()}
