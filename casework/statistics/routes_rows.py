"""The rows of the manager's tables, made of published figures alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casework.i18n import gettext
from casework.i18n import lazy_gettext as _l
from casework.i18n import lazy_pgettext as _lp
from casework.statistics.catalogue import ELSEWHERE, TOTAL, Cell, Kind
from casework.statistics.labels import code_label, dimension_label
from casework.statistics.presentation import NOT_APPLICABLE, figure, share

SHOWN = (
    "registered",
    "incident",
    "served",
    "referral",
    "redress",
    "document",
    "closed",
    "feedback",
)
"""The kinds on the pages, in the order of the pathway; what people said of the help comes last."""
COMMON = ("commune", "sex", "age", "category", "problem")
"""The tables every page begins with."""
HEADS = {
    "registered": _l("People registered"),
    "incident": _lp("figures", "Incidents"),
    "served": _l("People helped"),
    "referral": _lp("figures", "Referrals"),
    "redress": _lp("figures", "Redress"),
    "document": _lp("figures", "Papers"),
    "closed": _l("Cases closed"),
    "feedback": _lp("figures", "Satisfaction"),
}
"""Each kind in one or two short words, as the head of a narrow column."""

Figures = Mapping[str, Mapping[Cell, int]]
"""The published figures of one kind and period: by table, then by cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """One published figure of a table: which, its words, and whether it is the sum of others.

    `value` is the figure itself, None where the catalogue counts no such thing.
    """

    table: str
    code: str
    label: str
    value: int | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one dimension under its title, with a cell a kind, as written."""

    title: str
    rows: tuple[tuple[str, bool, tuple[str, ...]], ...]


def rows(kind: Kind, dimension: str, figures: Figures) -> list[Row]:
    """The full grid of one dimension, in published order; communes under their circle."""
    if dimension == "commune":
        return [*_by_circle(kind, figures), total_row(figures)]
    return [
        _row(dimension, code, code_label(dimension, code), figures)
        for code in kind.codes[dimension]
    ]


def dimensions(kind: Kind) -> list[str]:
    """The dimensions of a kind that make a table; the circles stand with their communes."""
    return [each for each in kind.dimensions if each != "circle"]


def _by_circle(kind: Kind, figures: Figures) -> Iterator[Row]:
    nests = kind.nests["commune", "circle"]
    for circle in kind.codes["circle"]:
        inside = [code for code in kind.codes["commune"] if nests.get(code) == circle]
        if circle != ELSEWHERE:
            name = gettext("Circle of %(name)s", name=code_label("circle", circle))
            yield _row("circle", circle, str(name), figures, whole=True)
        for code in inside:
            yield _row("commune", code, code_label("commune", code), figures)


def total_row(figures: Figures, label: str = "") -> Row:
    """The project's total, under its own words or those given."""
    words = label or dimension_label(TOTAL)
    return Row(TOTAL, "", words, figures[TOTAL].get(()), whole=not label)


def _row(table: str, code: str, label: str, figures: Figures, *, whole: bool = False) -> Row:
    return Row(table, code, label, figures.get(table, {}).get((code,)), whole)


def lengths(table: Sequence[Row]) -> list[str | int | None]:
    """The bar of each row: per cent of the longest, `few` for a rounded zero, None for sums."""
    parts = [row.value or 0 for row in table if not row.whole]
    longest = max([*parts, 1])
    return [_length(row, longest) for row in table]


def _length(row: Row, longest: int) -> str | int | None:
    if row.whole or row.value is None:
        return None
    return round(100 * row.value / longest) or "few"


def written(value: int | None, bound: int) -> str:
    """A figure as it is shown; a dash where the catalogue counts no such thing."""
    return NOT_APPLICABLE if value is None else figure(value, bound).text


def part(row: Row, figures: Figures) -> str:
    """What share of the project's total a row is, where the total allows one; a sum has none."""
    total = figures[TOTAL].get(())
    if total is None or row.value is None or row.table == TOTAL:
        return ""
    return share(row.value, total)


def matrix(kinds: Sequence[Kind], figures: Mapping[str, Figures], bound: int) -> list[Group]:
    """Every kind by every common dimension on one sheet, the project's totals first."""
    totals = tuple(written(figures[kind.name][TOTAL].get(()), bound) for kind in kinds)
    whole = Group("", ((dimension_label(TOTAL), True, totals),))
    groups = (_group(dimension, kinds, figures, bound) for dimension in COMMON)
    return [whole, *groups]


def _group(
    dimension: str, kinds: Sequence[Kind], figures: Mapping[str, Figures], bound: int
) -> Group:
    fullest = max(kinds, key=lambda kind: len(kind.codes.get(dimension, ())))
    lines = [row for row in rows(fullest, dimension, figures[fullest.name]) if row.table != TOTAL]
    return Group(
        dimension_label(dimension),
        tuple((row.label, row.whole, _cells(row, kinds, figures, bound)) for row in lines),
    )


def _cells(
    row: Row, kinds: Sequence[Kind], figures: Mapping[str, Figures], bound: int
) -> tuple[str, ...]:
    found = (figures[kind.name].get(row.table, {}).get((row.code,)) for kind in kinds)
    return tuple(written(value, bound) for value in found)
