"""A quarter is closed by a command: once, in order, and only when it is over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.facts.actions import set_calendar
from casework.statistics import yearly
from casework.statistics.models import Release
from casework.statistics.notes import errata
from casework.statistics.signing import POINTS, sign_quarter
from tests.cli.conftest import Run
from tests.support.cast import GOUNDAM, TOMBOUCTOU, Cast
from tests.support.databases import on_both_databases


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


@pytest.mark.parametrize("typed", ["202", "2026Q5", "Q1", "2026-Q1"])
def test_only_quarters_and_years_are_taken(run: Run, typed: str) -> None:
    code, said = close(run, typed)
    assert code == 2
    assert "2026Q3" in said


def said(run: Run, *words: str) -> tuple[int, str]:
    """What a command says on the 20th of January 2027."""
    with clock.at(datetime(2027, 1, 20, 9, tzinfo=UTC)):
        result = run("statistics", *words)
    return result.exit_code, result.output


@pytest.fixture
def closed_quarters(run: Run, counting: None) -> None:
    for number in (1, 2, 3, 4):
        assert said(run, "close", f"2026Q{number}")[0] == 0


@on_both_databases
def test_a_year_is_closed_kind_by_kind_and_once(
    run: Run, session: Session, closed_quarters: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yearly, "EXCHANGES", 1_000)
    code, words = said(run, "close", "2026")
    assert code == 0
    assert "8 of 8: feedback" in words
    assert "2026 is closed." in words
    assert session.scalar(select(Release.id).where(Release.period == "2026").limit(1))
    code, words = said(run, "close", "2026")
    assert (code, "never change" in words) == (1, True)


def test_a_year_with_an_open_quarter_says_what_to_do(run: Run, counting: None) -> None:
    code, words = said(run, "close", "2026")
    assert (code, "close its four quarters first" in words) == (1, True)


def test_who_closes_sees_which_teams_signed(
    run: Run, session: Session, cast: Cast, counting: None
) -> None:
    with clock.at(datetime(2026, 4, 2, 9, tzinfo=UTC)):
        team = cast.team(GOUNDAM).id
        sign_quarter(session, cast.person("aminata").actor, team, "2026Q1", POINTS)
        session.commit()
    _, words = said(run, "status")
    assert "2026Q1 may close from 2026-04-15." in words
    assert f"{GOUNDAM}: signed on 2026-04-02" in words
    assert f"{TOMBOUCTOU}: has not signed" in words
    assert f"{GOUNDAM}: signed on 2026-04-02" in said(run, "close", "2026Q1")[1]


def test_a_note_is_put_beside_figures(run: Run, session: Session, closed_quarters: None) -> None:
    code, _ = said(run, "erratum", "2026q2", "Late sheets")
    assert code == 0
    assert [each.note for each in errata(session, ["2026Q2"])] == ["Late sheets"]
    code, words = said(run, "erratum", "2026Q2", "12 late sheets")
    assert (code, "without digits" in words) == (1, True)


def test_a_volume_is_planned_for_the_next_year(run: Run, closed_quarters: None) -> None:
    code, words = said(run, "plan", "served", "2500")
    assert (code, "from 2027Q1 on" in words) == (0, True)
    assert said(run, "plan", "nothing", "2500")[0] == 1


def test_the_calendar_is_shown_and_changed(run: Run, counting: None) -> None:
    assert "years begin in january" in said(run, "calendar")[1]
    code, words = said(run, "calendar", "--year-starts-in", "october", "--exact-headline")
    assert code == 0
    assert "begin in october" in words
    assert "exact headlines: yes" in words


def test_the_year_of_the_calendar_stays_once_a_quarter_is_closed(
    run: Run, closed_quarters: None
) -> None:
    code, words = said(run, "calendar", "--year-starts-in", "october")
    assert (code, "stay" in words) == (1, True)
