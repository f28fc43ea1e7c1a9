"""The way of a referral from the request to the service its person confirmed, and what hinders it.

Made of sums of published figures over closed quarters, all of one table, so that every step is at
most the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from casework.i18n import gettext
from casework.i18n import lazy_gettext as _l
from casework.statistics import queries
from casework.statistics.catalogue import Kind
from casework.statistics.charts import Gauge, gauges
from casework.statistics.labels import code_label
from casework.statistics.presentation import share, summed
from casework.statistics.queries import Closed
from casework.statistics.sheets import Line, Sheet

ENDS = "referral_end"
STEPS: tuple[tuple[Any, frozenset[str]], ...] = (
    (
        _l("Referrals ended"),
        frozenset({"confirmed", "served", "no_action", "declined", "unanswered", "withdrawn"}),
    ),
    (
        _l("Answered by the provider"),
        frozenset({"confirmed", "served", "no_action", "declined"}),
    ),
    (_l("Accepted by the provider"), frozenset({"confirmed", "served", "no_action"})),
    (_l("Service provided"), frozenset({"confirmed", "served"})),
    (_l("Service confirmed by the person"), frozenset({"confirmed"})),
)
NOT_A_RAPE = "not_rape"
OBSTACLES = (
    ("referral", ENDS, ("unanswered", "declined", "no_action", "withdrawn")),
    ("referral", "answer", ("h24", "h72", "d14", "later", "none")),
    ("closed", "closure", ("needs_met", "own_wish", "out_of_reach", "passed_on", "no_remedy")),
    ("incident", "care", ("in_time", "missed", "told_late")),
)
"""What helps and what stands in the way, by kind, table and the codes shown."""


@dataclass(frozen=True, slots=True)
class Pathway:
    """The steps as a table, and the obstacles as tables by kind and dimension."""

    steps: Sheet
    obstacles: tuple[tuple[str, str, Sheet], ...]


def read_pathway(session: Session, closed: Sequence[Closed], kinds: dict[str, Kind]) -> Pathway:
    """The way and its obstacles over these closed quarters."""
    bound = sum(each.bound for each in closed)
    ends = sums(session, "referral", ENDS, closed)
    values = [sum(ends.get(code, 0) for code in codes) for _, codes in STEPS]
    drawn = gauges(values, bound)
    return Pathway(
        Sheet("", tuple(_steps(values, drawn.bars, bound)), drawn.axis),
        tuple(
            (kind, table, _obstacle(session, kind, table, codes, closed))
            for kind, table, codes in OBSTACLES
            if kind in kinds and table in kinds[kind].dimensions
        ),
    )


def sums(session: Session, kind: str, table: str, closed: Sequence[Closed]) -> dict[str, int]:
    """The figures of a table of one dimension, summed over the closed quarters."""
    found = queries.cumulated(session, kind, table, [each.period for each in closed])
    return {cell[0]: value for cell, value in found.items()}


def _steps(values: Sequence[int], bars: Sequence[Gauge | None], bound: int) -> list[Line]:
    """Each step with its part of all referrals, and from the third on of the step before."""
    lines = []
    for number, ((label, _), value, bar) in enumerate(zip(STEPS, values, bars, strict=True)):
        of_all = share(value, values[0]) if number else ""
        of_before = share(value, values[number - 1]) if number > 1 else ""
        lines.append(Line(_step_words(str(label), of_all, of_before), summed(value, bound), bar))
    return lines


def _step_words(label: str, of_all: str, of_before: str) -> Markup:
    parts = []
    if of_all:
        parts.append(gettext("%(share)s of all", share=of_all))
    if of_before:
        parts.append(gettext("%(share)s of the step before", share=of_before))
    small = Markup(" <small>{}</small>").format(", ".join(parts)) if parts else Markup("")
    return escape(label) + small


def _obstacle(
    session: Session, kind: str, table: str, codes: Sequence[str], closed: Sequence[Closed]
) -> Sheet:
    found = sums(session, kind, table, closed)
    bound = sum(each.bound for each in closed)
    values = [found.get(code, 0) for code in codes]
    whole = sum(value for code, value in found.items() if code != NOT_A_RAPE)
    drawn = gauges(values, bound)
    lines = tuple(
        Line(_with_share(code_label(table, code), share(value, whole)), summed(value, bound), bar)
        for code, value, bar in zip(codes, values, drawn.bars, strict=True)
    )
    return Sheet("", lines, drawn.axis)


def _with_share(label: str, part: str) -> Markup:
    return escape(label) + (Markup(" <small>{}</small>").format(part) if part else Markup(""))
