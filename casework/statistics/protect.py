"""Protects any file of coded facts: `python -m casework.statistics.protect --help`.

Reads a CSV file of facts (columns `kind`, `quarter`, optionally `count`, and one column a
dimension) and a catalogue, closes every quarter and every whole year found, and writes what may be
published. Needs no database. Each run draws anew, so one publication only may ever leave the
house.
"""

from __future__ import annotations

import argparse
import csv
import random
import secrets
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from casework.facts.calendar import following, quarters_of, year_of
from casework.statistics.blocks import Block
from casework.statistics.catalogue import CATALOGUES, Catalogue, read_catalogue
from casework.statistics.closing import Record, quarter_block, year_block
from casework.statistics.published import refuse_used, write_published
from casework.statistics.rounding import Chance

NOT_DIMENSIONS = {"kind", "quarter", "count"}


def read_facts(path: Path) -> list[Record]:
    """The facts of a CSV file, equal ones counted together. Raises KeyError without its columns."""
    counted: Counter[tuple[str, str, tuple[tuple[str, str], ...]]] = Counter()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            codes = tuple((name, row[name]) for name in row if name not in NOT_DIMENSIONS)
            given = tuple((name, code) for name, code in codes if code)
            counted[row["kind"], row["quarter"], given] += int(row.get("count") or 1)
    return [Record(kind, quarter, dict(codes), n) for (kind, quarter, codes), n in counted.items()]


def protect(
    catalogue: Catalogue, records: Sequence[Record], rng: random.Random, starts_in: int = 1
) -> list[tuple[Block, tuple[str, ...]]]:
    """The block of every kind and quarter from the first to the last, and of every whole year.

    Each comes with the quarters it covers, in the order of time. Quarters without facts close too.
    """
    blocks: list[tuple[Block, tuple[str, ...]]] = []
    luck: dict[str, Chance] = defaultdict(lambda: Chance(rng))
    kinds = [kind for kind in catalogue.kinds if any(r.kind == kind for r in records)]
    for kind in kinds:
        own = [record for record in records if record.kind == kind]
        closed: list[Block] = []
        for quarter in quarters_between(records):
            year = quarters_of(year_of(quarter, starts_in), starts_in)
            earlier = [block for block in closed if block.period in year]
            known = [r for r in own if r.quarter in year and r.quarter <= quarter]
            closed.append(quarter_block(catalogue, kind, quarter, known, earlier, luck[quarter]))
            blocks.append((closed[-1], (quarter,)))
            if quarter == year[-1] and len(earlier) == len(year) - 1:
                name = year_of(quarter, starts_in)
                whole = year_block(catalogue, kind, name, own, [*earlier, closed[-1]], luck[name])
                blocks.append((whole, year))
    return blocks


def quarters_between(records: Sequence[Record]) -> Iterator[str]:
    """Every quarter from the first fact to the last."""
    if not records:
        return
    quarter, last = min(r.quarter for r in records), max(r.quarter for r in records)
    while quarter <= last:
        yield quarter
        quarter = following(quarter)


def main(arguments: list[str] | None = None) -> int:
    """Writes the publication; returns 0, or 1 with one sentence on what is wrong."""
    chosen = _parser().parse_args(arguments)
    try:
        refuse_used(chosen.out)
        catalogue = read_catalogue(chosen.catalogue)
        records = read_facts(chosen.facts)
        rng = random.Random(secrets.randbits(256))  # noqa: S311  # nosec B311
        blocks = protect(catalogue, records, rng, chosen.year_starts_in)
        write_published(chosen.out, blocks, chosen.year_starts_in)
        shutil.copyfile(chosen.catalogue, chosen.out / "catalogue.toml")
    except (OSError, KeyError, ValueError) as fault:
        sys.stderr.write(f"{type(fault).__name__}: {fault}\n")
        return 1
    sys.stdout.write(f"{len(blocks)} blocks of figures in {chosen.out}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="protect", description=__doc__)
    parser.add_argument("--facts", type=Path, required=True, help="CSV file of coded facts")
    parser.add_argument("--catalogue", type=Path, default=CATALOGUES / "1.toml")
    parser.add_argument("--out", type=Path, required=True, help="folder to write, not yet used")
    parser.add_argument("--year-starts-in", type=int, choices=(1, 4, 7, 10), default=1)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
