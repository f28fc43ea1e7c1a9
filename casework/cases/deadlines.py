"""Time in a case: how long ago it happened, which care is still possible, by when to act.

Sources: WHO Clinical Management of Rape (prophylaxis within 72 h), ICEC (contraception within
120 h), GBVIMS (elapsed time; 72 h and 120 h are counted in hours, where Primero counts days), the
domain brief §2 (risk, urgency). Moments are aware datetimes; days are days where the programme
works. Nothing here reads the clock.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from casework.cases.fields_grievance import GBV_ACTS
from casework.clock import LOCAL
from casework.i18n import lazy_gettext as _

PEP = timedelta(hours=72)
CONTRACEPTION = timedelta(hours=120)
ACT_WITHIN = {
    "eleve": timedelta(hours=24),
    "moyen": timedelta(hours=72),
    "faible": timedelta(days=7),
}
URGENT_WITHIN = {"urgence": timedelta(hours=24), "urgent": timedelta(hours=72)}
CONTACT_LOST_AFTER = timedelta(days=30)
SAFE_TRIES = 3
CREATED_BY_ERROR_WITHIN = timedelta(hours=24)
BIRTH_DECLARED_WITHIN = timedelta(days=30)
FOLLOW_UP_MONTHS = (1, 3, 6)
"""After a marriage prevented or a child taken to safety (scenario S7)."""

PARTS_OF_DAY = {"nuit": (0, 6), "matin": (6, 12), "apres_midi": (12, 18), "soir": (18, 24)}
"""First and last hour of each code of `moment_jour`."""

NOON = 12
ELAPSED = ((72, "0_3j"), (120, "4_5j"), (14 * 24, "6_14j"), (30 * 24, "15_30j"))
"""Hours, included, and code of `delai_signalement`; beyond: `plus_1m`."""

Grievance = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CareWindow:
    """Care that works only until a moment: `kind` is pep or contraception."""

    kind: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An urgency to propose (code of `priorite`) and the words that say why."""

    urgency: str
    reasons: tuple[object, ...] = ()


REASONS = {
    "life": _("A life is in danger now."),
    "suicide": _("The person speaks of dying."),
    "pep": _("Treatment against HIV must start within 72 hours of a rape."),
    "contraception": _("Emergency contraception works until 120 hours after a rape."),
    "child": _("A child is in danger."),
    "recent": _("The violence is less than five days old."),
}


def act_within(risk: str, urgency: str = "") -> timedelta:
    """The delay to the first step for codes of `risque` and `priorite`: the shorter of the two.

    A week where nobody judged the risk; an urgency that asks for nothing sooner changes nothing.
    """
    delay = ACT_WITHIN.get(risk, ACT_WITHIN["faible"])
    return min(delay, URGENT_WITHIN.get(urgency, delay))


def incident_days(grievance: Grievance) -> tuple[date, date] | None:
    """First and last day on which it can have happened; None where no date was given."""
    text = str(grievance.get("happened_on") or "")
    if not text:
        return None
    year, month, day = (int(part or 0) for part in (text[:4], text[5:7], text[8:10]))
    if day:
        return date(year, month, day), date(year, month, day)
    last = month or 12
    return date(year, month or 1, 1), date(year, last, monthrange(year, last)[1])


def incident_day(grievance: Grievance) -> date | None:
    """The day of the incident, where the very day is known."""
    days = incident_days(grievance)
    return days[0] if days and days[0] == days[1] else None


def earliest_moment(grievance: Grievance) -> datetime | None:
    """The earliest moment of an incident whose day is known: care is counted from there."""
    day = incident_day(grievance)
    if day is None:
        return None
    first, _last = PARTS_OF_DAY.get(str(grievance.get("part_of_day") or ""), (0, 24))
    return datetime.combine(day, time(first), LOCAL)


def hours_until(grievance: Grievance, on: date) -> float | None:
    """Hours from the incident to noon of a day, never below zero.

    Without a time of day it is taken to have happened at noon. Where only the month or the year is
    known, the hours since its last day, provided its first day gives the same band; else None.
    """
    days = incident_days(grievance)
    if days is None:
        return None
    first, last = PARTS_OF_DAY.get(str(grievance.get("part_of_day") or ""), (NOON, NOON))
    middle = (first + last) / 2
    longest, shortest = (max(0.0, (on - day).days * 24 + NOON - middle) for day in days)
    return shortest if band_of(longest) == band_of(shortest) else None


def hours_to_report(grievance: Grievance, on: date) -> float | None:
    """Hours from the incident to the day on which she was received."""
    return hours_until(grievance, on)


def hours_to_care(grievance: Grievance, on: date | None) -> float | None:
    """Hours from the incident to the day of the care; None where there was none."""
    return None if on is None else hours_until(grievance, on)


def band_of(hours: float | None) -> str:
    """The code of `delai_signalement` for hours between incident and report."""
    if hours is None:
        return "inconnu"
    return next((code for limit, code in ELAPSED if hours <= limit), "plus_1m")


def elapsed_band(grievance: Grievance, reported_on: date) -> str:
    """The code of `delai_signalement` for a grievance told on a day."""
    return band_of(hours_until(grievance, reported_on))


def care_windows(grievance: Grievance, sex: str = "F") -> tuple[CareWindow, ...]:
    """What must start in time after a rape whose day is known, soonest first; else nothing.

    The window is counted from the earliest possible moment, so that nobody comes too late.
    """
    since = earliest_moment(grievance)
    if since is None or "vbg_viol" not in (grievance.get("gbv_acts") or []):
        return ()
    pep = CareWindow("pep", since + PEP)
    return (pep, CareWindow("contraception", since + CONTRACEPTION)) if sex == "F" else (pep,)


def care_until(grievance: Grievance, now: datetime, sex: str = "F") -> datetime | None:
    """The end of the first care window still open, or None: it shortens an emergency's delay."""
    return next((w.until for w in care_windows(grievance, sex) if w.until > now), None)


def suggested_urgency(
    grievances: Iterable[Grievance],
    facts: Mapping[str, Any],
    health: Mapping[str, Any],
    now: datetime,
) -> Suggestion:
    """The urgency to propose for a case, and why; a person decides.

    `facts` and `health` are the sections as sealed. Emergency: a life in danger, talk of dying, an
    open care window. Urgent: a child in danger, or violence of the last 120 hours.
    """
    told = list(grievances)
    dying = any(part.get("wants_to_die") for part in (health.get("grievances") or {}).values())
    open_care = {w.kind for one in told for w in care_windows(one) if w.until > now}
    pressing = {"life": facts.get("life_in_danger"), "suicide": dying}
    pressing |= {kind: kind in open_care for kind in ("pep", "contraception")}
    if any(pressing.values()):
        return Suggestion("urgence", _words(pressing))
    soon = {"child": facts.get("child_in_danger"), "recent": any(_recent(g, now) for g in told)}
    return Suggestion("urgent", _words(soon)) if any(soon.values()) else Suggestion("normal")


def _words(tests: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(REASONS[name] for name, holds in tests.items() if holds)


def _recent(grievance: Grievance, now: datetime) -> bool:
    since = earliest_moment(grievance)
    violent = set(grievance.get("gbv_acts") or []) & set(GBV_ACTS)
    return bool(violent) and since is not None and now - since <= CONTRACEPTION


def contact_is_lost(last_contact_on: date, safe_tries: int, on: date) -> bool:
    """True when a case may be closed with `perte_contact`: over 30 days, three safe tries."""
    return on - last_contact_on > CONTACT_LOST_AFTER and safe_tries >= SAFE_TRIES
