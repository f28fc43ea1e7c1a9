"""Published tables as files of lines: figures with their intervals, method, stamp. Pure.

The same table gives the same bytes whoever asks, in each language: CSV as spreadsheets read it,
UTF-8 with its mark, lines of words about the method first, each beginning with `#`, then the heads,
then a row of HXL hashtags (hxlstandard.org) and P-codes of the places. docs/statistics-formats.md
says what each column holds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casework.statistics.catalogue import ELSEWHERE, TOTAL, Cell, Kind
from casework.statistics.labels import code_label, dimension_label
from casework.statistics.presentation import figure
from casework.statistics.routes_periods import Stamp

HASHTAGS = {
    "period": "#date+period",
    "kind": "#indicator+code",
    "table": "#meta+table",
    "code": "#meta+code",
    "label": "#description+group",
    "adm2_pcode": "#adm2+code",
    "adm3_pcode": "#adm3+code",
    "value": "#indicator+value+num",
    "lower": "#indicator+min+num",
    "upper": "#indicator+max+num",
    "symbol": "#meta+symbol",
    "bound": "#meta+bound",
    "release": "#meta+release",
    "catalogue": "#meta+catalogue",
}
"""The columns of every file, each with its hashtag."""
COLUMNS = tuple(HASHTAGS)
UNIT = "|"


@dataclass(frozen=True, slots=True)
class Block:
    """One published table of one kind, with the bound that its figures keep."""

    kind: Kind
    table: str
    cells: Mapping[Cell, int]
    bound: int


def table_file(blocks: Iterable[Block], stamp: Stamp, words: Iterable[str]) -> bytes:
    """The tables as CSV. `value` is the published figure, `lower` and `upper` what it stands for.

    A rounded zero bears the symbol `[low]`. `words` are the lines about title, method and stamp.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([f"# {line}"] for line in words)
    writer.writerow(COLUMNS)
    writer.writerow(HASHTAGS.values())
    for block in blocks:
        writer.writerows(lines(block, stamp))
    return text.getvalue().encode("utf-8-sig")


def lines(block: Block, stamp: Stamp) -> Iterator[list[str | int]]:
    """The full grid of a table, a line a cell, in the order of the catalogue."""
    dimensions = () if block.table == TOTAL else tuple(block.table.split("*"))
    for cell in block.kind.table(*dimensions).cells:
        if cell in block.cells:
            yield _line(block, dimensions, cell, stamp)


def _line(block: Block, dimensions: tuple[str, ...], cell: Cell, stamp: Stamp) -> list[str | int]:
    shown = figure(block.cells[cell], block.bound)
    places = dict(zip(dimensions, cell, strict=True))
    return [
        stamp.release,
        block.kind.name,
        block.table,
        UNIT.join(cell),
        label(dimensions, cell),
        circle_of(block.kind, places),
        pcode(places.get("commune", "")),
        shown.value,
        shown.lower,
        shown.upper,
        shown.symbol,
        block.bound,
        f"{stamp.release}-{block.kind.name}",
        stamp.catalogue,
    ]


def label(dimensions: tuple[str, ...], cell: Cell) -> str:
    """The words for one cell: its groups, or the whole project."""
    if not cell:
        return dimension_label(TOTAL)
    return " · ".join(map(code_label, dimensions, cell))


def circle_of(kind: Kind, places: Mapping[str, str]) -> str:
    """The P-code of the circle of a line, empty where it has none."""
    circle = places.get("circle") or kind.nests.get(("commune", "circle"), {}).get(
        places.get("commune", ""), ""
    )
    return pcode(circle)


def pcode(code: str) -> str:
    """A place by its P-code; « elsewhere » has none."""
    return "" if code == ELSEWHERE else code
