"""What managers and donors read: published figures of closed periods, and nothing else at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import Flask, abort, render_template, url_for
from markupsafe import Markup

from casework import clock
from casework.i18n import lazy_gettext as _l
from casework.statistics import blueprint as own
from casework.statistics import routes_exports, routes_programme
from casework.statistics.blueprint import VIEW, blueprint, note_view, published
from casework.statistics.catalogue import Kind
from casework.statistics.labels import dimension_label, kind_label, table_label
from casework.statistics.routes_periods import (
    logged,
    long_name,
    method,
    short_name,
    usually_closed_on,
)
from casework.statistics.routes_reading import (
    ENDS,
    Period,
    read_changes,
    read_overview,
    read_period,
    read_trend,
)
from casework.statistics.routes_rows import HEADS, dimensions, matrix, rows, total_row
from casework.statistics.sheets import (
    Sheet,
    crossed_sheets,
    crossed_tables,
    is_crossed,
    one_way_sheet,
    sheet,
)
from casework.web.gate import requires
from casework.web.navigation import register_place


@blueprint.get("/statistics")
@requires(VIEW)
def overview() -> str:
    """The project in the last closed quarters."""
    found = read_overview(published())
    note_view(None)
    return render_template(
        "statistics/overview.html",
        found=found,
        heads=HEADS,
        expected_on=usually_closed_on(clock.today()),
    )


@blueprint.get("/statistics/<period>")
@requires(VIEW)
def quarter(period: str) -> str:
    """One closed period on one sheet: every kind by every common dimension."""
    page = closed_or_404(period)
    note_view(logged(page.closed.period))
    return render_template(
        "statistics/quarter.html",
        page=page,
        sheets=first_sheets(page),
        heads=HEADS,
        changes=read_changes(published(), page),
        groups=matrix(page.kinds, page.figures, page.closed.bound),
    )


@blueprint.get("/statistics/<period>/<kind>")
@requires(VIEW)
def tables(period: str, kind: str) -> str:
    """One kind in one closed period: its trend, each of its tables with bars, and the crossed
    ones."""
    page, wanted = kind_or_404(period, kind)
    note_view(logged(page.closed.period))
    return render_template(
        "statistics/tables.html",
        page=page,
        kind=wanted,
        trend=read_trend(published(), page, kind),
        tables=[(name, table_sheet(page, wanted, name)) for name in dimensions(wanted)],
        crossed=list(crossed_tables(wanted, page.figures[kind])),
    )


@blueprint.get("/statistics/<period>/<kind>/<table>")
@requires(VIEW)
def table(period: str, kind: str, table: str) -> str:
    """One table of the catalogue on one sheet, charted."""
    page, wanted = kind_or_404(period, kind)
    sheets = table_sheets(page, wanted, table) or abort(404)
    note_view(logged(page.closed.period))
    return render_template(
        "statistics/table.html", page=page, kind=wanted, table=table, sheets=sheets
    )


def closed_or_404(period: str) -> Period:
    """The closed period; an open one and one that never was are equally unknown."""
    return read_period(published(), period) or abort(404)


def kind_or_404(period: str, kind: str) -> tuple[Period, Kind]:
    """The closed period and a kind that its pages show."""
    page = closed_or_404(period)
    return page, page.kind(kind) or abort(404)


def table_sheets(page: Period, kind: Kind, table: str) -> list[Sheet]:
    """A published table drawn, in parts where it is crossed; none for one that is not published."""
    if table in dimensions(kind):
        return [table_sheet(page, kind, table)]
    if not is_crossed(table) or table not in crossed_tables(kind, page.figures[kind.name]):
        return []
    return crossed_sheets(
        kind, table, dict(page.figures[kind.name][table]), page.closed.running_bound
    )


def table_sheet(page: Period, kind: Kind, table: str) -> Sheet:
    """A table of one dimension drawn."""
    figures = page.figures[kind.name]
    caption = dimension_label(table)
    return one_way_sheet(caption, rows(kind, table, figures), figures, page.closed.bound)


def first_sheets(page: Period) -> list[tuple[str, Sheet]]:
    """What the sheet of a period begins with: the totals, and how the referrals ended."""
    ends = [table_sheet(page, kind, ENDS) for kind in page.kinds if ENDS in kind.dimensions]
    return [("totals", total_sheet(page)), *(("ends", each) for each in ends)]


def total_sheet(page: Period) -> Sheet:
    """The total of each kind, leading to its tables."""
    totals = [total_row(page.figures[kind.name], kind_label(kind.name)) for kind in page.kinds]
    address = partial(url_for, "statistics.tables", period=page.closed.period)
    labels: Sequence[str] = [
        Markup('<a href="{}">{}</a>').format(address(kind=kind.name), row.label)
        for kind, row in zip(page.kinds, totals, strict=True)
    ]
    return sheet(dimension_label("total"), labels, totals, page.closed.bound)


def register(app: Flask) -> None:
    """Adds the figures and their entry in the navigation."""
    routes_programme.register(app)
    routes_exports.register(app)
    own.register(app)
    names = {"period_name": long_name, "period_head": short_name, "method_of": method}
    words = {"kind_label": kind_label, "table_label": table_label}
    app.jinja_env.filters.update(names | words)
    register_place(app, "statistics.overview", _l("Statistics"), VIEW, 60)
