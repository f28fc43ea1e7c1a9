"""The fields of what happened: sections `facts`, `perpetrator`, `health`, and the safety plan."""

from __future__ import annotations

from functools import partial

from casework.cases.field_kinds import LONG, Field, Kind, Only, Page, Per, Purpose
from casework.consent.recipients import Section
from casework.i18n import lazy_gettext as _

GBV_ACTS = (
    "vbg_viol",
    "vbg_agr_sexuelle",
    "vbg_agr_physique",
    "vbg_mariage_force",
    "vbg_deni",
    "vbg_psy",
)
"""The six core types in their order of elimination (GBVIMS User Guide ch. 3)."""

_facts = partial(
    Field,
    section=Section.FACTS,
    per=Per.GRIEVANCE,
    page=Page.GRIEVANCE,
    purpose=Purpose.SERVE,
)
_author = partial(
    Field,
    section=Section.PERPETRATOR,
    per=Per.GRIEVANCE,
    page=Page.GRIEVANCE,
    purpose=Purpose.PROTECT,
)
_health = partial(
    Field,
    section=Section.HEALTH,
    per=Per.GRIEVANCE,
    page=Page.HEALTH,
    purpose=Purpose.PROTECT,
)
_risk = partial(
    Field,
    section=Section.FACTS,
    per=Per.CASE,
    page=Page.RISK,
    purpose=Purpose.PROTECT,
)

FACTS: tuple[Field, ...] = (
    _facts(
        name="people",
        kind=Kind.BENEFICIARIES,
        label=_("Who is concerned"),
        hint=_("For violence: one person. Open one grievance for each person."),
    ),
    _facts(
        name="gbv_acts",
        kind=Kind.CHOICES,
        codes="type_cas_vbg",
        offered=GBV_ACTS,
        label=_("Gender-based violence: what was done"),
        hint=_("Tick everything she tells you. Leave empty if it is another matter."),
    ),
    _facts(
        name="justice_type",
        kind=Kind.CHOICE,
        codes="type_cas_justice",
        label=_("Other matter of justice"),
        hint=_("Civil status, land, inheritance, family, detention … One matter, one grievance."),
    ),
    _facts(name="other_type", kind=Kind.TEXT, label=_("If other, which matter?")),
    _facts(
        name="happened_on",
        kind=Kind.DATE,
        approximate=True,
        purpose=Purpose.PROTECT,
        label=_("When it happened"),
        hint=_("The month or the year alone is enough if she does not remember the day."),
    ),
    _facts(
        name="part_of_day",
        kind=Kind.CHOICE,
        codes="moment_jour",
        purpose=Purpose.PROTECT,
        label=_("At what time of day"),
        hint=_("Useful in the first five days: care has to start in time."),
    ),
    _facts(
        name="incident_commune",
        kind=Kind.CHOICE,
        codes="communes_region",
        label=_("Municipality where it happened"),
    ),
    _facts(name="incident_place", kind=Kind.TEXT, label=_("Place, in her words")),
    _facts(
        name="phase",
        kind=Kind.CHOICE,
        codes="phase_deplacement_incident",
        only=Only.GBV,
        purpose=Purpose.COUNT,
        label=_("Moment in her displacement"),
    ),
    _facts(
        name="harmful_practice",
        kind=Kind.CHOICE,
        codes="pratique_nefaste",
        only=Only.GBV,
        label=_("Harmful practice"),
    ),
    _facts(
        name="abduction",
        kind=Kind.CHOICE,
        codes="enlevement_type",
        only=Only.GBV,
        label=_("Was she taken away at the time?"),
    ),
    _facts(
        name="goods_exchanged",
        kind=Kind.YES_NO,
        only=Only.GBV,
        label=_("Was money, food or a service promised in exchange?"),
    ),
    _facts(
        name="reported_elsewhere",
        kind=Kind.YES_NO,
        only=Only.GBV,
        purpose=Purpose.COUNT,
        label=_("Already told to another organisation that keeps such statistics?"),
        hint=_("So that the same incident is not counted twice."),
    ),
    _facts(
        name="story",
        kind=Kind.LONG_TEXT,
        max_length=LONG,
        label=_("What happened"),
        hint=_("In her words, as short as she likes. She may refuse any question."),
    ),
    _facts(
        name="wish",
        kind=Kind.LONG_TEXT,
        max_length=LONG,
        label=_("What she hopes for"),
    ),
)

PERPETRATOR: tuple[Field, ...] = (
    _author(
        name="relations",
        kind=Kind.CHOICES,
        codes="lien_auteur",
        label=_("Link between the alleged perpetrator and the person"),
        hint=_("Several links if there were several people."),
    ),
    _author(
        name="actor",
        kind=Kind.CHOICE,
        codes="acteur_auteur",
        restricted=True,
        label=_("Who the alleged perpetrator is"),
        hint=_("“Unknown” is a good answer when the truth is dangerous. Never name a group."),
    ),
    _author(
        name="author_age",
        kind=Kind.CHOICE,
        codes="tranche_age_auteur",
        purpose=Purpose.COUNT,
        label=_("Age of the alleged perpetrator"),
    ),
    _author(
        name="author_count",
        kind=Kind.CHOICE,
        codes="nombre_auteurs",
        purpose=Purpose.COUNT,
        label=_("How many people"),
    ),
    _author(
        name="author_name",
        kind=Kind.TEXT,
        purpose=Purpose.PROVE,
        label=_("Name of the alleged perpetrator"),
        hint=_("Only if she wants to say it. It is kept apart from the rest."),
    ),
)

HEALTH: tuple[Field, ...] = (
    _health(name="injured", kind=Kind.YES_NO, label=_("Is she hurt or in pain?")),
    _health(name="pregnant", kind=Kind.YES_NO, label=_("Is she pregnant?")),
    _health(
        name="wants_to_die",
        kind=Kind.YES_NO,
        label=_("Does she speak of dying?"),
        hint=_("If yes: stay with her, call your coordinator now."),
    ),
    _health(name="care_received", kind=Kind.YES_NO, label=_("Has she already been cared for?")),
    _health(
        name="care_on",
        kind=Kind.DATE,
        label=_("Day of the care"),
    ),
    _health(
        name="health_note",
        kind=Kind.LONG_TEXT,
        max_length=LONG,
        label=_("What the carer must know"),
    ),
)

RISK: tuple[Field, ...] = (
    _risk(
        name="safe_tonight",
        kind=Kind.YES_NO,
        page=Page.HEALTH,
        label=_("Is she safe where she sleeps tonight?"),
    ),
    _risk(
        name="life_in_danger",
        kind=Kind.YES_NO,
        label=_("Is a life in danger now?"),
        hint=_("If yes: act within 24 hours. Call your coordinator now."),
    ),
    _risk(name="child_in_danger", kind=Kind.YES_NO, label=_("Is a child in danger?")),
    _risk(name="risk", kind=Kind.CHOICE, codes="risque", label=_("Risk level")),
    _risk(name="urgency", kind=Kind.CHOICE, codes="priorite", label=_("Urgency")),
    Field(
        name="safety_plan",
        section=Section.NOTES,
        per=Per.CASE,
        kind=Kind.LONG_TEXT,
        page=Page.RISK,
        purpose=Purpose.PROTECT,
        max_length=LONG,
        label=_("Safety plan"),
        hint=_("Where she can go, whom she can call, what she keeps ready. Made with her."),
    ),
    Field(
        name="action_plan",
        section=Section.NOTES,
        per=Per.CASE,
        kind=Kind.LONG_TEXT,
        page=Page.RISK,
        purpose=Purpose.FOLLOW,
        max_length=LONG,
        label=_("Action plan"),
        hint=_("What we do, what she does, by when."),
    ),
)
