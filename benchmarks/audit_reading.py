"""What a long log costs to verify, to prove from and to read, against a short one.

Processor's time, in turns, medians; nothing is compared with a number from another run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

import pymerkle
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks.audit_logs import (
    ACTS,
    AN_HOUR,
    FIRST_HOUR,
    bodies,
    case,
    entry_id,
    exported,
    person,
)
from casework.audit import formats
from casework.audit.pages import Wanted, newest
from casework.audit.proofs import prove_consistency, prove_inclusion
from casework.audit.verify import verify_export

SHORT, LONG = 10_000, 1_000_000
MANY = int(os.environ.get("BENCH_ENTRIES", LONG))
"""Entries of the log whose pages are turned: make it ten million where there is time."""
FROM_THE_END = 6_200
"""The last page begins so many entries after the first one of the log."""
Call = Callable[[], object]


def spent(call: Call) -> float:
    """Seconds of the processor."""
    before = process_time()
    call()
    return process_time() - before


def ratio(one: Call, other: Call, times: int) -> float:
    """How many times as much `one` takes as `other`, measured in turns."""
    one(), other()
    pairs = [(spent(one), spent(other)) for _ in range(times)]
    return median(first for first, _ in pairs) / median(second for _, second in pairs)


def verification(folder: Path) -> float:
    """Verifying an export of a million entries against hashing the same bytes and nothing else."""
    exported(folder / "export", LONG)
    lines = (folder / "export" / formats.ENTRIES).read_bytes().split(b"\n")[:-1]

    def bare() -> None:
        for line in lines:
            sha256(line).digest()

    def verify() -> None:
        report = verify_export(folder / "export")
        if not report.ok or report.size != LONG:
            raise AssertionError(report.problems)

    return ratio(verify, bare, 5)


def proofs(short: Engine, long: Engine, folder: Path) -> Iterator[tuple[str, float]]:
    """Proofs from the long log against those from the short one, and pymerkle's proof from its
    own SQLite file of as many entries against ours."""
    rng = Random(1)  # noqa: S311 - which entries are asked for
    theirs = pymerkle.SqliteTree(str(folder / "pymerkle.db"), algorithm="sha256")
    theirs.append_entries(list(bodies(LONG)))
    with Session(long) as big, Session(short) as small:

        def inclusion(session: Session, size: int) -> Call:
            return lambda: [prove_inclusion(session, rng.randrange(size), size) for _ in range(20)]

        def consistency(session: Session, size: int) -> Call:
            return lambda: [
                prove_consistency(session, rng.randrange(1, size), size) for _ in range(20)
            ]

        def pymerkles() -> object:
            return [theirs.prove_inclusion(rng.randint(1, LONG), LONG) for _ in range(20)]

        for name, proof in (("inclusion proof", inclusion), ("consistency proof", consistency)):
            yield (
                f"{name}, {LONG} entries against {SHORT}",
                ratio(proof(big, LONG), proof(small, SHORT), 40),
            )
        yield "pymerkle’s inclusion proof against ours", ratio(pymerkles, inclusion(big, LONG), 3)
    theirs.close()


def pages(short: Engine, long: Engine, size: int) -> Iterator[tuple[str, list[float]]]:
    """The first, the middle and the last page of each list: the long log against the short one."""
    with Session(long) as big, Session(short) as small:
        for name, wanted in FILTERS.items():
            yield (
                name,
                [
                    ratio(
                        page(big, wanted(size), size, at), page(small, wanted(SHORT), SHORT, at), 40
                    )
                    for at in (0.0, 0.5, 1.0)
                ],
            )


def page(session: Session, wanted: Wanted, size: int, at: float) -> Call:
    """A page from this part of the log on (0 the newest, 1 the oldest), its entries not yet in
    memory."""
    before = entry_id(round((size - 1) * (1 - at) + FROM_THE_END * at)) if at else None

    def turn() -> None:
        session.expunge_all()
        for _ in range(5):
            newest(session, wanted, before)

    return turn


def nearly_all(size: int) -> Wanted:
    """The time of the log without its first and last hours."""
    return Wanted(since=hour(2), until=hour(size // AN_HOUR - 2))


def hour(number: int) -> datetime:
    """So many hours after the first one of the log."""
    return datetime.fromtimestamp((FIRST_HOUR + number) * 3600, UTC)


FILTERS: dict[str, Callable[[int], Wanted]] = {
    "everything": lambda _size: Wanted(),
    "one act": lambda _size: Wanted(act=ACTS[1]),
    "one person": lambda _size: Wanted(person=person(7)),
    "one case": lambda _size: Wanted(case=case(13)),
    "a period": nearly_all,
    "one person and act": lambda _size: Wanted(person=person(7), act=ACTS[1]),
    "one person in a period": lambda size: replace(nearly_all(size), person=person(7)),
}
"""What the auditor asks for."""
