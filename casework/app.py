"""The composition root: settings, extensions, gate, features, errors and commands meet here
only."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from casework import codes
from casework.cli.ground import require_database
from casework.db import db, engine_options, guard_sqlite
from casework.errors import BadConfiguration
from casework.i18n import LANGUAGES
from casework.people import sessions
from casework.vault.suites import require_algorithms
from casework.web import (
    compression,
    cookies,
    errors,
    formats,
    gate,
    headers,
    language,
    navigation,
    notices,
    transaction,
    uploads,
)
from casework.web.member import Expired, Member
from casework.web.models import Mark
from config import ROOT, Settings

FEATURES = (
    "people",
    "directory",
    "cases",
    "consent",
    "referrals",
    "programme",
    "statistics",
    "desk",
    "admin",
    "demonstration",
)
TABLES = (
    "audit",
    "web",
    "people",
    "directory",
    "cases",
    "consent",
    "referrals",
    "facts",
    "programme",
    "statistics",
    "cli",
)
DEMONSTRATION = "demonstration"
STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to serve. Bad configuration ends the process with one sentence."""
    try:
        return compose(settings or Settings.from_environment(), check=settings is None)
    except BadConfiguration as error:
        sys.exit(f"Casework cannot start: {error}")


def compose(settings: Settings, check: bool) -> Flask:
    """Puts every part in its place; with `check`, refuses an unreachable or unmigrated database."""
    require_algorithms()
    app = transaction.Application(
        "casework", template_folder=str(ROOT / "templates"), static_folder=str(STATIC)
    )
    for package in TABLES:
        import_module(f"casework.{package}.models")
    configure(app, settings)
    add_database(app, settings)
    add_shell(app, settings)
    for feature in FEATURES:
        import_module(f"casework.{feature}.routes").register(app)
    add_chores(app, settings)
    import_module("casework.cli").register(app)
    if check and os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        with app.app_context():
            require_database()
    return app


def add_chores(app: Flask, settings: Settings) -> None:
    """What waits for a keyholder's next writing request."""
    own, recovery = settings.server_key, settings.recovery_public
    vouch = import_module("casework.people.vouching").vouch_for_teams
    follow = import_module("casework.people.peers").follow_peers
    rotate = import_module("casework.referrals.rotation").rotate_due_teams

    def mind_keys(*by: Any) -> None:
        vouch(*by, own)
        follow(*by)

    app.extensions["chores"] = import_module("casework.referrals.chores").run_chores
    app.extensions["key_chores"] = mind_keys
    app.extensions["rotation"] = lambda *by: rotate(*by, own, recovery)


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own settings; secrets stay in the frozen `Settings`."""
    app.extensions["settings"] = settings
    app.secret_key = settings.secret_key
    app.config["TESTING"] = settings.testing
    app.config["SESSION_COOKIE_NAME"] = cookies.NAME
    app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts) or ["127.0.0.1", "localhost"]
    app.config["BABEL_DEFAULT_LOCALE"] = "fr"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).parent / "translations")
    app.session_interface = cookies.NoFlaskSession()
    uploads.keep_bodies_in_memory(app, settings.max_body_bytes, settings.max_field_bytes)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def add_database(app: Flask, settings: Settings) -> None:
    """One database, one session a request, SQLite made safe; no error repeats a value."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    options = engine_options(settings.database_url) | {"hide_parameters": True}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        guard_sqlite(db.engine)


def add_shell(app: Flask, settings: Settings) -> None:
    """Language, gate, transaction, errors, headers, and what every template may use."""
    Babel(app, locale_selector=language.current_language)
    codes.language_source = language.current_language
    login = LoginManager(app)
    login.session_protection = None
    login.request_loader(lambda _request: g.get("member"))
    app.register_blueprint(language.blueprint)
    gate.register(app, member_loader(settings), keep_lost_form)
    transaction.register(app)
    errors.register(app)
    headers.register(app, settings.exit_url)
    compression.register(app)
    formats.register(app)
    app.add_template_global(asset, "asset")
    app.context_processor(lambda: shell(app, settings))


def member_loader(settings: Settings) -> gate.Loader:
    """The loader the gate calls with every cookie."""

    def load(session: Session, token: str) -> Member | Expired | None:
        found = sessions.load_member(
            session,
            token,
            settings.boot_key,
            settings.server_key,
            settings.idle,
            settings.session_length,
        )
        if isinstance(found, Member) and found.stale:
            g.touch_session = lambda session, now: sessions.touch(session, found.session_id, now)
        if isinstance(found, Member) and must_add_factor(settings, found):
            g.before_anything_else = "factors.listing"
        return found

    return load


def must_add_factor(settings: Settings, found: Member) -> bool:
    """True for somebody who must have a second factor and has none; never in a demonstration."""
    if found.has_factor or not settings.asks_factor(found.actor.roles()):
        return False
    return not demonstration(current_app)


def keep_lost_form(found: Expired, path: str | None = None) -> bool:
    """What was posted on an expired session is kept for its author, sealed to her team; `path`
    is the address of its form where it was posted to another."""
    lost_forms = import_module("casework.cases.lost_forms")
    return bool(
        lost_forms.keep(
            db.session(),
            gate.settings().server_key,
            found,
            path or request.path,
            list(request.form.items(multi=True)),
        )
    )


def shell(app: Flask, settings: Settings) -> dict[str, Any]:
    """What `base.html` shows around every page."""
    found: Member | None = g.get("member")
    return {
        "service_name": settings.service_name,
        "language": language.current_language(),
        "languages": LANGUAGES,
        "navigation": navigation.navigation(app),
        "notice": notices.notice_for(request.args.get("notice")),
        "notice_shape": notices.shape_of(request.args.get("notice")),
        "demonstration": demonstration(app),
        "csrf_token": gate.csrf_token(found.session_key) if found else "",
        "signed_in_as": found.name if found else "",
        "account_links": navigation.account_links(app, demonstration(app)),
        "sign_out_address": url_for("people.sign_out") if found else "",
        "member": found,
    }


def demonstration(app: Flask) -> bool:
    """True when the database carries the demonstration mark; read once in a process."""
    if DEMONSTRATION not in app.extensions:
        try:
            mark = db.session.scalar(select(Mark.value).where(Mark.name == DEMONSTRATION))
        except SQLAlchemyError:
            return False
        app.extensions[DEMONSTRATION] = mark is not None
    return bool(app.extensions[DEMONSTRATION])


@cache
def asset(name: str) -> str:
    """The address of a static file, changed whenever its content changes; the same on any host."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?v={digest}"
