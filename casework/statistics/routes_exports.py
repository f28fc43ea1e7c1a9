"""What managers and donors take away: the same published figures in the forms that donors ask for.

A file holds nothing that the pages do not, bears the method and the stamp, and is the same for
everybody in each language.
"""

from __future__ import annotations

from flask import Flask, abort
from werkzeug.wrappers import Response

from casework.statistics.blueprint import VIEW, blueprint, note_export, published
from casework.statistics.catalogue import Kind
from casework.statistics.labels import kind_label, table_label
from casework.statistics.routes_file import table_file
from casework.statistics.routes_periods import long_name, method
from casework.statistics.routes_reading import Period, read_period
from casework.statistics.routes_rows import dimensions, rows
from casework.web.gate import requires


@blueprint.get("/statistics/<period>/<kind>/<table>.csv")
@requires(VIEW)
def file(period: str, kind: str, table: str) -> Response:
    """One table as a file."""
    page = read_period(published(), period) or abort(404)
    wanted = page.kind(kind) or abort(404)
    if table not in dimensions(wanted):
        abort(404)
    note_export(f"{kind}.{table}", page.stamp.digest)
    found = rows(wanted, table, page.figures[kind])
    content = table_file(kind, found, page.stamp, heading(page, wanted, table))
    return download(content, f"{period}-{kind}-{table}.csv", "text/csv")


def heading(page: Period, kind: Kind, table: str) -> list[str]:
    """The lines above the columns of a file: what it is, the method, the stamp."""
    title = f"{kind_label(kind.name)} · {table_label(table)} · {long_name(page.closed)}"
    stamped = " · ".join(f"{word} {value}" for word, value in page.stamp.parts)
    return [title, method([page.closed]), stamped]


def download(content: bytes, name: str, mimetype: str) -> Response:
    """A file under a name that says the period and what it is."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def register(_app: Flask) -> None:
    """Adds nothing but the views."""
