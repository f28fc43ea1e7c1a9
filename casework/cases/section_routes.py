"""Correcting a section later, choosing between two versions, and finding a lost form again."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.cases import lost_forms
from casework.cases.blueprint import blueprint
from casework.cases.field_kinds import Per
from casework.cases.form_overview import is_draft, page_name
from casework.cases.form_pages import (
    ANOTHER,
    Opened,
    comparison,
    form_to_show,
    keep,
    row_ids_now,
    to_write,
)
from casework.cases.form_sheets import MOST_ROWS, Sheet, Values, listed
from casework.cases.form_steps import sheet_of_section
from casework.cases.form_way import caption, captions, case_address, grown
from casework.consent.recipients import Section, section_label
from casework.db import db
from casework.errors import NotVisible
from casework.policy import Permission
from casework.web.forms import BaseForm
from casework.web.gate import member, requires
from casework.web.held import hold

EDITED = (
    Section.IDENTITY,
    Section.CONTACT,
    Section.FACTS,
    Section.HEALTH,
    Section.PERPETRATOR,
    Section.LEGAL,
    Section.NOTES,
)
TOGETHER = 5
"""How many people or grievances stand on one page; more are opened one by one."""

LISTED = {Section.IDENTITY: Per.BENEFICIARY}


def section_at(name: str) -> Section:
    """The section of an address; raises NotVisible for one that nobody edits."""
    found = next((section for section in EDITED if section == name), None)
    if found is None:
        raise NotVisible
    return found


def sheet_now(opened: Opened, section: Section) -> Sheet:
    """Everything the section asks, with the rows the page shows now."""
    per = LISTED.get(section, Per.GRIEVANCE)
    return sheet_of_section(opened.values, section, rows_shown(opened.values, per))


def rows_shown(values: Values, per: Per) -> list[str]:
    """The rows of the page: all of a small family, of a large one only the one asked for."""
    typed, known = row_ids_now(), [one["id"] for one in listed(values, per)]
    if typed is not None:
        return typed
    one, more = (request.args.get(name, type=UUID) for name in ("row", "more"))
    if one is not None:
        return [str(one)] if str(one) in known else []
    together = known if len(known) <= TOGETHER else []
    return [*together, str(more)] if more else together


@blueprint.get("/cases/<uuid:case_id>/sections/<name>")
@requires(Permission.CASE_WRITE)
def section(case_id: UUID, name: str) -> str | Response:
    """A section to read and correct; after a colleague's change, both versions of it."""
    found, opened = section_at(name), to_write(case_id)
    if is_draft(opened):
        return redirect(url_for("cases.intake_tasks", case_id=case_id))
    return show(opened, found)


def show(opened: Opened, found: Section) -> str | Response:
    """The form of a section, or the choice between two versions of it."""
    back, sheet = case_address(opened.id), sheet_now(opened, found)
    per = LISTED.get(found, Per.GRIEVANCE)
    form = form_to_show(opened, sheet)
    compared = comparison(opened, sheet, form)
    if compared is not None and not compared.rows:
        return redirect(f"{back}?notice=section_saved")
    choosing = compared is not None and "edit" not in request.args
    return render_template(
        "cases/sections/comparison.html" if choosing else "cases/sections/section.html",
        form=form,
        sheet=sheet,
        compared=compared,
        title=section_label(found),
        others=back,
        back_address=back,
        captions=captions(opened.values, sheet),
        elsewhere=rows_elsewhere(opened, found, sheet),
        may_grow=sheet.growing and len(listed(opened.values, per)) < MOST_ROWS,
        adds_people=per is Per.BENEFICIARY,
    )


def rows_elsewhere(opened: Opened, found: Section, sheet: Sheet) -> list[dict[str, object]]:
    """The people or grievances that are not on the page, each with its own address."""
    here = {row.id for row in sheet.rows}
    return [
        {
            "label": caption(opened.values, row),
            "address": url_for("cases.section", case_id=opened.id, name=found, row=row.id),
        }
        for row in sheet_of_section(opened.values, found).rows
        if row.id not in here
    ]


@blueprint.post("/cases/<uuid:case_id>/sections/<name>")
@requires(Permission.CASE_WRITE)
def keep_section(case_id: UUID, name: str) -> Response:
    """The section says what was written, and the case counts as it now stands."""
    found, opened = section_at(name), to_write(case_id)
    _form, refused = keep(opened, sheet_now(opened, found))
    if refused is not None:
        return refused
    if ANOTHER in request.form:
        return grown(LISTED.get(found, Per.GRIEVANCE), to_write(case_id).values)
    return redirect(f"{case_address(case_id)}?notice=section_saved", 303)


# Lost forms


@blueprint.get("/lost-forms")
@requires(Permission.DESK_VIEW)
def lost() -> str:
    """What the member sent after her session had ended."""
    found = member()
    waiting = lost_forms.waiting(db.session(), found.actor, found.keyring)
    rows = [(form, page_name(form.path)) for form in waiting]
    return render_template("cases/sections/lost_forms.html", rows=rows, form=BaseForm())


@blueprint.post("/lost-forms/<uuid:draft_id>")
@requires(Permission.DESK_VIEW)
def take_lost(draft_id: UUID) -> Response:
    """The form stands in its page again, as it was typed."""
    found = member()
    form = lost_forms.take(db.session(), found.actor, found.keyring, draft_id)
    held_id = hold(db.session(), found, {"form": form.pairs, "rule": None})
    return redirect(f"{form.path}?held={held_id}&notice=form_found", 303)
