"""A closed period as a workbook, in the form of a donor's table of indicators. Pure.

The first sheet says how to read the figures, the second is the table of indicators, then one sheet
for each kind. Cells hold numbers and words, never formulas; the same release gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from casework.i18n import gettext as _
from casework.statistics.labels import kind_label, table_label
from casework.statistics.presentation import figure
from casework.statistics.results import Reached
from casework.statistics.routes_file import Block, label
from casework.statistics.routes_periods import Stamp

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
LONGEST_NAME = 31
WIDE, NARROW = 52, 14
Table = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Indicators:
    """The table of indicators: result by result, with what the periods shown brought."""

    heads: Sequence[str]
    results: Sequence[tuple[str, Sequence[Reached]]]


def workbook(
    title: str, words: Sequence[str], stamp: Stamp, indicators: Indicators, blocks: Sequence[Block]
) -> bytes:
    """The workbook as bytes of an .xlsx file."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, OPTIONS)
    book.set_properties({"title": title, "created": _naive(stamp.closed_at)})
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    _method_sheet(book, title, words, stamp, bold, wrapped)
    _write(book, _("Indicators"), _indicator_rows(indicators), bold, wrapped)
    for kind in dict.fromkeys(block.kind.name for block in blocks):
        own = [block for block in blocks if block.kind.name == kind]
        _write(book, kind_label(kind), _kind_rows(own), bold, wrapped)
    book.close()
    return content.getvalue()


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _method_sheet(
    book: Any, title: str, words: Sequence[str], stamp: Stamp, bold: Any, wrapped: Any
) -> None:
    sheet = book.add_worksheet(_("Method"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, title, bold)
    row = 2
    for each in words:
        sheet.write_string(row, 1, each, wrapped)
        row += 1
    for word, value in stamp.parts:
        sheet.write_string(row, 0, word, bold)
        sheet.write_string(row, 1, value, wrapped)
        row += 1
    sheet.write_string(row, 0, _("Digest"), bold)
    sheet.write_string(row, 1, stamp.digest, wrapped)


def _indicator_rows(indicators: Indicators) -> Table:
    heads = [
        _("Result"),
        _("Indicator"),
        _("Baseline"),
        _("Target"),
        *indicators.heads,
        _("Reached"),
        _("Part of the target"),
    ]
    rows: list[Sequence[Any]] = [heads]
    for result, several in indicators.results:
        rows += [
            [
                result,
                f"{one.code} {one.label}",
                one.baseline,
                one.target,
                *one.recent,
                one.total,
                one.part or "–",
            ]
            for one in several
        ]
    return rows


def _kind_rows(blocks: Sequence[Block]) -> Table:
    """Every table of a kind under each other, its figures as numbers with their intervals."""
    rows: list[Sequence[Any]] = [
        [_("Table"), _("Group"), _("Code"), _("As shown"), _("Figure"), _("At least"), _("At most")]
    ]
    for block in blocks:
        dimensions = () if block.table == "total" else tuple(block.table.split("*"))
        for cell in block.kind.table(*dimensions).cells:
            if cell in block.cells:
                shown = figure(block.cells[cell], block.bound)
                rows.append(
                    [
                        table_label(block.table),
                        label(dimensions, cell),
                        "|".join(cell),
                        shown.text,
                        shown.value,
                        shown.lower,
                        shown.upper,
                    ]
                )
    return rows


def _write(book: Any, name: str, rows: Table, bold: Any, wrapped: Any) -> None:
    sheet = book.add_worksheet(name[:LONGEST_NAME].translate({ord(c): None for c in "[]:*?/\\"}))
    sheet.set_column(0, 1, WIDE)
    sheet.set_column(2, 20, NARROW)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, str(value), bold if number == 0 else wrapped)
