"""The forms of an open case: follow-up, correction, closure, reopening, erasure, assignment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from casework import clock, codes
from casework.cases import rules
from casework.cases.field_kinds import Field, Kind, Per
from casework.cases.fields import of_entry
from casework.cases.form_kinds import TOO_LONG, tidy
from casework.cases.form_sheets import Values, grievances_of
from casework.cases.form_words import grievances_named, people_named
from casework.cases.forms import DeclaredForm, data_for, section_form
from casework.cases.listing import as_code
from casework.cases.sections import Value
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l
from casework.people.labels import role_label
from casework.people.rosters import Colleague
from casework.web.fields import ChoiceField, DateField, choice, within_days
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce, refuse

ENTRY = "entry_id"
LONGEST = 8000
A_YEAR = 365
ALREADY_HAPPENED = frozenset({Per.JOURNAL, Per.STEP, Per.SERVICE, Per.CLOSURE, Per.REOPENING})
"""Acts mostly written down the same day: their form proposes today."""


def next_step() -> DateField:
    """The question that follows every act: by when the next one."""
    return DateField(
        _l("Next step on"),
        [InputRequired(_l("Write the day of the next step."))],
        description=_l("Every open case has a next step. On that day it stands in “To do”."),
        earliest=clock.today,
        latest=within_days(A_YEAR),
    )


class Correction:
    """What only a correction asks: whether it happened at all."""

    def validate(self, extra_validators: Any = None) -> bool:
        """What never happened needs no other answer."""
        valid = super().validate(extra_validators)  # type: ignore[misc]
        if not self.void.data:  # type: ignore[attr-defined]
            return bool(valid)
        for field in self:  # type: ignore[attr-defined]
            field.errors = ()
        return bool(self.readable())  # type: ignore[attr-defined]


def never_happened() -> BooleanField:
    """The box that takes an act out."""
    return BooleanField(
        _l("It never happened: take it out"),
        description=_l("What was written stays readable, and counts no more."),
    )


def entry_form(kind: Per, values: Values, stored: Value | None = None) -> type[DeclaredForm]:
    """The form of one kind of follow-up; of a correction, when `stored` is what it corrects."""
    people, grievances = people_named(values), grievances_named(values)
    one_only = {Kind.BENEFICIARIES: len(people) < 2, Kind.GRIEVANCE: len(grievances) < 2}
    fields = [lawful(one, values) for one in asked(kind) if not one_only.get(one.kind)]
    plain = section_form(
        fields, people=people, grievances=grievances, stored=stored, hidden=(ENTRY,)
    )
    if stored is None:
        return type("EntryForm", (plain,), {"next_step_on": next_step()})
    return type("CorrectionForm", (Correction, plain), {"void": never_happened()})


def asked(kind: Per) -> tuple[Field, ...]:
    """The fields of an act with the words of its form, which its errors repeat."""
    return tuple(
        replace(one, label=_l("On which day")) if one.name == "happened_on" else one
        for one in of_entry(kind)
    )


def lawful(field: Field, values: Values) -> Field:
    """The field without the settlements that the law forbids for everything this case is about."""
    if field.name != "code" or field.codes not in ("issue", "type_service"):
        return field
    known = grievances_of(values)
    meant: list[list[Any]] = [[one] for one in known] or [[]]
    offered = tuple(
        code
        for code in codes.offered(str(field.codes))
        if any(rules.settlement_problem(code, each) is None for each in meant)
    )
    return replace(field, offered=offered)


def settlement_withheld(kind: Per, values: Values) -> bool:
    """True when a form of this kind leaves settlements out."""
    known = grievances_of(values)
    settles = kind in (Per.OUTCOME, Per.SERVICE)
    return settles and bool(known) and all(rules.settlement_forbidden(one) for one in known)


def fresh(kind: Per, next_step_on: date | None, risk: str) -> dict[str, Any]:
    """What a new entry’s form proposes: a fresh id, today, and the next step still to come."""
    today = clock.today()
    step = next_step_on if next_step_on and next_step_on > today else None
    return {
        ENTRY: str(uuid4()),
        "happened_on": today if kind in ALREADY_HAPPENED else None,
        "next_step_on": step or today + rules.act_within(risk),
    }


def stored_entry(value: Value) -> dict[str, Any]:
    """What the form of a correction shows: the text it corrects, under a fresh id."""
    return {**data_for(value), ENTRY: str(uuid4())}


def entry_id(form: DeclaredForm) -> UUID | None:
    """The id made with the form; None where it was lost."""
    try:
        return UUID(str(form[ENTRY].data))
    except ValueError:
        return None


def closure_form() -> type[DeclaredForm]:
    """Why a case is closed, on which day, and whether she knows that she may come back."""
    return section_form(asked(Per.CLOSURE), hidden=(ENTRY,))


def reopening_form() -> type[DeclaredForm]:
    """Why a case is opened again, and on which day."""
    return section_form(asked(Per.REOPENING), hidden=(ENTRY,))


def today_once() -> dict[str, Any]:
    """What a form proposes that closes or opens a case: today, under a fresh id."""
    return {ENTRY: str(uuid4()), "happened_on": clock.today()}


class ErasureForm(BaseForm):
    """The code is typed once more: nobody erases a case by a slip of the thumb."""

    expected: str = ""
    case_code = StringField(
        _l("Write the code of the case"),
        [InputRequired(_l("Write the code as it stands above."))],
        filters=[tidy],
        render_kw={"class": "short"},
    )

    def validate_case_code(self, field: Any) -> None:
        """Raises ValidationError unless it is this very case."""
        if as_code(field.data) != self.expected:
            raise ValidationError(_("This is not the code of this case. Check it."))


def erasure_form(code: str) -> type[ErasureForm]:
    """The form that asks for this code."""
    return type("ErasureForm", (ErasureForm,), {"expected": code})


class AssignmentForm(BaseForm):
    """Who works on the case from now on."""

    to = ChoiceField(
        _l("Who follows this case"), [InputRequired(_l("Choose a person."))], choices=[]
    )
    conflict = BooleanField(
        _l("Conflict of interest: whoever has it now is too close to somebody in this case"),
        description=_l("It is noted in the case, and the case is not given back to her unaware."),
    )
    reason = TextAreaField(
        _l("Why"),
        [Length(max=LONGEST, message=TOO_LONG)],
        filters=[tidy],
        description=_l("Stands in the case’s journal. Leave it empty if there is nothing to say."),
    )


def assignment_form(team: list[Colleague], conflicts: frozenset[UUID]) -> type[AssignmentForm]:
    """The form with the members of the team who can open the case."""
    to = ChoiceField(
        _l("Who follows this case"),
        [InputRequired(_l("Choose a person."))],
        choices=[choice(str(one.user_id), one.name, hint_of(one, conflicts)) for one in team],
    )
    return type("AssignmentForm", (AssignmentForm,), {"to": to})


def hint_of(one: Colleague, conflicts: frozenset[UUID]) -> Any:
    """What stands under a member's name."""
    if one.user_id in conflicts:
        return _("Conflict of interest noted in this case")
    return role_label(one.role)


announce(
    entry_kept=_l("It is written in the case."),
    outcome_kept=_l("The outcome is written in the case."),
    entry_corrected=_l("The correction is written. The earlier text can still be read."),
    case_closed=_l("The case is closed. The person may come back at any time."),
    case_reopened=_l("The case is open again. The next step is due within a week."),
    case_erased=_l("The case is erased."),
    case_assigned=_l("The case is given to this person."),
)
refuse(
    unlawful_kept=_l("It is written. Speak with your coordinator today: the law forbids it."),
    case_is_closed=_l("The case is closed: nothing can be added. Open it again first."),
    case_is_open=_l("The case is open already."),
    certificate_gone=_l(
        "The certificate is no longer kept: it waits for twenty minutes. The log says that a case "
        "was erased, by whom and when."
    ),
)
RULES.update(
    case_closed=_l("The case is closed. Open it again first."),
    case_not_closed=_l("The case is open already."),
    before_reception=_l(
        "“On which day”: the person came to you later than that. Write the day she came, or a "
        "later one. What happened before belongs to “What happened” or “Procedural step”."
    ),
    before_closure=_l(
        "“On which day”: the case was not closed yet on that day. Write the day it was closed, or "
        "a later one. It stands under “Follow-up”."
    ),
    before_reopening=_l(
        "“On which day”: the case was opened again later than that. Write that day, or a later "
        "one. It stands under “Follow-up”."
    ),
    redress_needs_proof=_l("Redress counts only with a proof. Choose the kind of proof."),
    settlement_forbidden=_l(
        "The law forbids any settlement for a sexual offence or a crime. If the families made one, "
        "choose “Unlawful settlement”: your coordinator will be told."
    ),
    cadi_civil_only=_l("A cadi or a chief settles civil matters only. Choose another way."),
    already_corrected=_l("A colleague has corrected this already. Look at the case again."),
    referrals_open=_l("Some referrals are not over. End each of them first: they stand below."),
    closure_needs_note=_l("For this reason, write a note: to whom, where to, or since when."),
    too_late_to_erase=_l(
        "More than 24 hours have passed, or somebody else created the case. "
        "Only your coordinator can erase it, when the person asks for it."
    ),
    not_in_team=_l("This person cannot open the cases of this team. Choose another one."),
    conflict_of_interest=_l(
        "With a conflict of interest the case goes to somebody else. Choose another person."
    ),
)
