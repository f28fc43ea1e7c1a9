"""One narrow door to HiGHS: a mixed integer program in, its columns out.

Every call uses the same options. Two solver objects with different `threads` in one process make
the second stop at once with the status "not set" and no error, so the setting stands here only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor

import highspy

THREADS = 1
INFINITY = highspy.kHighsInf
PRIMAL_SIMPLEX = 4
NEARLY = 1e-5
_SOLVED = {highspy.HighsModelStatus.kOptimal}
_STOPPED = {
    highspy.HighsModelStatus.kTimeLimit,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kInterrupt,
}


class SolverFailed(Exception):
    """The solver neither solved the program nor proved that it has no solution."""


@dataclass(slots=True)
class Program:
    """A program to minimise: columns with bounds and costs, rows with bounds and entries."""

    costs: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    indices: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def column(self, lower: float, upper: float, cost: float = 0.0, *, whole: bool = False) -> int:
        """A new column stands in the program; its index is returned."""
        self.costs.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.costs) - 1

    def row(
        self, lower: float, upper: float, columns: Sequence[int], values: Sequence[float]
    ) -> None:
        """A new row holds: lower <= sum of values times columns <= upper."""
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        self.indices.extend(columns)
        self.values.extend(values)
        self.starts.append(len(self.indices))


def solve(program: Program, seconds: float = 120.0) -> list[float] | None:
    """The columns of the best solution found in the time, or None when there is none at all.

    Raises SolverFailed when the time was too short to tell, or the solver stopped for another
    reason.
    """
    solver = _loaded(program, seconds)
    solver.run()
    status = solver.getModelStatus()
    if status in _SOLVED or (status in _STOPPED and _has_solution(solver)):
        return list(solver.getSolution().col_value)
    if status in {
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    }:
        return None
    raise SolverFailed(solver.modelStatusToString(status))


class Extremes:
    """One system of rows, asked many times for the least and the greatest value of a sum.

    The solver adds up the time of all its runs, so that no limit is set.
    """

    def __init__(self, program: Program) -> None:
        self._solver = _loaded(program, INFINITY)
        self._columns = len(program.costs)

    def range(self, plus: Sequence[int], minus: Sequence[int] = ()) -> tuple[int, int]:
        """The whole numbers between which the sum of `plus` less that of `minus` must lie.

        Raises SolverFailed when the rows contradict each other or the sum has no limit.
        """
        costs = [0.0] * self._columns
        for column in plus:
            costs[column] += 1.0
        for column in minus:
            costs[column] -= 1.0
        self._solver.changeColsCost(self._columns, list(range(self._columns)), costs)
        return ceil(self._best(1) - NEARLY), floor(self._best(-1) + NEARLY)

    def _best(self, direction: int) -> float:
        sense = highspy.ObjSense.kMinimize if direction > 0 else highspy.ObjSense.kMaximize
        self._solver.changeObjectiveSense(sense)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status not in _SOLVED:
            raise SolverFailed(self._solver.modelStatusToString(status))
        return float(self._solver.getInfo().objective_function_value)


def _has_solution(solver: highspy.Highs) -> bool:
    found: bool = solver.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible
    return found


def opened_solver(seconds: float = INFINITY) -> highspy.Highs:
    """An empty solver, silent, with the options of this process, for a program made piece by piece.

    It starts each run from where the last one ended.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", THREADS)
    solver.setOptionValue("time_limit", seconds)
    if seconds == INFINITY:
        solver.setOptionValue("presolve", "off")
        solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
    return solver


def _loaded(program: Program, seconds: float) -> highspy.Highs:
    solver = opened_solver(seconds)
    if any(program.whole):
        solver.setOptionValue("presolve", "choose")
    solver.passModel(_model(program))
    return solver


def _model(program: Program) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.costs), len(program.row_lower)
    model.col_cost_ = program.costs
    model.col_lower_, model.col_upper_ = program.lower, program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = model.num_col_, model.num_row_
    model.a_matrix_.start_ = program.starts
    model.a_matrix_.index_ = program.indices
    model.a_matrix_.value_ = program.values
    kinds = {True: highspy.HighsVarType.kInteger, False: highspy.HighsVarType.kContinuous}
    if any(program.whole):
        model.integrality_ = [kinds[whole] for whole in program.whole]
    return model
