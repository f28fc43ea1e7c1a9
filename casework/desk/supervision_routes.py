"""Supervision without lists: the workload of one's own team, its attestation, proof in codes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casework.cases.assignment import staff_names
from casework.db import db
from casework.desk import supervision
from casework.desk.supervision_forms import LARGEST, VERIFIERS, AttestationForm, EvidenceForm
from casework.errors import NotVisible, RuleBroken
from casework.i18n import lazy_gettext as _l
from casework.policy import Permission
from casework.programme.actions import attest_month
from casework.programme.queries import attested_months
from casework.statistics.queries import closed_quarters
from casework.statistics.routes_periods import long_name
from casework.web.formats import day
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.navigation import register_account_link

blueprint = Blueprint("supervision", __name__)
VIEW = Permission.WORKLOAD_VIEW


@blueprint.get("/workload")
@requires(VIEW)
def teams() -> str | Response:
    """The workload of her only team, or her teams to choose from."""
    own = [one for one in member().actor.memberships if member().actor.may_in(VIEW, one.team_id)]
    if len(own) == 1:
        return redirect(url_for("supervision.page", team_id=own[0].team_id), 303)
    return render_template("desk/workloads.html", teams=own)


@blueprint.get("/workload/<uuid:team_id>")
@requires(VIEW)
def page(team_id: UUID) -> str:
    """The true workload of one team, on one sheet."""
    found = supervision.workload(db.session(), member().actor, team_id)
    names = staff_names(db.session(), settings().server_key, found.staff())
    return render_template("desk/workload.html", found=found, names=names)


@blueprint.get("/workload/<uuid:team_id>/attestation")
@requires(VIEW)
def attestation(team_id: UUID) -> str:
    """What an attestation says, and the months that wait for one."""
    team = supervision.own_team(db.session(), member().actor, team_id)
    form = restored(AttestationForm, months=months(team_id))
    return render_template("desk/attestation.html", team=team, form=form)


@blueprint.post("/workload/<uuid:team_id>/attestation")
@requires(VIEW)
def attest(team_id: UUID) -> Response:
    """The month is attested."""
    supervision.own_team(db.session(), member().actor, team_id)
    form = posted(AttestationForm, months=months(team_id))
    if not form.validate():
        return sent_back()
    try:
        attest_month(db.session(), member().actor, team_id, date.fromisoformat(form.month.data))
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("supervision.page", team_id=team_id, notice="month_attested"), 303)


@blueprint.get("/workload/<uuid:team_id>/evidence")
@requires(VIEW)
def evidence(team_id: UUID) -> str:
    """The procedure by which a verifier sees proof, step by step."""
    team = supervision.own_team(db.session(), member().actor, team_id)
    form = restored(EvidenceForm, quarters=quarters())
    return render_template("desk/evidence.html", team=team, form=form)


@blueprint.post("/workload/<uuid:team_id>/evidence")
@requires(VIEW)
def draw(team_id: UUID) -> Response:
    """Leads to the files that the number draws."""
    form = posted(EvidenceForm, quarters=quarters())
    if not form.validate():
        return sent_back()
    said: dict[str, Any] = {name: form[name].data for name in ("quarter", "verifier", "number")}
    return redirect(url_for("supervision.shown", team_id=team_id, **said), 303)


@blueprint.get("/workload/<uuid:team_id>/evidence/<quarter>/<verifier>/<int:number>")
@requires(VIEW)
def shown(team_id: UUID, quarter: str, verifier: str, number: int) -> str:
    """The drawn files in codes; the log says that they were shown."""
    if verifier not in VERIFIERS or not 1 <= number <= LARGEST:
        raise NotVisible
    drawn = supervision.sample(db.session(), *acting(), team_id, quarter, verifier, number)
    words = VERIFIERS[verifier]
    return render_template(
        "desk/evidence_shown.html", drawn=drawn, team_id=team_id, number=number, verifier=words
    )


def acting() -> tuple[Any, Any]:
    """Who asks, and her keys."""
    found = member()
    return found.actor, found.keyring


def quarters() -> list[tuple[str, str]]:
    """The last published quarters, the newest first."""
    return [(one.period, long_name(one)) for one in reversed(closed_quarters(db.session()))]


def months(team_id: UUID) -> list[tuple[str, str]]:
    """The last months that are over and that the team has not attested, the newest first."""
    done = attested_months(db.session(), team_id)
    over = supervision.recent_months()[:-1]
    waiting = [month for month in reversed(over) if month not in done]
    return [(month.isoformat(), day(month.isoformat()[:7])) for month in waiting]


def register(app: Flask) -> None:
    """Adds the pages and a quiet link to them."""
    app.register_blueprint(blueprint)
    register_account_link(app, "supervision.teams", _l("Workload of my team"), VIEW)
