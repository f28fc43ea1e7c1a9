"""Views that behave badly, for seeing what the shell makes of them. Each stands under /trial/."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, g, render_template_string, request
from sqlalchemy import select
from sqlalchemy import text as text_of
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from casework.audit.log import record, record_view
from casework.db import db
from casework.errors import InvalidTransition, NotAllowed, NotVisible, RuleBroken, StaleVersion
from casework.people.models import User
from casework.policy import Permission
from casework.vault.errors import SealBroken
from casework.web.forms import BaseForm, posted, restored, sent_back
from casework.web.gate import member, public, requires
from casework.web.models import Mark

CANARY = "Zoumanatou-Canari-76112233"
SIGNED_IN = requires(Permission.ACCOUNT_VIEW)
PAGE = """{% extends "base.html" %}
{% from "macros/forms.html" import form_open, form_close, field, button %}
{% block title %}Trial{% endblock %}
{% block content %}<p>{{ text }}</p>
{% if form is defined %}{{ form_open(form, "/trial/form") }}{{ field(form.text) }}
{{ field(form.passphrase) }}{{ button("Send") }}{{ form_close() }}{% endif %}
{% endblock %}"""
ERRORS: dict[str, Callable[[], Exception]] = {
    "not-visible": NotVisible,
    "not-allowed": NotAllowed,
    "stale": StaleVersion,
    "illegal": lambda: InvalidTransition(CANARY),
    "rule": lambda: RuleBroken(CANARY),
    "seal": lambda: SealBroken(CANARY),
    "defect": lambda: ValueError(CANARY),
}


class TrialForm(BaseForm):
    """One obligatory short text and a secret."""

    text = StringField("Text", [InputRequired("Write."), Length(max=50, message="Shorter.")])
    passphrase = PasswordField("Secret")


def leave(name: str = "trial") -> None:
    """A row is written, but not committed."""
    db.session.add(Mark(name=name, value=CANARY))
    db.session.flush()


def marks(session: Session) -> list[str]:
    """The names of the rows that trials left."""
    session.rollback()
    return sorted(session.scalars(select(Mark.name)))


def writes() -> Response:
    """A GET, or a POST, that writes one row and an audit entry."""
    leave()
    record(db.session(), "session.closed", actor=member().actor.user_id)
    return Response("written", mimetype="text/plain")


def opens() -> Response:
    """What anybody may ask for."""
    return Response("fine", mimetype="text/plain")


def looks() -> str:
    """A page that shows a secret and notes that it did."""
    record_view(db.session(), "session.closed", actor=member().actor.user_id)
    return render_template_string(PAGE, text=CANARY)


def fails(kind: str) -> str:
    """Writes a row, then raises."""
    leave()
    error = ERRORS[kind]()
    raise error


def crosses_http() -> str:
    """Writes a row in the middle of an answer that the web framework refuses."""
    leave()
    return str(request.form[CANARY])


def template() -> str:
    """A template that fails in its middle, at a value that must not be told."""
    leave()
    return render_template_string("{{ text }}{{ text.nothing[0] }}", text=CANARY)


def broken_frame() -> str:
    """A defect after which even the frame of an error page cannot be made."""
    g.member = SimpleNamespace(language="fr", name=CANARY)
    raise ValueError(CANARY)


def late() -> str:
    """Everything is well until the commit, when somebody else was faster."""
    user = db.session.get_one(User, member().actor.user_id)
    bumped = "UPDATE users SET version = version + 1"
    db.session.connection().execute(text_of(bumped))
    user.language = "en"
    db.session.add(Mark(name="late", value=""))
    return "never sent"


def show_form() -> str:
    """The page of a form, as it was sent back."""
    form = restored(TrialForm)
    return render_template_string(PAGE, form=form, text=request.args.get("notice", ""))


def take_form() -> Response:
    """A form that writes, then is refused by a rule when its text is `rule`."""
    form = posted(TrialForm)
    leave(str(form.text.data)[:40].replace("\x00", "0"))
    if not form.validate():
        return sent_back()
    if form.text.data == "rule":
        return sent_back("future_date")
    return Response(status=303, headers={"Location": "/trial/form"})


def register(app: Flask) -> None:
    """Adds the trials; before the first request only."""
    blueprint = Blueprint("trial", __name__)

    def add(rule: str, view: Callable[..., Any], *methods: str, name: str = "") -> None:
        blueprint.add_url_rule(rule, name or None, SIGNED_IN(view), methods=methods)

    add("/trial/writing", writes, "GET", "POST")
    add("/trial/looking", looks, "GET")
    add("/trial/failing/<kind>", fails, "GET", "POST")
    add("/trial/http", crosses_http, "POST")
    add("/trial/template", template, "GET")
    add("/trial/broken", broken_frame, "GET")
    add("/trial/late", late, "POST")
    add("/trial/form", show_form, "GET")
    add("/trial/form", take_form, "POST")
    blueprint.add_url_rule("/trial/unmarked", "unmarked", lambda: CANARY)
    blueprint.add_url_rule("/trial/open", "open", public(opens), methods=["GET", "POST"])
    app.register_blueprint(blueprint)
