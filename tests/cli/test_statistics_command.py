"""A quarter is closed by a command: once, in order, and only when it is over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.facts.actions import set_calendar
from casework.statistics.models import Release
from tests.cli.conftest import Run


@pytest.fixture
def counting(session: Session) -> None:
    """The programme counts from January 2026."""
    set_calendar(session, date(2026, 1, 1))


def close(run: Run, quarter: str) -> tuple[int, str]:
    """What the command says on the 28th of October 2026."""
    with clock.at(datetime(2026, 10, 28, 9, tzinfo=UTC)):
        result = run("statistics", "close", quarter)
    return result.exit_code, result.output


def test_a_quarter_that_is_over_is_closed(run: Run, session: Session, counting: None) -> None:
    code, said = close(run, "2026q1")
    assert (code, said.startswith("2026Q1 is closed.")) == (0, True)
    assert set(session.scalars(select(Release.period))) == {"2026Q1"}


@pytest.mark.parametrize(
    ("closed", "quarter", "said"),
    [
        (["2026Q1"], "2026Q1", "closed already"),
        ([], "2026Q4", "not over"),
        (["2026Q1"], "2026Q3", "in their order"),
    ],
)
def test_a_quarter_that_cannot_be_closed_says_why(
    run: Run, counting: None, closed: list[str], quarter: str, said: str
) -> None:
    for earlier in closed:
        close(run, earlier)
    code, words = close(run, quarter)
    assert code == 1
    assert said in words
    assert words.strip().count("\n") == 0


@pytest.mark.parametrize("typed", ["2026", "2026Q5", "Q1", "2026-Q1"])
def test_only_quarters_are_taken(run: Run, typed: str) -> None:
    code, said = close(run, typed)
    assert code == 2
    assert "2026Q3" in said
