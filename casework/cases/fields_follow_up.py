"""The fields of what grows: steps, services, outcomes, journal, closure, and legal background."""

from __future__ import annotations

from functools import partial

from casework.cases.field_kinds import LONG, Field, Kind, Per, Purpose
from casework.consent.recipients import Section
from casework.i18n import lazy_gettext as _

_legal = partial(Field, section=Section.LEGAL, purpose=Purpose.FOLLOW)
_notes = partial(Field, section=Section.NOTES, purpose=Purpose.FOLLOW)
_happened = partial(
    Field, name="happened_on", kind=Kind.DATE, required=True, label=_("Happened on")
)
_note = partial(Field, name="note", kind=Kind.LONG_TEXT, max_length=LONG, label=_("Note"))
_grievance = partial(Field, name="grievance", kind=Kind.GRIEVANCE, label=_("For which grievance"))
_people = partial(Field, name="people", kind=Kind.BENEFICIARIES, label=_("For whom"))

LEGAL: tuple[Field, ...] = (
    _legal(
        name="previous_steps",
        per=Per.CASE,
        kind=Kind.LONG_TEXT,
        max_length=LONG,
        label=_("Steps already taken"),
        hint=_("Chief, cadi, gendarmerie, court: where, when, with what answer."),
    ),
    _legal(
        name="papers_held",
        per=Per.CASE,
        kind=Kind.LONG_TEXT,
        max_length=LONG,
        purpose=Purpose.PROVE,
        label=_("Papers the person holds"),
    ),
    _legal(
        name="code",
        per=Per.STEP,
        kind=Kind.CHOICE,
        codes="etape_justice",
        required=True,
        label=_("Procedural step"),
    ),
    _happened(section=Section.LEGAL, per=Per.STEP, purpose=Purpose.FOLLOW),
    _grievance(section=Section.LEGAL, per=Per.STEP, purpose=Purpose.FOLLOW),
    _legal(
        name="reference",
        per=Per.STEP,
        kind=Kind.TEXT,
        purpose=Purpose.PROVE,
        label=_("Number of the paper"),
    ),
    _legal(name="institution", per=Per.STEP, kind=Kind.TEXT, label=_("Where")),
    _legal(
        name="next_on",
        per=Per.STEP,
        kind=Kind.DATE,
        label=_("Next date"),
        hint=_("Next hearing, or the last day to appeal written on the clerk’s notice."),
    ),
    _note(section=Section.LEGAL, per=Per.STEP, purpose=Purpose.FOLLOW),
    _legal(
        name="code",
        per=Per.SERVICE,
        kind=Kind.CHOICE,
        codes="type_service",
        required=True,
        label=_("Service given"),
    ),
    _happened(section=Section.LEGAL, per=Per.SERVICE, purpose=Purpose.FOLLOW),
    _grievance(section=Section.LEGAL, per=Per.SERVICE, purpose=Purpose.FOLLOW),
    _people(section=Section.LEGAL, per=Per.SERVICE, purpose=Purpose.COUNT),
    _note(section=Section.LEGAL, per=Per.SERVICE, purpose=Purpose.FOLLOW),
    _legal(
        name="code",
        per=Per.OUTCOME,
        kind=Kind.CHOICE,
        codes="issue",
        required=True,
        label=_("Outcome"),
    ),
    _happened(section=Section.LEGAL, per=Per.OUTCOME, purpose=Purpose.FOLLOW),
    _grievance(section=Section.LEGAL, per=Per.OUTCOME, purpose=Purpose.FOLLOW),
    _people(
        section=Section.LEGAL,
        per=Per.OUTCOME,
        purpose=Purpose.COUNT,
        hint=_("The people who hold the act, the paper or the redress."),
    ),
    _legal(
        name="proof",
        per=Per.OUTCOME,
        kind=Kind.CHOICE,
        codes="type_preuve",
        required=True,
        purpose=Purpose.PROVE,
        label=_("Kind of proof"),
    ),
    _legal(
        name="reference",
        per=Per.OUTCOME,
        kind=Kind.TEXT,
        purpose=Purpose.PROVE,
        label=_("Number of the paper"),
    ),
    _legal(
        name="amount",
        per=Per.OUTCOME,
        kind=Kind.NUMBER,
        label=_("Amount in FCFA"),
        hint=_("Only for compensation."),
    ),
    _legal(
        name="route",
        per=Per.OUTCOME,
        kind=Kind.CHOICE,
        codes="voie",
        purpose=Purpose.COUNT,
        label=_("By which way"),
    ),
    _note(section=Section.LEGAL, per=Per.OUTCOME, purpose=Purpose.FOLLOW),
)

NOTES: tuple[Field, ...] = (
    _notes(
        name="nature",
        per=Per.JOURNAL,
        kind=Kind.CHOICE,
        codes="nature_note",
        required=True,
        label=_("Kind of note"),
    ),
    _happened(section=Section.NOTES, per=Per.JOURNAL, purpose=Purpose.FOLLOW),
    _notes(
        name="text",
        per=Per.JOURNAL,
        kind=Kind.LONG_TEXT,
        max_length=LONG,
        required=True,
        label=_("What was said or done"),
    ),
    _notes(
        name="code",
        per=Per.CLOSURE,
        kind=Kind.CHOICE,
        codes="motif_cloture",
        required=True,
        label=_("Reason for closing"),
    ),
    _happened(section=Section.NOTES, per=Per.CLOSURE, purpose=Purpose.FOLLOW),
    _notes(
        name="told_may_return",
        per=Per.CLOSURE,
        kind=Kind.YES_NO,
        label=_("Was she told that she may come back at any time?"),
    ),
    _note(section=Section.NOTES, per=Per.CLOSURE, purpose=Purpose.FOLLOW),
    _happened(section=Section.NOTES, per=Per.REOPENING, purpose=Purpose.FOLLOW),
    _notes(
        name="text",
        per=Per.REOPENING,
        kind=Kind.LONG_TEXT,
        max_length=LONG,
        required=True,
        label=_("Why the case is opened again"),
    ),
)

ATTACHMENTS: tuple[Field, ...] = (
    Field(
        name="title",
        section=Section.ATTACHMENTS,
        per=Per.ATTACHMENT,
        kind=Kind.TEXT,
        required=True,
        purpose=Purpose.PROVE,
        label=_("What the paper is"),
    ),
    Field(
        name="nature",
        section=Section.ATTACHMENTS,
        per=Per.ATTACHMENT,
        kind=Kind.CHOICE,
        codes="type_preuve",
        purpose=Purpose.PROVE,
        label=_("Kind of proof"),
    ),
    _happened(section=Section.ATTACHMENTS, per=Per.ATTACHMENT, purpose=Purpose.FOLLOW),
)
