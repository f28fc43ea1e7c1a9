"""Signing in, signing out, leaving in a hurry, and one's own account."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.db import db
from casework.errors import RuleBroken
from casework.i18n import lazy_gettext as _l
from casework.people import own_sessions, sessions, signing_in
from casework.people.forms import SignInForm
from casework.policy import Permission
from casework.vault.errors import UnlockRefused
from casework.web import cookies
from casework.web.forms import BaseForm, posted
from casework.web.gate import harmless, member, public, requires, settings
from casework.web.navigation import register_account_link

blueprint = Blueprint("people", __name__)
HOMES = (
    (Permission.DESK_VIEW, "desk.desk"),
    (Permission.STATISTICS_VIEW, "statistics.overview"),
    (Permission.AUDIT_VIEW, "admin.audit_log"),
    (Permission.ACCOUNT_ADMINISTER, "admin.teams"),
)


@blueprint.get("/")
@public
def home() -> Response:
    """Leads everybody to the first page of her own work."""
    found = g.get("member")
    if found is None:
        return redirect(url_for("people.sign_in"), 303)
    own = (endpoint for permission, endpoint in HOMES if found.actor.may(permission))
    return redirect(url_for(next(own, "people.account"), notice=request.args.get("notice")), 303)


@blueprint.get("/sign-in")
@public
def sign_in() -> str:
    """The page everybody starts from; nothing on it is ever filled in by the server."""
    return render_template("people/sign_in.html", form=SignInForm())


@blueprint.post("/sign-in")
@public
def open_session() -> Response:
    """Signs in, or leads back with one message whatever was wrong."""
    form = posted(SignInForm)
    if not form.validate():
        return back_to_sign_in("sign_in_incomplete")
    own = settings()
    try:
        token, _user = signing_in.sign_in(
            db.session(), own.secret_key, own.boot_key, form.handle.data, form.passphrase.data
        )
    except UnlockRefused:
        return back_to_sign_in("words_refused")
    except RuleBroken as rule:
        return back_to_sign_in(rule.code)
    response = redirect(url_for("people.home"), 303)
    cookies.give(response, token)
    return response


def back_to_sign_in(notice: str) -> Response:
    """The sign-in page with one of the known notices."""
    return redirect(url_for("people.sign_in", notice=notice), 303)


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """Ends the session and goes back to the first page."""
    return leave(url_for("people.sign_in", notice="signed_out"))


@blueprint.post("/exit")
@harmless
def quick_exit() -> Response:
    """Ends the session and shows a neutral page."""
    return leave(settings().exit_url or url_for("people.neutral"))


def leave(address: str) -> Response:
    """Whoever was signed in no longer is; her browser forgets cookie and cache."""
    found = g.get("member")
    if found is not None:
        sessions.sign_out(db.session(), found.session_id, found.actor.user_id)
    response = redirect(address, 303)
    cookies.take_away(response)
    return response


@blueprint.get("/welcome")
@public
def neutral() -> str:
    """A page that says nothing about what this is."""
    return render_template("people/neutral.html")


@blueprint.get("/account")
@requires(Permission.ACCOUNT_VIEW)
def account() -> str:
    """One's own teams and open sessions."""
    found = member()
    open_sessions = own_sessions.listed(db.session(), found.actor.user_id)
    return render_template("people/account.html", open_sessions=open_sessions, form=BaseForm())


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@requires(Permission.ACCOUNT_VIEW)
def end_session(session_id: UUID) -> Response:
    """Ends one of one's own sessions elsewhere."""
    own_sessions.end(db.session(), member().actor.user_id, session_id)
    return redirect(url_for("people.account", notice="session_ended"), 303)


def register(app: Flask) -> None:
    """Adds sign-in and the account pages."""
    app.register_blueprint(blueprint)
    register_account_link(app, "people.account", _l("My account"), Permission.ACCOUNT_VIEW)
