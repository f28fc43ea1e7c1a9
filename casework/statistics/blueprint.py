"""The blueprint of the manager's pages, and the one session they read by."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, g
from sqlalchemy.orm import Session

from casework.audit import log
from casework.db import db
from casework.policy import Permission
from casework.statistics.reading import reading_engine
from casework.web.gate import member

blueprint = Blueprint("statistics", __name__)
VIEW = Permission.STATISTICS_VIEW
ENGINE = "published_engine"


def published() -> Session:
    """The session of this request on what is published; it is closed when the request ends."""
    if "published" not in g:
        g.published = Session(current_app.extensions[ENGINE])
    found: Session = g.published
    return found


def note_view(period: str | None) -> None:
    """The log says who looked at the figures of which period; None: of several."""
    log.record_view(db.session(), "statistics.viewed", member().actor.user_id, period=period)


def note_export(kind: str, digest: str) -> None:
    """The log says who took what with her, and out of which published figures."""
    log.record_view(
        db.session(),
        "export.made",
        member().actor.user_id,
        kind=f"statistics.{kind}",
        digest=digest,
    )


def register(app: Flask) -> None:
    """Adds the blueprint; whatever a request read is let go of at its end."""
    app.register_blueprint(blueprint)
    app.extensions[ENGINE] = reading_engine(app.extensions["settings"].database_url)

    @app.teardown_request
    def close_published(_error: BaseException | None) -> None:
        found: Session | None = g.pop("published", None)
        if found is not None:
            found.close()
