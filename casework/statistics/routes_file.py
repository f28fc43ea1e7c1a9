"""One published table as a file: the figures with their intervals, the method and the stamp. Pure.

The same table gives the same bytes whoever asks, in each language: CSV as spreadsheets read it,
UTF-8 with its mark, lines of words about the method first, each beginning with `#`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from casework.statistics.presentation import figure
from casework.statistics.routes_periods import Stamp
from casework.statistics.routes_rows import Row

COLUMNS = (
    "period", "kind", "table", "code", "label",
    "value", "lower", "upper", "symbol", "bound", "release", "catalogue",
)  # fmt: skip


def table_file(kind: str, table: Sequence[Row], stamp: Stamp, words: Iterable[str]) -> bytes:
    """The table as CSV. `value` is the published figure, `lower` and `upper` what it stands for.

    A rounded zero bears the symbol `[low]`. `words` are the lines about title, method and stamp.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([f"# {line}"] for line in words)
    writer.writerow(COLUMNS)
    writer.writerows(_line(kind, row, stamp) for row in table if row.value is not None)
    return text.getvalue().encode("utf-8-sig")


def _line(kind: str, row: Row, stamp: Stamp) -> list[str | int]:
    shown = figure(row.value or 0, stamp.bound)
    return [
        stamp.release,
        kind,
        row.table,
        row.code,
        row.label,
        shown.value,
        shown.lower,
        shown.upper,
        shown.symbol,
        stamp.bound,
        f"{stamp.release}-{kind}",
        stamp.catalogue,
    ]
