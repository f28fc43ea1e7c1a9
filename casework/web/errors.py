"""Errors as people see them: a plain page, the right status, no trace and no personal data."""

from __future__ import annotations

import json
import logging
from uuid import uuid4

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from casework.audit.log import record
from casework.db import db, reading_only
from casework.errors import InvalidTransition, NotAllowed, NotVisible, RuleBroken, StaleVersion
from casework.vault.errors import VaultError
from casework.web.language import current_language

PAGES = frozenset({400, 403, 404, 405, 409, 410, 413, 429, 500, 503})
STATUS: dict[type[Exception], int] = {
    NotVisible: 404,
    NotAllowed: 403,
    StaleVersion: 409,
    StaleDataError: 409,
    InvalidTransition: 409,
    RuleBroken: 409,
    VaultError: 500,
    OperationalError: 503,
    NoConnection: 503,
}
log = logging.getLogger("casework")


def page(status: int, reference: str | None = None) -> tuple[str, int]:
    """The page of one status in the member's language; bare where even that cannot be made, as
    under a host that is not ours or without templates' own ground."""
    known = status if status in PAGES else (400 if status < 500 else 500)
    try:
        return render_template(f"errors/{known}.html", reference=reference), status
    except Exception as error:  # noqa: BLE001 - whatever broke, she reads something
        return bare_page(status, reference or log_error(error)), status


def bare_page(status: int, reference: str) -> str:
    """A page that asks nothing of the request: no address, no file, no database."""
    bare = current_app.jinja_env.get_template("errors/bare.html")
    return bare.render(status=status, language=current_language(), reference=reference)


def refused(error: Exception) -> tuple[str, int]:
    """Rolls back, notes refusals in the audit log, and answers with the page of the error."""
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    db.session.rollback()
    reference = log_error(error) if status >= 500 else None
    if isinstance(error, (NotAllowed, NotVisible)):
        note_refusal(status)
    if isinstance(error, VaultError):
        note_failed_check(error)
    return page(status, reference)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """The page of an HTTP error, with the headers that belong to it, such as the methods that are
    allowed; redirects of the router pass. A host that is not ours is an address that leads nowhere.
    """
    status = error.code or 500
    if status < 400:
        return error
    db.session.rollback()
    if status in (403, 404) and g.get("refused"):
        note_refusal(status)
    kept = {name: text for name, text in error.get_headers() if name != "Content-Type"}
    words, _ = page(404 if isinstance(error, SecurityError) else status)
    return words, status, kept


def unexpected(error: Exception) -> tuple[str, int]:
    """A defect: class, place and request id are logged, values are not; the person reads what
    to do."""
    db.session.rollback()
    return page(500, log_error(error))


def note_refusal(status: int) -> None:
    """One audit entry says that somebody signed in was refused, and what permission was missing."""
    found = g.get("member")
    if found is None:
        return
    reading_only.set(False)
    record(
        db.session(),
        "access.refused",
        actor=found.actor.user_id,
        permission=g.get("refused") or "none",
        record=(request.endpoint or "none").replace(".", "_"),
    )
    db.session.commit()


def note_failed_check(error: VaultError) -> None:
    """One audit entry says that a box, key or signature was not what it should be."""
    found = g.get("member")
    reading_only.set(False)
    actor = found.actor.user_id if found else None
    record(db.session(), "check.failed", actor=actor, check=type(error).__name__)
    db.session.commit()


def log_error(error: Exception) -> str:
    """Writes one line without any value and returns its reference, which the page shows."""
    reference = uuid4().hex[:8]
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = (
        f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
    )
    line = {
        "error": type(error).__name__,
        "at": place,
        "endpoint": request.endpoint,
        "reference": reference,
    }
    log.error(json.dumps(line))
    return reference


def register(app: Flask) -> None:
    """Every kind of error has its page."""
    for kind in STATUS:
        app.register_error_handler(kind, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)
