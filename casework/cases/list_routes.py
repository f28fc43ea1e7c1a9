"""The list of cases and the search in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from casework import clock, places
from casework.cases.assignment import staff_names
from casework.cases.blueprint import blueprint
from casework.cases.form_entrance import candidates
from casework.cases.form_kinds import TOO_LONG, tidy
from casework.cases.listing import Filter, Listed, drafts_of, list_cases
from casework.cases.rules import problem_label
from casework.db import db
from casework.i18n import lazy_gettext as _l
from casework.policy import Permission
from casework.web.forms import BaseForm, posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.held import hold
from casework.web.navigation import register_place

SHOWN = {
    "open": _l("Open cases"),
    "mine": _l("My cases"),
    "late": _l("Overdue cases"),
    "closed": _l("Closed cases"),
}
"""The lists that can be chosen, the first one when nothing is."""

EMPTY = {
    "open": _l("Your team has no open case."),
    "mine": _l("No open case is yours."),
    "late": _l("No step is overdue."),
    "closed": _l("No case has been closed yet."),
}
PROBLEMS_SHOWN = 2
Place = tuple[date, UUID]


class WordsForm(BaseForm):
    """What somebody looks for."""

    words = StringField(
        _l("Search a name, a code or a telephone"),
        [
            DataRequired(_l("Write a name, a code or a telephone number.")),
            Length(max=120, message=TOO_LONG),
        ],
        filters=[tidy],
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One case as a row of the list says it."""

    id: UUID
    code: str
    name: str = field(repr=False)
    commune: str = field(repr=False)
    problem: str = field(repr=False)
    status: str
    next_step_on: date | None
    overdue: bool
    worker: str = field(repr=False)
    team: str = ""


@blueprint.get("/cases")
@requires(Permission.CASE_LIST)
def listing() -> str:
    """The cases of her teams, twenty at a time, last opened first."""
    shown = request.args.get("show", "")
    shown = shown if shown in SHOWN else next(iter(SHOWN))
    after = place(request.args.get("after", ""))
    rows, following = list_cases(
        db.session(), member().actor, member().keyring, filter_of(shown), after
    )
    return render_template(
        "cases/listing.html",
        **page(shown, after, rows),
        onwards=following and place_text(following),
    )


def page(shown: str, after: Place | None, rows: list[Listed]) -> dict[str, Any]:
    """What the page of a list shows."""
    return {
        "words": WordsForm(),
        "shown": shown,
        "lists": SHOWN,
        "rows": lines(rows),
        "drafts": drafts(shown, after),
        "empty": EMPTY[shown],
    }


@blueprint.get("/cases/search")
@requires(Permission.CASE_LIST)
def search() -> str:
    """The cases that the words held a moment ago may mean."""
    form = restored(WordsForm)
    asked = bool(form.words.raw_data) and not form.errors
    found = candidates(form.words.data) if asked else []
    return render_template("cases/search.html", form=form, asked=asked, found=found)


@blueprint.post("/cases/search")
@requires(Permission.CASE_LIST)
def find() -> Response:
    """The words wait sealed; the address that shows what they mean holds none of them."""
    form = posted(WordsForm)
    if not form.validate():
        return sent_back()
    held_id = hold(db.session(), member(), {"form": [["words", form.words.data]], "rule": None})
    return redirect(url_for("cases.search", held=held_id), 303)


def filter_of(shown: str) -> Filter:
    """What a chosen list asks for."""
    return {
        "closed": Filter(closed=True),
        "mine": Filter(mine=True),
        "late": Filter(late=clock.today()),
    }.get(shown, Filter())


def place(text: str) -> Place | None:
    """Where in the list a page begins, from its address; the beginning when it is unreadable."""
    day, _, case_id = text.partition("_")
    try:
        return date.fromisoformat(day), UUID(case_id)
    except ValueError:
        return None


def place_text(after: Place) -> str:
    """A place in the list as an address says it."""
    return f"{after[0].isoformat()}_{after[1].hex}"


def drafts(shown: str, after: Place | None) -> list[Listed]:
    """The intakes she began and has not finished, on the first page of the first list."""
    if shown != next(iter(SHOWN)) or after is not None:
        return []
    return drafts_of(db.session(), member().actor, member().keyring)


def lines(rows: list[Listed]) -> list[Line]:
    """The rows in words."""
    names = staff_names(db.session(), settings().server_key, (row.assigned_to for row in rows))
    return [line(row, names) for row in rows]


def line(row: Listed, names: dict[UUID, str]) -> Line:
    """One row in words."""
    problems = [problem_label(code) for code in row.card.get("problems", [])]
    more = ["…"] if len(problems) > PROBLEMS_SHOWN else []
    teams = {each.team_id: each.team_name for each in member().actor.memberships}
    step = row.next_step_on
    return Line(
        id=row.id,
        code=row.code,
        name=str(row.card.get("name") or ""),
        commune=places.name(row.card["commune"]) if row.card.get("commune") else "",
        problem=", ".join([*problems[:PROBLEMS_SHOWN], *more]),
        status=row.status,
        next_step_on=step,
        overdue=step is not None and step < clock.today(),
        worker=names.get(row.assigned_to, "") if row.assigned_to else "",
        team=teams.get(row.team_id, "") if len(teams) > 1 else "",
    )


def add_places(app: Flask) -> None:
    """The list stands in the navigation of everybody who may see it."""
    register_place(app, "cases.listing", _l("Cases"), Permission.CASE_LIST, 20)
