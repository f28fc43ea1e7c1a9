"""The cells of a closed quarter, and which of them add up to which. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from casework.statistics.catalogue import ELSEWHERE, TOTAL, Cell, Kind

Place = tuple[str, Cell]
"""One published figure: the name of its table and its cell in it."""
THE_TOTAL: Place = (TOTAL, ())


@dataclass(frozen=True)
class Grid:
    """All one-way cells of a kind in published order, the total first."""

    kind: Kind

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every published cell."""
        return tuple((table.name, cell) for table in self.kind.one_way() for cell in table.cells)

    @cached_property
    def index(self) -> dict[Place, int]:
        """Where each cell stands in `places`."""
        return {place: number for number, place in enumerate(self.places)}

    @cached_property
    def sums(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Each figure that is the sum of others, with those others, as indexes of `places`."""
        wholes = [(THE_TOTAL, self._all(dimension)) for dimension in self.kind.dimensions]
        parts: dict[Place, list[Place]] = {}
        for dimension in self.kind.dimensions:
            for code in self.kind.codes[dimension]:
                for outer, above in self.kind.parents(dimension, code):
                    parts.setdefault((outer, (above,)), []).append((dimension, (code,)))
        return tuple(
            (self.index[whole], tuple(self.index[part] for part in held))
            for whole, held in [*wholes, *parts.items()]
        )

    def count(self, facts: Iterable[tuple[Mapping[str, str], int]]) -> list[int]:
        """True counts in the order of `places`, from (codes by dimension, count) pairs.

        A place outside the catalogue's communes counts as elsewhere. Raises KeyError on any other
        code that the catalogue does not know.
        """
        counted = [0] * len(self.places)
        known: list[tuple[str, dict[str | None, int]]] = [(d, {}) for d in self.kind.dimensions]
        for codes, count in facts:
            counted[0] += count
            for dimension, places in known:
                told = codes.get(dimension)
                place = places.get(told) if told else None
                if place is None:
                    place = self.index[dimension, (self.code(codes, dimension),)]
                    places[told] = place
                counted[place] += count
        return counted

    def code(self, codes: Mapping[str, str], dimension: str) -> str:
        """The code of a fact in a dimension; an outer one follows from the one nested in it."""
        return code_in(self.kind, codes, dimension)

    def _all(self, dimension: str) -> list[Place]:
        return [(dimension, (code,)) for code in self.kind.codes[dimension]]


def code_in(kind: Kind, codes: Mapping[str, str], dimension: str) -> str:
    """The code of a fact in one dimension of its kind; the circle follows from the commune."""
    if dimension in codes:
        return _known(kind, dimension, codes[dimension])
    for (inner, outer), under in kind.nests.items():
        if outer == dimension and inner in codes:
            return under[_known(kind, inner, codes[inner])]
    raise KeyError(dimension)


def _known(kind: Kind, dimension: str, code: str) -> str:
    known = kind.codes[dimension]
    return code if code in known or ELSEWHERE not in known else ELSEWHERE
