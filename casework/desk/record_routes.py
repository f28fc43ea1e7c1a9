"""Who opened a case, for its coordinator; and what was done with it, for the person herself: read
aloud, and on paper only where paper is safe for her."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.audit.log import record_view
from casework.cases.access import OpenCase, access_case
from casework.db import db
from casework.desk import case_routes
from casework.desk.case_record import record_of
from casework.desk.case_routes import blueprint, by
from casework.desk.record_forms import PaperForm
from casework.people.readers import by_function, opened_by
from casework.policy import Permission
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires
from casework.web.held import held, hold


def seen_case(case_id: UUID, permission: Permission, action: str) -> OpenCase:
    """The case, opened; the log says which of these pages somebody looked at."""
    case = access_case(*by(), case_id, permission)
    record_view(db.session(), action, member().actor.user_id, case=case.id)
    return case


@blueprint.get("/cases/<uuid:case_id>/readers")
@requires(Permission.CASE_ASSIGN)
def readers(case_id: UUID) -> str:
    """Who opened the case, by function and organisation."""
    case = seen_case(case_id, Permission.CASE_ASSIGN, "readers.viewed")
    lines = by_function(db.session(), opened_by(db.session(), case.id))
    return render_template("cases/readers.html", case=case, lines=lines)


@blueprint.get("/cases/<uuid:case_id>/record")
@requires(Permission.CASE_WRITE)
def record(case_id: UUID) -> str:
    """What was done with her file and who saw it, to be read to her."""
    case = seen_case(case_id, Permission.CASE_WRITE, "record.read")
    told = record_of(db.session(), case.id)
    return render_template("cases/record.html", case=case, record=told)


@blueprint.get("/cases/<uuid:case_id>/record/paper")
@requires(Permission.CASE_WRITE)
def paper(case_id: UUID) -> str:
    """Asks whether paper is safe for her; after a yes, a moment ago, the page to print."""
    kept = held(db.session(), member(), request.args.get("held")) or {}
    if kept.get("paper") != str(case_id):
        case = access_case(*by(), case_id, Permission.CASE_WRITE)
        return render_template("cases/paper_question.html", case=case, form=restored(PaperForm))
    case = seen_case(case_id, Permission.CASE_WRITE, "record.printed")
    told = record_of(db.session(), case.id)
    return render_template("cases/paper.html", case=case, record=told)


@blueprint.post("/cases/<uuid:case_id>/record/paper")
@requires(Permission.CASE_WRITE)
def print_paper(case_id: UUID) -> Response:
    """Leads to the page to print where she wants it and it is safe; else says what to do."""
    case = access_case(*by(), case_id, Permission.CASE_WRITE)
    form = posted(PaperForm)
    if not form.validate():
        return sent_back()
    if not form.is_safe:
        return sent_back("paper_not_safe")
    held_id = hold(db.session(), member(), {"paper": str(case.id)})
    return redirect(url_for("case.paper", case_id=case.id, held=held_id), 303)


def register(app: Flask) -> None:
    """Adds the page of a case with these pages, which stand on its blueprint."""
    case_routes.register(app)
