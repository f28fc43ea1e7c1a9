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
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from casework.facts.calendar import following, quarters_of, year_of
from casework.statistics.blocks import Block
from casework.statistics.catalogue import CATALOGUES, Catalogue, read_catalogue
from casework.statistics.closing import NoCertificate, Record, draw_quarter, year_block
from casework.statistics.published import refuse_used, write_published
from casework.statistics.rounding import Chance

NOT_DIMENSIONS = {"kind", "quarter", "count"}
Published = tuple[Block, tuple[str, ...]]
"""A block and the quarters that it covers."""


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
    catalogue: Catalogue,
    records: Sequence[Record],
    rng: random.Random,
    starts_in: int = 1,
    *,
    exact_headline: bool = False,
    progress: Callable[[str], None] = lambda _period: None,
) -> list[Published]:
    """The block of every kind and quarter from the first to the last, and of every whole year.

    Each comes with the quarters it covers, in the order of time. Quarters without facts close too.
    `progress` is told each period that is done.
    """
    kinds = {name: kind for name, kind in catalogue.kinds.items() if _holds(records, name)}
    parts = {p: w for p, w in catalogue.parts.items() if {p, w} <= set(kinds)}
    used = replace(catalogue, kinds=kinds, parts=parts)
    closed: list[Block] = []
    found: list[Published] = []
    for quarter in quarters_between(records):
        year = quarters_of(year_of(quarter, starts_in), starts_in)
        known = [r for r in records if r.quarter in year and r.quarter <= quarter]
        drawn = draw_quarter(used, quarter, year, known, closed, rng)
        closed += drawn
        found += [(block, (quarter,)) for block in drawn]
        progress(quarter)
        if quarter == year[-1] and year[0] >= min(r.quarter for r in records):
            name = year_of(quarter, starts_in)
            found += _year(used, name, year, records, closed, rng, exact_headline)
            progress(name)
    return found


def _holds(records: Sequence[Record], kind: str) -> bool:
    return any(record.kind == kind for record in records)


def _year(
    catalogue: Catalogue,
    name: str,
    year: Sequence[str],
    records: Sequence[Record],
    closed: Sequence[Block],
    rng: random.Random,
    exact: bool,
) -> list[Published]:
    chance = Chance(rng)
    found: list[Published] = []
    for kind in catalogue.kinds:
        own = [r for r in records if r.kind == kind and r.quarter in year]
        blocks = [block for block in closed if block.kind == kind and block.period in year]
        wanted = exact and kind in catalogue.headlines
        block = year_block(catalogue, kind, name, own, blocks, chance, exact=wanted)
        found.append((block, tuple(year)))
    return found


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
        blocks = protect(
            catalogue,
            records,
            rng,
            chosen.year_starts_in,
            exact_headline=chosen.exact_headline,
            progress=_tell,
        )
        write_published(chosen.out, blocks, chosen.year_starts_in)
        shutil.copyfile(chosen.catalogue, chosen.out / "catalogue.toml")
    except KeyError as fault:
        sys.stderr.write(f"{fault}: a column or a code, in the facts or in the catalogue only\n")
        return 1
    except (OSError, ValueError, NoCertificate) as fault:
        sys.stderr.write(f"{type(fault).__name__}: {fault}\n")
        return 1
    for kind in sorted({record.kind for record in records} - set(catalogue.kinds)):
        sys.stdout.write(f"{kind}: left out, the catalogue knows no such kind\n")
    sys.stdout.write(f"{len(blocks)} blocks of figures in {chosen.out}\n")
    return 0


def _tell(period: str) -> None:
    sys.stdout.write(f"{period} is closed\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="protect", description=__doc__)
    parser.add_argument("--facts", type=Path, required=True, help="CSV file of coded facts")
    parser.add_argument("--catalogue", type=Path, default=CATALOGUES / "1.toml")
    parser.add_argument("--out", type=Path, required=True, help="folder to write, not yet used")
    parser.add_argument("--year-starts-in", type=int, choices=(1, 4, 7, 10), default=1)
    parser.add_argument("--exact-headline", action="store_true", help="see headlines of catalogue")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
