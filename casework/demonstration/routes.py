"""The practice mode on screen: what to try. It exists in a demonstration only."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, render_template

from casework.db import db
from casework.demonstration.exercises import exercises_for
from casework.demonstration.load import is_demonstration
from casework.i18n import lazy_gettext as _l
from casework.policy import Permission
from casework.web.gate import member, requires
from casework.web.navigation import register_account_link

blueprint = Blueprint("demonstration", __name__)


@blueprint.get("/practice")
@requires(Permission.PRACTICE_VIEW)
def practice() -> str:
    """The guided exercises of one's own function."""
    if not is_demonstration(db.session()):
        abort(404)
    return render_template("demonstration/practice.html", exercises=exercises_for(member().actor))


def register(app: Flask) -> None:
    """Adds the practice page, linked from every page of a demonstration."""
    app.register_blueprint(blueprint)
    register_account_link(
        app, "demonstration.practice", _l("Exercises"), Permission.PRACTICE_VIEW, practice=True
    )
