"""The locked page and its six digits; the words again before a serious act."""

from __future__ import annotations

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.db import db
from casework.errors import RuleBroken
from casework.people import locks, sessions
from casework.people.forms_sign_in import LockForm, PinForm, WordsForm
from casework.people.limits import TooManyTries
from casework.people.reauthentication import prove_words, words_again
from casework.people.routes_activation import back, refused
from casework.policy import Permission
from casework.vault.errors import UnlockRefused
from casework.web import cookies
from casework.web.forms import posted
from casework.web.gate import member, public, requires, settings
from casework.web.language import OWN_ADDRESS
from casework.web.member import Expired, Member

blueprint = Blueprint("lock", __name__)
LOST_FORMS = "cases.lost"


def onward(asked: str | None) -> str:
    """The address of this site that was asked for, else the first page."""
    asked = asked or ""
    return asked if OWN_ADDRESS.fullmatch(asked) else url_for("people.home")


def keys_of_session() -> tuple[str, bytes]:
    """What opens the session of this request: its cookie and the boot key."""
    return cookies.token_of(request) or "", settings().boot_key


# Locked


def way_back() -> str:
    """The address after the lock: the form that was kept, the page that was asked for, or the
    first one."""
    kept = bool(request.args.get("kept")) and LOST_FORMS in current_app.view_functions
    return url_for(LOST_FORMS) if kept else onward(request.args.get("back"))


@blueprint.get("/lock")
@public
def page() -> str | Response:
    """Asks for the six digits; leads on whoever has nothing locked."""
    kept = bool(request.args.get("kept"))
    if g.get("member") is not None:
        return redirect(way_back(), 303)
    if g.get("expired") is None or not g.expired.locked:
        notice = "form_kept" if kept else "session_expired"
        return redirect(url_for("people.sign_in", notice=notice), 303)
    form = refused(LockForm())
    form.back.data = way_back()
    return render_template("people/lock.html", form=form, kept=kept)


@blueprint.post("/lock/form")
@public
def keep_form() -> Response:
    """What was begun on a page that stood idle is kept for its author, and not done."""
    found, path = author(), request.form.get("lock_path", "").partition("?")[0]
    keep = current_app.extensions["keep_lost_form"]
    kept = found is not None and bool(OWN_ADDRESS.fullmatch(path)) and keep(found, path)
    return redirect(url_for("lock.page", kept=kept or None), 303)


def author() -> Expired | None:
    """Whose cookie this browser holds, as the author of a form that she did not send."""
    found = g.get("member")
    if isinstance(found, Member):
        return Expired(found.session_id, found.actor.user_id, found.session_key)
    expired = g.get("expired")
    return expired if isinstance(expired, Expired) else None


@blueprint.post("/lock")
@public
def reopen() -> Response:
    """The page opens again where it was, or says what else helps."""
    form, expired = posted(LockForm), g.get("expired")
    if expired is None or not expired.locked:
        return back("people.sign_in", "lock_over")
    if not form.validate():
        return again(form, "pin_malformed")
    try:
        locks.reopen(db.session(), *keys_of_session(), form.pin.data, db.session.commit)
    except RuleBroken as rule:
        return again(form, rule.code)
    return reopened(onward(form.back.data))


def again(form: LockForm, rule: str) -> Response:
    """The page once more with what was wrong; after the last try, the sign-in."""
    if rule == "lock_over":
        return back("people.sign_in", rule)
    where = onward(form.back.data)
    return redirect(url_for("lock.page", back=where, refused=rule, _anchor="errors"), 303)


def reopened(address: str) -> Response:
    """What waited for the person's keys is done in this very request."""
    own = settings()
    token, boot_key = keys_of_session()
    keys = boot_key, own.server_key, own.idle, own.session_length
    g.member = sessions.load_member(db.session(), token, *keys)
    return redirect(address, 303)


@blueprint.post("/lock/now")
@requires(Permission.ACCOUNT_VIEW, on_the_way=True)
def lock_now() -> Response:
    """The page is locked at once; without six digits of her own she is asked for some."""
    found = member()
    if not found.has_pin:
        return redirect(url_for("lock.pin"), 303)
    locks.lock(db.session(), found.session_id, found.actor.user_id)
    g.member = None
    return redirect(url_for("lock.page"), 303)


# The six digits


@blueprint.get("/account/pin")
@requires(Permission.ACCOUNT_VIEW)
@words_again
def pin() -> str:
    """Asks for six digits."""
    return render_template("people/pin.html", form=refused(PinForm()))


@blueprint.post("/account/pin")
@requires(Permission.ACCOUNT_VIEW)
@words_again
def choose_pin() -> Response:
    """This session and every later one locks with these digits."""
    form = posted(PinForm)
    if not form.validate():
        return back("lock.pin", "pin_malformed")
    if form.pin.data != form.pin_again.data:
        return back("lock.pin", "pin_differs")
    try:
        stretched = locks.choose_pin(db.session(), member().keyring, form.pin.data)
    except RuleBroken as rule:
        return back("lock.pin", rule.code)
    sessions.note_pin(db.session(), *keys_of_session(), member(), stretched)
    return redirect(url_for("factors.listing", notice="pin_chosen"), 303)


# The words again


@blueprint.get("/account/words")
@requires(Permission.ACCOUNT_VIEW, on_the_way=True)
def words() -> str:
    """Asks for the six words, and says why."""
    form = refused(WordsForm())
    form.back.data = onward(request.args.get("back"))
    return render_template("people/words_again.html", form=form)


@blueprint.post("/account/words")
@requires(Permission.ACCOUNT_VIEW, on_the_way=True)
def give_words() -> Response:
    """For some minutes serious acts are open; the page that asked for the words comes next."""
    form, found = posted(WordsForm), member()
    where = onward(form.back.data)
    if not form.validate():
        return wrong_words(where, "words_refused")
    try:
        given = settings().secret_key, found, form.passphrase.data, db.session.commit
        prove_words(db.session(), *given)
    except (UnlockRefused, TooManyTries) as error:
        return wrong_words(where, getattr(error, "code", "words_wrong"))
    sessions.note_words(db.session(), *keys_of_session(), found)
    return redirect(where, 303)


def wrong_words(where: str, rule: str) -> Response:
    """The page once more, which still knows where she was going."""
    return redirect(url_for("lock.words", back=where, refused=rule, _anchor="errors"), 303)
