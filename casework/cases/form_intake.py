"""The forms around the declared fields: search, consent, contact without a file, last look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from casework import codes, places
from casework.cases.form_kinds import NEEDED, TOO_LONG, Pairs, chosen, tidy
from casework.cases.sections import Value
from casework.consent import records
from casework.consent.records import Consent, latest
from casework.i18n import lazy_gettext as _l
from casework.web.fields import ChoiceField, DateField, ListField, choice
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce

TEXT_VERSION = "limits-1"
"""The version of the words about the limits of confidentiality that the page gives to read."""

AGREEMENTS = (
    *(kind for kind in records.ASKED_AT_INTAKE if kind != records.RECORDING),
    records.CONTACT,
    records.ASSENT,
)
"""What is asked after the yes to recording."""

HOW = ("by", "mode", "language", "witness")
GIVEN_BY = ("personne", "parent", "tuteur", "representant", records.TWO_WORKERS)
HINTS = {
    records.RECORDING: _l("Without this yes there is no case file."),
    records.SERVICES: _l("Nothing goes to a partner yet: that is asked each time, by name."),
    records.STATISTICS: _l("If no: she is helped all the same, and is in no report."),
    records.LEGAL: _l("She may decide later."),
    records.ASSENT: _l("Only for a child under 18: ask the child too, alone if possible."),
}


def received_on_field() -> Any:
    """The day the person was received: today, unless it is written down later."""
    return DateField(
        _l("Received on"),
        [InputRequired(_l("Write the date."))],
        description=_l("Change it only when you write down something heard another day."),
    )


class SearchForm(BaseForm):
    """Who is looked for."""

    wanted = StringField(
        _l("Name, telephone or case code"),
        [
            InputRequired(_l("Write a name, a telephone number or a case code.")),
            Length(max=120, message=TOO_LONG),
        ],
        filters=[tidy],
        description=_l("One name is enough. Another spelling is found too."),
    )


class ConsentForm(BaseForm):
    """What a person agrees to and how she said it, in the order of the page."""

    asked: tuple[str, ...] = ()


def begin_form(teams: Pairs) -> type[ConsentForm]:
    """The form of the first yes: what was read aloud, and whether anything may be written down.

    Somebody in several teams says whose case it is.
    """
    parts: dict[str, Any] = {
        "case_id": HiddenField(),
        "read_aloud": BooleanField(
            _l("I have read this aloud"),
            [InputRequired(_l("Read the text aloud, then tick the box."))],
        ),
        **whose(teams),
        **asking((records.RECORDING,)),
        **how_it_was_said(),
        "received_on": received_on_field(),
    }
    return type("BeginForm", (ConsentForm,), parts)


def agreements_form() -> type[ConsentForm]:
    """The form of everything else that is asked at the intake, once there is a file."""
    parts = {"then": HiddenField(), **asking(AGREEMENTS), **how_it_was_said()}
    return type("AgreementsForm", (ConsentForm,), parts)


def how_it_was_said() -> dict[str, Any]:
    """Who answered, by which means, before whom, in which language."""
    by = [
        choice(code, codes.label("qui_consent", code), codes.help_text("qui_consent", code))
        for code in GIVEN_BY
    ]
    answers = listed("reponse")[:2]
    return {
        "by": ChoiceField(_l("Who answered"), [InputRequired(NEEDED)], choices=by),
        "mode": ChoiceField(
            _l("How the agreement was given"),
            [InputRequired(NEEDED)],
            choices=listed("consentement_mode"),
        ),
        "witness": StringField(_l("Witness"), [Length(max=120, message=TOO_LONG)], filters=[tidy]),
        "language": ListField(_l("Language spoken"), choices=listed("langue_contact")),
        "interpreter": ChoiceField(_l("Was there an interpreter?"), choices=answers, inline=True),
    }


def asking(kinds: tuple[str, ...]) -> dict[str, Any]:
    """The questions of some consents, as parts of a form class."""
    return {kind: question(kind) for kind in kinds} | {"asked": kinds}


def whose(teams: Pairs) -> dict[str, Any]:
    """The question whose case it is, where there is a choice."""
    known = [choice(one, name) for one, name in teams]
    return {"team": chosen(known, [InputRequired(NEEDED)], _l("Team"))} if len(known) > 1 else {}


def question(kind: str) -> Any:
    """Yes, no or not yet to one consent; only the one without which there is no file is needed."""
    return ChoiceField(
        codes.label("consentement", kind),
        [InputRequired(NEEDED)] if kind == records.RECORDING else [],
        choices=listed("reponse"),
        description=HINTS.get(kind, ""),
        inline=True,
    )


def listed(list_name: str) -> list[Any]:
    """The codes of a list as answers to choose."""
    return [choice(code, label) for code, label in codes.choices(list_name)]


def consents_from(form: ConsentForm, given_on: str) -> list[Value]:
    """The consent values of every question that was answered (see `consent.records`)."""
    how: Value = {"given_on": given_on, "text_version": TEXT_VERSION}
    how |= {name: form[name].data for name in HOW if form[name].data}
    if form["interpreter"].data:
        how["interpreter"] = form["interpreter"].data == "yes"
    return [
        {"kind": kind, "answer": form[kind].data, **how} for kind in form.asked if form[kind].data
    ]


def consents_shown(consents: Sequence[Consent]) -> dict[str, Any]:
    """The arguments of a consent form that show what was answered last."""
    last = {kind: latest(consents, kind) for kind in AGREEMENTS}
    found: dict[str, Any] = {kind: one.answer.value for kind, one in last.items() if one}
    recording = latest(consents, records.RECORDING)
    how: Mapping[str, Any] = recording.value if recording else {}
    found |= {name: how.get(name) for name in HOW}
    if "interpreter" in how:
        found["interpreter"] = "yes" if how["interpreter"] else "no"
    return found


DECIDED = frozenset({"requested_by", "confirmed_by", "expires_on", "agreed_until"})
STAMPS = frozenset({"recorded_at", "recorded_by", "text_version", "given_on"}) | DECIDED


def changed(consents: Sequence[Consent], answers: Sequence[Value]) -> list[Value]:
    """The answers that differ from the last one recorded for their question."""
    last = {str(value["kind"]): latest(consents, str(value["kind"])) for value in answers}
    return [
        value
        for value in answers
        if (found := last[str(value["kind"])]) is None or told(value) != told(found.value)
    ]


def told(value: Mapping[str, Any]) -> dict[str, Any]:
    """What a consent says, without when and by whom it was written down."""
    return {name: held for name, held in value.items() if name not in STAMPS}


class TallyForm(BaseForm):
    """A person who was heard without a file: two codes, nothing that says who she is."""

    once = HiddenField()
    commune = ChoiceField(
        _l("Commune"),
        [InputRequired(NEEDED)],
        choices=lambda: [choice(pcode, name) for pcode, name in places.choices()],
    )
    need = ListField(
        _l("What she needed"),
        [InputRequired(NEEDED)],
        choices=lambda: listed("type_service"),
    )


def tally_form(teams: Pairs) -> type[TallyForm]:
    """The form; somebody in several teams says for which of them she listened."""
    return type("AskedTally", (TallyForm,), whose(teams))


class OpeningForm(BaseForm):
    """The last look before a case is opened."""

    received_on = received_on_field()


announce(
    intake_kept=_l("What you wrote is kept. You can finish the intake later."),
    intake_discarded=_l("The unfinished intake is erased."),
    contact_tallied=_l("Counted, without any name. Nothing else is kept."),
    section_saved=_l("The changes are saved."),
    form_found=_l("Here is what you wrote. Check it, then save it."),
)
CHANGED = "changed_meanwhile"
RULES.update(
    no_consent_to_record=_l("Without the person’s yes nothing can be written down."),
    team_needs_two=_l(
        "Your team needs a second member who can open its cases. Ask your coordinator."
    ),
    future_date=_l("A date is in the future. Correct it."),
    intake_incomplete=_l("The commune, and the sex and age of each person, are still missing."),
    not_a_draft=_l("This case is open already. It can no longer be erased from here."),
    consent_over=_l("The agreement would end before it begins. Correct the dates."),
    one_matter_one_grievance=_l(
        "Violence and another matter are two grievances. Keep one of them here, "
        "then add a second grievance for the other."
    ),
    one_survivor_one_incident=_l(
        "For violence, one grievance concerns one person. Keep one person here, "
        "then add a grievance for each of the others."
    ),
    changed_meanwhile=_l(
        "A colleague has changed the same answers meanwhile. Choose what to keep."
    ),
)
