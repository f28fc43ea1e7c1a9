"""A team as its coordinator or focal point keeps it: members, their confirmation, the partners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casework.db import db
from casework.errors import NotVisible, RuleBroken
from casework.people import accounts, members, rosters, team_keys
from casework.people.comparisons import Comparison, with_member, with_partner
from casework.people.confirmers import confirmers
from casework.people.forms import HeardForm, InviteForm, JoinForm
from casework.people.keyrings import note_mismatch
from casework.people.models import Team
from casework.people.reauthentication import words_again
from casework.people.routes_codes import to_code
from casework.policy import Permission, Role
from casework.vault.errors import VaultError
from casework.web.forms import BaseForm, posted, restored, sent_back
from casework.web.gate import member, requires, settings

blueprint = Blueprint("team", __name__)
COMPARE, CONFIRM, INVITE = (
    Permission.PARTNER_COMPARE,
    Permission.MEMBER_CONFIRM,
    Permission.MEMBER_INVITE,
)


def own_team(team_id: UUID, permission: Permission) -> Team:
    """The team, in which the member of this request holds the permission; raises NotVisible."""
    if not member().actor.may_in(permission, team_id):
        raise NotVisible
    return db.session().get_one(Team, team_id)


def team_address(team_id: UUID, notice: str | None = None) -> str:
    """The address of the team's page."""
    return url_for("team.page", team_id=team_id, notice=notice)


def colleague(team_id: UUID, user_id: UUID) -> rosters.Colleague:
    """Somebody else in a team the member manages; raises NotVisible."""
    own_team(team_id, CONFIRM)
    if user_id == member().actor.user_id:
        raise NotVisible
    return rosters.colleague(db.session(), settings().server_key, team_id, user_id)


def tried(action: Callable[..., Any], *given: Any) -> Response | None:
    """None when the act was done; else the way back to its page, which says why not."""
    found = member()
    try:
        action(db.session(), found.actor, *given)
    except RuleBroken as rule:
        return sent_back(rule.code)
    except VaultError:
        response = sent_back("team_refused")
        note_mismatch(db.session(), found.actor.user_id)
        return response
    return None


@blueprint.get("/team")
@blueprint.get("/team/<uuid:team_id>")
@requires(COMPARE)
def page(team_id: UUID | None = None) -> str:
    """The members of one of her teams: the first, unless she chose another."""
    actor = member().actor
    own = [one for one in actor.memberships if one.team_id in actor.teams_with(COMPARE)]
    team = own_team(team_id or own[0].team_id, COMPARE)
    return render_template(
        "people/team.html",
        team=team,
        own_teams=own,
        may_confirm=actor.may_in(CONFIRM, team.id),
        **people_of(team.id),
    )


def people_of(team_id: UUID) -> dict[str, Any]:
    """Everybody in the team, and who can confirm today."""
    found = rosters.roster(db.session(), settings().server_key, team_id)
    names = {one.user_id: one.name or one.handle for one in found}
    return {
        "colleagues": found,
        "names": names,
        "confirmers": confirmers(db.session(), team_id),
    }


# A new colleague


@blueprint.get("/team/<uuid:team_id>/invitation")
@requires(INVITE)
def invitation(team_id: UUID) -> str:
    """Asks for the name and function of a new colleague."""
    team = own_team(team_id, INVITE)
    form = team_form(InviteForm, team_id, restored)
    return render_template("people/team_invitation.html", team=team, form=form)


@blueprint.post("/team/<uuid:team_id>/invitation")
@requires(INVITE)
def invite(team_id: UUID) -> Response:
    """Makes the account and shows its one-time code."""
    own_team(team_id, INVITE)
    form = team_form(InviteForm, team_id, posted)
    if not form.validate():
        return sent_back()
    try:
        user, code = invite_with(form, team_id)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return to_code(user, code, team_address(team_id))


def invite_with(form: Any, team_id: UUID | None) -> tuple[Any, str]:
    """The invited account and its code; raises as `accounts.invite`."""
    own = settings()
    named = form.handle.data, form.name.data, Role(form.role.data)
    return accounts.invite(
        db.session(), member().actor, own.server_key, *named, team_id, own.invitation_length
    )


def team_form(form_class: Any, team_id: UUID | None, made: Any) -> Any:
    """The form made by `posted` or `restored`, offering the roles of the team."""
    roles = accounts.roles_for(db.session(), team_id)
    return made(form_class.offering(roles))


@blueprint.get("/team/<uuid:team_id>/addition")
@requires(INVITE)
def addition(team_id: UUID) -> str:
    """Asks for somebody who has an account already."""
    team = own_team(team_id, INVITE)
    form = team_form(JoinForm, team_id, restored)
    return render_template("people/team_addition.html", team=team, form=form)


@blueprint.post("/team/<uuid:team_id>/addition")
@requires(INVITE)
def add(team_id: UUID) -> Response:
    """Somebody with an account waits to be confirmed in this team too."""
    own_team(team_id, INVITE)
    form = team_form(JoinForm, team_id, posted)
    if not form.validate():
        return sent_back()
    given = team_id, form.handle.data, Role(form.role.data)
    done = redirect(team_address(team_id, "member_joined"), 303)
    return tried(accounts.join_team, *given) or done


# A colleague


@blueprint.get("/team/<uuid:team_id>/members/<uuid:user_id>")
@requires(CONFIRM)
def one(team_id: UUID, user_id: UUID) -> str:
    """One colleague: where her membership stands and what can be done."""
    found = colleague(team_id, user_id)
    team = own_team(team_id, CONFIRM)
    form = restored(BaseForm)
    return render_template("people/team_member.html", team=team, colleague=found, form=form)


@blueprint.post("/team/<uuid:team_id>/members/<uuid:user_id>/code")
@requires(CONFIRM)
def renew_code(team_id: UUID, user_id: UUID) -> Response:
    """A new one-time code for somebody who could not use hers."""
    colleague(team_id, user_id)
    actor, length = member().actor, settings().invitation_length
    onward = url_for("team.one", team_id=team_id, user_id=user_id)
    try:
        return to_code(*accounts.renew_code(db.session(), actor, user_id, length), onward)
    except RuleBroken as rule:
        return sent_back(rule.code, onward)


@blueprint.get("/team/<uuid:team_id>/members/<uuid:user_id>/confirmation")
@requires(CONFIRM)
@words_again
def confirmation(team_id: UUID, user_id: UUID) -> str | Response:
    """The six words to compare by voice with a waiting colleague."""
    found = colleague(team_id, user_id)
    if not found.to_confirm:
        return redirect(url_for("team.one", team_id=team_id, user_id=user_id), 303)
    read = with_member(db.session(), member().keyring, team_id, user_id)
    given = {"team_id": team_id, "colleague": found, **heard(read)}
    return render_template("people/team_confirmation.html", **given)


def heard(read: Comparison) -> dict[str, Any]:
    """The words of a comparison and the form that confirms them; what was ticked before is not
    ticked again."""
    form = restored(HeardForm)
    form.mark.data, form.heard.data = read.mark, False
    return {"words": read.words, "form": form}


@blueprint.post("/team/<uuid:team_id>/members/<uuid:user_id>/confirmation")
@requires(CONFIRM)
@words_again
def confirm(team_id: UUID, user_id: UUID) -> Response:
    """The colleague was heard and is confirmed."""
    form = posted(HeardForm)
    if not form.validate():
        return sent_back()
    given = member().keyring, team_id, user_id, form.mark.data
    done = redirect(team_address(team_id, "member_confirmed"), 303)
    return tried(members.confirm_member, *given) or done


@blueprint.get("/team/<uuid:team_id>/members/<uuid:user_id>/suspension")
@requires(CONFIRM)
def suspension(team_id: UUID, user_id: UUID) -> str:
    """Says what suspending means, and asks."""
    found, form = colleague(team_id, user_id), restored(BaseForm)
    return render_template(
        "people/team_suspension.html", team_id=team_id, colleague=found, form=form
    )


@blueprint.post("/team/<uuid:team_id>/members/<uuid:user_id>/suspension")
@requires(CONFIRM)
def suspend(team_id: UUID, user_id: UUID) -> Response:
    """The colleague opens nothing of this team from now on."""
    done = redirect(team_address(team_id, "member_suspended"), 303)
    return tried(members.suspend_member, team_id, user_id) or done


@blueprint.get("/team/<uuid:team_id>/members/<uuid:user_id>/removal")
@requires(CONFIRM)
@words_again
def removal(team_id: UUID, user_id: UUID) -> str:
    """Says what removing means, and asks."""
    found, form = colleague(team_id, user_id), restored(BaseForm)
    return render_template("people/team_removal.html", team_id=team_id, colleague=found, form=form)


@blueprint.post("/team/<uuid:team_id>/members/<uuid:user_id>/removal")
@requires(CONFIRM)
@words_again
def remove(team_id: UUID, user_id: UUID) -> Response:
    """The colleague is out of the team."""
    done = redirect(team_address(team_id, "member_removed"), 303)
    return tried(members.remove_member, member().keyring, team_id, user_id) or done


# Partners


@blueprint.get("/team/<uuid:team_id>/partners")
@requires(COMPARE)
def partners(team_id: UUID) -> str:
    """The teams on the other side, compared or not."""
    team = own_team(team_id, COMPARE)
    found = rosters.peers(db.session(), member().keyring, team_id)
    return render_template("people/team_partners.html", team=team, peers=found)


@blueprint.get("/team/<uuid:team_id>/partners/<uuid:partner_id>/comparison")
@requires(COMPARE)
def comparison(team_id: UUID, partner_id: UUID) -> str:
    """The six words to compare by voice with another team."""
    own_team(team_id, COMPARE)
    found = rosters.peer(db.session(), member().keyring, team_id, partner_id)
    read = with_partner(db.session(), member().keyring, team_id, partner_id)
    given = {"team_id": team_id, "peer": found, **heard(read)}
    return render_template("people/team_comparison.html", **given)


@blueprint.post("/team/<uuid:team_id>/partners/<uuid:partner_id>/comparison")
@requires(COMPARE)
def compare(team_id: UUID, partner_id: UUID) -> Response:
    """The other team was heard; its keys stand in the book."""
    own_team(team_id, COMPARE)
    form = posted(HeardForm)
    if not form.validate():
        return sent_back()
    given = member().keyring, team_id, partner_id, form.mark.data
    done = redirect(url_for("team.partners", team_id=team_id, notice="partner_compared"), 303)
    return tried(team_keys.compare_partner, *given) or done
