"""Every view carries a mark: what nobody decided about, nobody may open."""

from __future__ import annotations

from flask import Flask

from casework.policy import Permission
from casework.web.gate import mark_of, public, requires

UNGUARDED = frozenset({"static"})


def unmarked(app: Flask) -> list[str]:
    """The endpoints that carry no mark."""
    views = app.view_functions.items()
    return sorted(name for name, view in views if name not in UNGUARDED and mark_of(view) is None)


def test_every_endpoint_is_marked(app: Flask) -> None:
    assert not unmarked(app)


def test_an_unmarked_endpoint_is_found() -> None:
    application = Flask("planted", static_folder=None)
    application.add_url_rule("/a", "forgotten", lambda: "")
    application.add_url_rule("/b", "open", public(lambda: ""))
    application.add_url_rule("/c", "guarded", requires(Permission.CASE_VIEW)(lambda: ""))
    assert unmarked(application) == ["forgotten"]
