"""The first page of a working day, and the page of a relay."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casework.cases.alerts import settle_alert
from casework.cases.assignment import staff_names
from casework.db import db
from casework.desk import feedback_routes, record_routes, signing_routes, supervision_routes, views
from casework.desk.queries import desk_of
from casework.i18n import lazy_gettext as _l
from casework.policy import Permission
from casework.web.forms import BaseForm
from casework.web.gate import member, requires, settings
from casework.web.navigation import register_place
from casework.web.notices import announce

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@requires(Permission.DESK_VIEW)
def desk() -> str:
    """What is due, the oldest first, with whoever must act."""
    found = member()
    opened = desk_of(db.session(), found.actor, found.keyring)
    names = staff_names(db.session(), settings().server_key, opened.staff())
    receives = found.actor.may(Permission.REFERRAL_ACCEPT)
    return render_template(
        "desk/desk.html",
        form=BaseForm(),
        receives=receives,
        to_sign=signing_routes.to_sign(db.session(), found.actor),
        **views.whole(opened, found.actor.user_id, names),
    )


@blueprint.post("/desk/alerts/<uuid:alert_id>")
@requires(Permission.CASE_ASSIGN)
def settle(alert_id: UUID) -> Response:
    """A coordinator has taken the alert up."""
    settle_alert(db.session(), member().actor, alert_id)
    return redirect(url_for("desk.desk", notice="alert_settled"), 303)


@blueprint.get("/relay")
@requires(Permission.INTAKE_HAND_IN)
def relay() -> str:
    """What a community relay can do."""
    return render_template("desk/relay.html")


def register(app: Flask) -> None:
    """Adds the first page, the page of a case, and that of a relay."""
    app.register_blueprint(blueprint)
    record_routes.register(app)
    feedback_routes.register(app)
    signing_routes.register(app)
    supervision_routes.register(app)
    register_place(app, "desk.desk", _l("To do"), Permission.DESK_VIEW, 10)
    register_place(app, "desk.relay", _l("What I can do"), Permission.INTAKE_HAND_IN, 15)


announce(alert_settled=_l("It is off your list. The entry stays in the case."))
