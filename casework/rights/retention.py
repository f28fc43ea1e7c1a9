"""How long a file is kept after its closure, and why. Pure.

Proposals of the domain brief §5, for the data protection authority to agree to: two years after the
closure; a child's file until the child is 21; land, inheritance and civil status ten years. Nothing
goes while a court has not decided: that is the legal hold. A person may ask for erasure at any time
before. The deployment may set other numbers (CASEWORK_RETENTION).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from casework import codes
from casework.cases.ages import age_years
from casework.cases.rules import problem_of
from casework.i18n import lazy_gettext as _

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

PROPOSED: Mapping[str, int] = {
    "closed": 24,
    "duplicate": 12,
    "papers": 120,
    "child": 21,
}
"""Months by what they are for, but `child`: the age in years up to which a child's file is kept."""

LONG_PAPERS = tuple(
    code for code in codes.codes("type_cas_justice") if code.startswith(("ec_", "fon_", "suc_"))
)
"""Matters whose papers serve for years: civil status, land, inheritance."""

DUPLICATE = "doublon"
BEFORE_COURT = frozenset(codes.codes("etape_justice")) - {"decision", "execution"}
"""Steps after which a court or a prosecutor still has the word."""

OLDEST_PROMISE = date(9999, 12, 31)


class Ground(StrEnum):
    """Why a file is kept until its day."""

    CLOSED = "closed"
    DUPLICATE = "duplicate"
    PAPERS = "papers"
    CHILD = "child"
    COURT = "court"


REASONS: Mapping[Ground, LazyString] = {
    Ground.CLOSED: _("the time after the closure"),
    Ground.DUPLICATE: _("a duplicate is kept for a short time only"),
    Ground.PAPERS: _("papers about civil status, land or inheritance serve for years"),
    Ground.CHILD: _("a child may need it when grown up"),
    Ground.COURT: _("a court has not decided yet"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Until which day a closed file is kept, None while a court may need it, and why."""

    until: date | None
    ground: Ground

    @property
    def reason(self) -> LazyString:
        """Why, in words."""
        return REASONS[self.ground]


@dataclass(frozen=True, slots=True)
class Told:
    """What decides how long a closed file is kept."""

    closed_on: date
    closed_as: str
    problems: frozenset[str]
    ages: tuple[Mapping[str, Any] | None, ...] = field(repr=False)
    last_step: str | None = None


def told_of(
    closure: Mapping[str, Any],
    people: Iterable[Mapping[str, Any]],
    grievances: Iterable[Mapping[str, Any]],
    steps: Sequence[Mapping[str, Any]],
) -> Told:
    """The same from the opened file: its closure, beneficiaries, grievances, procedural steps."""
    last = max(steps, key=lambda step: str(step["happened_on"]), default=None)
    return Told(
        closed_on=date.fromisoformat(str(closure["happened_on"])[:10]),
        closed_as=str(closure["code"]),
        problems=frozenset(problem_of(dict(one)) for one in grievances),
        ages=tuple(one.get("age") for one in people),
        last_step=str(last["code"]) if last else None,
    )


def kept(told: Told, months: Mapping[str, int] = PROPOSED) -> Kept:
    """Until when the file is kept: the latest day that a rule gives; no day while a court has the
    word. A duplicate is kept for its own time only: the person's file is the other one."""
    if told.closed_as == DUPLICATE:
        return Kept(after(told.closed_on, months["duplicate"]), Ground.DUPLICATE)
    if told.last_step in BEFORE_COURT:
        return Kept(None, Ground.COURT)
    found = [(after(told.closed_on, months["closed"]), Ground.CLOSED)]
    if told.problems & set(LONG_PAPERS):
        found.append((after(told.closed_on, months["papers"]), Ground.PAPERS))
    grown = [day for age in told.ages if (day := grown_up(age, told.closed_on, months["child"]))]
    found += [(day, Ground.CHILD) for day in grown]
    until, ground = max(found, key=lambda one: one[0])
    return Kept(until, ground)


def earliest(closed_on: date, closed_as: str, months: Mapping[str, int] = PROPOSED) -> date:
    """The first day on which a closed file may be destroyed, as far as it can be told without any
    key: what stands in it may keep it longer."""
    known = "duplicate" if closed_as == DUPLICATE else "closed"
    return after(closed_on, months[known])


def grown_up(age: Mapping[str, Any] | None, on: date, years: int) -> date | None:
    """The day by which somebody under that age on `on` has surely reached it; None for others and
    where no age is known. A child of a band is taken to be as young as the band allows."""
    found = youngest(age, on)
    if found is None or found >= years:
        return None
    return after(on, 12 * (years - found))


def youngest(age: Mapping[str, Any] | None, on: date) -> int | None:
    """The age in whole years, the lowest of a band; None where nobody knows it."""
    if not age:
        return None
    band = str(age.get("band") or "")
    known = age_years(age, on)
    if known is None and band:
        digits = "".join(sign if sign.isdigit() else " " for sign in band).split()
        return int(digits[0]) if digits else None
    return known


def after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    total = day.month - 1 + months
    year, month = day.year + total // 12, total % 12 + 1
    if year > OLDEST_PROMISE.year:
        return OLDEST_PROMISE
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
