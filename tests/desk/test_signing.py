"""« Saisie complète »: coordinators sign a quarter of their team, once, after its end."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.errors import NotAllowed, RuleBroken
from casework.facts.actions import set_calendar
from casework.statistics.actions import close_quarter
from casework.statistics.models import SignedQuarter
from casework.statistics.signing import POINTS, sign_quarter, signatures, waiting_quarters
from tests.referrals.screens import Enter
from tests.support.cast import GOUNDAM, TOMBOUCTOU, Cast

APRIL = datetime(2026, 4, 3, 9, tzinfo=UTC)
MAY = datetime(2026, 5, 3, 9, tzinfo=UTC)


@pytest.fixture
def counting(session: Session) -> None:
    """The programme counts from January 2026."""
    set_calendar(session, date(2026, 1, 1))
    session.commit()


def sign(
    session: Session, cast: Cast, quarter: str = "2026Q1", points: tuple[str, ...] = POINTS
) -> None:
    team = cast.team(GOUNDAM).id
    sign_quarter(session, cast.person("aminata").actor, team, quarter, points)


@pytest.mark.usefixtures("counting")
def test_a_quarter_waits_from_its_end_until_it_closes(session: Session) -> None:
    with clock.at(datetime(2026, 3, 31, 9, tzinfo=UTC)):
        assert waiting_quarters(session) == []
    with clock.at(APRIL):
        (waiting,) = waiting_quarters(session)
        assert (waiting.quarter, waiting.closes_on) == ("2026Q1", date(2026, 4, 15))
    with clock.at(MAY):
        close_quarter(session, "2026Q1")
        assert waiting_quarters(session) == []


@pytest.mark.usefixtures("counting")
def test_a_signature_stands_beside_its_team_and_in_the_log(session: Session, cast: Cast) -> None:
    with clock.at(APRIL):
        sign(session, cast)
    signed = {each.team: each.signed_at for each in signatures(session, "2026Q1")}
    assert signed == {GOUNDAM: APRIL, TOMBOUCTOU: None}
    session.flush()
    entry = session.scalars(select(AuditEntry).filter_by(action="quarter.signed")).one()
    assert entry.body is not None
    assert b"2026-Q1" in entry.body


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize(
    ("quarter", "points", "rule"),
    [
        ("2026Q2", POINTS, "quarter_still_runs"),
        ("2026Q1", POINTS[:3], "not_looked_at"),
        ("2026Q1", (), "not_looked_at"),
    ],
    ids=["still running", "three points", "no point"],
)
def test_a_quarter_is_not_signed(
    session: Session, cast: Cast, quarter: str, points: tuple[str, ...], rule: str
) -> None:
    with clock.at(APRIL), pytest.raises(RuleBroken, match=rule):
        sign(session, cast, quarter, points)


@pytest.mark.usefixtures("counting")
def test_a_team_signs_once(session: Session, cast: Cast) -> None:
    with clock.at(APRIL):
        sign(session, cast)
        with pytest.raises(RuleBroken, match="signed_already"):
            sign(session, cast)


@pytest.mark.usefixtures("counting")
def test_a_closed_quarter_is_not_signed_any_more(session: Session, cast: Cast) -> None:
    with clock.at(MAY):
        close_quarter(session, "2026Q1")
        with pytest.raises(RuleBroken, match="quarter_closed"):
            sign(session, cast)


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize("name", ["zeinab", "oumar", "mariam"])
def test_only_a_coordinator_of_the_team_signs(session: Session, cast: Cast, name: str) -> None:
    actor = cast.person(name).actor
    with clock.at(APRIL), pytest.raises(NotAllowed):
        sign_quarter(session, actor, cast.team(GOUNDAM).id, "2026Q1", POINTS)


# The screens


def address(cast: Cast) -> str:
    return f"/quarters/2026Q1/teams/{cast.team(GOUNDAM).id}/signature"


@pytest.mark.usefixtures("counting")
def test_a_coordinator_finds_the_quarter_from_her_first_page_and_signs_it(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    with clock.at(APRIL):
        browser = browser_of("aminata")
        assert "/quarters" in browser.page("/desk").links.values()
        page = browser.page("/quarters")
        assert page.links[GOUNDAM] == address(cast)
        assert TOMBOUCTOU not in page.text
        answer = browser.submit(browser.page(address(cast)), points=list(POINTS))
        assert "2026" in answer.text
        assert "/quarters" not in browser.page("/desk").links.values()
    assert session.get(SignedQuarter, (cast.team(GOUNDAM).id, "2026Q1")) is not None


@pytest.mark.usefixtures("counting")
def test_a_point_that_was_not_looked_at_is_asked_for(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    with clock.at(APRIL):
        browser = browser_of("aminata")
        answer = browser.submit(browser.page(address(cast)), points=list(POINTS[:3]))
    assert 'id="errors"' in answer.response.get_data(as_text=True)
    assert session.scalars(select(SignedQuarter)).all() == []


@pytest.mark.usefixtures("counting")
def test_who_is_no_coordinator_of_the_team_reads_nothing_of_it(
    cast: Cast, browser_of: Enter
) -> None:
    with clock.at(APRIL):
        assert "/quarters" not in browser_of("zeinab").page("/desk").links.values()
        assert browser_of("oumar").get(address(cast)).status_code == 404
