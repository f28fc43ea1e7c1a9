"""The intake on a phone: one short page after another, each kept sealed as soon as it is sent."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import clock
from casework.cases import form_steps as steps
from casework.cases.blueprint import blueprint
from casework.cases.field_kinds import Page
from casework.cases.form_entrance import (
    begin,
    candidates,
    count_once,
    leave_without_file,
    once_now,
    own_teams,
    remember,
)
from casework.cases.form_intake import (
    OpeningForm,
    SearchForm,
    agreements_form,
    begin_form,
    consents_shown,
    tally_form,
)
from casework.cases.form_overview import (
    after_agreements,
    complete,
    is_draft,
    last_look,
    matters,
    received_on,
    record_changes,
    task_list,
)
from casework.cases.form_pages import comparison, form_to_show, keep, note_view, to_write
from casework.cases.form_sheets import MOST_ROWS, grievances_of
from casework.cases.form_steps import Stop
from casework.cases.form_way import (
    address,
    advice,
    around,
    captions,
    case_address,
    onwards,
    sheet_now,
    stop_at,
)
from casework.cases.intake import consents_of, discard_draft
from casework.consent.records import RECORDING, Answer
from casework.db import db
from casework.errors import RuleBroken
from casework.policy import Permission
from casework.web.forms import BaseForm, posted, restored, sent_back
from casework.web.gate import member, requires

# Search first


@blueprint.get("/cases/new")
@requires(Permission.CASE_CREATE)
def new_case() -> str:
    """Whoever comes may have a case already: looked for before another is opened."""
    form = restored(SearchForm)
    words = form.wanted.data if not form.errors else ""
    found = candidates(words) if words else None
    return render_template("cases/intake/search.html", form=form, found=found)


@blueprint.post("/cases/new")
@requires(Permission.CASE_CREATE)
def look_for() -> Response:
    """The words wait sealed; the page that follows shows what they find."""
    form = posted(SearchForm)
    return redirect(remember(form), 303) if form.validate() else sent_back()


# Consent, or no file


@blueprint.get("/cases/new/consent")
@requires(Permission.CASE_CREATE)
def consent() -> str:
    """What is read aloud, and what she answers."""
    start = {"case_id": str(uuid4()), "received_on": clock.today()}
    form = restored(begin_form(own_teams()), **start)
    return render_template("cases/intake/consent.html", form=form)


@blueprint.post("/cases/new/consent")
@requires(Permission.CASE_CREATE)
def begin_intake() -> Response:
    """With her yes, a draft case holds what she answered; without it there is none."""
    form = posted(begin_form(own_teams()))
    if not form.validate():
        return sent_back()
    if form[RECORDING].data != Answer.YES:
        return redirect(leave_without_file(), 303)
    try:
        case_id = begin(form)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("cases.agreements", case_id=case_id), 303)


@blueprint.get("/cases/new/contact")
@requires(Permission.CASE_CREATE)
def contact() -> str:
    """She said no: a count without identity, nothing else."""
    form = restored(tally_form(own_teams()))
    once_now(form)
    return render_template("cases/intake/contact.html", form=form)


@blueprint.post("/cases/new/contact")
@requires(Permission.CASE_CREATE)
def count_contact() -> Response:
    """One person more was heard."""
    form = posted(tally_form(own_teams()))
    if not form.validate():
        return sent_back()
    count_once(form)
    return redirect(url_for("people.home", notice="contact_tallied"), 303)


@blueprint.get("/cases/<uuid:case_id>/intake/consent")
@requires(Permission.CASE_WRITE)
def agreements(case_id: UUID) -> str | Response:
    """What else she agrees to, one by one; also to correct it later."""
    opened = to_write(case_id)
    if not is_draft(opened):
        return redirect(case_address(case_id))
    note_view(opened.case, ["consents"])
    known = consents_shown(consents_of(db.session(), opened.case))
    form = restored(agreements_form(), **known, then=request.args.get("then"))
    back = url_for("cases.intake_tasks", case_id=case_id)
    return render_template(
        "cases/intake/agreements.html", form=form, case_id=case_id, back_address=back
    )


@blueprint.post("/cases/<uuid:case_id>/intake/consent")
@requires(Permission.CASE_WRITE)
def keep_agreements(case_id: UUID) -> Response:
    """Every answer that changed is recorded anew."""
    opened, form = to_write(case_id), posted(agreements_form())
    if not form.validate():
        return sent_back()
    record_changes(opened, form)
    return redirect(after_agreements(opened, form), 303)


# One page of questions


@blueprint.get("/cases/<uuid:case_id>/intake/<page>")
@requires(Permission.CASE_WRITE)
def intake_page(case_id: UUID, page: str) -> str | Response:
    """One page of questions about the case."""
    return show(case_id, stop_at(page))


@blueprint.post("/cases/<uuid:case_id>/intake/<page>")
@requires(Permission.CASE_WRITE)
def keep_intake_page(case_id: UUID, page: str) -> Response:
    """The answers are sealed; on to the next page."""
    return save(case_id, stop_at(page))


@blueprint.get("/cases/<uuid:case_id>/intake/<page>/<uuid:item>")
@requires(Permission.CASE_WRITE)
def intake_item(case_id: UUID, page: str, item: UUID) -> str | Response:
    """One page of questions about a person or a grievance."""
    return show(case_id, stop_at(page, item))


@blueprint.post("/cases/<uuid:case_id>/intake/<page>/<uuid:item>")
@requires(Permission.CASE_WRITE)
def keep_intake_item(case_id: UUID, page: str, item: UUID) -> Response:
    """The answers are sealed; on to the next page."""
    return save(case_id, stop_at(page, item))


def show(case_id: UUID, stop: Stop) -> str | Response:
    """The page with what is stored; after a colleague's change, both versions of it."""
    opened = to_write(case_id)
    if not is_draft(opened):
        return redirect(case_address(case_id))
    sheet = sheet_now(opened, stop)
    form = form_to_show(opened, sheet)
    compared = comparison(opened, sheet, form)
    others = address(case_id, opened.values, steps.after(opened.values, stop))
    if compared is not None and not compared.rows:
        return redirect(others)
    choosing = compared is not None and "edit" not in request.args
    return render_template(
        "cases/sections/comparison.html" if choosing else "cases/intake/page.html",
        form=form,
        sheet=sheet,
        compared=compared,
        stop=stop,
        title=steps.TITLES[stop.page],
        others=others,
        captions=captions(opened.values, sheet),
        may_grow=stop.page == Page.BENEFICIARIES and len(sheet.rows) < MOST_ROWS,
        advice=advice(opened.values, stop),
        **around(opened, stop),
    )


def save(case_id: UUID, stop: Stop) -> Response:
    """The answers are kept, or the page comes back with what to correct."""
    opened = to_write(case_id)
    form, refused = keep(opened, sheet_now(opened, stop))
    return refused or onwards(to_write(case_id), stop, form)


@blueprint.get("/cases/<uuid:case_id>/intake/grievance")
@requires(Permission.CASE_WRITE)
def grievances(case_id: UUID) -> str | Response:
    """The matters told so far, and room for another."""
    opened = to_write(case_id)
    if not is_draft(opened):
        return redirect(case_address(case_id))
    if not grievances_of(opened.values):
        return redirect(address(case_id, opened.values, Stop(Page.GRIEVANCE)))
    note_view(opened.case, ["facts"])
    return render_template("cases/intake/grievances.html", **matters(opened))


# The whole of it


@blueprint.get("/cases/<uuid:case_id>/intake")
@requires(Permission.CASE_WRITE)
def intake_tasks(case_id: UUID) -> str | Response:
    """What is written and what is not, in the order of the pages."""
    opened = to_write(case_id)
    if not is_draft(opened):
        return redirect(case_address(case_id))
    note_view(opened.case, ["identity"])
    return render_template("cases/intake/tasks.html", **task_list(opened))


@blueprint.get("/cases/<uuid:case_id>/intake/check")
@requires(Permission.CASE_WRITE)
def check(case_id: UUID) -> str | Response:
    """Every answer once more before the case is opened."""
    opened = to_write(case_id)
    if not is_draft(opened):
        return redirect(url_for("cases.opening", case_id=case_id))
    note_view(opened.case, list(opened.sections))
    form = restored(OpeningForm, received_on=received_on(opened))
    return render_template("cases/intake/check.html", form=form, **last_look(opened))


@blueprint.post("/cases/<uuid:case_id>/intake/check")
@requires(Permission.CASE_WRITE)
def open_case(case_id: UUID) -> Response:
    """The case is open, counted where she agreed, and its first step is due."""
    opened, form = to_write(case_id), posted(OpeningForm)
    if not form.validate():
        return sent_back()
    try:
        complete(opened, form)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("cases.opening", case_id=case_id), 303)


@blueprint.get("/cases/<uuid:case_id>/opening")
@requires(Permission.CASE_WRITE)
def opening(case_id: UUID) -> str | Response:
    """The code of the case that was just opened, and what comes next."""
    opened = to_write(case_id)
    if is_draft(opened):
        return redirect(url_for("cases.intake_tasks", case_id=case_id))
    note_view(opened.case, [])
    where = case_address(case_id)
    return render_template("cases/intake/opening.html", case=opened.case.row, case_address=where)


@blueprint.get("/cases/<uuid:case_id>/intake/removal")
@requires(Permission.CASE_WRITE)
def removal(case_id: UUID) -> str | Response:
    """Asks once before an unfinished intake is erased."""
    if not is_draft(to_write(case_id)):
        return redirect(case_address(case_id))
    return render_template("cases/intake/removal.html", form=restored(BaseForm), case_id=case_id)


@blueprint.post("/cases/<uuid:case_id>/intake/removal")
@requires(Permission.CASE_WRITE)
def discard(case_id: UUID) -> Response:
    """The unfinished intake is erased."""
    found = member()
    try:
        discard_draft(db.session(), found.actor, found.keyring, case_id)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("people.home", notice="intake_discarded"), 303)
