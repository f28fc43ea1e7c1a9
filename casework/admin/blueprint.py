"""The blueprint on which every module of screens of administrator and auditor puts its views."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("admin", __name__)
