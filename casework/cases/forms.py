"""Forms made from the declared fields: each kind of value is asked, checked and read in one way.

    form_class = section_form(of_entry(Per.STEP), grievances=[(id, label), …])
    form = restored(form_class, **data_for(stored_value))        # GET
    form = posted(form_class); form.validate(); values_from(form)    # POST

`values_from` gives the JSON described in `fields`: only what was answered. A page about several
people or grievances is a `Sheet` (`form_sheets`) and takes `sheet_form` instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, HiddenField

from casework import clock
from casework.cases.field_kinds import Field, Kind
from casework.cases.form_kinds import BAND, BIRTH, LONGEST_COUNT, Pairs, made
from casework.cases.form_sheets import Question, Sheet, of_case
from casework.i18n import gettext as _
from casework.web.fields import ChoiceField, choice
from casework.web.forms import BaseForm

ID, REMOVED, REVISION = "id", "remove", "revision_"


class DeclaredForm(BaseForm):
    """A form of declared questions; rows that were left blank are no error."""

    questions: tuple[Question, ...] = ()
    sheet: Sheet = Sheet(())

    def process(self, *args: Any, **kwargs: Any) -> None:
        """A chosen answer can be taken back: its question offers to erase it."""
        super().process(*args, **kwargs)
        for field in self:
            if isinstance(field, ChoiceField) and field.data and not field.flags.required:
                field.choices = [*field.choices, choice("", _("No answer"))]

    def validate(self, extra_validators: Any = None) -> bool:
        """True when every question can be kept as it was answered."""
        super().validate(extra_validators)
        for question in self.questions:
            if question.declared.kind is Kind.APPROXIMATE_AGE:
                self.check_age(question)
        self.forgive_blank_rows()
        return not any(field.errors for field in self)

    def check_age(self, question: Question) -> None:
        """The age says so where it was told in two ways, or not at all though it is needed."""
        field = self[question.name]
        told = [one for one in age_fields(self, question) if one.data or one.errors]
        if len(told) > 1:
            field.errors = [*field.errors, _("Give the age in one way only, empty the others.")]
        if not told and question.declared.required:
            field.errors = [_("Give the age, the year of birth or the age group.")]

    def forgive_blank_rows(self) -> None:
        """A row that was added and left blank, or is taken out, has no errors."""
        removed = self.removed()
        for row in self.sheet.rows:
            fields = [field for name, field in self._fields.items() if name.startswith(row.prefix)]
            blank = not any(given(field) for field in fields if not isinstance(field, HiddenField))
            if row.id in removed or (blank and row.stored is None and not row.needed):
                for field in fields:
                    field.errors = ()

    def fields_of(self, questions: Iterable[Question]) -> list[Any]:
        """The form fields of some questions, those in which an answer begins."""
        return [self[question.name] for question in questions]

    def removed(self) -> frozenset[str]:
        """The ids of the rows to take out."""
        ticked = (row for row in self.sheet.rows if self.sheet.growing and not row.needed)
        return frozenset(row.id for row in ticked if self[row.prefix + REMOVED].data)

    def revision(self, section: str) -> int:
        """The revision of a section this form was filled from; -1 when the field was lost."""
        text = str(self[REVISION + section].data or "")
        return int(text) if text.isdecimal() and len(text) < LONGEST_COUNT else -1


def given(field: Any) -> bool:
    """True when something was posted for the field."""
    return any(text for text in (field.raw_data or []))


def age_fields(form: DeclaredForm, question: Question) -> list[Any]:
    """The three ways to give one age: years, birth, age group."""
    return [form[question.name + ending] for ending in ("", BIRTH, BAND)]


# Forms


def section_form(
    fields: Iterable[Field],
    *,
    people: Pairs = (),
    grievances: Pairs = (),
    stored: Mapping[str, Any] | None = None,
    hidden: Iterable[str] = (),
) -> type[DeclaredForm]:
    """A form class that asks these fields once, by their own names.

    `people` and `grievances` are (id, label) to choose from; `stored` is the value that is edited,
    so that its retired codes can be kept; `hidden` are names of further hidden fields.
    """
    return sheet_form(Sheet(of_case(fields)), stored or {}, people, grievances, hidden)


def sheet_form(
    sheet: Sheet,
    stored: Mapping[str, Any],
    people: Pairs = (),
    grievances: Pairs = (),
    hidden: Iterable[str] = (),
) -> type[DeclaredForm]:
    """A form class that asks the questions of a sheet; `stored` as `form_sheets.read` gives it."""
    offered = {Kind.BENEFICIARIES: people, Kind.GRIEVANCE: grievances}
    parts: dict[str, Any] = {name: HiddenField() for name in hidden}
    for question in sheet.questions:
        parts |= made(question, stored.get(question.name), offered)
    for row in sheet.rows:
        parts[row.prefix + ID] = HiddenField(default=row.id)
        if sheet.growing and not row.needed:
            parts[row.prefix + REMOVED] = BooleanField(_("Take out of this case"))
    return type(
        "SheetForm", (DeclaredForm,), parts | {"questions": sheet.questions, "sheet": sheet}
    )


# Values


def values_from(form: DeclaredForm) -> dict[str, Any]:
    """The answers as JSON, by the name of their form field; unanswered questions have no key."""
    found = {question.name: answer(form, question) for question in form.questions}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def answer(form: DeclaredForm, question: Question) -> Any:
    """The JSON of one answer; None, "" or [] where there is none."""
    kind, value = question.declared.kind, form[question.name].data
    if kind is Kind.APPROXIMATE_AGE:
        return age_told(*(field.data for field in age_fields(form, question)))
    if kind is Kind.YES_NO:
        return {"yes": True, "no": False}.get(value or "")
    if kind is Kind.NUMBER:
        return int(value) if value else None
    if kind is Kind.DATE and value and not isinstance(value, str):
        return value.isoformat()
    return value


def age_told(years: Any, birth: str | None, band: str | None) -> dict[str, Any] | None:
    """The JSON of an age told in one of three ways; what is told in years holds today."""
    today = clock.today().isoformat()
    if years:
        about = {"approximate": True} if years["about"] else {}
        return {"years": years["years"], "as_of": today, **about}
    if birth:
        whole = len(birth) == len(today)
        return {"birth_on": birth} if whole else {"birth_year": int(birth), "approximate": True}
    return {"band": band, "as_of": today} if band else None


def data_for(value: Mapping[str, Any]) -> dict[str, Any]:
    """What a form shows for stored answers: JSON by name in, arguments of the form out."""
    found: dict[str, Any] = {}
    for name, told in value.items():
        found |= age_shown(name, told) if isinstance(told, dict) else {name: shown(told)}
    return found


def shown(told: Any) -> Any:
    """One answer as its form field takes it."""
    if isinstance(told, bool):
        return "yes" if told else "no"
    return str(told) if isinstance(told, int) else told


def age_shown(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The three ways to give an age, the told one filled in."""
    years = told.get("years")
    about = bool(told.get("approximate"))
    return {
        name: {"years": years, "about": about} if years is not None else None,
        name + BIRTH: str(told.get("birth_on") or told.get("birth_year") or ""),
        name + BAND: told.get("band"),
    }
