"""The results framework filled in: baseline, target, and what was reached in closed quarters.

Activities are exact; people helped are sums of published figures, each within the sum of the bounds
of its quarters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from casework.programme import queries as programme
from casework.programme.framework import EVENTS, FIGURES, FRAMEWORK, Indicator, Objective
from casework.programme.models import Goal
from casework.programme.queries import Counts, Done
from casework.statistics import queries
from casework.statistics.presentation import (
    LEAST_WHOLE,
    NOT_APPLICABLE,
    figure,
    progress,
    spaced,
    summed,
)
from casework.statistics.queries import Closed


@dataclass(frozen=True, slots=True)
class Reached:
    """One indicator: its promise in words, what the recent quarters and all of them brought.

    `value` is the sum of all closed quarters, exact or published; `recent` are the last ones.
    """

    code: str
    label: Any
    exact: bool
    baseline: str
    target: str
    recent: tuple[str, ...]
    total: str
    value: int
    part: str


def read_reached(session: Session, closed: Sequence[Closed], recent: int) -> dict[str, Reached]:
    """Every indicator by its code, for the closed quarters, of which the `recent` last stand
    apart."""
    promised = programme.goals(session)
    done = programme.done(session, [each.period for each in closed])
    return {
        indicator.code: _reached(
            indicator, _values(session, indicator, closed, done), closed, recent, promised
        )
        for objective in FRAMEWORK
        for result in objective.results
        for indicator in result.indicators
    }


def objectives() -> tuple[Objective, ...]:
    """The framework, from the top down."""
    return FRAMEWORK


def _values(
    session: Session, indicator: Indicator, closed: Sequence[Closed], done: Counts
) -> list[int | None]:
    periods = [each.period for each in closed]
    if indicator.counts == FIGURES:
        table, code = indicator.cell
        found = queries.over(session, indicator.kind, table, periods)
        return list(found.get((code,) if code else (), (None,) * len(periods)))
    nothing = Done()
    each_quarter = [
        [done.get((kind, period), nothing) for kind in indicator.kinds] for period in periods
    ]
    if indicator.counts == EVENTS:
        return [sum(one.events for one in several) for several in each_quarter]
    return [sum(one.people for one in several) for several in each_quarter]


def _reached(
    indicator: Indicator,
    values: Sequence[int | None],
    closed: Sequence[Closed],
    recent: int,
    promised: Mapping[str, Goal],
) -> Reached:
    exact = indicator.counts != FIGURES
    goal = promised.get(indicator.code)
    total = sum(value or 0 for value in values)
    bound = sum(each.bound for each in closed)
    target = goal.target if goal else None
    return Reached(
        code=indicator.code,
        label=indicator.label,
        exact=exact,
        baseline=_promise(goal.baseline if goal else None),
        target=_promise(target),
        recent=tuple(
            _said(value, each.bound, exact)
            for value, each in zip(values[-recent:], closed[-recent:], strict=True)
        ),
        total=spaced(total) if exact else summed(total, bound),
        value=total,
        part=progress(total, target) if target is not None and target >= LEAST_WHOLE else "",
    )


def _said(value: int | None, bound: int, exact: bool) -> str:
    if value is None:
        return NOT_APPLICABLE
    return spaced(value) if exact else figure(value, bound).text


def _promise(number: int | None) -> str:
    return NOT_APPLICABLE if number is None else spaced(number)
