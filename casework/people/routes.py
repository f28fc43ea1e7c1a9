"""Signing in, signing out, leaving in a hurry, and one's own account."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.db import db
from casework.errors import RuleBroken
from casework.i18n import lazy_gettext as _l
from casework.people import (
    activation,
    own_sessions,
    routes_activation,
    routes_codes,
    routes_seen,
    routes_team,
    sessions,
)
from casework.people.comparisons import of_waiting
from casework.people.forms import SignInForm
from casework.people.handles import folded
from casework.people.labels import STATES, role_label
from casework.people.routes_activation import back, refused, to_waiting
from casework.people.signing_in import AccountWaiting
from casework.people.signing_in import sign_in as sign_in_with
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
    (Permission.INTAKE_HAND_IN, "desk.relay"),
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
    return render_template("people/sign_in.html", form=refused(SignInForm()))


@blueprint.post("/sign-in")
@public
def open_session() -> Response:
    """Signs in, or leads back with one message whatever was wrong."""
    form = posted(SignInForm)
    if not form.validate():
        return back("people.sign_in", "sign_in_incomplete")
    try:
        return signed_in(unseal(form))
    except UnlockRefused:
        return back("people.sign_in", "words_refused")
    except AccountWaiting as waiting:
        return to_waiting(folded(form.handle.data), waiting.comparisons)
    except RuleBroken as rule:
        return back("people.sign_in", rule.code)


def unseal(form: SignInForm) -> str:
    """The token of a new session. Nobody waits for the slow hash: what came before it, the count
    of tries, is committed first, so that no lock is held meanwhile."""
    own, typed = settings(), (form.handle.data, form.passphrase.data)
    release = db.session.commit
    return sign_in_with(db.session(), own.secret_key, own.boot_key, *typed, release)[0]


def signed_in(token: str) -> Response:
    """Whoever was signed in on this machine no longer is; the browser holds the new token, and
    what waited for the new person's keys is done in this very request."""
    own, before = settings(), g.get("member")
    if before is not None:
        sessions.sign_out(db.session(), before.session_id, before.actor.user_id)
    keys = own.boot_key, own.server_key
    g.member = sessions.load_member(db.session(), token, *keys, own.idle, own.session_length)
    response = redirect(routes_seen.first_address(), 303)
    cookies.give(response, token)
    activation.take_away(response)
    return response


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
    found, token = g.get("member"), cookies.token_of(request)
    if found is not None:
        sessions.sign_out(db.session(), found.session_id, found.actor.user_id)
    elif token is not None:
        sessions.forget(db.session(), token)
    response = redirect(address, 303)
    cookies.take_away(response)
    activation.take_away(response)
    return response


@blueprint.get("/welcome")
@public
def neutral() -> str:
    """A page that says nothing about what this is."""
    return render_template("people/neutral.html")


@blueprint.get("/account")
@requires(Permission.ACCOUNT_VIEW)
def account() -> str:
    """One's own teams, the words to read where she waits for a team, and her open sessions."""
    found, own = member(), settings()
    user_id = found.actor.user_id
    return render_template(
        "people/account.html",
        open_sessions=own_sessions.listed(db.session(), user_id, own.idle, own.session_length),
        waiting=of_waiting(db.session(), user_id, found.keyring.user),
        form=BaseForm(),
    )


@blueprint.post("/account/sessions/<uuid:session_id>/closure")
@requires(Permission.ACCOUNT_VIEW)
def end_session(session_id: UUID) -> Response:
    """Ends one of one's own sessions elsewhere."""
    own_sessions.end(db.session(), member().actor.user_id, session_id)
    return redirect(url_for("people.account", notice="session_ended"), 303)


def register(app: Flask) -> None:
    """Adds sign-in and the account pages."""
    for part in (routes_activation, routes_codes, routes_seen, routes_team):
        app.register_blueprint(part.blueprint)
    app.after_request(routes_seen.keep_seen)
    app.register_blueprint(blueprint)
    app.jinja_env.filters["role_label"] = role_label
    app.jinja_env.globals["STATES"] = STATES
    register_account_link(app, "people.account", _l("My account"), Permission.ACCOUNT_VIEW)
