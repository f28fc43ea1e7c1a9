"""The log for the auditor and the data officer: its acts, unusual access, checkpoints."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import clock
from casework.admin import audit_entries
from casework.admin.audit_entries import PAGE
from casework.admin.audit_words import SENTENCES
from casework.admin.blueprint import blueprint
from casework.admin.forms_audit import AuditForm, ComparisonForm
from casework.admin.kept_checkpoints import Compared, compared
from casework.admin.unusual import WEEK, Limits, found_in
from casework.admin.unusual_words import said
from casework.audit.checkpoints import LogKey, key_of
from casework.audit.heads import latest_checkpoint
from casework.audit.log import record_view
from casework.audit.pages import Wanted, newest
from casework.audit.sequencer import tree_size
from casework.db import db
from casework.errors import RuleBroken
from casework.i18n import lazy_gettext as _l
from casework.people.readers import by_person, opened_by
from casework.policy import Permission
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.held import hold
from casework.web.navigation import register_place
from casework.web.qr import drawn

DAY = timedelta(days=1)


@blueprint.get("/audit")
@requires(Permission.AUDIT_VIEW)
def audit_log() -> str:
    """The newest acts in words, fifty at a time; that somebody looked is an act itself."""
    wanted, before = wanted_acts(), request.args.get("before", type=UUID)
    found = newest(db.session(), wanted, before, PAGE + 1)
    seen = {"case": wanted.case, "person": wanted.person, "act": wanted.act}
    record_view(db.session(), "audit.viewed", member().actor.user_id, **seen)
    return render_template(
        "admin/audit.html",
        lines=audit_entries.in_words(db.session(), found[:PAGE]),
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        **asked(wanted),
    )


def wanted_acts() -> Wanted:
    """What the address asks for: ids, days and the name of an act, never a handle or a code."""
    act, until = request.args.get("act"), asked_day("until")
    return Wanted(
        act=act if act in SENTENCES else None,
        person=request.args.get("person", type=UUID),
        case=request.args.get("case", type=UUID),
        since=begins(asked_day("since")),
        until=begins(until + DAY if until else None),
    )


def asked_day(name: str) -> date | None:
    """The day an address names; None for none, or for what is no day of these centuries."""
    found = request.args.get(name, type=date.fromisoformat)
    return found if found and 1900 < found.year < 3000 else None


def begins(day: date | None) -> datetime | None:
    """The moment at which a day begins where the programme works."""
    return datetime.combine(day, time(), clock.LOCAL) if day else None


def asked(wanted: Wanted) -> dict[str, Any]:
    """The search form, and what was asked for, as the page shows it."""
    person = wanted.person and audit_entries.names_of(db.session(), {wanted.person})
    handle = (person or {}).get(str(wanted.person), "")
    days = {"since": asked_day("since"), "until": asked_day("until")}
    form = restored(AuditForm, act=wanted.act, person=handle, **days)
    address = {"act": wanted.act, "person": wanted.person, "case": wanted.case, **days}
    return {"form": form, "wanted": wanted, "address": address}


@blueprint.post("/audit")
@requires(Permission.AUDIT_VIEW)
def search_audit() -> Response:
    """Turns the typed handle and code into ids, so that neither stands in an address."""
    form = posted(AuditForm)
    if not form.validate():
        return sent_back()
    try:
        found = looked_up(form)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("admin.audit_log", **found), 303)


def looked_up(form: AuditForm) -> dict[str, Any]:
    """The act, ids and days that were asked for; raises RuleBroken: 'person_unknown',
    'case_unknown'."""
    person = case = None
    if form.person.data:
        person = audit_entries.person_called(db.session(), form.person.data)
        expect(person, "person_unknown")
    if form.case.data:
        case = audit_entries.case_with_code(db.session(), form.case.data)
        expect(case, "case_unknown")
    days = {"since": form.since.data, "until": form.until.data}
    return {"act": form.act.data, "person": person, "case": case, **days}


def expect(found: UUID | None, rule: str) -> None:
    """Raises RuleBroken(rule) when nothing was found."""
    if found is None:
        raise RuleBroken(rule)


@blueprint.get("/audit/files/<uuid:file_id>/readers")
@requires(Permission.AUDIT_VIEW)
def readers(file_id: UUID) -> str:
    """Who opened one file, for the data officer: by name for signing in and function."""
    found = opened_by(db.session(), file_id)
    record_view(db.session(), "readers.viewed", member().actor.user_id, case=file_id)
    lines = by_person(db.session(), found)
    names = audit_entries.names_of(db.session(), {one.actor for one in lines if one.actor})
    return render_template("admin/readers.html", case=file_id, lines=lines, names=names)


@blueprint.get("/audit/unusual")
@requires(Permission.AUDIT_VIEW)
def unusual() -> str:
    """What was unusual in the seven days up to the one the address names, in words."""
    last = min(asked_day("until") or clock.today(), clock.today())
    first, limits = last - WEEK + DAY, Limits(**settings().unusual)
    record_view(db.session(), "unusual.viewed", member().actor.user_id)
    period = Wanted(since=begins(first), until=begins(last + DAY))
    found = found_in(db.session(), limits, period)
    who = audit_entries.who(db.session(), {one.actor for one in found.findings})
    later = min(last + WEEK, clock.today()) if last < clock.today() else None
    days = {"first": first, "last": last, "earlier": first - DAY, "later": later}
    return render_template("admin/unusual.html", found=found, who=who, limits=limits, **days)


@blueprint.get("/audit/checkpoint")
@requires(Permission.AUDIT_VIEW)
def checkpoint() -> str:
    """The last signed checkpoint of the log as text and QR code, for a witness to keep."""
    kept = latest_checkpoint(db.session())
    return render_template(
        "admin/checkpoint.html",
        kept=kept,
        code=drawn(kept.text) if kept else "",
        key=log_key(),
        placed=tree_size(db.session()),
    )


def log_key() -> LogKey:
    """The public key under which this log signs."""
    return key_of(settings().log_name, settings().log_key)


@blueprint.get("/audit/comparison")
@requires(Permission.AUDIT_VIEW)
def comparison() -> str:
    """Asks for a checkpoint that somebody kept; says whether the log still contains the one that
    was given a moment ago."""
    form = restored(ComparisonForm)
    result = compared_text(form) if form.note.raw_data and not form.errors else None
    return render_template("admin/comparison.html", form=form, result=result)


def compared_text(form: ComparisonForm) -> Compared | None:
    """The comparison with the text of the form, which is an act of the log; None, and the form
    says so, where no checkpoint stands in it."""
    try:
        found = compared(db.session(), form.note.data, log_key())
    except RuleBroken as rule:
        form.rule = rule.code
        return None
    told = {"result": found.result, "size": found.kept}
    record_view(db.session(), "checkpoint.compared", member().actor.user_id, **told)
    return found


@blueprint.post("/audit/comparison")
@requires(Permission.AUDIT_VIEW)
def compare() -> Response:
    """The text waits sealed; the page that says what it means stands under an address without
    it."""
    form = posted(ComparisonForm)
    if not form.validate():
        return sent_back()
    held_id = hold(db.session(), member(), {"form": [["note", form.note.data]], "rule": None})
    return redirect(url_for("admin.comparison", held=held_id), 303)


def register(app: Flask) -> None:
    """The log stands in the navigation of those who may read it."""
    register_place(app, "admin.audit_log", _l("Log"), Permission.AUDIT_VIEW, 70)
    app.jinja_env.filters["unusual"] = said
    app.jinja_env.filters["local_day"] = lambda moment: clock.local(moment).date()
