"""The way through the intake: which page comes after which, and what each of them asks.

A `Stop` is one page about the case, or about one beneficiary or grievance. Its address is
`/cases/<case>/intake/<page>` or `…/<page>/<item>`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from casework.cases import rules
from casework.cases.field_kinds import PAGE_TITLES, Field, Page, Per
from casework.cases.fields import of_section, on_page
from casework.cases.form_sheets import (
    Sheet,
    Values,
    grievances_of,
    people_of,
    read,
    rows_of,
    sheet_of,
)
from casework.cases.rules import Grievance
from casework.consent.recipients import Section
from casework.i18n import lazy_gettext as _l

STEPS = (
    Page.CONSENT,
    Page.BENEFICIARIES,
    Page.NAMES,
    Page.CONTACT,
    Page.GRIEVANCE,
    Page.HEALTH,
    Page.RISK,
)
FACTS, CIRCUMSTANCES, CHECK = "facts", "circumstances", "check"
WHAT = frozenset({"people", "gbv_acts", "justice_type", "other_type"})
STORY = frozenset(
    {"happened_on", "part_of_day", "incident_commune", "incident_place", "story", "wish"}
)
TITLES = {page.value: title for page, title in PAGE_TITLES.items()} | {
    FACTS: _l("When, where, how"),
    CIRCUMSTANCES: _l("Circumstances"),
    CHECK: _l("Check the answers"),
}
PAGES_OF_CASE = (Page.BENEFICIARIES, Page.CONTACT, Page.HEALTH, Page.RISK)
PAGES_OF_GRIEVANCE = (Page.GRIEVANCE.value, FACTS, CIRCUMSTANCES)
HURTING = frozenset(
    {
        "enf_maltraitance",
        "enf_eafga",
        "lib_detention",
        "lib_enlevement",
        "lib_traite",
        "lib_esclavage",
        "vie_coups",
        "vie_menaces",
        "vie_torture",
        "eei_reg",
    }
)
"""Matters of justice after which we ask whether the person is hurt, and safe tonight."""

WITHOUT_AUTHOR = ("ec_", "eei_")
"""Beginnings of matters of justice in which nobody is accused."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of the way; `item` is the beneficiary or grievance it is about."""

    page: str
    item: str = ""

    @property
    def step(self) -> Page:
        """The numbered step it belongs to; `risk` for the last look at the answers."""
        if self.page in PAGES_OF_GRIEVANCE:
            return Page.GRIEVANCE
        return Page.RISK if self.page == CHECK else Page(self.page)


def stops(values: Values) -> list[Stop]:
    """Every page after the consent, in order, as the answers so far demand."""
    return [
        Stop(Page.BENEFICIARIES),
        *(Stop(Page.NAMES, person["id"]) for person in people_of(values)),
        Stop(Page.CONTACT),
        *(stop for grievance in grievances_of(values) for stop in stops_of(grievance)),
        Stop(Page.GRIEVANCE),
        *([Stop(Page.HEALTH)] if asks_health(values) else []),
        Stop(Page.RISK),
        Stop(CHECK),
    ]


def stops_of(grievance: Grievance) -> Iterator[Stop]:
    """The pages about one grievance."""
    yield Stop(Page.GRIEVANCE, grievance["id"])
    yield Stop(FACTS, grievance["id"])
    if asks_circumstances(grievance):
        yield Stop(CIRCUMSTANCES, grievance["id"])


def asks_circumstances(grievance: Grievance) -> bool:
    """True where there is an alleged perpetrator to ask about."""
    return not rules.problem_of(grievance).startswith(WITHOUT_AUTHOR)


def asks_health(values: Values) -> bool:
    """True after violence or what hurts, and as long as nobody knows what happened."""
    told = grievances_of(values)
    return not told or any(may_hurt(grievance) for grievance in told)


def may_hurt(grievance: Grievance) -> bool:
    """True for gender-based violence and for the other matters that leave wounds."""
    return rules.is_gbv(grievance) or rules.problem_of(grievance) in HURTING


def after(values: Values, stop: Stop) -> Stop:
    """The page that follows; after one that is no longer on the way, the next step's first."""
    way = stops(values)
    following = dict(pairwise(way))
    if stop in following:
        return following[stop]
    later = STEPS[STEPS.index(stop.step) + 1 :]
    return next((one for one in way if one.step in later), Stop(CHECK))


def before(values: Values, stop: Stop) -> Stop:
    """The page that leads here; before the first, the consent."""
    way = stops(values)
    preceding = {there: here for here, there in pairwise(way)}
    if stop in preceding or stop == way[0]:
        return preceding.get(stop, Stop(Page.CONSENT))
    earlier = STEPS[: STEPS.index(stop.step)]
    return next((one for one in reversed(way) if one.step in earlier), Stop(Page.CONSENT))


def progress(values: Values, stop: Stop) -> tuple[int, int]:
    """Which step this is, and of how many."""
    found = [step for step in STEPS if step is not Page.HEALTH or asks_health(values)]
    return (found.index(stop.step) + 1 if stop.step in found else len(found)), len(found)


# What each page asks


def sheet_at(values: Values, stop: Stop, ids: Sequence[str] | None = None) -> Sheet:
    """The questions of one page; `ids` are the rows it shows where rows can be added."""
    if stop.page == Page.BENEFICIARIES:
        return sheet_of(
            on_page(Page.BENEFICIARIES), values, rows_of(values, Per.BENEFICIARY, ids), growing=True
        )
    if stop.page == Page.NAMES:
        return sheet_of(on_page(Page.NAMES), values, rows_of(values, Per.BENEFICIARY, [stop.item]))
    if stop.page in PAGES_OF_GRIEVANCE:
        rows = rows_of(values, Per.GRIEVANCE, [stop.item])
        return sheet_of(fields_about(stop.page), values, rows, stop.page == Page.GRIEVANCE)
    if stop.page == Page.HEALTH:
        hurt = [one["id"] for one in grievances_of(values) if may_hurt(one)]
        rows = rows_of(values, Per.GRIEVANCE, hurt if ids is None else ids)
        return sheet_of(on_page(Page.HEALTH), values, rows)
    return sheet_of(on_page(Page(stop.page)), values)


def fields_about(page: str) -> tuple[Field, ...]:
    """What one of the three pages about a grievance asks."""
    asked = on_page(Page.GRIEVANCE)
    if page == Page.GRIEVANCE:
        return tuple(one for one in asked if one.name in WHAT)
    if page == FACTS:
        return tuple(one for one in asked if one.name in STORY)
    return tuple(one for one in asked if one.name not in WHAT | STORY)


def is_done(values: Values, stop: Stop) -> bool:
    """True when something is written on the page; every required answer, where there is one."""
    sheet = sheet_at(values, stop)
    told = read(values, sheet.questions)
    needed = [question for question in sheet.questions if question.declared.required]
    return bool(told) and all(question.name in told for question in needed)


def sheet_of_section(values: Values, section: Section, ids: Sequence[str] | None = None) -> Sheet:
    """Everything one section asks about the case and all its people or grievances."""
    fields = tuple(on_section(section))
    per = next((one.per for one in fields if one.per is not Per.CASE), None)
    growing = section in (Section.IDENTITY, Section.FACTS)
    rows = rows_of(values, per, ids) if per else ()
    return sheet_of(fields, values, rows, growing)


def on_section(section: Section) -> Iterator[Field]:
    """The fields of a section that are no entries."""
    kept = (Per.CASE, Per.BENEFICIARY, Per.GRIEVANCE)
    return (one for one in of_section(section) if one.per in kept)
