"""The fields of sections `identity` and `contact`: who needs help, and how to reach her safely."""

from __future__ import annotations

from functools import partial

from casework.cases.field_kinds import PHONE_LENGTH, Field, Kind, Page, Per, Purpose
from casework.consent.recipients import Section
from casework.i18n import lazy_gettext as _

TICKED_CATEGORIES = (
    "vulnerable",
    "leader_com",
    "leader_rel",
    "notable",
    "membre_asso",
    "service_tech",
)
"""Codes of `categorie_beneficiaire` that a person ticks; the others are derived by `rules`."""

_case = partial(
    Field,
    section=Section.IDENTITY,
    per=Per.CASE,
    page=Page.BENEFICIARIES,
    purpose=Purpose.SERVE,
)
_person = partial(
    Field,
    section=Section.IDENTITY,
    per=Per.BENEFICIARY,
    page=Page.NAMES,
    purpose=Purpose.RECOGNISE,
)
_contact = partial(
    Field,
    section=Section.CONTACT,
    per=Per.CASE,
    page=Page.CONTACT,
    purpose=Purpose.REACH,
)

IDENTITY: tuple[Field, ...] = (
    _case(
        name="commune",
        kind=Kind.CHOICE,
        codes="communes",
        required=True,
        label=_("Municipality where the person lives now"),
    ),
    _case(
        name="source",
        kind=Kind.CHOICE,
        codes="source_signalement",
        purpose=Purpose.COUNT,
        label=_("Who sent the person to us"),
    ),
    _case(
        name="collective",
        kind=Kind.YES_NO,
        label=_("Is it a group or a community?"),
        hint=_("For example a family camp or an association. The person who came stands for it."),
    ),
    _case(
        name="affected_female",
        kind=Kind.NUMBER,
        purpose=Purpose.COUNT,
        label=_("Women and girls affected"),
        hint=_("Only for a group: the whole number, the person who came included."),
    ),
    _case(
        name="affected_male",
        kind=Kind.NUMBER,
        purpose=Purpose.COUNT,
        label=_("Men and boys affected"),
        hint=_("Only for a group: the whole number, the person who came included."),
    ),
    _person(
        name="sex",
        kind=Kind.CHOICE,
        codes="sexe",
        page=Page.BENEFICIARIES,
        required=True,
        purpose=Purpose.SERVE,
        label=_("Sex"),
    ),
    _person(
        name="age",
        kind=Kind.APPROXIMATE_AGE,
        codes="tranche_age",
        page=Page.BENEFICIARIES,
        required=True,
        purpose=Purpose.PROTECT,
        label=_("Age"),
        hint=_("If she does not know her age, “about” is enough, or the year of birth."),
    ),
    _person(
        name="relation",
        kind=Kind.TEXT,
        page=Page.BENEFICIARIES,
        label=_("Link with the person who came"),
        hint=_("For example: herself, her son, her niece."),
    ),
    _person(
        name="given_name",
        kind=Kind.TEXT,
        label=_("Given name"),
        hint=_("Write it as the person says it."),
    ),
    _person(name="father_name", kind=Kind.TEXT, label=_("Father’s name")),
    _person(
        name="grandfather_name",
        kind=Kind.TEXT,
        label=_("Grandfather’s name"),
        hint=_("It helps to tell two people of the same name apart."),
    ),
    _person(name="family_name", kind=Kind.TEXT, label=_("Family or clan name")),
    _person(
        name="nickname",
        kind=Kind.TEXT,
        label=_("Nickname"),
        hint=_("The name people call her by, after “dit” or “dite”."),
    ),
    _person(
        name="safe_name",
        kind=Kind.TEXT,
        purpose=Purpose.REACH,
        label=_("Name to use safely"),
        hint=_("The name we may say on the telephone or at her door."),
    ),
    _person(
        name="marital_status",
        kind=Kind.CHOICE,
        codes="situation_matrimoniale",
        purpose=Purpose.SERVE,
        label=_("Marital status"),
    ),
    _person(
        name="disability",
        kind=Kind.CHOICE,
        codes="handicap",
        purpose=Purpose.SERVE,
        label=_("Disability"),
        hint=_("So that we choose a place and a person she can reach."),
    ),
    _person(
        name="displacement",
        kind=Kind.CHOICE,
        codes="statut_deplacement",
        purpose=Purpose.SERVE,
        label=_("Displacement"),
    ),
    _person(
        name="other_categories",
        kind=Kind.CHOICES,
        codes="categorie_beneficiaire",
        offered=TICKED_CATEGORIES,
        purpose=Purpose.COUNT,
        label=_("Other situations"),
        hint=_("Tick what applies. The rest follows from sex, age and displacement."),
    ),
)

CONTACT: tuple[Field, ...] = (
    _contact(
        name="place",
        kind=Kind.TEXT,
        label=_("Village, fraction, ward or camp"),
        hint=_("In her own words, for example: camp of …, behind the market."),
    ),
    _contact(
        name="means",
        kind=Kind.CHOICES,
        codes="moyen_contact",
        label=_("Safe ways to reach the person"),
        hint=_("Ask: who else could see, hear or answer?"),
    ),
    _contact(name="phone", kind=Kind.PHONE, max_length=PHONE_LENGTH, label=_("Telephone")),
    _contact(
        name="phone_owner",
        kind=Kind.TEXT,
        label=_("Whose telephone is it?"),
        hint=_("If it is shared, never leave a message."),
    ),
    _contact(
        name="times",
        kind=Kind.TEXT,
        label=_("Safe days and hours"),
        hint=_("For example: Tuesday, at the market."),
    ),
    _contact(
        name="code_word",
        kind=Kind.TEXT,
        label=_("Code word"),
        hint=_("A word agreed with her, to say before anything else."),
    ),
    _contact(name="trusted_person", kind=Kind.TEXT, label=_("Trusted person")),
    _contact(
        name="trusted_phone",
        kind=Kind.PHONE,
        max_length=PHONE_LENGTH,
        label=_("Telephone of the trusted person"),
    ),
    _contact(
        name="avoid",
        kind=Kind.TEXT,
        purpose=Purpose.PROTECT,
        label=_("Who must never know"),
        hint=_("A person, a number or a place to avoid."),
    ),
    _contact(
        name="language",
        kind=Kind.CHOICE,
        codes="langue_contact",
        label=_("Language the person prefers"),
    ),
    _contact(
        name="worker_sex",
        kind=Kind.CHOICE,
        codes="sexe",
        purpose=Purpose.SERVE,
        label=_("Prefers to speak to"),
        hint=_("A woman or a man. “Not stated” if it does not matter."),
    ),
)
