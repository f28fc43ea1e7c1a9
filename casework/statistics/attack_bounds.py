"""The least and the greatest value of a sum of unknown counts, over a grid of any size.

A linear program with a column for each base cell and quarter, solved by making columns only when
they pay: the program holds a few hundred of them, and after each solution the whole grid is asked,
through the prices of the rows, which base cell would improve it. When none would, the bound is
exact, as if every column had stood in the program from the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import highspy
import numpy as np

from casework.statistics.attack_model import Array, Known, Model, Said
from casework.statistics.solver import INFINITY, SolverFailed, opened_solver

PAYS = 1e-7
"""A column pays when its reduced cost is below minus this."""
NEARLY = 1e-5
AT_ONCE = 60
ROUNDS = 10_000


@dataclass(frozen=True, slots=True)
class Target:
    """A weight for each base cell of each quarter: what is asked for is the weighted sum."""

    weights: tuple[Array, ...]


class Bounds:
    """Everything said about the unknowns of a model, made ready for many questions.

    Raises SolverFailed when what is said contradicts itself.
    """

    def __init__(self, model: Model, said: Sequence[Said], known: Known) -> None:
        self.model, self.said, self.known = model, list(said), known
        starts = np.cumsum([0, *(len(each.lower) for each in self.said)])
        self.starts = [int(start) for start in starts]
        self.chosen: list[tuple[int, int]] = []
        self._taken: set[tuple[int, int]] = set()
        self._columns: list[Array] = [np.zeros(0, dtype=np.int64)] * 2
        self._solver = opened_solver()
        self._make_rows()
        self._make_feasible()
        self.least, self.most = self._rows().copy(), self._rows().copy()

    def range(self, target: Target) -> tuple[int, int]:
        """The whole numbers between which the target must lie."""
        given = sum(
            float((np.broadcast_to(w, self.model.shape) * k).sum())
            for w, k in zip(target.weights, self.known.counts, strict=True)
        )
        least = self._best(target, 1.0)
        most = -self._best(target, -1.0)
        return ceil(least + given - NEARLY), floor(most + given + NEARLY)

    def cell(self, number: int, cell: int) -> tuple[int, int]:
        """The whole numbers between which one cell of one thing said must lie.

        Nothing is solved for an end that some earlier solution has reached already.
        """
        said, row = self.said[number], self.starts[number] + cell
        target = cell_target(self.model, said.table, cell, said.quarters)
        given = self._given[row]
        low, high = max(0.0, said.lower[cell] - given), said.upper[cell] - given
        if self.least[row] > low + NEARLY:
            low = self._best(target, 1.0)
        if self.most[row] < high - NEARLY:
            high = -self._best(target, -1.0)
        return ceil(low + given - NEARLY), floor(high + given + NEARLY)

    def _make_rows(self) -> None:
        """One row for each cell of everything said, less what the attacker knows is in it."""
        self._given = np.concatenate([self._counted(each) for each in self.said])
        lower = np.concatenate([each.lower for each in self.said]) - self._given
        upper = np.concatenate([each.upper for each in self.said]) - self._given
        empty = np.zeros(0, dtype=np.int32)
        starts = np.zeros(len(lower), dtype=np.int32)
        self._solver.addRows(len(lower), lower, upper, 0, starts, empty, np.zeros(0))

    def _counted(self, said: Said) -> Array:
        places = np.broadcast_to(self.model.places(said.table), self.model.shape).ravel()
        counts = sum(self.known.counts[quarter] for quarter in said.quarters)
        return np.bincount(places, np.asarray(counts).ravel(), minlength=len(said.lower))

    def _make_feasible(self) -> None:
        """Columns stand in the program that fulfil everything said.

        Each row begins with two columns that nobody counts, at a price; they are gone at the end.
        """
        rows = self.starts[-1]
        both = np.concatenate([np.arange(rows), np.arange(rows)]).astype(np.int32)
        signs = np.concatenate([np.ones(rows), -np.ones(rows)])
        starts = np.arange(2 * rows, dtype=np.int32)
        none, unlimited = np.zeros(2 * rows), np.full(2 * rows, INFINITY)
        self._extra = 2 * rows
        self._solver.addCols(
            2 * rows, np.ones(2 * rows), none, unlimited, 2 * rows, starts, both, signs
        )
        nothing = Target((np.zeros((1,) * len(self.model.shape)),) * len(self.model.quarters))
        if self._improve(nothing, 1.0) > NEARLY:
            raise SolverFailed("what is said contradicts itself")
        numbers = np.arange(2 * rows, dtype=np.int32)
        self._solver.changeColsBounds(2 * rows, numbers, none, none)

    def _best(self, target: Target, sign: float) -> float:
        """The least value of the target times the sign."""
        quarters, cells = self._columns
        costs = np.zeros(self._extra + len(cells))
        for quarter, weights in enumerate(target.weights):
            own = quarters == quarter
            spread = np.broadcast_to(weights, self.model.shape)
            costs[self._extra :][own] = sign * spread[np.unravel_index(cells[own], spread.shape)]
        self._solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        best = self._improve(target, sign)
        rows = self._rows()
        self.least, self.most = np.minimum(self.least, rows), np.maximum(self.most, rows)
        return best

    def _improve(self, target: Target, sign: float) -> float:
        """Columns that pay are added until none does; the value of the program is returned."""
        for _ in range(ROUNDS):
            self._solver.run()
            status = self._solver.getModelStatus()
            if status == highspy.HighsModelStatus.kUnbounded:
                raise SolverFailed("the sum has no limit")
            if status != highspy.HighsModelStatus.kOptimal:
                raise SolverFailed(self._solver.modelStatusToString(status))
            prices = np.asarray(self._solver.getSolution().row_dual)
            if not self._add_paying(target, sign, prices):
                return float(self._solver.getInfo().objective_function_value)
        raise SolverFailed("no end of columns that pay")

    def _add_paying(self, target: Target, sign: float, prices: Array) -> int:
        added = 0
        for quarter in range(len(self.model.quarters)):
            reduced = self._reduced(quarter, sign * target.weights[quarter], prices).ravel()
            share = min(AT_ONCE, len(reduced))
            best = np.argpartition(reduced, share - 1)[:share]
            paying = [int(cell) for cell in best if reduced[cell] < -PAYS]
            paying = [cell for cell in paying if (quarter, cell) not in self._taken]
            self._add(quarter, paying, sign * target.weights[quarter])
            added += len(paying)
        return added

    def _reduced(self, quarter: int, costs: Array, prices: Array) -> Array:
        """The reduced cost of every base cell of a quarter, at these prices of the rows."""
        parts = [costs, np.where(self.known.whole, np.inf, 0.0)]
        for said, start in zip(self.said, self.starts, strict=False):
            own = prices[start : start + len(said.lower)]
            if quarter in said.quarters and own.any():
                parts.append(-own[self.model.places(said.table)])
        total = np.zeros((1,) * len(self.model.shape))
        for part in sorted(parts, key=lambda each: each.size):
            total = total + part
        return np.broadcast_to(total, self.model.shape)

    def _add(self, quarter: int, cells: Sequence[int], costs: Array) -> None:
        if not cells:
            return
        where = np.unravel_index(np.array(cells), self.model.shape)
        rows = [
            start + np.broadcast_to(self.model.places(said.table), self.model.shape)[where]
            for said, start in zip(self.said, self.starts, strict=False)
            if quarter in said.quarters
        ]
        entries = np.stack(rows, axis=1).astype(np.int32)
        count, each = entries.shape
        price = np.broadcast_to(costs, self.model.shape)[where].astype(float)
        starts = np.arange(0, count * each, each, dtype=np.int32)
        none, unlimited = np.zeros(count), np.full(count, INFINITY)
        self._solver.addCols(
            count, price, none, unlimited, count * each, starts, entries.ravel(),
            np.ones(count * each),
        )  # fmt: skip
        self._taken.update((quarter, cell) for cell in cells)
        quarters, taken = self._columns
        self._columns = [
            np.concatenate([quarters, np.full(count, quarter)]),
            np.concatenate([taken, np.array(cells)]),
        ]

    def _rows(self) -> Array:
        return np.asarray(self._solver.getSolution().row_value)


def cell_target(model: Model, table: str, cell: int, quarters: Sequence[int]) -> Target:
    """The sum of a table's cell over the quarters."""
    own = (model.places(table) == cell).astype(float)
    none = np.zeros((1,) * len(model.shape))
    return Target(tuple(own if q in quarters else none for q in range(len(model.quarters))))
