"""What an operator is told without any key: how many closed files have reached their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.audit.redaction import redact
from casework.audit.sequencer import sequence_all
from casework.cases.access import OpenCase
from casework.cases.closure import close_case, reopen_case
from casework.cases.field_kinds import Per
from casework.cases.models import Case
from casework.cli.keyless import count_over
from casework.errors import BadConfiguration
from casework.rights.queries import Count, dry_run
from config import Settings, _retention
from tests.cli.conftest import Run
from tests.referrals.screens import Enter
from tests.support.cast import Cast, Person
from tests.support.databases import on_both_databases
from tests.support.files import noted, opened

LONG_AGO = datetime(2024, 1, 10, 9, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


def closed(session: Session, who: Person, code: str, moment: datetime) -> OpenCase:
    """A case opened and closed at that moment."""
    with clock.at(moment):
        case = opened(session, who)
        value: dict[str, object] = {"code": code, "happened_on": clock.today().isoformat()}
        close_case(session, who.actor, who.keyring, case.id, value, 0)
    return case


@on_both_databases
def test_closed_files_are_counted_by_reason_and_time(session: Session, zeinab: Person) -> None:
    closed(session, zeinab, "besoins_satisfaits", LONG_AGO)
    closed(session, zeinab, "besoins_satisfaits", NOW - timedelta(days=400))
    closed(session, zeinab, "besoins_satisfaits", NOW - timedelta(days=10))
    closed(session, zeinab, "doublon", NOW - timedelta(days=400))
    opened(session, zeinab)
    session.flush()
    with clock.at(NOW):
        assert dry_run(session) == [
            Count("besoins_satisfaits", 3, 1, 1),
            Count("doublon", 1, 1, 0),
        ]


def test_a_file_that_was_opened_again_counts_from_its_last_closure(
    session: Session, zeinab: Person
) -> None:
    case = closed(session, zeinab, "besoins_satisfaits", LONG_AGO)
    act = (session, zeinab.actor, zeinab.keyring, case.id)
    with clock.at(NOW - timedelta(days=30)):
        reopen_case(*act, {"happened_on": clock.today().isoformat(), "text": "Revenue."})
        session.flush()
        assert dry_run(session) == []
        close_case(*act, {"code": "depart", "happened_on": clock.today().isoformat()}, 0)
    with clock.at(NOW):
        assert dry_run(session) == [Count("depart", 1, 0, 0)]


def test_an_erased_file_counts_no_more(session: Session, zeinab: Person) -> None:
    case = closed(session, zeinab, "besoins_satisfaits", LONG_AGO)
    session.flush()
    session.expunge(case.row)
    session.execute(delete(Case).where(Case.id == case.id))
    with clock.at(NOW):
        assert dry_run(session) == []


def test_a_file_whose_closing_the_log_tells_no_more_is_to_be_looked_at(
    session: Session, zeinab: Person
) -> None:
    closed(session, zeinab, "besoins_satisfaits", LONG_AGO)
    session.flush()
    sequence_all(session)
    (place,) = session.scalars(select(AuditEntry.idx).where(AuditEntry.action == "case.closed"))
    assert place is not None
    redact(session, [(place, place)], "retention")
    with clock.at(NOW):
        assert dry_run(session) == [Count(None, 1, 1, 0)]


def test_the_command_counts_and_changes_nothing(session: Session, zeinab: Person, run: Run) -> None:
    closed(session, zeinab, "besoins_satisfaits", LONG_AGO)
    closed(session, zeinab, "doublon", NOW)
    session.commit()
    before = session.scalar(select(func.count()).select_from(AuditEntry))
    with clock.at(NOW):
        said = run("retention", "--dry-run")
    assert said.exit_code == 0, said.output
    rows = [line.split() for line in said.output.splitlines()]
    assert rows[-1] == ["all", "2", "1", "1"]
    assert [row[-3:] for row in rows[1:-1]] == [["1", "1", "0"], ["1", "0", "1"]]
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == before
    assert session.scalar(select(func.count()).select_from(Case)) == 2


def test_the_command_never_destroys(run: Run, cast: Cast) -> None:
    said = run("retention")
    assert said.exit_code == 1
    assert "--dry-run" in said.output


# On the page of a closed case


def test_a_closed_case_says_until_when_it_is_kept_and_why(
    session: Session, zeinab: Person, browser_of: Enter
) -> None:
    case = closed(session, zeinab, "besoins_satisfaits", NOW)
    page = browser_of("zeinab").page(f"/cases/{case.id}")
    assert "Gardé jusqu’au1er juin 2036" in page.text
    assert "les papiers d’état civil, de terre ou d’héritage servent longtemps" in page.text
    assert "À effacer" not in page.text


def test_before_a_court_no_day_is_named(
    session: Session, zeinab: Person, browser_of: Enter
) -> None:
    with clock.at(NOW):
        case = opened(session, zeinab)
        noted(session, zeinab, case, Per.STEP, code="audience")
        value: dict[str, object] = {"code": "depart", "happened_on": clock.today().isoformat()}
        close_case(session, zeinab.actor, zeinab.keyring, case.id, {**value, "note": "À Gao."}, 0)
    page = browser_of("zeinab").page(f"/cases/{case.id}")
    assert "Pas encore de datela justice n’a pas encore décidé" in page.text


def test_an_open_case_names_no_end(session: Session, zeinab: Person, browser_of: Enter) -> None:
    case = opened(session, zeinab)
    assert "Gardé jusqu’au" not in browser_of("zeinab").page(f"/cases/{case.id}").text


def test_when_the_time_is_over_the_page_says_so(
    session: Session, zeinab: Person, browser_of: Enter
) -> None:
    case = closed(session, zeinab, "doublon", LONG_AGO)
    page = browser_of("zeinab").page(f"/cases/{case.id}")
    assert "Gardé jusqu’au10 janvier 2025 À effacer" in page.text


def test_each_night_the_files_whose_time_is_over_are_counted_as_the_deployment_says(
    app: Flask, session: Session, zeinab: Person
) -> None:
    closed(session, zeinab, "besoins_satisfaits", NOW - timedelta(days=400))
    session.flush()
    own: Settings = app.extensions["settings"]
    with clock.at(NOW):
        assert count_over(session, own) == 0
        assert count_over(session, own.with_changes(retention={"closed": 12})) == 1


def test_a_setting_that_cannot_be_read_stops_the_start() -> None:
    assert _retention("closed=36 child=25") == {"closed": 36, "child": 25}
    for text in ("closed", "closed=0", "forever=1", "closed=x"):
        with pytest.raises(BadConfiguration, match="CASEWORK_RETENTION"):
            _retention(text)
