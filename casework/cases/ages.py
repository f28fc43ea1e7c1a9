"""Ages as people know them: a year of birth, « about sixteen », a band; and what follows in law.

The value is that of kind `approximate_age` (see `fields`). Every answer is for a given day, since a
case outlives a birthday. Bands are those of UNHCR, with 18-59 split at 25.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import floor
from typing import Any

BANDS: dict[str, tuple[int, int]] = {
    "0_4": (0, 4),
    "5_11": (5, 11),
    "12_17": (12, 17),
    "18_24": (18, 24),
    "25_59": (25, 59),
    "60p": (60, 130),
}
"""First and last whole year of each code of `tranche_age` but `inconnu`."""

UNKNOWN = "inconnu"
CHILD_UNDER = 18
"""GBVIMS and the child protection code: everybody under 18 is a child."""

MARRIAGE_AGE = {"F": 16, "M": 18}
"""Family code of Mali, art. 281; from there to 18 a marriage is lawful but still of a child."""

OLDEST = 130
_YEAR = 365.25

Age = Mapping[str, Any]


def age_years(age: Age | None, on: date) -> int | None:
    """The age in whole years on a day, before or after it was told; None where nobody knows.

    Someone who said « sixteen » is taken to be sixteen and a half on that day, someone born in a
    year to be born in its middle: wrong by half a year at most, and to neither side.
    """
    if not age:
        return None
    if age.get("birth_on"):
        born = date.fromisoformat(age["birth_on"])
        return max(0, on.year - born.year - ((on.month, on.day) < (born.month, born.day)))
    if age.get("birth_year"):
        return max(0, on.year - int(age["birth_year"]) - (on.month < 7))
    if age.get("years") is None:
        return None
    gone = (on - date.fromisoformat(age["as_of"])).days / _YEAR
    return max(0, floor(int(age["years"]) + 0.5 + gone)) if abs(gone) >= 0.5 else int(age["years"])


def age_band(age: Age | None, on: date) -> str:
    """The code of `tranche_age` on a day; `inconnu` when nothing is known."""
    years = age_years(age, on)
    if years is None:
        return str((age or {}).get("band") or UNKNOWN)
    return next((code for code, (_, last) in BANDS.items() if years <= last), "60p")


def is_under(age: Age | None, limit: int, on: date) -> bool | None:
    """Whether the person is younger than `limit` years; None where a band leaves it open."""
    years = age_years(age, on)
    if years is not None:
        return years < limit
    first, last = BANDS.get(age_band(age, on), (0, OLDEST))
    return True if last < limit else False if first >= limit else None


def is_child(age: Age | None, on: date) -> bool:
    """True under 18, also where only the band is known; an unknown age makes no child."""
    return is_under(age, CHILD_UNDER, on) is True


def below_marriage_age(sex: str, age: Age | None, on: date) -> bool:
    """True when the family code forbids marriage: under 16 for girls, under 18 for the others."""
    return is_under(age, MARRIAGE_AGE.get(sex, CHILD_UNDER), on) is True


def is_possible(age: Age, on: date) -> bool:
    """False for a birth in the future, a negative age or one over 130 years."""
    born = age.get("birth_on")
    if born:
        return date(on.year - OLDEST, 1, 1) <= date.fromisoformat(born) <= on
    if age.get("birth_year"):
        return on.year - OLDEST <= int(age["birth_year"]) <= on.year
    return 0 <= int(age["years"]) <= OLDEST if age.get("years") is not None else True
