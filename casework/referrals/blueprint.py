"""The blueprint on which every module of screens of this feature puts its views."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from casework.db import db
from casework.web.gate import member

blueprint = Blueprint("referrals", __name__)


def by() -> tuple[Any, Any, Any]:
    """What every act wants first: the session, the actor and her keyring."""
    return db.session(), member().actor, member().keyring
