"""The gate: every view carries a mark; an unmarked view is refused, whoever asks."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from casework.db import db
from casework.errors import NotAllowed
from casework.policy import Permission
from casework.vault.primitives import kdf
from casework.web import cookies
from casework.web.member import Expired, Member

View = TypeVar("View", bound=Callable[..., Any])
Loader = Callable[[Any, str], Member | Expired | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a view asks of whoever calls it."""

    permission: Permission | None = None
    public: bool = False
    harmless: bool = False
    on_the_way: bool = False


def requires(permission: Permission, *, on_the_way: bool = False) -> Callable[[View], View]:
    """Marks a view: only a member holding the permission somewhere may call it; one `on_the_way`
    also while there is something she must do before anything else."""
    return _marking(Mark(permission=permission, on_the_way=on_the_way))


def public(view: View) -> View:
    """Marks a view that anybody may call."""
    return _marking(Mark(public=True))(view)


def harmless(view: View) -> View:
    """Marks a public view whose POST may come from anywhere: a stale page must never hold her
    up."""
    return _marking(Mark(public=True, harmless=True))(view)


def _marking(mark: Mark) -> Callable[[View], View]:
    def put(view: View) -> View:
        view.casework_mark = mark  # type: ignore[attr-defined]
        return view

    return put


def mark_of(view: Callable[..., Any] | None) -> Mark | None:
    """The mark on a view, or None: then nobody may call it."""
    return getattr(view, "casework_mark", None)


def member() -> Member:
    """The member of this request; only views behind `requires` may ask."""
    found: Member | None = g.get("member")
    if found is None:
        raise NotAllowed
    return found


def csrf_token(session_key: bytes) -> str:
    """The token every form of one session carries."""
    return kdf(session_key, "csrf").hex()


def register(app: Flask, loader: Loader, keep_lost_form: Callable[[Expired], bool]) -> None:
    """Every request passes the gate before its view; `loader` turns a token into a member."""
    app.extensions["keep_lost_form"] = keep_lost_form

    @app.before_request
    def pass_gate() -> Response | None:
        if request.endpoint == "static" or request.routing_exception is not None:
            return None
        mark = mark_of(app.view_functions.get(request.endpoint or ""))
        if mark is None:
            abort(403)
        found = load(loader)
        if isinstance(found, Expired):
            return admit(None, mark) if mark.public else expired(found, keep_lost_form)
        return admit(found, mark)


def load(loader: Loader) -> Member | Expired | None:
    """The member or expired session behind the cookie; `g.member` and `g.expired` are set for
    templates and views."""
    token = cookies.token_of(request)
    found = loader(db.session(), token) if token else None
    g.member = found if isinstance(found, Member) else None
    g.expired = found if isinstance(found, Expired) else None
    return found


def admit(found: Member | None, mark: Mark) -> Response | None:
    """Lets the request through, sends it to sign-in, or refuses it."""
    if request.method == "POST" and not mark.harmless:
        refuse_forged(found)
    if mark.public:
        return None
    if found is None:
        notice = "not_saved" if request.method == "POST" else "please_sign_in"
        return redirect(url_for("people.sign_in", notice=notice), 303)
    if mark.permission is not None and not found.actor.may(mark.permission):
        refuse(found, mark.permission)
    before = None if mark.on_the_way else g.get("before_anything_else")
    return redirect(url_for(before), 303) if before else None


def refuse(found: Member, permission: Permission) -> None:
    """A record's address is 404 to a role without the permission, any other page is 403."""
    g.refused = permission.value
    names_a_record = any(isinstance(value, UUID) for value in (request.view_args or {}).values())
    if names_a_record:
        abort(404)
    raise NotAllowed


def refuse_forged(found: Member | None) -> None:
    """Aborts with 400 when a POST did not come from one of our own forms."""
    if not (same_origin() if found is None else carries_token(found.session_key)):
        abort(400, "csrf")


def carries_token(session_key: bytes) -> bool:
    """True when the posted form holds the token of this very session."""
    sent = request.form.get("csrf_token", "")
    return hmac.compare_digest(sent.encode(), csrf_token(session_key).encode())


def same_origin() -> bool:
    """True unless the browser says that another site made the request."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or is_this_host(origin)


def is_this_host(origin: str) -> bool:
    """True when the origin a browser names is the host it speaks to."""
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False


def expired(found: Expired, keep_lost_form: Callable[[Expired], bool]) -> Response:
    """An expired session loses nothing: what was posted is kept sealed, then she signs in again,
    or gives her six digits where the page is only locked. Where nothing can be kept, as for
    somebody in no team, the next page says so."""
    own = request.method == "POST" and is_own_form(found)
    kept = own and keep_lost_form(found)
    lost = "not_saved" if own and not kept else None
    if found.locked:
        back = None if request.method == "POST" else request.full_path.rstrip("?")
        return redirect(url_for("lock.page", kept=kept or None, back=back, notice=lost), 303)
    notice = "form_kept" if kept else lost or "session_expired"
    return redirect(url_for("people.sign_in", notice=notice), 303)


def is_own_form(found: Expired) -> bool:
    """True when the form carries the session's token or, where the server started anew and no
    longer knows it, when the browser itself says that the form is ours."""
    if carries_token(found.session_key):
        return True
    says = {"Sec-Fetch-Site", "Origin"} & set(request.headers.keys())
    return bool(says) and same_origin()


def settings() -> Any:
    """The frozen settings of this application."""
    return current_app.extensions["settings"]
