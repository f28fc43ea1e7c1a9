"""What the log costs a commit: eight processes edit cases of their own, with the log and without.

One edit is the real act of a paralegal who corrects a section: the case loaded and opened, the
section sealed anew, its row changed under its revision, card and entries written, one commit with
the durability of the application. The barest edit is the least that an act can be: one row loaded,
sealed and changed, one entry. Rounds with and without the log take turns, on the same rows and the
same machine; a ratio is the median over neighbouring rounds. In a round with the log a ninth
process gives the entries their place, as the application does. The processor's time is that of the
eight and, with PostgreSQL, of its server; what the ninth process adds is told apart.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, process_time, sleep
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from casework.audit import log
from casework.audit.sequencer import sequence
from casework.cases.intake import save_section
from casework.cases.sections import write_section
from config import Settings
from tests.support import postgres
from tests.support.cast import Person, make_cast
from tests.support.databases import connect, migrate
from tests.support.files import opened

WRITERS, CASES, ROUNDS, SECONDS = 8, 12, 12, 1.0
TICK = os.sysconf("SC_CLK_TCK")
Work = Callable[[Engine, int], int]
Round = tuple[float, float, float]
"""Commits a second; milliseconds of the processor for each commit; the same of the sequencer."""


@dataclass(frozen=True, slots=True)
class Cost:
    """With the log against without: commits a second, processor's time of a commit, and that time
    with the sequencer's added; then commits a second and their milliseconds without."""

    name: str
    commits: float
    processor: float
    everything: float
    plain_commits: float
    plain_processor: float


def measured(folder: Path) -> Iterator[Cost]:
    """The cost on SQLite and on PostgreSQL, each with its own durable settings."""
    url = f"sqlite:///{folder / 'commits.db'}"
    migrate(url)
    yield from on_database("SQLite", url, lambda: 0.0)
    with postgres.running(("max_connections=60",)) as server:
        server.make_template()
        with server.database(postgres.TEMPLATE) as address:
            yield from on_database("PostgreSQL", address, server.processor)


def on_database(name: str, url: str, server: Callable[[], float]) -> Iterator[Cost]:
    """The cost of each edit; `server` tells the seconds that the database's processes have used."""
    person, cases = files(url)
    for what, work in EDITS.items():
        with workers(url, person, cases, work) as lines:
            told(lines[:WRITERS], ("without", 0.5))
            rounds = [turn(lines, server, number) for number in range(ROUNDS)]
        yield compared(f"{name}, {what}", rounds)


def compared(name: str, rounds: list[tuple[Round, Round]]) -> Cost:
    """The median over neighbouring rounds, since the machine is not the same from minute to
    minute; then the medians without the log."""
    ratios = [
        (with_[0] / plain[0], with_[1] / plain[1], (with_[1] + with_[2]) / plain[1])
        for with_, plain in rounds
    ]
    commits, own, everything = (median(each) for each in zip(*ratios, strict=True))
    plain_commits, plain_own, _ = (
        median(each) for each in zip(*(p for _, p in rounds), strict=True)
    )
    return Cost(name, commits, own, everything, plain_commits, plain_own)


def turn(lines: list[Connection], server: Callable[[], float], number: int) -> tuple[Round, Round]:
    """A round with the log and one without, now the one first and now the other."""
    order = ("with", "without") if number % 2 else ("without", "with")
    done = {log_is: one(lines, log_is, server) for log_is in order}
    return done["with"], done["without"]


def one(lines: list[Connection], log_is: str, server: Callable[[], float]) -> Round:
    """One round of all writers."""
    used, begun = server(), perf_counter()
    if log_is == "with":
        lines[-1].send(("with", SECONDS))
    answers = told(lines[:WRITERS], (log_is, SECONDS))
    passed, spent = perf_counter() - begun, server() - used
    sequencer = lines[-1].recv()[1] if log_is == "with" else 0.0
    commits = sum(count for count, _ in answers)
    own = sum(seconds for _, seconds in answers)
    return commits / passed, (own + spent) / commits * 1000, sequencer / commits * 1000


def told(lines: list[Connection], what: tuple[str, float]) -> list[tuple[int, float]]:
    """All do it at once; what each did."""
    for line in lines:
        line.send(what)
    return [line.recv() for line in lines]


def files(url: str) -> tuple[Person, list[UUID]]:
    """A paralegal and her open cases, committed."""
    engine = connect(url)
    with Session(engine) as session:
        cast = make_cast(session, Settings.for_tests(Path("/nonexistent"), url))
        person = cast.person("zeinab")
        found = [opened(session, person).id for _ in range(WRITERS * CASES)]
        session.commit()
    engine.dispose()
    return person, found


@contextmanager
def workers(
    url: str, person: Person, cases: list[UUID], edit: Callable[[Person, list[UUID]], Work]
) -> Iterator[list[Connection]]:
    """A line to each of the writers, and as the last one to the sequencer."""
    context = multiprocessing.get_context("fork")
    lines, started = [], []
    for number in range(WRITERS + 1):
        here, there = context.Pipe()
        mine = cases[number * CASES : (number + 1) * CASES]
        work = edit(person, mine) if mine else sequencing
        process = context.Process(target=serve, args=(there, url, work), daemon=True)
        process.start()
        lines.append(here)
        started.append(process)
    try:
        yield lines
    finally:
        for process in started:
            process.kill()
            process.join()


def serve(line: Connection, url: str, work: Work) -> None:
    """Works for as long as it is told, with or without the log, and tells what it did."""
    engine, record, done = connect(url), log.record, 0
    while True:
        log_is, seconds = line.recv()
        replace(log.record if log_is == "with" else silent, record)
        until, used, before = monotonic() + seconds, process_time(), done
        while monotonic() < until:
            done += work(engine, done)
        line.send((done - before, process_time() - used))


def silent(*_session: Any, **_body: object) -> None:
    """What stands in the place of the log where there is none."""


def replace(wanted: Callable[..., Any], real: Callable[..., Any]) -> None:
    """Every act of the program writes its entry by this function."""
    for module in [each for name, each in sys.modules.items() if name.startswith("casework.")]:
        if getattr(module, "record", None) in (real, silent) and module is not log:
            module.record = wanted  # type: ignore[attr-defined]


def writing(person: Person, cases: list[UUID]) -> Work:
    """Edits one of the cases at each call."""
    revisions: dict[UUID, int] = {}

    def edit(engine: Engine, number: int) -> int:
        case_id = cases[number % len(cases)]
        value: dict[str, object] = {"place": f"Puits {number}", "phone": "76 12 34 56"}
        with Session(engine) as session:
            shown = revisions.get(case_id, 0)
            save_section(session, person.actor, person.keyring, case_id, "contact", value, shown)
            session.commit()
        revisions[case_id] = shown + 1
        return 1

    return edit


def writing_barely(person: Person, cases: list[UUID]) -> Work:
    """The least that an act can be: one row loaded and changed under its revision."""
    revisions: dict[UUID, int] = {}

    def edit(engine: Engine, number: int) -> int:
        case_id = cases[number % len(cases)]
        case: Any = Bare(case_id)
        with Session(engine) as session:
            shown = revisions.get(case_id, 1)
            value: dict[str, object] = {"place": f"Puits {number}"}
            write_section(session, person.actor, case, "identity", value, shown)
            session.commit()
        revisions[case_id] = shown + 1
        return 1

    return edit


@dataclass(frozen=True, slots=True)
class Bare:
    """A case whose key costs nothing to find."""

    id: UUID

    def key(self, _section: str, _version: int) -> bytes:
        """Some key."""
        return bytes(32)


def sequencing(engine: Engine, _number: int) -> int:
    """Gives what waits its place, then waits a moment."""
    with Session(engine) as session:
        found = sequence(session)
        session.commit()
    sleep(0.5)
    return found


EDITS = {"a section corrected": writing, "the barest edit": writing_barely}
