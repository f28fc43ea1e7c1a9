"""Signing in, signing out, leaving in a hurry, and one's own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import clock
from casework.db import db
from casework.errors import RuleBroken
from casework.i18n import lazy_gettext as _l
from casework.people import (
    activation,
    own_sessions,
    routes_activation,
    routes_alarm,
    routes_codes,
    routes_factors,
    routes_lock,
    routes_members,
    routes_seen,
    routes_team,
    sessions,
)
from casework.people.comparisons import of_waiting
from casework.people.forms import SignInForm
from casework.people.forms_sign_in import KeySignInForm
from casework.people.handles import folded
from casework.people.labels import STATES, role_label
from casework.people.proofs import SIGN_IN, KeyAnswer, Proof, Used, challenge
from casework.people.routes_activation import back, refused, to_waiting
from casework.people.routes_factors import origin
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
    return render_template("people/sign_in.html", form=refused(SignInForm()), now=clock.now())


@blueprint.post("/sign-in")
@public
def open_session() -> Response:
    """Signs in, or leads back with one message whatever was wrong."""
    form = posted(SignInForm)
    proof = Proof(code=form.code.data or "") if form.validate() else None
    return entered("people.sign_in", form, proof)


@blueprint.get("/sign-in/key")
@public
def sign_in_with_key() -> str:
    """The same page for somebody with a security key, which its script asks."""
    form = refused(KeySignInForm())
    form.challenge.data = challenge(settings().secret_key, SIGN_IN)
    return render_template("people/sign_in_key.html", form=form, now=clock.now())


@blueprint.post("/sign-in/key")
@public
def open_session_with_key() -> Response:
    """Signs in with words and key together, or leads back as without a key."""
    form = posted(KeySignInForm)
    said = form.answer.data or "", form.challenge.data or "", origin()
    return entered(
        "people.sign_in_with_key", form, Proof(key=KeyAnswer(*said)) if form.validate() else None
    )


def entered(page: str, form: Any, proof: Proof | None) -> Response:
    """Signs in with what a form held, or leads back to its page; `proof` is None where the form
    was incomplete."""
    if proof is None:
        return back(page, "sign_in_incomplete")
    try:
        return signed_in(*unseal(form, proof))
    except UnlockRefused:
        return back(page, "words_refused")
    except AccountWaiting as waiting:
        return to_waiting(folded(form.handle.data), waiting.comparisons)
    except RuleBroken as rule:
        minutes = abs(getattr(rule, "minutes", 0)) or None
        return redirect(url_for(page, refused=rule.code, minutes=minutes, _anchor="errors"), 303)


def unseal(form: Any, proof: Proof) -> tuple[str, Used | None]:
    """The token of a new session. Nobody waits for the slow hash: what came before it, the count
    of tries, is committed first, so that no lock is held meanwhile."""
    own, typed = settings(), (form.handle.data, form.passphrase.data)
    release = db.session.commit
    return sign_in_with(db.session(), own.secret_key, own.boot_key, *typed, release, proof)


def signed_in(token: str, used: Used | None) -> Response:
    """Whoever was signed in on this machine no longer is; the browser holds the new token, and
    what waited for the new person's keys is done in this very request."""
    close_former()
    own = settings()
    keys = own.boot_key, own.server_key
    g.member = sessions.load_member(db.session(), token, *keys, own.idle, own.session_length)
    address = routes_seen.first_address()
    if used is not None and used.few and address == url_for("people.home"):
        address = url_for("people.home", notice="card_few")
    response = redirect(address, 303)
    cookies.give(response, token)
    activation.take_away(response)
    return response


def close_former() -> None:
    """The session whose cookie this browser sent, open or locked, is over."""
    found, token = g.get("member"), cookies.token_of(request)
    if found is not None:
        sessions.sign_out(db.session(), found.session_id, found.actor.user_id)
    elif token is not None:
        sessions.forget(db.session(), token)


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
    close_former()
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


@blueprint.post("/account/sessions/end")
@requires(Permission.ACCOUNT_VIEW, on_the_way=True)
def end_sessions() -> Response:
    """Ends every session of one's own, this one too."""
    own_sessions.end_all(db.session(), member().actor.user_id)
    g.member = None
    return leave(url_for("people.sign_in", notice="sessions_ended"))


def register(app: Flask) -> None:
    """Adds sign-in and the account pages."""
    parts = (routes_activation, routes_codes, routes_seen, routes_team)
    for part in (*parts, routes_alarm, routes_factors, routes_lock, routes_members):
        app.register_blueprint(part.blueprint)
    app.after_request(routes_seen.keep_seen)
    app.register_blueprint(blueprint)
    app.jinja_env.filters["role_label"] = role_label
    app.jinja_env.globals["STATES"] = STATES
    register_account_link(app, "people.account", _l("My account"), Permission.ACCOUNT_VIEW)
    register_account_link(app, "alarm.page", _l("In danger"), Permission.ACCOUNT_VIEW)
