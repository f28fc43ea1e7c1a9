"""The proof that a release tells no count more closely than five consecutive values. Pure.

Let an attacker know, for every published figure, that the true count lies within a bound of it. If
some whole, never negative counts per base cell (the *witness*) reproduce every figure with four to
spare, then for any set S of base cells whose witness count is w, each number from max(0, w-4) to
w+4 may be true: add up to four to a cell of S, or take up to four out of cells of S, and no figure
moves by more than four. The witness is invented from the published figures alone, so it tells
nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, product

from casework.statistics.catalogue import Kind
from casework.statistics.grid import Grid, Place, code_in
from casework.statistics.solver import INFINITY, Program, solve

Codes = dict[str, str]
Witness = list[tuple[Codes, int]]
SPARE = 4


def families(kind: Kind) -> list[tuple[str, ...]]:
    """The dimensions of a kind, those linked by nesting together; each dimension in one family."""
    found: list[set[str]] = [{dimension} for dimension in kind.dimensions]
    for inner, outer in kind.nests:
        linked = [family for family in found if family & {inner, outer}]
        found = [family for family in found if family not in linked] + [set().union(*linked)]
    return [tuple(d for d in kind.dimensions if d in family) for family in found]


def combinations_of(kind: Kind, family: tuple[str, ...]) -> list[Codes]:
    """Every combination of codes in a family that the nesting allows."""
    chosen = (
        dict(zip(family, codes, strict=True)) for codes in product(*(kind.codes[d] for d in family))
    )
    return [codes for codes in chosen if _nested(kind, codes)]


def one_way_witness(grid: Grid, values: Mapping[Place, int]) -> Witness | None:
    """Whole counts per base cell whose every one-way margin is the published figure, or None.

    Margins with one common total always have such counts; only nesting needs a solver.
    """
    several = [spread(grid.kind, family, values) for family in families(grid.kind)]
    lists = [found for found in several if found is not None]
    totals = {sum(count for _, count in found) for found in lists}
    if len(lists) < len(several) or len(totals) > 1:
        return None
    return list(side_by_side(lists))


def witness_holds(
    grid: Grid, values: Mapping[Place, int], witness: Witness | None, spare: int = 0
) -> bool:
    """True when the witness is whole and never negative and every figure within `spare` of it."""
    if witness is None or any(count < 0 for _, count in witness):
        return False
    counted = grid.count(witness)
    return all(
        abs(count - values[place]) <= spare
        for place, count in zip(grid.places, counted, strict=True)
    )


def count_crossed(kind: Kind, witness: Iterable[tuple[Mapping[str, str], int]]) -> dict[Place, int]:
    """The counts of every crossed table of the kind, from counts per base cell."""
    tables = kind.crossed()
    counts = {(table.name, cell): 0 for table in tables for cell in table.cells}
    for codes, count in witness:
        for table in tables:
            cell = tuple(code_in(kind, codes, dimension) for dimension in table.dimensions)
            counts[table.name, cell] += count
    return counts


def _nested(kind: Kind, codes: Codes) -> bool:
    for (inner, outer), under in kind.nests.items():
        if inner in codes and outer in codes:
            above = under.get(codes[inner])
            held = above == codes[outer] if above else codes[outer] not in under.values()
            if not held:
                return False
    return True


def spread(kind: Kind, family: tuple[str, ...], values: Mapping[Place, int]) -> Witness | None:
    """Counts per combination of one family that meet the family's published margins."""
    choices = combinations_of(kind, family)
    program = Program()
    for _ in choices:
        program.column(0, INFINITY, whole=True)
    for dimension, code in _codes(kind, family):
        columns = [n for n, codes in enumerate(choices) if codes[dimension] == code]
        figure = values[dimension, (code,)]
        program.row(figure, figure, columns, [1.0] * len(columns))
    solution = solve(program)
    if solution is None:
        return None
    return [(codes, round(n)) for codes, n in zip(choices, solution, strict=True) if round(n)]


def _codes(kind: Kind, family: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return ((dimension, code) for dimension in family for code in kind.codes[dimension])


def side_by_side(lists: Sequence[Witness]) -> Iterator[tuple[Codes, int]]:
    """Lists with one common total laid side by side, cut wherever one of them changes its codes."""
    edges = [list(accumulate(count for _, count in found)) for found in lists]
    start = 0
    for end in sorted({edge for several in edges for edge in several}):
        codes: Codes = {}
        for found, edge in zip(lists, edges, strict=True):
            codes.update(found[bisect_right(edge, start)][0])
        yield codes, end - start
        start = end
