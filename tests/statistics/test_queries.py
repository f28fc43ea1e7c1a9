"""What managers read is what was published, and sums of it."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from casework import clock
from casework.facts.actions import set_calendar, write_fact
from casework.facts.dimensions import Dimensions
from casework.facts.kinds import FactKind
from casework.statistics import queries
from casework.statistics.actions import close_quarter

WOMAN = Dimensions.from_codes("ML060208", "F", "25_59", {"femme"}, "suc_heritage")


@pytest.fixture
def two_quarters(session: Session) -> Session:
    set_calendar(session, date(2026, 1, 1))
    for day, number in ((date(2026, 2, 1), 20), (date(2026, 5, 1), 40)):
        for _ in range(number):
            write_fact(session, FactKind.SERVED, day, WOMAN, {"service": "health", "gbv": "no"})
    for quarter, month in (("2026Q1", 4), ("2026Q2", 7)):
        with clock.at(datetime(2026, month, 20, tzinfo=UTC)):
            close_quarter(session, quarter, rng=random.Random(3))
    return session


def test_closed_quarters_come_oldest_first(two_quarters: Session) -> None:
    closed = queries.closed_quarters(two_quarters)
    assert [each.period for each in closed] == ["2026Q1", "2026Q2"]
    assert (closed[0].ended_on, closed[0].bound) == (date(2026, 3, 31), 4)


def test_only_as_many_quarters_as_asked_for_the_newest(two_quarters: Session) -> None:
    assert [each.period for each in queries.closed_quarters(two_quarters, 1)] == ["2026Q2"]


def test_a_table_has_its_full_grid(two_quarters: Session) -> None:
    table = queries.published(two_quarters, "served", "sex", "2026Q1")
    assert table == {("F",): 20, ("M",): 0, ("NP",): 0}


def test_an_open_quarter_has_no_figures(two_quarters: Session) -> None:
    assert queries.published(two_quarters, "served", "sex", "2026Q3") == {}
    assert queries.closed_period(two_quarters, "2026Q3") is None


def test_the_sum_of_quarters_is_the_sum_of_what_was_published(two_quarters: Session) -> None:
    periods = ["2026Q1", "2026Q2"]
    assert queries.cumulated(two_quarters, "served", "total", periods) == {(): 60}
    assert queries.over(two_quarters, "served", "sex", periods)["F",] == (20, 40)


def test_an_unpublished_period_is_a_gap_and_not_a_zero(two_quarters: Session) -> None:
    over = queries.over(two_quarters, "served", "total", ["2025Q4", "2026Q1"])
    assert over[()] == (None, 20)


def test_totals_of_all_kinds_come_at_once(two_quarters: Session) -> None:
    found = queries.totals(two_quarters, ["2026Q2"])
    assert found["served"] == {"2026Q2": 40}
    assert set(found) == set(FactKind)


def test_a_fact_of_the_open_quarter_changes_nothing_a_manager_reads(two_quarters: Session) -> None:
    periods = ["2026Q1", "2026Q2", "2026Q3"]
    before = queries.totals(two_quarters, periods)
    write_fact(
        two_quarters, FactKind.SERVED, date(2026, 8, 1), WOMAN, {"service": "care", "gbv": "no"}
    )
    assert queries.totals(two_quarters, periods) == before
    assert len(queries.closed_quarters(two_quarters)) == 2


@pytest.mark.parametrize("module", ["queries", "presentation", "charts", "labels"])
def test_what_a_manager_sees_loads_neither_solver_nor_facts(module: str) -> None:
    program = f"import sys, casework.statistics.{module}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split())
    assert f"casework.statistics.{module}" in loaded
    assert not {name for name in loaded if name.startswith(("highspy", "casework.facts"))}
