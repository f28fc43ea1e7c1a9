"""The screens of this feature: each module of them puts its views on the one blueprint."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from casework.cases.blueprint import blueprint
from casework.i18n import lazy_gettext as _l
from casework.policy import Permission
from casework.web.navigation import register_place

SCREENS = ("list_routes", "case_routes", "intake_routes", "section_routes")


def register(app: Flask) -> None:
    """Adds the feature's screens to the application."""
    for name in SCREENS:
        if find_spec(f"casework.cases.{name}"):
            screens = import_module(f"casework.cases.{name}")
            getattr(screens, "add_places", lambda _app: None)(app)
    app.register_blueprint(blueprint)
    register_place(app, "cases.new_case", _l("New case"), Permission.CASE_CREATE, 30)
