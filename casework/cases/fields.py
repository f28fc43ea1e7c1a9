"""Every sensitive field of a case, declared once; and the JSON in which each section is sealed.

A section is one JSON object in one box. Only what was answered is stored: an empty answer has no
key. Nothing derived is stored (type, contexts, categories, bands: see `rules`).

    identity     {"commune": pcode, "source"?, "collective"?, "affected_female"?, "affected_male"?,
                  "beneficiaries": [{"id": uuid, ...fields per BENEFICIARY}]}
                 the first beneficiary is the person who came or for whom the case is (the lodger)
    contact      {...fields per CASE}
    facts        {"risk"?, "urgency"?, "life_in_danger"?, "child_in_danger"?, "safe_tonight"?,
                  "grievances": [{"id": uuid, ...fields per GRIEVANCE of section facts}]}
    perpetrator  {"grievances": {grievance id: {...fields per GRIEVANCE of that section}}}
    health       {"grievances": {grievance id: {...fields per GRIEVANCE of that section}}}
    legal        {...fields per CASE} and entries of kind step, service, outcome
    notes        {...fields per CASE} and entries of kind journal, closure, reopening
    attachments  entries of kind attachment
    admin        {"facts": [...]}: ids of statistical facts; internal, without declared field

An entry is {"kind": per, ...its fields}. A grievance holds either `gbv_acts` or `justice_type`,
never both (`rules.grievance_problems`).

The JSON of each kind of value:

    text, long_text, phone   string, trimmed, NFC
    number                   integer >= 0
    choice                   one code (a P-code where `codes` is "communes" or "communes_region")
    choices                  list of codes, each once, in the order of the list
    yes_no                   true or false; not asked and refused are both: no key
    date                     "2025-03-09"; where `approximate` also "2025-03" or "2025"
    approximate_age          one of {"years": 16, "as_of": "2025-03-09", "approximate": true},
                             {"birth_year": 1985, "approximate": true}, {"birth_on": "2009-01-31"},
                             {"band": "12_17", "as_of": "2025-03-09"}; `approximate` optional
    beneficiaries            list of beneficiary ids of this case
    grievance                one grievance id of this case
"""

from __future__ import annotations

from casework.cases.field_kinds import (
    ENTRIES,
    PAGE_TITLES,
    PURPOSES,
    Field,
    Kind,
    Only,
    Page,
    Per,
    Purpose,
)
from casework.cases.fields_follow_up import ATTACHMENTS, LEGAL, NOTES
from casework.cases.fields_grievance import FACTS, HEALTH, PERPETRATOR, RISK
from casework.cases.fields_people import CONTACT, IDENTITY
from casework.consent.recipients import Section

__all__ = [
    "ENTRIES",
    "FIELDS",
    "PAGE_TITLES",
    "PURPOSES",
    "Field",
    "Kind",
    "Only",
    "Page",
    "Per",
    "Purpose",
    "Section",
    "field",
    "of_entry",
    "of_section",
    "on_page",
]

FIELDS: tuple[Field, ...] = (
    *IDENTITY,
    *CONTACT,
    *FACTS,
    *PERPETRATOR,
    *HEALTH,
    *RISK,
    *LEGAL,
    *NOTES,
    *ATTACHMENTS,
)


def of_section(section: Section, per: Per | None = None) -> tuple[Field, ...]:
    """The fields of a section in order, all of them or those repeated for `per`."""
    return tuple(
        declared
        for declared in FIELDS
        if declared.section == section and (per is None or declared.per == per)
    )


def on_page(page: Page, per: Per | None = None) -> tuple[Field, ...]:
    """The fields one intake page asks, in order; `search` and `consent` ask none of them."""
    return tuple(
        declared
        for declared in FIELDS
        if declared.page == page and (per is None or declared.per == per)
    )


def of_entry(kind: Per) -> tuple[Field, ...]:
    """The fields of one kind of entry, in order; they all stand in one section."""
    return tuple(declared for declared in FIELDS if declared.per == kind)


def field(section: Section, per: Per, name: str) -> Field:
    """The one field of that name; KeyError when nobody declared it."""
    return _BY_PLACE[section, per, name]


_BY_PLACE = {(declared.section, declared.per, declared.name): declared for declared in FIELDS}
