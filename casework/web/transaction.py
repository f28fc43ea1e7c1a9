"""One transaction a request: a POST commits once, a GET writes nothing but what was looked at."""

from __future__ import annotations

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue

from casework import clock
from casework.audit.log import flush_views
from casework.db import db, reading_only

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Application(Flask):
    """Flask whose views run inside the transaction rule, so that a failed commit is a handled
    error."""

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Opens the right kind of transaction before the gate reads the session."""
        reading_only.set(request.method in READING)
        return super().preprocess_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Runs the view, then settles its transaction before the first byte is sent."""
        answer = super().dispatch_request()
        settle()
        return answer


def settle() -> None:
    """A writing request is committed; a reading one leaves only its audit entries and last use."""
    if request.method in READING:
        db.session.rollback()
        record_views()
    else:
        run_chores()
        db.session.commit()


def run_chores() -> None:
    """What waited for a keyholder of this person's teams is done in her own writing request."""
    found = g.get("member")
    run = current_app.extensions.get("chores")
    if found is not None and run is not None:
        run(db.session(), found.actor, found.keyring)


def record_views() -> None:
    """The acts of looking noted by this request are committed: no entry, no page."""
    touch = g.pop("touch_session", None)
    if not db.session.info.get("views") and touch is None:
        return
    reading_only.set(False)
    if touch is not None:
        touch(db.session(), clock.now())
    flush_views(db.session())
    db.session.commit()


def register(app: Flask) -> None:
    """Whatever a request left undone is rolled back when it ends."""

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        db.session.rollback()
        db.session.info.clear()
        reading_only.set(False)
