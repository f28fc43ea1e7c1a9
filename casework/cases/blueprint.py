"""The blueprint on which every module of screens of this feature puts its views."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("cases", __name__)
