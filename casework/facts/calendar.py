"""Quarters and years as statistics count them: calendar quarters, in calendar or fiscal years."""

from __future__ import annotations

import re
from datetime import date, timedelta

QUARTER = re.compile(r"(\d{4})Q([1-4])")


def quarter_of(day: date) -> str:
    """The calendar quarter that holds the day, as `2026Q3`; such names sort in order of time."""
    return f"{day.year:04d}Q{(day.month + 2) // 3}"


def first_day(quarter: str) -> date:
    """The day the quarter begins. Raises ValueError when the text is no quarter."""
    year, number = _parts(quarter)
    return date(year, 3 * number - 2, 1)


def last_day(quarter: str) -> date:
    """The day the quarter ends."""
    return first_day(following(quarter)) - timedelta(days=1)


def following(quarter: str) -> str:
    """The quarter after this one."""
    year, number = _parts(quarter)
    return f"{year:04d}Q{number + 1}" if number < 4 else f"{year + 1:04d}Q1"


def year_of(quarter: str, starts_in: int = 1) -> str:
    """The reporting year of the quarter, as `2026`, or `FY2027` when years begin in October.

    `starts_in` is the month a year begins with: 1, 4, 7 or 10. A fiscal year bears the name of the
    calendar year in which it ends, as the donors of the programme name theirs.
    """
    day = first_day(quarter)
    if starts_in == 1:
        return f"{day.year:04d}"
    return f"FY{day.year + (day.month >= starts_in):04d}"


def quarters_of(year: str, starts_in: int = 1) -> tuple[str, str, str, str]:
    """The four quarters of a reporting year, in order."""
    number = int(year.removeprefix("FY")) - (starts_in != 1)
    first = quarter_of(date(number, starts_in, 1))
    second = following(first)
    third = following(second)
    return first, second, third, following(third)


def _parts(quarter: str) -> tuple[int, int]:
    found = QUARTER.fullmatch(quarter)
    if found is None:
        raise ValueError("a quarter is written like 2026Q3")
    return int(found[1]), int(found[2])
