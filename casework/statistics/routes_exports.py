"""What managers and donors take away: the same published figures in the forms that donors ask for.

A file holds nothing that the pages do not, bears the method and the stamp, and is the same for
everybody in each language.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casework.i18n import gettext
from casework.i18n import lazy_gettext as _l
from casework.programme.kinds import THEMES
from casework.statistics import paper
from casework.statistics.blueprint import VIEW, blueprint, note_export, note_view, published
from casework.statistics.catalogue import TOTAL, Kind
from casework.statistics.json_file import period_file
from casework.statistics.labels import kind_label, table_label
from casework.statistics.releases import stored_blocks
from casework.statistics.report import Report, read_report
from casework.statistics.results import objectives, read_reached
from casework.statistics.routes_file import Block, table_file
from casework.statistics.routes_periods import logged, long_name, method, short_name
from casework.statistics.routes_programme import RECENT, obstacle_titles
from casework.statistics.routes_reading import Period, read_period
from casework.statistics.routes_rows import HEADS
from casework.statistics.sheets import crossed_tables
from casework.statistics.workbook import Indicators, workbook
from casework.web.gate import requires
from casework.web.notices import announce

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/statistics/<period>/report")
@requires(VIEW)
def report(period: str) -> str:
    """The report on the screen, with the files to take away."""
    page = closed_or_404(period)
    note_view(logged(period))
    return render_template("statistics/report.html", **reported(page))


@blueprint.get("/statistics/<period>/report.pdf")
@requires(VIEW)
def report_pdf(period: str) -> Response:
    """The report on paper; where it cannot be made, the way back to the page that can be
    printed."""
    page = closed_or_404(period)
    try:
        content = paper.as_pdf(render_template("statistics/report_paper.html", **reported(page)))
    except (ImportError, OSError):
        address = url_for("statistics.report", period=period, notice="no_pdf_here")
        return redirect(address, 303)
    note_export("report", page.stamp.digest)
    return download(content, f"{period}.pdf", "application/pdf")


@blueprint.get("/statistics/<period>.xlsx")
@requires(VIEW)
def workbook_file(period: str) -> Response:
    """Indicators and tables as a workbook."""
    page = closed_or_404(period)
    note_export("workbook", page.stamp.digest)
    found = read_report(published(), page)
    blocks = list(period_blocks(page))
    content = workbook(title(page), words(page), page.stamp, indicators(found), blocks)
    return download(content, f"{period}.xlsx", XLSX)


@blueprint.get("/statistics/<period>.csv")
@requires(VIEW)
def period_csv(period: str) -> Response:
    """Every table of a period as one file of lines."""
    page = closed_or_404(period)
    note_export("tables", page.stamp.digest)
    content = table_file(period_blocks(page), page.stamp, [title(page), *words(page)])
    return download(content, f"{period}.csv", "text/csv")


@blueprint.get("/statistics/<period>.json")
@requires(VIEW)
def period_json(period: str) -> Response:
    """Every table of a period for programs."""
    page = closed_or_404(period)
    note_export("json", page.stamp.digest)
    blocks = stored_blocks(published(), [period])
    content = period_file(blocks, page.stamp, page.closed.ended_on, words(page))
    return download(content, f"{period}.json", "application/json")


@blueprint.get("/statistics/<period>/<kind>/<table>.csv")
@requires(VIEW)
def file(period: str, kind: str, table: str) -> Response:
    """One table as a file; the circles and the total stand with the communes."""
    page = closed_or_404(period)
    wanted = page.kind(kind) or abort(404)
    blocks = [block for block in kind_blocks(page, wanted) if block.table in together(table)]
    if table not in {block.table for block in blocks} or table in ("circle", TOTAL):
        abort(404)
    note_export(f"{kind}.{table.replace('*', '.')}", page.stamp.digest)
    content = table_file(blocks, page.stamp, [heading(page, wanted, table), *words(page)])
    return download(content, f"{period}-{kind}-{table.replace('*', '-')}.csv", "text/csv")


def closed_or_404(period: str) -> Period:
    """The closed period; an open one and one that never was are equally unknown."""
    return read_period(published(), period) or abort(404)


def reported(page: Period) -> dict[str, Any]:
    """What the templates of the report need."""
    found: Report = read_report(published(), page)
    return {
        "page": page,
        "report": found,
        "heads": HEADS,
        "themes": THEMES,
        "titles": obstacle_titles(),
        "can_print": paper.can_print(),
        "packages": paper.PACKAGES,
    }


def indicators(found: Report) -> Indicators:
    """The table of indicators with a column for each of the recent quarters."""
    reached = read_reached(published(), found.upto, min(RECENT, len(found.upto)))
    return Indicators(
        [short_name(each) for each in found.upto[-RECENT:]],
        [
            (f"{result.code} {result.label}", [reached[each.code] for each in result.indicators])
            for objective in objectives()
            for result in objective.results
        ],
    )


def period_blocks(page: Period) -> Iterator[Block]:
    """Every published table of every kind that the pages show."""
    for kind in page.kinds:
        yield from kind_blocks(page, kind)


def kind_blocks(page: Period, kind: Kind) -> Iterator[Block]:
    """Every published table of one kind: the total, one dimension, several."""
    figures = page.figures[kind.name]
    for name in (TOTAL, *kind.dimensions):
        yield Block(kind, name, figures[name], page.closed.bound)
    for name in crossed_tables(kind, figures):
        yield Block(kind, name, figures[name], page.closed.running_bound)


def together(table: str) -> tuple[str, ...]:
    """The tables that one file holds."""
    return (TOTAL, "circle", "commune") if table == "commune" else (table,)


def title(page: Period) -> str:
    """What the file of a whole period is."""
    return str(gettext("Report: %(period)s", period=long_name(page.closed)))


def heading(page: Period, kind: Kind, table: str) -> str:
    """What the file of one table is."""
    return f"{kind_label(kind.name)} · {table_label(table)} · {long_name(page.closed)}"


def words(page: Period) -> list[str]:
    """The note on method and the stamp."""
    stamped = " · ".join(f"{word} {value}" for word, value in page.stamp.parts)
    return [method([page.closed]), stamped]


def download(content: bytes, name: str, mimetype: str) -> Response:
    """A file under a name that says the period and what it is."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def register(app: Flask) -> None:
    """Adds nothing but the views, which came with the import."""
    app.jinja_env.globals["can_print"] = paper.can_print


announce(
    no_pdf_here=_l("This server cannot make PDF files: print this page with the browser instead.")
)
