"""The page of a case, and every act on it once it is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.cases import follow_up
from casework.cases.assignment import staff_names
from casework.cases.closure import close_case, reopen_case
from casework.cases.field_kinds import Per
from casework.cases.forms import values_from
from casework.cases.models import CaseStatus
from casework.db import db
from casework.desk import case_forms as forms
from casework.desk import case_views as views
from casework.desk.assigning import hand_over
from casework.desk.case_keeping import keeping
from casework.desk.case_sheets import CaseSheet, open_sheet
from casework.desk.case_story import story
from casework.desk.erasing import PAPER, destroy
from casework.errors import RuleBroken
from casework.people.reauthentication import words_again
from casework.policy import Permission
from casework.referrals.queries import referrals_of_case
from casework.referrals.withdrawal import open_referrals
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.held import held, hold

blueprint = Blueprint("case", __name__)
CLOSED = "case_is_closed"
KINDS = "<any(journal, step, service, outcome):kind>"


def sheet_of(case_id: UUID) -> CaseSheet:
    """The case, opened for the member of this request."""
    found = member()
    key = settings().server_key
    return open_sheet(db.session(), found.actor, found.keyring, key, case_id)


def by() -> tuple[Any, Any, Any]:
    """What every act wants first: the session, the actor and her keyring."""
    return db.session(), member().actor, member().keyring


def is_over(sheet: CaseSheet) -> bool:
    """True when a form about a closed case could only fail; what was refused there a moment ago is
    shown all the same, so that nothing typed is lost."""
    return sheet.closed and "held" not in request.args


def back(case_id: UUID, notice: str) -> Response:
    """To the page of the case, which says what was done."""
    return redirect(url_for("case.page", case_id=case_id, notice=notice), 303)


@blueprint.get("/cases/<uuid:case_id>")
@requires(Permission.CASE_VIEW)
def page(case_id: UUID) -> str | Response:
    """Everything about one case; an intake that is not finished is finished first."""
    sheet = sheet_of(case_id)
    if sheet.case.row.status == CaseStatus.DRAFT:
        return redirect(url_for("cases.intake_tasks", case_id=case_id))
    referrals = referrals_of_case(*by(), sheet.case)
    names = staff_names(db.session(), settings().server_key, (one.actor_id for one in referrals))
    kept = keeping(sheet, settings().retention)
    shown = {"referrals": referrals, "names": names, "keeping": kept}
    return render_template("cases/page.html", **shown, **views.whole(sheet))


@blueprint.get("/cases/<uuid:case_id>/story")
@requires(Permission.CASE_VIEW)
def whole_story(case_id: UUID) -> str:
    """Everything that happened in the case."""
    sheet = sheet_of(case_id)
    told = {"row": sheet.case.row, "acts": story(sheet), "may": views.may(sheet)}
    return render_template("cases/story.html", sheet=sheet, **told)


# Follow-up


@blueprint.get(f"/cases/<uuid:case_id>/{KINDS}")
@requires(Permission.CASE_WRITE)
def entry(case_id: UUID, kind: str) -> str | Response:
    """The form of a note, a step, a service or an outcome."""
    sheet = sheet_of(case_id)
    if is_over(sheet):
        return back(case_id, CLOSED)
    form = restored(forms.entry_form(Per(kind), sheet.values), **views.fresh(sheet, Per(kind)))
    return render_template("cases/entry.html", form=form, **views.entry(sheet, Per(kind)))


@blueprint.post(f"/cases/<uuid:case_id>/{KINDS}", endpoint="record_entry")
@requires(Permission.CASE_WRITE)
def record_entry(case_id: UUID, kind: str) -> Response:
    """The note, step, service or outcome stands in the case."""
    form = posted(forms.entry_form(Per(kind), sheet_of(case_id).values))
    if not form.validate():
        return sent_back()
    told, step = values_from(form), form.next_step_on.data
    try:
        follow_up.record_entry(*by(), case_id, Per(kind), told, step, forms.entry_id(form))
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, views.kept(kind, told))


@blueprint.get("/cases/<uuid:case_id>/entries/<uuid:entry_id>/correction")
@requires(Permission.CASE_WRITE)
def correction(case_id: UUID, entry_id: UUID) -> str | Response:
    """An act as it was told, to be told better."""
    sheet = sheet_of(case_id)
    if is_over(sheet):
        return back(case_id, CLOSED)
    kind, value = views.corrected(sheet, entry_id)
    form = restored(forms.entry_form(kind, sheet.values, value), **forms.stored_entry(value))
    shown = {"entry_id": entry_id, "newer": views.newer(sheet, entry_id)}
    return render_template("cases/correction.html", form=form, **shown, **views.entry(sheet, kind))


@blueprint.post("/cases/<uuid:case_id>/entries/<uuid:entry_id>/correction")
@requires(Permission.CASE_WRITE)
def correct(case_id: UUID, entry_id: UUID) -> Response:
    """The better words stand in the case; the earlier ones stay readable."""
    sheet = sheet_of(case_id)
    form = posted(forms.entry_form(views.corrected(sheet, entry_id)[0], sheet.values, {}))
    if not form.validate():
        return sent_back()
    told = None if form.void.data else values_from(form)
    try:
        follow_up.correct_entry(*by(), case_id, entry_id, told, forms.entry_id(form))
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "entry_corrected")


# Closing, opening again, erasing


@blueprint.get("/cases/<uuid:case_id>/closure")
@requires(Permission.CASE_CLOSE)
def closure(case_id: UUID) -> str | Response:
    """What is still open in the case, and why it is closed."""
    sheet = sheet_of(case_id)
    if is_over(sheet):
        return back(case_id, CLOSED)
    form = restored(forms.closure_form(), **forms.today_once())
    return render_template("cases/closure.html", form=form, **views.closing(db.session(), sheet))


@blueprint.post("/cases/<uuid:case_id>/closure")
@requires(Permission.CASE_CLOSE)
def close(case_id: UUID) -> Response:
    """The case is closed; it can be opened again at any time."""
    form = posted(forms.closure_form())
    if not form.validate():
        return sent_back()
    still_open = len(open_referrals(db.session(), case_id))
    try:
        close_case(*by(), case_id, values_from(form), still_open, forms.entry_id(form))
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "case_closed")


@blueprint.get("/cases/<uuid:case_id>/reopening")
@requires(Permission.CASE_REOPEN)
def reopening(case_id: UUID) -> str | Response:
    """Why the case is opened again."""
    sheet = sheet_of(case_id)
    if not sheet.closed and "held" not in request.args:
        return back(case_id, "case_is_open")
    form = restored(forms.reopening_form(), **forms.today_once())
    return render_template("cases/reopening.html", form=form, sheet=sheet)


@blueprint.post("/cases/<uuid:case_id>/reopening")
@requires(Permission.CASE_REOPEN)
def reopen(case_id: UUID) -> Response:
    """The case is open again, its next step due within a week."""
    form = posted(forms.reopening_form())
    if not form.validate():
        return sent_back()
    try:
        reopen_case(*by(), case_id, values_from(form), forms.entry_id(form))
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "case_reopened")


@blueprint.get("/cases/<uuid:case_id>/erasure")
@requires(Permission.CASE_WRITE)
@words_again
@words_again
def erasure(case_id: UUID) -> str:
    """What erasing the case takes away, before it does."""
    sheet = sheet_of(case_id)
    form = restored(forms.erasure_form(sheet.case.row.code))
    return render_template("cases/erasure.html", form=form, **views.erasing(db.session(), sheet))


@blueprint.post("/cases/<uuid:case_id>/erasure")
@requires(Permission.CASE_WRITE)
@words_again
@words_again
def erase(case_id: UUID) -> Response:
    """Nothing of the case is left but its entries in the log, which hold no personal data."""
    sheet = sheet_of(case_id)
    form = posted(forms.erasure_form(sheet.case.row.code))
    if not form.validate():
        return sent_back()
    try:
        paper = destroy(*by(), sheet)
    except RuleBroken as rule:
        return sent_back(rule.code)
    held_id = hold(db.session(), member(), {PAPER: paper})
    return redirect(url_for("case.certificate", held=held_id, notice="case_erased"), 303)


@blueprint.get("/cases/erasure-certificate")
@requires(Permission.CASE_WRITE)
def certificate() -> str | Response:
    """The paper that says what was destroyed, to print while it waits."""
    kept = held(db.session(), member(), request.args.get("held")) or {}
    if PAPER not in kept:
        return redirect(url_for("cases.listing", notice="certificate_gone"))
    return render_template("cases/certificate.html", paper=kept[PAPER])


# Who works on it


@blueprint.get("/cases/<uuid:case_id>/assignment")
@requires(Permission.CASE_ASSIGN)
def assignment(case_id: UUID) -> str | Response:
    """The members of the team who can follow the case."""
    sheet = sheet_of(case_id)
    if is_over(sheet):
        return back(case_id, CLOSED)
    form = restored(views.assigning(db.session(), settings().server_key, sheet))
    return render_template("cases/assignment.html", form=form, sheet=sheet)


@blueprint.post("/cases/<uuid:case_id>/assignment")
@requires(Permission.CASE_ASSIGN)
def assign(case_id: UUID) -> Response:
    """The member follows the case, and owes what was owed on its referrals."""
    form = posted(views.assigning(db.session(), settings().server_key, sheet_of(case_id)))
    if not form.validate():
        return sent_back()
    told = {"reason": form.reason.data, "conflict": form.conflict.data}
    try:
        hand_over(*by(), case_id, UUID(form.to.data), **told)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "case_assigned")


def register(app: Flask) -> None:
    """Adds the page of a case and the acts on it to the application."""
    app.register_blueprint(blueprint)
