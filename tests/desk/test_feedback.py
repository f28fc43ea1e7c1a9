"""An answer about satisfaction is a fact of its own: no name, no case, nothing to find again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.facts.actions import set_calendar, write_feedback
from casework.facts.models import Fact
from casework.facts.queries import counted_facts
from tests.referrals.screens import Enter

MAY = datetime(2026, 5, 3, 9, tzinfo=UTC)
ANSWER = {"answer": "partly", "sex": "F", "commune": "ML060208"}


@pytest.fixture(autouse=True)
def counting(session: Session) -> None:
    set_calendar(session, date(2026, 1, 1))
    session.commit()


def test_an_answer_is_noted_from_the_first_page(session: Session, browser_of: Enter) -> None:
    with clock.at(MAY):
        browser = browser_of("zeinab")
        assert "/feedback" in browser.page("/desk").links.values()
        browser.submit(browser.page("/feedback"), **ANSWER)
    (counted,) = counted_facts(session, ["2026Q2"])
    assert counted.codes["satisfaction"] == "partly"
    assert (counted.codes["commune"], counted.codes["sex"]) == ("ML060208", "F")


def test_an_answer_without_a_commune_is_asked_again(session: Session, browser_of: Enter) -> None:
    with clock.at(MAY):
        browser = browser_of("zeinab")
        browser.submit(browser.page("/feedback"), answer="yes", sex="F")
    assert session.scalars(select(Fact)).all() == []


def test_the_log_tells_that_a_line_was_written_and_not_what(session: Session) -> None:
    write_feedback(session, date(2026, 5, 3), "ML060208", "M", "no")
    session.flush()
    (entry,) = session.scalars(select(AuditEntry).filter_by(action="fact.written"))
    assert entry.body is not None
    assert b"feedback" in entry.body
    assert b"ML060208" not in entry.body


@pytest.mark.parametrize("who", ["mariam", "manager"])
def test_who_keeps_no_case_notes_no_answer(browser_of: Enter, who: str) -> None:
    assert browser_of(who).get("/feedback").status_code == 403
