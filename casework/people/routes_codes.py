"""The page that shows a one-time code to whoever made it, for some minutes."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import clock
from casework.db import db
from casework.errors import NotVisible
from casework.people.models import User
from casework.policy import Permission
from casework.web.gate import member, requires, settings
from casework.web.held import held, hold

blueprint = Blueprint("codes", __name__)


@blueprint.get("/account/code")
@requires(Permission.ACCOUNT_VIEW)
def one_time_code() -> str:
    """The code just made, to be handed over; gone after some minutes."""
    kept = held(db.session(), member(), request.args.get("held")) or {}
    if "one_time_code" not in kept:
        raise NotVisible
    return render_template("people/one_time_code.html", **kept)


def to_code(user: User, code: str, onward: str) -> Response:
    """Leads to the page that shows the code of an account; `onward` is the address after it."""
    until = (clock.now() + settings().invitation_length).isoformat()
    value = {"one_time_code": code, "handle": user.handle, "until": until, "onward": onward}
    held_id = hold(db.session(), member(), value)
    return redirect(url_for("codes.one_time_code", held=held_id), 303)
