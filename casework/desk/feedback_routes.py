"""The screen on which an anonymous answer about satisfaction is noted."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casework import clock
from casework.db import db
from casework.desk.feedback_forms import FeedbackForm
from casework.facts.actions import write_feedback
from casework.policy import Permission
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires

blueprint = Blueprint("feedback", __name__)


@blueprint.get("/feedback")
@requires(Permission.CASE_WRITE)
def page() -> str:
    """One question, three things beside it, no name."""
    return render_template(
        "desk/feedback.html", form=restored(FeedbackForm, answered_on=clock.today())
    )


@blueprint.post("/feedback")
@requires(Permission.CASE_WRITE)
def note() -> Response:
    """The answer counts in the quarter of its day."""
    form = posted(FeedbackForm)
    if not form.validate():
        return sent_back()
    codes = (form.commune.data, form.sex.data, form.answer.data)
    write_feedback(
        db.session(), form.answered_on.data or clock.today(), *codes, actor=member().actor.user_id
    )
    return redirect(url_for("desk.desk", notice="feedback_noted"), 303)


def register(app: Flask) -> None:
    """Adds the page."""
    app.register_blueprint(blueprint)
