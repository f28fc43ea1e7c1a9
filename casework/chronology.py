"""Acts happen one after another: the one rule that holds every dated act to those before it.

An act names the days it cannot precede, each with the rule that says so; of several it breaks, the
first is told. No act is of a day to come. What is recorded later may have happened earlier, down to
its floors: recording late is daily work in the field, answering before asking is a slip.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casework import clock
from casework.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class After:
    """A day that an act cannot precede, and the rule it breaks if it does; no day, no floor."""

    rule: str
    day: date | None


def broken(on: date, today: date, *floors: After) -> str | None:
    """The first rule that an act of the day `on` breaks: 'future_date' or that of a floor."""
    if on > today:
        return "future_date"
    return next((each.rule for each in floors if each.day and on < each.day), None)


def refuse_out_of_order(on: date, *floors: After) -> None:
    """Raises RuleBroken with the rule that an act of this day breaks, were it recorded now."""
    rule = broken(on, clock.today(), *floors)
    if rule is not None:
        raise RuleBroken(rule)
