"""Facts made at random: a few common groups, a long tail of rare ones, as in the field."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

from casework.statistics.catalogue import Kind, versions
from casework.statistics.certificate import combinations_of, families
from casework.statistics.closing import Record

CATALOGUE = versions()[-1]
YEAR = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")


@cache
def _choices(name: str) -> tuple[tuple[list[dict[str, str]], list[float]], ...]:
    kind = CATALOGUE.kinds[name]
    several = (combinations_of(kind, family) for family in families(kind))
    return tuple((found, [1 / (1 + rank) for rank in range(len(found))]) for found in several)


def record(kind: Kind, quarter: str, rng: random.Random) -> Record:
    """One fact; the first combinations of each family are the most frequent."""
    codes: dict[str, str] = {}
    for choices, weights in _choices(kind.name):
        codes.update(rng.choices(choices, weights)[0])
    return Record(kind.name, quarter, codes, 1)


def records(
    name: str, a_quarter: int, rng: random.Random, quarters: Sequence[str] = YEAR
) -> list[Record]:
    """About so many facts of one kind in each quarter."""
    kind = CATALOGUE.kinds[name]
    return [
        record(kind, quarter, rng)
        for quarter in quarters
        for _ in range(rng.randint(a_quarter * 3 // 4, a_quarter * 5 // 4))
    ]
