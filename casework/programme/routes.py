"""Where the teams write down what the programme does: activities, radios, practices, goals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.db import db
from casework.errors import RuleBroken, StaleVersion
from casework.facts.queries import last_closed
from casework.i18n import lazy_gettext as _l
from casework.policy import Permission
from casework.programme import actions, queries
from casework.programme.forms import (
    ActivityForm,
    GoalsForm,
    PracticeForm,
    RadioForm,
    goal_values,
    goals_of,
    values_of,
)
from casework.programme.framework import FRAMEWORK
from casework.programme.kinds import KINDS, PRACTICES, THEMES
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires
from casework.web.navigation import register_account_link, register_place

blueprint = Blueprint("programme", __name__)
WRITE, PLAN = Permission.ACTIVITY_WRITE, Permission.PROGRAMME_PLAN


# Activities


@blueprint.get("/activities")
@requires(WRITE)
def listing() -> str:
    """The last activities, and what can be written down."""
    rows = queries.activities(db.session())
    return render_template(
        "programme/listing.html", rows=rows, themes=THEMES, kinds=KINDS, full=queries.PAGE
    )


@blueprint.get("/activities/new/<kind>")
@requires(WRITE)
def new_activity(kind: str) -> str:
    """An empty sheet for one kind of activity."""
    form = restored(ActivityForm, **asked(kind))
    return render_template("programme/activity.html", form=form, kind=kind, activity=None)


@blueprint.post("/activities/new/<kind>")
@requires(WRITE)
def add_activity(kind: str) -> Response:
    """The activity is written down."""
    return save(posted(ActivityForm, **asked(kind)), kind)


@blueprint.get("/activities/<uuid:activity_id>")
@requires(WRITE)
def activity(activity_id: UUID) -> str:
    """One activity to look at, and to correct while its quarter is open."""
    found = queries.activity(db.session(), activity_id)
    form = restored(ActivityForm, **asked(found.kind), **values_of(found))
    return render_template(
        "programme/activity.html",
        form=form,
        kind=found.kind,
        activity=found,
        reported=is_reported(found.quarter),
    )


@blueprint.post("/activities/<uuid:activity_id>")
@requires(WRITE)
def change_activity(activity_id: UUID) -> Response:
    """The activity is corrected."""
    found = queries.activity(db.session(), activity_id)
    return save(posted(ActivityForm, **asked(found.kind)), found.kind, activity_id)


@blueprint.post("/activities/removals/<uuid:activity_id>")
@requires(WRITE)
def remove_activity(activity_id: UUID) -> Response:
    """The activity is gone."""
    version = request.form.get("version", "")
    shown = int(version) if version.isdecimal() and len(version) < 10 else -1
    actions.remove_activity(db.session(), member().actor, activity_id, shown)
    return redirect(url_for("programme.listing", notice="activity_removed"), 303)


def asked(kind: str) -> dict[str, Any]:
    """What the form of this kind of activity is made of; 404 for an unknown kind."""
    wanted = KINDS.get(kind) or abort(404)
    radios = queries.radios(db.session()) if wanted.radio else ()
    return {"asked": wanted, "radios": radios}


def is_reported(quarter: str) -> bool:
    """True once the quarter is closed."""
    closed = last_closed(db.session())
    return closed is not None and quarter <= closed


def save(form: ActivityForm, kind: str, activity_id: UUID | None = None) -> Response:
    """The activity stands as the form says, or the form comes back with what to correct."""
    if not form.validate():
        return sent_back()
    actor, described = member().actor, form.described(kind)
    try:
        if activity_id is None:
            actions.record_activity(db.session(), actor, described)
        else:
            version = form.shown_version()
            actions.change_activity(db.session(), actor, activity_id, described, version)
    except RuleBroken as rule:
        return sent_back(rule.code)
    except StaleVersion:
        return sent_back("activity_changed")
    return redirect(url_for("programme.listing", notice="activity_saved"), 303)


# Radios


@blueprint.get("/radios")
@requires(WRITE)
def radios() -> str:
    """The partner radios, and a form for one more or a correction."""
    found = queries.radios(db.session())
    return render_template("programme/radios.html", rows=found, form=restored(RadioForm))


@blueprint.post("/radios")
@requires(WRITE)
def save_radio() -> Response:
    """The radio is as described."""
    form = posted(RadioForm)
    if not form.validate():
        return sent_back()
    said = form.name.data, form.commune.data, form.signed_on.data
    actions.save_radio(db.session(), member().actor, *said)
    return redirect(url_for("programme.radios", notice="radio_saved"), 303)


# Practices


@blueprint.get("/practices")
@requires(WRITE)
def practices() -> str:
    """The register of good customary and religious practices."""
    return render_template(
        "programme/practices.html",
        rows=queries.practices(db.session()),
        themes=THEMES,
        words=PRACTICES,
    )


@blueprint.get("/practices/new")
@requires(WRITE)
def new_practice() -> str:
    """An empty sheet."""
    return render_template("programme/practice.html", form=restored(PracticeForm))


@blueprint.post("/practices/new")
@requires(WRITE)
def add_practice() -> Response:
    """The practice stands in the register."""
    form = posted(PracticeForm)
    if not form.validate():
        return sent_back()
    said = [form[name].data for name in ("kind", "theme", "commune", "noted_on", "told")]
    try:
        actions.note_practice(db.session(), member().actor, *said)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("programme.practices", notice="practice_saved"), 303)


# Goals


@blueprint.get("/goals")
@requires(PLAN)
def goals() -> str:
    """Baseline and target of every indicator."""
    form = restored(GoalsForm, **goal_values(queries.goals(db.session())))
    return render_template("programme/goals.html", form=form, framework=FRAMEWORK)


@blueprint.post("/goals")
@requires(PLAN)
def save_goals() -> Response:
    """The goals are as the form says."""
    form = posted(GoalsForm)
    if not form.validate():
        return sent_back()
    actions.set_goals(db.session(), member().actor, goals_of(form))
    return redirect(url_for("programme.goals", notice="goals_saved"), 303)


def register(app: Flask) -> None:
    """Adds the activities and their entry in the navigation."""
    app.register_blueprint(blueprint)
    register_place(app, "programme.listing", _l("Activities"), WRITE, 55)
    register_account_link(app, "programme.goals", _l("Baselines and targets"), PLAN)
