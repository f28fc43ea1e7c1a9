"""What managers and donors read: published figures of closed periods, and nothing else at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, Flask, abort, render_template, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from casework import clock
from casework.audit import log
from casework.db import db
from casework.i18n import lazy_gettext as _l
from casework.policy import Permission
from casework.statistics.catalogue import Kind
from casework.statistics.labels import dimension_label, kind_label
from casework.statistics.routes_file import table_file
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
from casework.statistics.routes_rows import (
    HEADS,
    Row,
    dimensions,
    lengths,
    matrix,
    part,
    rows,
    total_row,
    written,
)
from casework.web.gate import member, requires
from casework.web.navigation import register_place

blueprint = Blueprint("statistics", __name__)
VIEW = Permission.STATISTICS_VIEW
Bar = tuple[str, str, str | int | None]


@blueprint.get("/statistics")
@requires(VIEW)
def overview() -> str:
    """The project in the last closed quarters."""
    found = read_overview(db.session())
    note_view(None)
    return render_template(
        "statistics/overview.html",
        found=found,
        expected_on=usually_closed_on(clock.today()),
    )


@blueprint.get("/statistics/<period>")
@requires(VIEW)
def quarter(period: str) -> str:
    """One closed period on one sheet: every kind by every common dimension."""
    page = closed_or_404(period)
    note_view(page)
    return render_template(
        "statistics/quarter.html",
        page=page,
        totals=total_bars(page),
        ends=[table_bars(page, kind, ENDS) for kind in page.kinds if ENDS in kind.dimensions],
        heads=HEADS,
        changes=read_changes(db.session(), page),
        groups=matrix(page.kinds, page.figures, page.closed.bound),
    )


@blueprint.get("/statistics/<period>/<kind>")
@requires(VIEW)
def tables(period: str, kind: str) -> str:
    """One kind in one closed period: its trend, and each of its tables with bars."""
    page = closed_or_404(period)
    wanted = page.kind(kind) or abort(404)
    note_view(page)
    return render_template(
        "statistics/tables.html",
        page=page,
        kind=wanted,
        trend=read_trend(db.session(), page, kind),
        tables=[(name, table_bars(page, wanted, name)) for name in dimensions(wanted)],
    )


@blueprint.get("/statistics/<period>/<kind>/<table>.csv")
@requires(VIEW)
def file(period: str, kind: str, table: str) -> Response:
    """One table as a file."""
    page = closed_or_404(period)
    wanted = page.kind(kind) or abort(404)
    if table not in dimensions(wanted):
        abort(404)
    note_export(page, kind, table)
    found = rows(wanted, table, page.figures[kind])
    content = table_file(kind, found, page.stamp, heading(page, wanted, table))
    return download(content, f"{period}-{kind}-{table}.csv")


def closed_or_404(period: str) -> Period:
    """The closed period; an open one and one that never was are equally unknown."""
    return read_period(db.session(), period) or abort(404)


def note_view(page: Period | None) -> None:
    """The log says who looked at the figures of which period."""
    period = logged(page.closed.period) if page else None
    log.record_view(db.session(), "statistics.viewed", member().actor.user_id, period=period)


def note_export(page: Period, kind: str, table: str) -> None:
    """The log says who took which table with her, and out of which published figures."""
    log.record_view(
        db.session(),
        "export.made",
        member().actor.user_id,
        kind=f"statistics.{kind}.{table}",
        digest=page.stamp.digest,
    )


def total_bars(page: Period) -> list[Bar]:
    """The total of each kind, leading to its tables."""
    totals = [total_row(page.figures[kind.name], kind_label(kind.name)) for kind in page.kinds]
    address = partial(url_for, "statistics.tables", period=page.closed.period)
    labels = [
        Markup('<a href="{}">{}</a>').format(address(kind=kind.name), row.label)
        for kind, row in zip(page.kinds, totals, strict=True)
    ]
    return bars(labels, totals, page.closed.bound)


def table_bars(page: Period, kind: Kind, table: str) -> list[Bar]:
    """One table: label with its share of the total where that says something, figure, bar."""
    figures = page.figures[kind.name]
    found = rows(kind, table, figures)
    labels = [label(row, part(row, figures)) for row in found]
    return bars(labels, found, page.closed.bound)


def label(row: Row, part: str) -> str:
    """The words of a row: sums stand out, a share follows small."""
    text = Markup("<b>{}</b>").format(row.label) if row.whole else escape(row.label)
    return text + Markup(" <small>{}</small>").format(part) if part else text


def bars(labels: Sequence[str], found: Sequence[Row], bound: int) -> list[Bar]:
    """Rows as the macro `bars` takes them."""
    shown = [written(row.value, bound) for row in found]
    return list(zip(labels, shown, lengths(found), strict=True))


def heading(page: Period, kind: Kind, table: str) -> list[str]:
    """The lines above the columns of a file: what it is, the method, the stamp."""
    title = f"{kind_label(kind.name)} · {dimension_label(table)} · {long_name(page.closed)}"
    stamped = " · ".join(f"{word} {value}" for word, value in page.stamp.parts)
    return [title, method([page.closed]), stamped]


def download(content: bytes, name: str) -> Response:
    """A file for the spreadsheet, under a name that says the period and the table."""
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def register(app: Flask) -> None:
    """Adds the figures and their entry in the navigation."""
    app.register_blueprint(blueprint)
    names = {"period_name": long_name, "period_head": short_name, "method_of": method}
    app.jinja_env.filters.update(names | {"kind_label": kind_label, "table_label": dimension_label})
    register_place(app, "statistics.overview", _l("Statistics"), VIEW, 60)
