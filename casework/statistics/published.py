"""Published figures as files: what protects and what attacks agree on, and nothing more. Pure.

`published.json` holds every block of one run:

    {"format": 1, "catalogue": "1", "year_starts_in": 1, "blocks": [
       {"kind": "registered", "period": "2026Q1", "quarters": ["2026Q1"], "bound": 4,
        "running_bound": 9, "digest": "…", "tables": {"sex": {"F": 40, "M": 15, "NP": 0}}}]}

A figure is a number, true within `bound`; or a pair [lower, upper], for publications of others that
hide counts instead of rounding them. A year may carry `"exact": 1234`, its exact total. Beside it
stands one CSV file a block, for people.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.statistics.blocks import Block, read_cell, write_cell
from casework.statistics.grid import Place
from casework.statistics.presentation import figure

FILE = "published.json"
COLUMNS = (
    "kind",
    "period",
    "table",
    "cell",
    "value",
    "lower",
    "upper",
    "symbol",
    "bound",
    "catalogue",
    "release",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one block says: for each of its cells, over these quarters, an interval."""

    kind: str
    period: str
    quarters: tuple[str, ...]
    running_bound: int
    intervals: dict[Place, tuple[int, int]]
    values: dict[Place, int]
    exact: int | None = None


def refuse_used(folder: Path) -> None:
    """Nothing, when the folder holds no publication; raises FileExistsError otherwise."""
    if (folder / FILE).exists():
        raise FileExistsError(f"{folder} holds a publication already: nothing is drawn twice")


def write_published(
    folder: Path, blocks: Sequence[tuple[Block, Sequence[str]]], starts_in: int
) -> None:
    """The folder holds `published.json` and a CSV file a block; blocks come with their quarters.

    Raises FileExistsError when the folder already holds a publication: nothing is drawn twice.
    """
    refuse_used(folder)
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "format": 1,
        "catalogue": blocks[0][0].catalogue if blocks else "",
        "year_starts_in": starts_in,
        "blocks": [block_as_json(block, quarters) for block, quarters in blocks],
    }
    with (folder / FILE).open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    for block, _ in blocks:
        name = f"{block.period}-{block.kind}.csv"
        (folder / name).write_text(as_csv(block), encoding="utf-8")


def read_published(folder: Path) -> list[Statement]:
    """Every statement of `published.json`. Raises ValueError or KeyError on anything else."""
    content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    if content.get("format") != 1:
        raise ValueError("this is no publication of format 1")
    return [_statement(block) for block in content["blocks"]]


def as_csv(block: Block) -> str:
    """The figures of a block, a line a cell: value, interval, symbol, bound and origin."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    release = block.digest()[:12]
    for (table, cell), value in block.values.items():
        crossed = len(cell) > 1
        bound = block.bounds.running if crossed else block.bounds.quarter
        shown = figure(value, bound)
        lines.writerow(
            (
                block.kind,
                block.period,
                table,
                write_cell(cell),
                value,
                shown.lower,
                shown.upper,
                shown.symbol,
                bound,
                block.catalogue,
                release,
            )
        )
    return text.getvalue()


def block_as_json(block: Block, quarters: Sequence[str]) -> dict[str, object]:
    """One block: what it counts, over which quarters, how exactly, and every figure by its cell."""
    tables: dict[str, dict[str, int]] = {}
    for (table, cell), value in block.values.items():
        tables.setdefault(table, {})[write_cell(cell)] = value
    exact = {} if block.exact is None else {"exact": block.exact}
    return {
        "kind": block.kind,
        "period": block.period,
        "quarters": list(quarters),
        "bound": block.bounds.quarter,
        "running_bound": block.bounds.running,
        "digest": block.digest(),
        **exact,
        "tables": tables,
    }


def _statement(block: dict[str, object]) -> Statement:
    raw = json.loads(json.dumps(block))
    intervals: dict[Place, tuple[int, int]] = {}
    values: dict[Place, int] = {}
    for table, cells in raw["tables"].items():
        for cell, said in cells.items():
            place = (str(table), read_cell(cell))
            if isinstance(said, list):
                intervals[place] = (int(said[0]), int(said[1]))
            else:
                values[place] = int(said)
                intervals[place] = (max(0, said - raw["bound"]), said + raw["bound"])
    return Statement(
        raw["kind"],
        raw["period"],
        tuple(raw["quarters"]),
        raw["running_bound"],
        intervals,
        values,
        raw.get("exact"),
    )
