"""Tables of published figures as pages draw them: label, figure as printed, bar, axis. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from casework.statistics.catalogue import TOTAL, Cell, Kind
from casework.statistics.charts import Gauge, Mark, gauges
from casework.statistics.labels import code_label
from casework.statistics.presentation import figure
from casework.statistics.routes_rows import Figures, Row, part, written


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its words, its figure as printed, and its bar if it has one."""

    label: str
    text: str
    gauge: Gauge | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table drawn: its caption, its rows and the marks of its axis."""

    caption: str
    lines: tuple[Line, ...]
    axis: tuple[Mark, ...]


def sheet(caption: str, labels: Sequence[str], found: Sequence[Row], bound: int) -> Sheet:
    """The rows under their words; sums stand in the table without a bar."""
    drawn = gauges([None if row.whole else row.value for row in found], bound)
    lines = zip(labels, found, drawn.bars, strict=True)
    return Sheet(
        caption,
        tuple(Line(label, written(row.value, bound), bar) for label, row, bar in lines),
        drawn.axis,
    )


def one_way_sheet(caption: str, found: Sequence[Row], figures: Figures, bound: int) -> Sheet:
    """A table of one dimension, each row with its share of the total where that says something."""
    return sheet(caption, [words(row, part(row, figures)) for row in found], found, bound)


def words(row: Row, share: str) -> str:
    """The words of a row: sums stand out, a share follows small."""
    text = Markup("<b>{}</b>").format(row.label) if row.whole else escape(row.label)
    return text + Markup(" <small>{}</small>").format(share) if share else text


def crossed_sheets(kind: Kind, table: str, cells: dict[Cell, int], bound: int) -> list[Sheet]:
    """A crossed table in parts, one for each group of all dimensions but the last, all on one
    scale."""
    *outer, inner = table.split("*")
    grid = [cell for cell in kind.table(*outer, inner).cells if cell in cells]
    drawn = iter(gauges([cells[cell] for cell in grid], bound).bars)
    axis = gauges([cells[cell] for cell in grid], bound).axis
    sheets = []
    for group, members in groupby(grid, lambda cell: cell[:-1]):
        lines = tuple(
            Line(code_label(inner, cell[-1]), figure(cells[cell], bound).text, next(drawn))
            for cell in members
        )
        sheets.append(Sheet(named(outer, group), lines, axis))
    return sheets


def named(dimensions: Sequence[str], group: Cell) -> str:
    """A group of several codes in words."""
    return " · ".join(map(code_label, dimensions, group))


def crossed_tables(kind: Kind, figures: Figures) -> Iterator[str]:
    """The names of the crossed tables that a period published, in the order of the catalogue."""
    for crossed in kind.crossings:
        name = "*".join(crossed)
        if name in figures:
            yield name


def is_crossed(table: str) -> bool:
    """True for a table of several dimensions."""
    return "*" in table and table != TOTAL
