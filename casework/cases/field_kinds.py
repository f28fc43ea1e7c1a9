"""What a declared field is: its kind, where its value stands, where it is asked, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from casework import codes, places
from casework.consent.recipients import Section
from casework.i18n import lazy_gettext as _

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString


class Kind(StrEnum):
    """How a value is asked and stored; the JSON of each kind is in `fields`."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    PHONE = "phone"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    DATE = "date"
    APPROXIMATE_AGE = "approximate_age"
    BENEFICIARIES = "beneficiaries"
    GRIEVANCE = "grievance"


class Per(StrEnum):
    """What a field is repeated for: the case itself, each beneficiary, each grievance, or entries.

    A member below GRIEVANCE is the `kind` of an entry: one box for each time it happens.
    """

    CASE = "case"
    BENEFICIARY = "beneficiary"
    GRIEVANCE = "grievance"
    JOURNAL = "journal"
    STEP = "step"
    SERVICE = "service"
    OUTCOME = "outcome"
    CLOSURE = "closure"
    REOPENING = "reopening"
    ATTACHMENT = "attachment"


ENTRIES = tuple(Per)[3:]


class Page(StrEnum):
    """The pages of the intake, in the order in which they are shown."""

    SEARCH = "search"
    CONSENT = "consent"
    BENEFICIARIES = "beneficiaries"
    NAMES = "names"
    CONTACT = "contact"
    GRIEVANCE = "grievance"
    HEALTH = "health"
    RISK = "risk"


class Only(StrEnum):
    """When a field has a meaning at all; a form leaves it out otherwise."""

    ALWAYS = "always"
    GBV = "gbv"
    CHILD = "child"


class Purpose(StrEnum):
    """Why the programme may ask (loi 2013-015: purpose and proportion); one for each field."""

    RECOGNISE = "recognise"
    REACH = "reach"
    SERVE = "serve"
    PROTECT = "protect"
    PROVE = "prove"
    FOLLOW = "follow"
    COUNT = "count"


PURPOSES: dict[Purpose, LazyString] = {
    Purpose.RECOGNISE: _("To recognise the person and open one case only"),
    Purpose.REACH: _("To reach the person without putting her in danger"),
    Purpose.SERVE: _("To choose the right service and the right partner"),
    Purpose.PROTECT: _("To act in time when there is danger"),
    Purpose.PROVE: _("To prove the facts or the redress, if she wants to go to court"),
    Purpose.FOLLOW: _("To follow the case and keep promises"),
    Purpose.COUNT: _("To count without names, if she agrees"),
}
PAGE_TITLES: dict[Page, LazyString] = {
    Page.SEARCH: _("Search first"),
    Page.CONSENT: _("What the person agrees to"),
    Page.BENEFICIARIES: _("Who needs help"),
    Page.NAMES: _("Names and situation"),
    Page.CONTACT: _("Safe contact"),
    Page.GRIEVANCE: _("What happened"),
    Page.HEALTH: _("Health and safety"),
    Page.RISK: _("Risk and urgency"),
}
SHORT, LONG, PHONE_LENGTH = 120, 8000, 30


@dataclass(frozen=True, slots=True)
class Field:
    """One sensitive field, declared once: forms, sealing, display, export and docs follow it."""

    name: str
    section: Section
    per: Per
    kind: Kind
    label: LazyString
    purpose: Purpose
    hint: LazyString | str = ""
    codes: str | None = None
    offered: tuple[str, ...] | None = None
    page: Page | None = None
    required: bool = False
    max_length: int = SHORT
    only: Only = Only.ALWAYS
    restricted: bool = False
    approximate: bool = False

    def options(self, language: str | None = None) -> list[tuple[str, str]]:
        """(code, label) to choose from: of the code list, narrowed to `offered`, or communes."""
        if self.codes in COMMUNE_LISTS:
            return places.choices(everywhere=self.codes == "communes_region")
        pairs = codes.choices(self.codes, language) if self.codes else []
        return [pair for pair in pairs if self.offered is None or pair[0] in self.offered]

    def known_codes(self) -> tuple[str, ...]:
        """Every value that may stand in a file, codes since retired included."""
        if self.codes in COMMUNE_LISTS:
            return tuple(places.COMMUNES)
        known = codes.codes(self.codes) if self.codes else ()
        return tuple(code for code in known if self.offered is None or code in self.offered)

    def applies(self, *, gbv: bool, child: bool) -> bool:
        """True when the field has a meaning for such a grievance and such a person."""
        return {Only.ALWAYS: True, Only.GBV: gbv, Only.CHILD: child}[self.only]


COMMUNE_LISTS = ("communes", "communes_region")
"""Values of `Field.codes` that name places instead of a code list: the programme's communes, or
every commune of the region."""
