"""What a confirmer does besides confirming: lost words, somebody who comes back, a deputy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casework.db import db
from casework.errors import RuleBroken
from casework.people import deputies, forgotten, returning
from casework.people.forms import InviteForm
from casework.people.forms_members import DeputyForm
from casework.people.reauthentication import words_again
from casework.people.routes_codes import to_code
from casework.people.routes_team import colleague, own_team, team_address, team_form, tried
from casework.policy import Permission, Role
from casework.web.forms import BaseForm, posted, restored, sent_back
from casework.web.gate import member, requires, settings

blueprint = Blueprint("members", __name__)
CONFIRM, INVITE = Permission.MEMBER_CONFIRM, Permission.MEMBER_INVITE


@blueprint.get("/team/<uuid:team_id>/members/<uuid:user_id>/words")
@requires(CONFIRM)
@words_again
def words(team_id: UUID, user_id: UUID) -> str:
    """Says what happens when a colleague has lost her words, and asks."""
    found, onward = colleague(team_id, user_id), address_of(team_id, user_id)
    form = restored(BaseForm)
    return render_template("people/lost_words.html", colleague=found, onward=onward, form=form)


@blueprint.post("/team/<uuid:team_id>/members/<uuid:user_id>/words")
@requires(CONFIRM)
@words_again
def forget(team_id: UUID, user_id: UUID) -> Response:
    """The colleague's words are void; shows her one-time code."""
    colleague(team_id, user_id)
    return new_words(user_id, address_of(team_id, user_id))


def address_of(team_id: UUID, user_id: UUID) -> str:
    """The page of a colleague."""
    return url_for("team.one", team_id=team_id, user_id=user_id)


def new_words(user_id: UUID, onward: str) -> Response:
    """The person's words are void; shows her one-time code, or leads back to say why not."""
    actor, length = member().actor, settings().invitation_length
    try:
        return to_code(*forgotten.forget_words(db.session(), actor, user_id, length), onward)
    except RuleBroken as rule:
        return sent_back(rule.code)


@blueprint.get("/team/<uuid:team_id>/return")
@requires(INVITE)
def comeback(team_id: UUID) -> str:
    """Asks who comes back."""
    team, form = own_team(team_id, INVITE), team_form(InviteForm, team_id, restored)
    return render_template("people/team_return.html", team=team, form=form)


@blueprint.post("/team/<uuid:team_id>/return")
@requires(INVITE)
def bring_back(team_id: UUID) -> Response:
    """Somebody who left waits for new words; shows her one-time code."""
    own_team(team_id, INVITE)
    form = team_form(InviteForm, team_id, posted)
    if not form.validate():
        return sent_back()
    try:
        return to_code(*brought_back(form, team_id), team_address(team_id))
    except RuleBroken as rule:
        return sent_back(rule.code)


def brought_back(form: Any, team_id: UUID) -> tuple[Any, str]:
    """The account and its code; raises as `returning.bring_back`."""
    own = settings()
    named = form.handle.data, form.name.data, Role(form.role.data)
    given = own.server_key, *named, team_id, own.invitation_length
    return returning.bring_back(db.session(), member().actor, *given)


@blueprint.get("/team/<uuid:team_id>/deputy")
@requires(CONFIRM)
def deputy(team_id: UUID) -> str:
    """Says what a deputy does, and asks for one."""
    team, form = own_team(team_id, CONFIRM), restored(DeputyForm)
    return render_template("people/team_deputy.html", team=team, form=form)


@blueprint.post("/team/<uuid:team_id>/deputy")
@requires(CONFIRM)
def name_deputy(team_id: UUID) -> Response:
    """Somebody of another team waits to be confirmed as deputy."""
    own_team(team_id, CONFIRM)
    form = posted(DeputyForm)
    if not form.validate():
        return sent_back()
    done = redirect(team_address(team_id, "deputy_named"), 303)
    return tried(deputies.name_deputy, team_id, form.handle.data) or done
