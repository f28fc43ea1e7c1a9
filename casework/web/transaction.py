"""One transaction a request: a POST commits once, a GET writes nothing but what was looked at."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from casework import clock
from casework.audit.log import flush_views, record
from casework.db import db, reading_only
from casework.vault.errors import VaultError
from casework.web.errors import log_error

READING = frozenset({"GET", "HEAD", "OPTIONS"})
ENTANGLED = frozenset({"40001", "40P01"})
"""PostgreSQL's codes of a serialization failure and of a deadlock."""
CHORES = ("chores", "key_chores", "rotation")
"""The kinds of chores in their order: new keys come last, since nothing opens with the old ones
afterwards."""


class Application(Flask):
    """Flask whose views run inside the transaction rule, so that a failed commit is a handled
    error."""

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Opens the right kind of transaction before the gate reads the session; what the gate
        itself answers is settled like what a view answers."""
        reading_only.set(request.method in READING)
        answer = super().preprocess_request()
        if answer is not None:
            settle()
        return answer

    def dispatch_request(self) -> ResponseReturnValue:
        """Runs the view, then settles its transaction before the first byte is sent.

        Where another request was faster with the same row, as when one form is sent twice at once
        or two people write in one case, all of it is done once more on what the other one left:
        then the act's own checks say what that means.
        """
        try:
            return self.settled()
        except (IntegrityError, StaleDataError, OperationalError, VaultError) as error:
            if not is_overtaken(error):
                raise
        db.session.rollback()
        db.session.info.clear()
        answer = self.preprocess_request()
        return self.settled() if answer is None else answer

    def settled(self) -> ResponseReturnValue:
        """The view's answer, whose changes are committed."""
        answer = super().dispatch_request()
        settle()
        return answer

    def log_exception(self, exc_info: Any) -> None:
        """What no page of ours caught is logged as everything else: never its message, which may
        hold what somebody typed."""
        log_error(exc_info[1])


def is_overtaken(error: Exception) -> bool:
    """True where only another transaction stood in the way; PostgreSQL ends one of two that wait
    for each other, or that cannot be put in an order. A box that a page could not open may be under
    the new keys of a team that changed them meanwhile: tried once more with these."""
    if isinstance(error, VaultError):
        return request.method in READING
    if isinstance(error, OperationalError):
        return getattr(error.orig, "sqlstate", None) in ENTANGLED
    return True


def settle() -> None:
    """A writing request is committed; a reading one leaves only its audit entries and last use."""
    if request.method in READING:
        db.session.rollback()
        record_views()
    else:
        run_chores()
        note_use()
        db.session.commit()


def run_chores() -> None:
    """What waited for a keyholder of this person's teams is done in her own writing request; a
    chore that fails is undone and logged, and never takes her act down with it."""
    for name in CHORES:
        run = current_app.extensions.get(name)
        if run is not None and g.get("member") is not None:
            run_chore(g.member, run)


def run_chore(found: Any, run: Any) -> None:
    """One kind of chore, done whole or not at all."""
    db.session.flush()
    try:
        with db.session.begin_nested():
            run(db.session(), found.actor, found.keyring)
    except Exception as error:  # noqa: BLE001 - whatever waits, her own act is kept
        log_error(error)
        if isinstance(error, VaultError):
            actor = found.actor.user_id
            record(db.session(), "check.failed", actor=actor, check=type(error).__name__)


def record_views() -> None:
    """The acts of looking noted by this request are committed: no entry, no page."""
    if db.session.info.get("views") or "touch_session" in g:
        reading_only.set(False)
        note_use()
        flush_views(db.session())
        db.session.commit()


def note_use() -> None:
    """The session was used just now, where its row does not say so yet."""
    touch = g.pop("touch_session", None)
    if touch is not None:
        touch(db.session(), clock.now())


def register(app: Flask) -> None:
    """Whatever a request left undone is rolled back when it ends."""

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        db.session.rollback()
        db.session.info.clear()
        reading_only.set(False)
