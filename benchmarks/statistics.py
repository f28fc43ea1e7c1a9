"""Closing a year of protected figures at three sizes, and what an attacker makes of them.

`python -m benchmarks.statistics [SIZE ...]`: for each size so many facts of all kinds are put in a
database of its own, its four quarters and its year are closed, the figures are held against the
truth, and the attacker is let loose on them and on a naive publication of the same facts, which
hides counts under five. Prints a table and writes `statistics.md`.
"""

from __future__ import annotations

import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from casework import clock
from casework.facts.actions import set_calendar
from casework.facts.kinds import DETAILS, FactKind
from casework.facts.models import Fact
from casework.facts.queries import counted_facts
from casework.statistics.actions import close_quarter, close_year
from casework.statistics.attack import Attack, attack_on
from casework.statistics.blocks import Block
from casework.statistics.catalogue import Kind, versions
from casework.statistics.certificate import combinations_of, count_crossed, families
from casework.statistics.grid import Grid, Place
from casework.statistics.published import Statement
from casework.statistics.releases import stored_blocks
from tests.support.databases import connect, migrate

SIZES = (500, 5_000, 1_000_000)
ATTACKED = "registered"
SAMPLE = 15
RESULTS = Path(__file__).with_name("statistics.md")
CATALOGUE = versions()[-1]
YEAR = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")
OVER = datetime(2027, 1, 20, tzinfo=UTC)
COLUMNS = {
    "commune": "commune",
    "sex": "sex",
    "age_group": "age",
    "category_group": "category",
    "problem_group": "problem",
}
ELSEWHERE = "ML060101"
BATCH = 20_000
Counts = dict[Place, int]
Took = tuple[float, float]
"""Seconds by the clock on the wall, and seconds of the processor."""


@dataclass(slots=True)
class Measured:
    """What one size came to."""

    size: int
    quarter: Took = (0.0, 0.0)
    year: Took = (0.0, 0.0)
    largest: int = 0
    near: float = 0.0
    crossed_largest: int = 0
    crossed_near: float = 0.0
    intervals: int = 0
    narrowest: int = 0
    seconds: Took = (0.0, 0.0)
    hidden: int = 0
    recovered: float = 0.0


def facts(kind: Kind, quarter: str, count: int, rng: random.Random) -> Iterable[dict[str, object]]:
    """So many facts, a few common combinations of codes and a long tail of rare ones."""
    several = [combinations_of(kind, family) for family in families(kind)]
    weights = [[1 / (1 + rank) for rank in range(len(found))] for found in several]
    chosen = [
        rng.choices(found, weight, k=count) for found, weight in zip(several, weights, strict=True)
    ]
    for parts in zip(*chosen, strict=True):
        codes: dict[str, str] = {}
        for part in parts:
            codes.update(part)
        yield row(kind, quarter, codes, rng)


def row(
    kind: Kind, quarter: str, codes: Mapping[str, str], rng: random.Random
) -> dict[str, object]:
    """One row of the table of facts."""
    details = DETAILS[FactKind(kind.name)]
    detail = ";".join(f"{each.name}={codes[each.name]}" for each in details)
    where = {column: codes.get(dimension, "other") for column, dimension in COLUMNS.items()}
    if where["commune"] == "elsewhere":
        where["commune"] = ELSEWHERE
    own = {"id": UUID(int=rng.getrandbits(128)), "kind": kind.name, "quarter": quarter}
    return {**own, **where, "detail": detail, "weight": 1}


def filled(session: Session, size: int, rng: random.Random) -> None:
    """The year holds so many facts, of each kind in the proportion that is planned."""
    planned = sum(kind.planned for kind in CATALOGUE.kinds.values())
    for kind in CATALOGUE.kinds.values():
        for quarter in YEAR:
            count = round(size * kind.planned / planned / len(YEAR))
            waiting = iter(facts(kind, quarter, count, rng))
            while batch := list(islice(waiting, BATCH)):
                session.execute(insert(Fact), batch)
    session.commit()


def timed(act: Callable[[], object]) -> Took:
    """What an act took."""
    begun, used = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - begun, time.process_time() - used


def measure(size: int, folder: Path) -> Measured:
    """Fills, closes, compares, attacks."""
    url = f"sqlite:///{folder / f'{size}.db'}"
    migrate(url)
    engine = connect(url)
    found = Measured(size)
    with Session(engine) as session, clock.at(OVER):
        set_calendar(session, date(2026, 1, 1))
        filled(session, size, random.Random(size))  # noqa: S311 - invented facts
        found.quarter = max(timed(lambda q=q: close_quarter(session, q)) for q in YEAR)  # type: ignore[misc]
        found.year = timed(lambda: close_year(session, "2026"))
        session.commit()
        blocks = stored_blocks(session, [*YEAR, "2026"])
        truth = true_counts(session)
    engine.dispose()
    compare(found, blocks, truth)
    attacked(found, blocks, truth)
    return found


def true_counts(session: Session) -> dict[tuple[str, str], Counts]:
    """The true count of every published cell, by kind and period."""
    held: dict[tuple[str, str], list[tuple[Mapping[str, str], int]]] = {}
    for each in counted_facts(session, YEAR):
        for period in (each.quarter, "2026"):
            held.setdefault((each.kind, period), []).append((each.codes, each.count))
    found: dict[tuple[str, str], Counts] = {}
    for (name, period), pairs in held.items():
        kind = CATALOGUE.kinds[name]
        grid = Grid(kind)
        found[name, period] = dict(zip(grid.places, grid.count(pairs), strict=True))
        if period == "2026":
            found[name, period] |= count_crossed(kind, pairs)
    return found


def compare(
    found: Measured, blocks: Iterable[Block], truth: Mapping[tuple[str, str], Counts]
) -> None:
    """How far the figures are from the truth: quarters, and crossed tables of the year."""
    quarterly, crossed = [], []
    for block in blocks:
        true = truth[block.kind, block.period]
        for place, value in block.values.items():
            error = abs(value - true[place])
            if block.period != "2026":
                quarterly.append(error)
            elif len(place[1]) > 1:
                crossed.append(error)
    found.largest, found.near = max(quarterly), share(quarterly)
    found.crossed_largest, found.crossed_near = max(crossed), share(crossed)


def share(errors: list[int]) -> float:
    """The share of figures within four of the truth."""
    return sum(error <= 4 for error in errors) / len(errors)


def attacked(
    found: Measured, blocks: Iterable[Block], truth: Mapping[tuple[str, str], Counts]
) -> None:
    """What the attacker finds in our figures, and in naive ones of the same facts."""
    attack = attack_on(CATALOGUE, ATTACKED, [stated(block) for block in blocks])
    widths: list[int] = []
    asked = (attack.cells(), attack.base(SAMPLE), attack.sets(SAMPLE), attack.differences(SAMPLE))
    found.seconds = timed(lambda: widths.extend(one.width for several in asked for one in several))
    found.intervals, found.narrowest = len(widths), min(widths)
    naive = attack_on(CATALOGUE, ATTACKED, list(masked(truth)))
    recovered = list(hidden(naive))
    found.hidden = len(recovered)
    found.recovered = sum(recovered) / len(recovered) if recovered else float("nan")


def stated(block: Block) -> Statement:
    """What a block says to whoever reads it."""
    quarters = YEAR if block.period == "2026" else (block.period,)
    bound = block.bounds.quarter
    intervals = {place: (max(0, a - bound), a + bound) for place, a in block.values.items()}
    values = dict(block.values)
    return Statement(block.kind, block.period, quarters, block.bounds.running, intervals, values)


def masked(truth: Mapping[tuple[str, str], Counts]) -> Iterable[Statement]:
    """The same tables as many dashboards show them: exact, but for counts from one to four."""
    for (kind, period), counts in truth.items():
        if kind == ATTACKED:
            quarters = YEAR if period == "2026" else (period,)
            said = {place: (1, 4) if 0 < n < 5 else (n, n) for place, n in counts.items()}
            yield Statement(kind, period, quarters, 0, said, {})


def hidden(attack: Attack) -> Iterable[bool]:
    """For each hidden count whether the attacker knows it."""
    for number, said in enumerate(attack.bounds.said):
        for cell, interval in enumerate(zip(said.lower, said.upper, strict=True)):
            if interval == (1, 4):
                low, high = attack.bounds.cell(number, cell)
                yield low == high


def took(time_: Took) -> str:
    """Seconds on the wall, and of the processor in brackets."""
    return f"{time_[0]:.1f} s ({time_[1]:.1f})"


def lines(results: Iterable[Measured]) -> Iterable[str]:
    """The table, a line a size."""
    yield (
        "| facts | longest quarter | year | quarters: largest error | crossed cells within 4 "
        "| crossed: largest error | attacker on ours: intervals, narrowest | it took "
        "| under 5 hidden: known exactly |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for one in results:
        hiding = f"{one.recovered:.0%} of {one.hidden}" if one.hidden else "nothing was under 5"
        yield (
            f"| {one.size:,} | {took(one.quarter)} | {took(one.year)} | {one.largest} "
            f"| {one.crossed_near:.1%} | {one.crossed_largest} "
            f"| {one.intervals}, {one.narrowest} wide | {took(one.seconds)} | {hiding} |"
        )


HEAD = f"""# What closing costs, how far figures are off, and what an attacker makes of them

Measured by `make bench` on {os.cpu_count()} cores (one used), Python {platform.python_version()},
SQLite. Facts are invented, of all eight kinds in the planned proportion; closing is timed from the
database, all kinds together. Seconds on the wall, and in brackets seconds of the processor: the two
differ where other programs ran on the same machine. The attacker works on `{ATTACKED}`, on its
whole grid of base cells and quarters: every published cell, every year to date, and {SAMPLE} each
of base cells, random sets and differences. A width of 4 leaves five values.
"""


def main(arguments: list[str]) -> int:
    """Measures, prints, writes."""
    results = []
    with TemporaryDirectory() as folder:
        for size in [int(each) for each in arguments] or SIZES:
            results.append(measure(size, Path(folder)))
            sys.stderr.write(f"{size} done\n")
    text = "\n".join([HEAD, *lines(results), ""])
    if not arguments:
        RESULTS.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
