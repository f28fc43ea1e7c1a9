"""In danger: two taps end everything she has open and shut her account; and the exercise of it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casework.db import db
from casework.errors import NotVisible, RuleBroken
from casework.people import alarms
from casework.people.models import User, UserState
from casework.people.reauthentication import words_again
from casework.policy import Permission
from casework.web import cookies
from casework.web.forms import BaseForm, restored, sent_back
from casework.web.gate import member, public, requires, settings
from casework.web.member import Expired, Member

blueprint = Blueprint("alarm", __name__)


def whose() -> UUID | None:
    """Whose cookie this browser holds, her page open, locked or ended; None for nobody's."""
    found, expired = g.get("member"), g.get("expired")
    if isinstance(found, Member):
        return found.actor.user_id
    return expired.user_id if isinstance(expired, Expired) else None


@blueprint.get("/alarm")
@public
def page() -> str | Response:
    """One button, and what it does."""
    if whose() is None:
        return redirect(url_for("people.sign_in"), 303)
    return render_template("people/alarm.html", form=BaseForm(), practice=False)


@blueprint.post("/alarm")
@public
def raise_alarm() -> Response:
    """Everything of hers is shut, and a neutral page stands in its place."""
    user_id = whose()
    response = redirect(settings().exit_url or url_for("people.neutral"), 303)
    if user_id is not None:
        alarms.raise_alarm(db.session(), user_id)
        g.member = None
    cookies.take_away(response)
    return response


@blueprint.get("/alarm/practice")
@requires(Permission.ACCOUNT_VIEW)
def practice() -> str:
    """The same page, which does nothing."""
    return render_template("people/alarm.html", form=BaseForm(), practice=True)


@blueprint.post("/alarm/practice")
@requires(Permission.ACCOUNT_VIEW)
def practise() -> Response:
    """Nothing was ended; says so."""
    return redirect(url_for("people.account", notice="alarm_practised"), 303)


@blueprint.get("/admin/accounts/<uuid:user_id>/alarm")
@requires(Permission.ACCOUNT_ADMINISTER)
@words_again
def lifting(user_id: UUID) -> str:
    """Says whom to call before the alarm is lifted, or that there is none; raises NotVisible."""
    user = db.session().get(User, user_id)
    if user is None:
        raise NotVisible
    raised, form = user.state == UserState.SUSPENDED, restored(BaseForm)
    return render_template("people/alarm_lifting.html", user=user, raised=raised, form=form)


@blueprint.post("/admin/accounts/<uuid:user_id>/alarm")
@requires(Permission.ACCOUNT_ADMINISTER)
@words_again
def lift(user_id: UUID) -> Response:
    """The person was heard, and her account opens again."""
    try:
        alarms.lift_alarm(db.session(), member().actor, user_id)
    except RuleBroken as rule:
        return sent_back(rule.code, url_for("admin.account", user_id=user_id))
    return redirect(url_for("admin.account", user_id=user_id, notice="alarm_lifted"), 303)
