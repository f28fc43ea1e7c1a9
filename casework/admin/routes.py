"""Teams and accounts, for the administrator; the auditor’s pages stand in `routes_audit`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.admin import actions, queries, routes_audit, routes_keys
from casework.admin.blueprint import blueprint
from casework.admin.forms import TeamForm
from casework.db import db
from casework.errors import RuleBroken
from casework.i18n import lazy_gettext as _l
from casework.people import accounts, members, restart, rosters
from casework.people.forms import InviteForm
from casework.people.labels import TEAM_KINDS
from casework.people.models import Team
from casework.people.reauthentication import words_again
from casework.people.routes_codes import to_code
from casework.people.routes_team import invite_with, team_form
from casework.policy import Permission
from casework.web.forms import BaseForm, posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.navigation import register_place

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
        stranded=restart.is_stranded(db.session(), queries.team(db.session(), team_id)),
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
@words_again
def closure(user_id: UUID) -> str:
    """Says what closing an account means, and asks."""
    found = queries.account(db.session(), settings().server_key, user_id)
    return render_template("admin/closure.html", account=found, form=restored(BaseForm))


@blueprint.post("/admin/accounts/<uuid:user_id>/closure")
@requires(ADMINISTER)
@words_again
def close(user_id: UUID) -> Response:
    """The account opens nothing any more."""
    try:
        members.end_account(db.session(), member().actor, user_id)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("admin.account_list", notice="account_ended"), 303)


def register(app: Flask) -> None:
    """Adds the pages of administrator and auditor, and one's own team to the navigation."""
    app.register_blueprint(blueprint)
    app.register_blueprint(routes_keys.blueprint)
    routes_audit.register(app)
    register_place(app, "admin.teams", _l("Teams"), ADMINISTER, 80)
    register_place(app, "admin.account_list", _l("Accounts"), ADMINISTER, 85)
    register_place(app, "team.page", _l("My team"), Permission.PARTNER_COMPARE, 80)
