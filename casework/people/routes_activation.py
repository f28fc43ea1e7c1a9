"""From the one-time code to words of one's own, without a session; and the wait to be confirmed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.db import db
from casework.errors import RuleBroken
from casework.people import accounts, activation
from casework.people.comparisons import of_waiting
from casework.people.forms import CodeForm, TypedWordsForm
from casework.people.invitations import invited_user
from casework.people.models import UserState
from casework.web.forms import BaseForm, posted
from casework.web.gate import public, settings

blueprint = Blueprint("activation", __name__)


def refused(form: Any) -> Any:
    """The form, saying in one sentence why the last try was refused."""
    form.rule = request.args.get("refused")
    return form


def back(endpoint: str, rule: str) -> Response:
    """The page again, with the sentence of a rule."""
    return redirect(url_for(endpoint, refused=rule, _anchor="errors"), 303)


def carried() -> dict[str, Any]:
    """What the activation cookie of this request carries; {} for none."""
    return activation.carried(settings().secret_key, request.cookies)


def shown_words(found: dict[str, Any]) -> str:
    """The six words that belong to the cookie; raises RuleBroken('code_refused') when it is over
    or its code was used meanwhile."""
    if "nonce" not in found:
        raise RuleBroken("code_over")
    return activation.words(settings().secret_key, found["code"], found["nonce"])


@blueprint.get("/activation")
@public
def code() -> str:
    """Asks for the one-time code."""
    return render_template("people/activation_code.html", form=refused(CodeForm()))


@blueprint.post("/activation")
@public
def take_code() -> Response:
    """Goes on to the words, or back with one message whatever was wrong with the code."""
    form = posted(CodeForm)
    secret = settings().secret_key
    try:
        invited_user(db.session(), form.one_time_code())
    except RuleBroken as rule:
        activation.note_refused(db.session(), secret)
        return back("activation.code", rule.code)
    response = redirect(url_for("activation.words"), 303)
    activation.give(response, activation.begun(secret, form.one_time_code()))
    return response


@blueprint.get("/activation/words")
@public
def words() -> str | Response:
    """Shows the six words, to be written on paper."""
    found = carried()
    try:
        shown = shown_words(found)
        user = invited_user(db.session(), found["code"])
    except RuleBroken as rule:
        return back("activation.code", rule.code)
    return render_template(
        "people/activation_words.html", words=shown.split(), handle=user.handle, form=BaseForm()
    )


@blueprint.get("/activation/check")
@public
def check() -> str | Response:
    """Asks for the words just written down."""
    if "nonce" not in carried():
        return back("activation.code", "code_over")
    return render_template("people/activation_check.html", form=refused(TypedWordsForm()))


@blueprint.post("/activation/check")
@public
def activate() -> Response:
    """The account opens with the words from now on."""
    form, found = posted(TypedWordsForm), carried()
    try:
        shown = shown_words(found)
        if not form.validate() or not activation.typed_right(form.words.data, shown):
            return back("activation.check", "words_differ")
        return go_on(found["code"], shown)
    except RuleBroken as rule:
        return back("activation.code", rule.code)


def go_on(code: str, shown: str) -> Response:
    """Activates the account; leads to sign-in, or to the words that a coordinator compares."""
    own = settings()
    user, keys = accounts.take_up(db.session(), code, shown, own.recovery_public)
    if user.state == UserState.ACTIVE:
        response = redirect(url_for("people.sign_in", notice="account_ready"), 303)
        activation.take_away(response)
        return response
    db.session.flush()
    return to_waiting(user.handle, of_waiting(db.session(), user.id, keys))


def to_waiting(handle: str, comparisons: Any) -> Response:
    """The page with what the person reads to her coordinator."""
    response = redirect(url_for("activation.wait"), 303)
    secret = settings().secret_key
    activation.give(response, activation.waiting(secret, handle, comparisons))
    return response


@blueprint.get("/activation/waiting")
@public
def wait() -> str | Response:
    """What happens next, and the six words to read aloud."""
    found = carried()
    if "read" not in found:
        return redirect(url_for("people.sign_in", notice="please_sign_in"), 303)
    return render_template(
        "people/activation_waiting.html", handle=found["handle"], read=found["read"]
    )
