"""What the log costs: a table on the screen and in `audit.md`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import audit_commits, audit_reading
from benchmarks.audit_commits import WRITERS
from benchmarks.audit_logs import stored
from benchmarks.audit_reading import LONG, MANY, SHORT, ratio
from casework.audit.boxes import compare_boxes
from casework.audit.models import AuditEntry
from casework.audit.sequencer import sequence_all
from casework.cli.boxes import KEYS, stored_boxes
from tests.support.databases import connect

RESULTS = Path(__file__).with_name("audit.md")
HEAD = f"""# What the audit log costs

Measured by `make bench` on {os.cpu_count()} cores, Python {platform.python_version()}; when it
began, {os.getloadavg()[0]:.0f} programs wanted them. Every number is a ratio from turns in one run.
Commits a second are counted by the clock, and waver where other programs run on the same machine;
everything else is time of the processor.

## A commit, with {WRITERS} writers at once

With the log against the same transactions without it. *A section corrected* is the whole act of a
paralegal and writes two entries; *the barest edit* changes one row and writes one, the most that a
log can weigh.

| on | commits a second (want >= 0.80) | processor's time of a commit (want <= 1.30) \
| with the sequencer's | without the log: commits a second | ms of the processor |
|---|---|---|---|---|---|
"""


def commits(folder: Path) -> Iterator[str]:
    """A line for each edit on each database."""
    for cost in audit_commits.measured(folder):
        yield (
            f"| {cost.name} | {cost.commits:.2f} | {cost.processor:.2f} | {cost.everything:.2f} "
            f"| {cost.plain_commits:.0f} | {cost.plain_processor:.1f} |"
        )


def long_logs(folder: Path) -> Iterator[str]:
    """Verification, proofs and boxes, then the pages of the list."""
    yield "\n## A long log\n\n| what | ratio | want |\n|---|---|---|"
    verified = audit_reading.verification(folder)
    yield f"| verifying {LONG:,} exported entries, against bare SHA-256 | {verified:.2f} | <= 3.5 |"
    short, long = stored(folder / "short.db", SHORT), stored(folder / "long.db", LONG)
    for (name, found), want in zip(
        audit_reading.proofs(short, long, folder), ("<= 1.5", "<= 1.5", ">= 4"), strict=True
    ):
        yield f"| {name} | {found:.2f} | {want} |"
    compared = boxes(folder)
    yield f"| every box against its last entry, against reading and hashing | {compared:.2f} | |"
    many = long if MANY == LONG else stored(folder / "many.db", MANY)
    yield f"\n| pages of the list, {MANY:,} entries against {SHORT:,} | first | middle | last |"
    yield "|---|---|---|---|"
    for name, each_page in audit_reading.pages(short, many, MANY):
        yield f"| {name} | {' | '.join(f'{each:.2f}' for each in each_page)} |"


def boxes(folder: Path) -> float:
    """The nightly comparison against reading the same boxes and entries and hashing both."""
    engine = connect(f"sqlite:///{folder / 'commits.db'}")
    with Session(engine) as session:
        sequence_all(session)
        session.commit()

        def bare() -> None:
            for model, _ in KEYS.values():
                box = "key_box" if hasattr(model, "key_box") else "box"
                for each in session.scalars(select(getattr(model, box))):
                    sha256(each).digest()
            for body in session.scalars(select(AuditEntry.body)):
                sha256(body or b"").digest()

        def compare() -> None:
            for _mismatch in compare_boxes(session, stored_boxes(session)):
                continue  # rounds without a log left some

        return ratio(compare, bare, 9)


def main() -> int:
    """Measures, prints, writes."""
    with TemporaryDirectory() as folder:
        lines = [*commits(Path(folder)), *long_logs(Path(folder))]
    text = HEAD + "\n".join([*lines, ""])
    RESULTS.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
