"""Keyless jobs: each once in its slot, whoever starts them and however often."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditCheckpoint, AuditEntry
from casework.cli import keyless
from casework.cli.keyless import JOBS, Job, Result, every_hour, every_minute, every_night, run_due
from casework.cli.models import JobClaim
from casework.facts.actions import write_fact
from casework.facts.dimensions import Dimensions
from casework.facts.kinds import FactKind
from casework.people.models import SessionRow
from casework.web.models import HeldForm
from config import Settings
from tests.cli.conftest import Run
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.databases import on_both_databases

NOON = datetime(2026, 10, 28, 12, 0, tzinfo=UTC)
SOMEBODY = Dimensions.from_codes("ML060208", "F", "25_59", ["femme"], "ec_naissance")


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """The 28th of October 2026, noon."""
    with clock.at(NOON):
        yield


@pytest.fixture
def own(app: Flask) -> Settings:
    """The settings of the application under test."""
    settings: Settings = app.extensions["settings"]
    return settings


def job(work: Callable[[], int], slot: keyless.Slot = every_minute) -> tuple[Job, ...]:
    """One job that does the work given."""
    return (Job("a-job", slot, lambda _session, _own: work()),)


@on_both_databases
def test_of_eight_racing_processes_one_does_the_work(session: Session, own: Settings) -> None:
    done: list[int] = []

    def work() -> int:
        time.sleep(0.1)
        done.append(1)
        return 1

    def process(_number: int) -> None:
        with Session(session.get_bind()) as mine, clock.at(NOON):
            list(run_due(mine, own, job(work)))

    with ThreadPoolExecutor(8) as processes:
        list(processes.map(process, range(8)))
    assert done == [1]


def test_what_is_done_is_not_done_again_in_its_slot(session: Session, own: Settings) -> None:
    said = [list(run_due(session, own, job(lambda: 1))) for _ in range(3)]
    assert said == [[Result("a-job", "1")], [], []]


def test_the_next_slot_is_due_again(session: Session, own: Settings) -> None:
    list(run_due(session, own, job(lambda: 1)))
    with clock.at(NOON + timedelta(minutes=1)):
        assert list(run_due(session, own, job(lambda: 2))) == [Result("a-job", "2")]


def test_what_failed_is_free_to_be_tried_again(session: Session, own: Settings) -> None:
    tried: list[int] = []

    def work() -> int:
        tried.append(1)
        if len(tried) == 1:
            raise ValueError("the name of a person")
        return 7

    first, second = (list(run_due(session, own, job(work, every_night))) for _ in range(2))
    assert first == [Result("a-job", "failed (ValueError)", well=False)]
    assert second == [Result("a-job", "7")]


def test_one_that_fails_holds_up_no_other(session: Session, own: Settings) -> None:
    def broken(_session: Session, _own: Settings) -> int:
        raise ValueError

    jobs = (Job("broken", every_minute, broken), *job(lambda: 1))
    assert [each.name for each in run_due(session, own, jobs)] == ["broken", "a-job"]


def test_a_night_begins_at_two_where_the_programme_works() -> None:
    midnight = datetime(2026, 10, 28, tzinfo=UTC)  # Bamako keeps UTC
    assert every_night(midnight + timedelta(hours=1, minutes=59)) is None
    assert every_night(midnight + timedelta(hours=2)) == "2026-10-28"
    assert every_hour(midnight) == "2026-10-28T00"


def test_every_job_runs_once_on_a_live_database(run: Run, cast: Cast) -> None:
    first, second = run("jobs", "run"), run("jobs", "run")
    assert first.exit_code == 0, first.output
    assert [line.split(":")[0] for line in first.output.splitlines()] == [
        each.name for each in JOBS
    ]
    assert (second.exit_code, second.output) == (0, "")


def test_a_failure_is_told_by_the_exit_code(run: Run, session: Session, cast: Cast) -> None:
    session.execute(text("INSERT INTO audit_sequencer (name, size) VALUES ('log', 99)"))
    result = run("jobs", "run")
    assert result.exit_code == 1
    assert "order-log: failed (LogBroken)" in result.output
    assert "Traceback" not in result.output


def test_an_idle_session_loses_its_keys(
    app: Flask, run: Run, session: Session, cast: Cast, own: Settings
) -> None:
    enter(new_client(app, session), cast.person("zeinab"))
    with clock.at(NOON + own.idle + timedelta(minutes=1)):
        run("jobs", "run")
    assert session.scalars(select(SessionRow.box)).all() == [None]


def test_the_log_is_in_order_and_signed_afterwards(run: Run, session: Session, cast: Cast) -> None:
    run("jobs", "run")
    waiting = session.scalar(select(func.count()).where(AuditEntry.idx.is_(None)))
    assert (waiting, session.scalar(select(func.count(AuditCheckpoint.size)))) == (0, 1)


def test_a_held_form_that_is_over_is_gone(
    app: Flask, run: Run, session: Session, cast: Cast
) -> None:
    enter(new_client(app, session), cast.person("zeinab"))
    holder = session.scalars(select(SessionRow.id)).one()
    for minutes in (-1, 1):
        over = NOON + timedelta(minutes=minutes)
        session.add(HeldForm(id=uuid4(), session_id=holder, box=b"x", expires_at=over))
    run("jobs", "run")
    assert session.scalar(select(func.count(HeldForm.id))) == 1


def test_claims_are_forgotten_after_a_week(run: Run, session: Session, cast: Cast) -> None:
    run("jobs", "run")
    with clock.at(NOON + timedelta(days=8)):
        run("jobs", "run")
    assert session.scalar(select(func.min(JobClaim.claimed_at))) == NOON + timedelta(days=8)


def test_a_box_put_back_is_a_failed_check_in_the_log(
    run: Run, session: Session, cast: Cast
) -> None:
    from casework.cases.models import CaseSection
    from tests.support.files import opened

    opened(session, cast.person("zeinab"))
    run("jobs", "run")
    failed = select(AuditEntry).where(AuditEntry.action == "check.failed")
    assert session.scalars(failed).all() == []
    session.execute(update(CaseSection).values(box=b"last month"))
    with clock.at(NOON + timedelta(days=1)):
        result = run("jobs", "run")
    assert len(session.scalars(failed).all()) == 1
    assert result.exit_code == 1
    assert "differ from the log" in result.output


def test_the_shuffle_leaves_no_trace_of_the_order(
    session: Session, own: Settings, instance: Path
) -> None:
    for _ in range(200):
        write_fact(session, FactKind.REGISTERED, NOON.date(), SOMEBODY)
    session.commit()
    shuffling = tuple(each for each in JOBS if each.name == "shuffle-facts")
    assert list(run_due(session, own, shuffling)) == [Result("shuffle-facts", "200")]
    assert session.execute(text("PRAGMA freelist_count")).scalar() == 0
    session.rollback()
    assert (instance / "casework.db-wal").stat().st_size == 0
