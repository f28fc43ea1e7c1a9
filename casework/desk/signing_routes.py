"""The screen on which a coordinator signs that a quarter of her team is complete."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask_babel import format_date
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from casework.db import db
from casework.desk.signing_forms import SignatureForm
from casework.errors import NotVisible, RuleBroken
from casework.facts.calendar import first_day
from casework.policy import Actor, Permission
from casework.statistics.signing import (
    Signature,
    Waiting,
    sign_quarter,
    signatures,
    waiting_quarters,
)
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires

blueprint = Blueprint("signing", __name__)


@blueprint.get("/quarters")
@requires(Permission.CASE_ASSIGN)
def listing() -> str:
    """The quarters that are over and not published, with the state of her own teams."""
    quarters = [(one, states(db.session(), one.quarter)) for one in waiting_quarters(db.session())]
    return render_template("desk/quarters.html", quarters=quarters, quarter_name=quarter_name)


@blueprint.get("/quarters/<quarter>/teams/<uuid:team_id>/signature")
@requires(Permission.CASE_ASSIGN)
def signature(quarter: str, team_id: UUID) -> str:
    """Four points to look at, then one button."""
    waiting, state = found(quarter, team_id)
    return render_template(
        "desk/signature.html",
        form=restored(SignatureForm),
        waiting=waiting,
        state=state,
        quarter_name=quarter_name,
    )


@blueprint.post("/quarters/<quarter>/teams/<uuid:team_id>/signature")
@requires(Permission.CASE_ASSIGN)
def sign(quarter: str, team_id: UUID) -> Response:
    """The quarter is signed for the team."""
    found(quarter, team_id)
    form = posted(SignatureForm)
    if not form.validate():
        return sent_back()
    try:
        sign_quarter(db.session(), member().actor, team_id, quarter, form.points.data or [])
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("signing.listing", notice="quarter_signed"), 303)


def states(session: Session, quarter: str) -> list[Signature]:
    """The state of each team of which she is coordinator."""
    teams = sorted(member().actor.teams_with(Permission.CASE_ASSIGN))
    return signatures(session, quarter, teams)


def found(quarter: str, team_id: UUID) -> tuple[Waiting, Signature]:
    """The waiting quarter and the state of her team; raises NotVisible for any other."""
    for waiting in waiting_quarters(db.session()):
        for state in states(db.session(), waiting.quarter):
            if (waiting.quarter, state.team_id) == (quarter, team_id):
                return waiting, state
    raise NotVisible


def to_sign(session: Session, actor: Actor) -> bool:
    """True while a quarter that is over waits for a signature of one of her teams."""
    if not actor.may(Permission.CASE_ASSIGN):
        return False
    return any(
        state.signed_at is None
        for waiting in waiting_quarters(session)
        for state in states(session, waiting.quarter)
    )


def quarter_name(quarter: str) -> str:
    """The quarter in words: « 3e trimestre 2026 »."""
    return str(format_date(first_day(quarter), "QQQQ y"))


def register(app: Flask) -> None:
    """Adds the two pages."""
    app.register_blueprint(blueprint)
