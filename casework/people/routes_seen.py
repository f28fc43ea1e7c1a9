"""At sign-in: is the log the one that this browser saw before? The warning, and what to do then."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as Answer

from casework.db import db, reading_only
from casework.people import seen
from casework.people.seen import Difference
from casework.policy import Permission
from casework.web import cookies
from casework.web.errors import log_error
from casework.web.forms import BaseForm
from casework.web.gate import member, requires
from casework.web.member import Member

blueprint = Blueprint("seen", __name__)


def first_address() -> str:
    """Where somebody goes who has just signed in: to her work or, where the log is not the one
    that her browser saw, to the warning; the log says then that she was warned."""
    g.look_again = True
    found = difference_of(g.get("member"))
    if found is None:
        return url_for("people.home")
    seen.note(db.session(), "history.differed", member().actor.user_id, found)
    return url_for("seen.warning")


def difference_of(found: object) -> Difference | None:
    """How the log differs from what the browser of this request saw with this person."""
    if not isinstance(found, Member):
        return None
    text = request.cookies.get(cookies.SEEN)
    return seen.difference(db.session(), found.keyring.user, text)


@blueprint.get("/sign-in/warning")
@requires(Permission.ACCOUNT_VIEW)
def warning() -> str | Answer:
    """What it means that the log differs, what to do and whom to call; how many acts it has, only
    to those who do not read protected figures."""
    found = difference_of(member())
    if found is None:
        return redirect(url_for("people.home"), 303)
    counted = not member().actor.may(Permission.STATISTICS_VIEW)
    return render_template("people/log_warning.html", found=found, counted=counted, form=BaseForm())


@blueprint.post("/sign-in/warning")
@requires(Permission.ACCOUNT_VIEW)
def report() -> Answer:
    """She has told somebody by voice: the log says so, and the browser starts from the log as it
    is now."""
    found, response = difference_of(member()), redirect(url_for("people.home"), 303)
    if found is not None:
        seen.note(db.session(), "history.reported", member().actor.user_id, found)
        keep(response, seen.moved_on(db.session(), member().keyring.user, text_of_cookie()))
        g.seen_kept = True
    return response


def text_of_cookie() -> str | None:
    """What the browser keeps."""
    return request.cookies.get(cookies.SEEN)


def keep(response: Answer, text: str | None) -> None:
    """The browser keeps this from now on; None changes nothing."""
    if text is not None:
        cookies.remember_seen(response, text)


def keep_seen(response: Response) -> Response:
    """Every answer to somebody who is signed in carries the cookie further, now and then; never
    does a page fail for it."""
    found = g.get("member")
    if isinstance(found, Member) and response.status_code < 400 and "seen_kept" not in g:
        reading_only.set(True)
        at_once = g.get("look_again", False)
        try:
            text = seen.renewed(db.session(), found.keyring.user, text_of_cookie(), at_once=at_once)
            keep(response, text)
        except SQLAlchemyError as error:
            log_error(error)
    return response
