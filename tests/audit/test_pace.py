"""The sequencer at work, and writers that are killed: the tree has neither a gap nor a double."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from casework.audit import log, pace
from casework.audit.models import AuditEntry
from casework.audit.sequencer import sequence, sequence_all
from casework.audit.stored import verify_database
from tests.audit.made import ACTOR, note
from tests.support.databases import connect, on_both_databases

WRITERS = 8
BRIEFLY = 0.01


def waits(engine: Engine) -> int:
    """How many entries have no place."""
    with Session(engine) as session:
        query = select(func.count()).select_from(AuditEntry).where(AuditEntry.idx.is_(None))
        return session.scalar(query) or 0


def soon(condition: Callable[[], bool]) -> bool:
    """True as soon as it holds; False when it does not within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(BRIEFLY)
    return False


@on_both_databases
def test_what_is_committed_gets_its_place_by_itself(engine: Engine) -> None:
    end = pace.begin(engine, every=BRIEFLY)
    with Session(engine) as session:
        note(session, 9)
    found = soon(lambda: waits(engine) == 0)
    end()
    assert found


def test_a_second_passes_at_most_between_two_looks() -> None:
    assert pace.EVERY <= 1


def test_a_claim_that_another_holds_is_left_to_it(postgres_url: str) -> None:
    engine = connect(postgres_url)
    with Session(engine) as session, Session(engine) as other:
        note(session, 3)
        sequence_all(session)
        note(session, 3)
        sequence(session, batch=1)
        assert (sequence(other, wait=False), pace.put_in_order(engine)) == (0, 0)
        session.commit()
    assert pace.put_in_order(engine) > 0
    engine.dispose()


def test_looking_whether_something_waits_stops_no_writer(engine: Engine) -> None:
    with Session(engine) as writing:
        log.record(writing, "session.opened", ACTOR)
        assert not pace.some_wait(engine)
        writing.commit()
    assert pace.some_wait(engine)


def test_a_broken_log_is_said_and_the_thread_goes_on(
    engine: Engine, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "AFTER_A_FAILURE", BRIEFLY)
    with Session(engine) as session:
        note(session, 3)
        sequence_all(session)
        session.execute(text("DELETE FROM audit_nodes"))
        note(session, 3)
    with caplog.at_level(logging.ERROR, "casework.audit"):
        end = pace.begin(engine, every=BRIEFLY)
        said = soon(lambda: len(caplog.records) > 1)
        end()
    assert said
    assert "LogBroken" in caplog.text


def write(url: str, acknowledged: Any) -> None:
    """Commits entry after entry, and counts those that were acknowledged, until it is killed."""
    engine = connect(url)
    while True:
        with Session(engine) as session:
            log.record(session, "session.opened", ACTOR)
            session.commit()
        acknowledged.value += 1


def order(url: str, _acknowledged: Any) -> None:
    """Gives entries their place, a few at a time, until it is killed."""
    engine = connect(url)
    while True:
        with Session(engine) as session:
            sequence(session, batch=5)
            session.commit()


@pytest.fixture
def processes() -> Iterator[list[Any]]:
    """Started processes, of which none outlives the test."""
    started: list[Any] = []
    yield started
    for process in started:
        kill(process)


def kill(process: Any) -> None:
    """The process is gone without a chance to clean up."""
    if process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()


@on_both_databases
def test_eight_writers_killed_at_any_moment_leave_a_gapless_tree(
    database_url: str, processes: list[Any]
) -> None:
    rng, counts = Random(), []
    context = multiprocessing.get_context("fork")

    def start(work: Callable[[str, Any], None]) -> None:
        counts.append(context.Value("q", 0))
        processes.append(context.Process(target=work, args=(database_url, counts[-1])))
        processes[-1].start()

    for work in (*[write] * WRITERS, order):
        start(work)
    assert soon(lambda: all(count.value for count in counts[:WRITERS]))
    for victim in rng.sample(range(WRITERS + 1), WRITERS // 2):
        time.sleep(rng.uniform(0, 0.1))
        kill(processes[victim])
        start(write if victim < WRITERS else order)
    time.sleep(0.2)
    for process in processes:
        kill(process)
    engine = connect(database_url)
    with Session(engine) as session:
        size = sequence_all(session)
        report = verify_database(session)
    engine.dispose()
    acknowledged = sum(count.value for count in counts)
    assert report.problems == []
    assert acknowledged <= size <= acknowledged + len(processes)
