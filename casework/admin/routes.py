"""Teams and accounts, for the administrator; the log, for the auditor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.admin import actions, audit_entries, queries
from casework.admin.audit_entries import PAGE, Wanted
from casework.admin.audit_words import SENTENCES
from casework.admin.forms import AuditForm, TeamForm
from casework.audit.log import record_view
from casework.audit.proofs import latest_note
from casework.audit.sequencer import tree_size
from casework.db import db
from casework.errors import RuleBroken
from casework.i18n import lazy_gettext as _l
from casework.people import accounts, members, rosters
from casework.people.forms import InviteForm
from casework.people.labels import TEAM_KINDS
from casework.people.models import Team
from casework.people.routes_codes import to_code
from casework.people.routes_team import invite_with, team_form
from casework.policy import Permission
from casework.web.forms import BaseForm, posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.navigation import register_place

blueprint = Blueprint("admin", __name__)
ADMINISTER = Permission.ACCOUNT_ADMINISTER


# Teams


@blueprint.get("/admin/teams")
@requires(ADMINISTER)
def teams() -> str:
    """Every team, and how many work in it."""
    lines = queries.team_lines(db.session())
    return render_template("admin/teams.html", lines=lines, kinds=TEAM_KINDS)


@blueprint.get("/admin/teams/new")
@requires(ADMINISTER)
def new_team() -> str:
    """Asks which team is to be made."""
    return render_template("admin/new_team.html", form=team_form_of(restored))


@blueprint.post("/admin/teams/new")
@requires(ADMINISTER)
def create_team() -> Response:
    """Makes the team."""
    form = team_form_of(posted)
    if not form.validate():
        return sent_back()
    try:
        made = made_team(form)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("admin.team", team_id=made.id, notice="team_created"), 303)


def team_form_of(made: Any) -> Any:
    """The form made by `posted` or `restored`, offering the providers that have no team."""
    return made(TeamForm.offering(queries.providers_without_team(db.session())))


def made_team(form: Any) -> Team:
    """The team that the form describes; raises as the actions do."""
    provider_id = form.provider_id()
    if provider_id is None:
        return actions.add_owner_team(db.session(), member().actor, form.name.data)
    return actions.add_partner_team(db.session(), member().actor, provider_id)


@blueprint.get("/admin/teams/<uuid:team_id>")
@requires(ADMINISTER)
def team(team_id: UUID) -> str:
    """One team and its members' accounts."""
    return render_template(
        "admin/team.html",
        team=queries.team(db.session(), team_id),
        kinds=TEAM_KINDS,
        colleagues=rosters.roster(db.session(), settings().server_key, team_id),
    )


@blueprint.get("/admin/teams/<uuid:team_id>/invitation")
@requires(ADMINISTER)
def team_invitation(team_id: UUID) -> str:
    """Asks for a new member, the first one above all."""
    found = queries.team(db.session(), team_id)
    form = team_form(InviteForm, team_id, restored)
    return render_template("admin/invitation.html", team=found, form=form)


@blueprint.post("/admin/teams/<uuid:team_id>/invitation")
@requires(ADMINISTER)
def invite_to_team(team_id: UUID) -> Response:
    """Makes the account and shows its one-time code."""
    return invited(team_id, url_for("admin.team", team_id=team_id))


def invited(team_id: UUID | None, onward: str) -> Response:
    """The account of the posted form is made, and its code shown; or back with what to correct."""
    form = team_form(InviteForm, team_id, posted)
    if not form.validate():
        return sent_back()
    try:
        user, code = invite_with(form, team_id)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return to_code(user, code, onward)


# Accounts


@blueprint.get("/admin/accounts")
@requires(ADMINISTER)
def account_list() -> str:
    """Every account, fifty at a time."""
    after = request.args.get("after", type=UUID)
    lines, last = queries.accounts(db.session(), settings().server_key, after)
    return render_template("admin/accounts.html", lines=lines, last=last)


@blueprint.get("/admin/accounts/new")
@requires(ADMINISTER)
def new_account() -> str:
    """Asks for somebody who works for the whole organisation."""
    form = team_form(InviteForm, None, restored)
    return render_template("admin/invitation.html", team=None, form=form)


@blueprint.post("/admin/accounts/new")
@requires(ADMINISTER)
def create_account() -> Response:
    """Makes the account and shows its one-time code."""
    return invited(None, url_for("admin.account_list"))


@blueprint.get("/admin/accounts/<uuid:user_id>")
@requires(ADMINISTER)
def account(user_id: UUID) -> str:
    """One account: where it stands and what can be done."""
    found = queries.account(db.session(), settings().server_key, user_id)
    return render_template("admin/account.html", account=found, form=restored(BaseForm))


@blueprint.post("/admin/accounts/<uuid:user_id>/code")
@requires(ADMINISTER)
def renew_code(user_id: UUID) -> Response:
    """A new one-time code for somebody who could not use hers."""
    onward = url_for("admin.account", user_id=user_id)
    actor, length = member().actor, settings().invitation_length
    try:
        return to_code(*accounts.renew_code(db.session(), actor, user_id, length), onward)
    except RuleBroken as rule:
        return sent_back(rule.code, onward)


@blueprint.get("/admin/accounts/<uuid:user_id>/closure")
@requires(ADMINISTER)
def closure(user_id: UUID) -> str:
    """Says what closing an account means, and asks."""
    found = queries.account(db.session(), settings().server_key, user_id)
    return render_template("admin/closure.html", account=found, form=restored(BaseForm))


@blueprint.post("/admin/accounts/<uuid:user_id>/closure")
@requires(ADMINISTER)
def close(user_id: UUID) -> Response:
    """The account opens nothing any more."""
    try:
        members.end_account(db.session(), member().actor, user_id)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("admin.account_list", notice="account_ended"), 303)


# The log


@blueprint.get("/audit")
@requires(Permission.AUDIT_VIEW)
def audit_log() -> str:
    """The newest acts in words, fifty at a time; that somebody looked is an act itself."""
    wanted, before = wanted_acts(), request.args.get("before", type=UUID)
    found = audit_entries.newest(db.session(), wanted, before)
    actor = member().actor.user_id
    seen = {"case": wanted.case, "person": wanted.person, "act": wanted.act}
    record_view(db.session(), "audit.viewed", actor, **seen)
    return render_template(
        "admin/audit.html",
        lines=audit_entries.in_words(db.session(), found[:PAGE]),
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        **asked(wanted),
    )


def wanted_acts() -> Wanted:
    """What the address asks for: ids and the name of an act, never a handle or a code."""
    act = request.args.get("act")
    return Wanted(
        act=act if act in SENTENCES else None,
        person=request.args.get("person", type=UUID),
        case=request.args.get("case", type=UUID),
    )


def asked(wanted: Wanted) -> dict[str, Any]:
    """The search form, and what was asked for, as the page shows it."""
    person = wanted.person and audit_entries.names_of(db.session(), {wanted.person})
    handle = (person or {}).get(str(wanted.person), "")
    form = restored(AuditForm, act=wanted.act, person=handle)
    address = {"act": wanted.act, "person": wanted.person, "case": wanted.case}
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
    """The act and the ids that were asked for; raises RuleBroken: 'person_unknown',
    'case_unknown'."""
    person = case = None
    if form.person.data:
        person = audit_entries.person_called(db.session(), form.person.data)
        expect(person, "person_unknown")
    if form.case.data:
        case = audit_entries.case_with_code(db.session(), form.case.data)
        expect(case, "case_unknown")
    return {"act": form.act.data, "person": person, "case": case}


def expect(found: UUID | None, rule: str) -> None:
    """Raises RuleBroken(rule) when nothing was found."""
    if found is None:
        raise RuleBroken(rule)


@blueprint.get("/audit/checkpoint")
@requires(Permission.AUDIT_VIEW)
def checkpoint() -> str:
    """The last signed checkpoint of the log, to be kept by a witness."""
    note = latest_note(db.session())
    lines = note.decode().splitlines() if note else []
    return render_template("admin/checkpoint.html", lines=lines, placed=tree_size(db.session()))


def register(app: Flask) -> None:
    """Adds the pages of administrator and auditor, and one's own team to the navigation."""
    app.register_blueprint(blueprint)
    register_place(app, "admin.teams", _l("Teams"), ADMINISTER, 80)
    register_place(app, "admin.account_list", _l("Accounts"), ADMINISTER, 85)
    register_place(app, "team.page", _l("My team"), Permission.PARTNER_COMPARE, 80)
    register_place(app, "admin.audit_log", _l("Log"), Permission.AUDIT_VIEW, 70)
