"""The screens of this feature."""

from __future__ import annotations

from flask import Blueprint, Flask

blueprint = Blueprint("cases", __name__)


def register(app: Flask) -> None:
    """Adds the feature's screens to the application."""
    app.register_blueprint(blueprint)
