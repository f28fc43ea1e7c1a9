"""The one session cookie, and a Flask session that can hold nothing."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.wrappers import Response

NAME = "__Host-session"
LANGUAGE = "__Host-language"
SEEN = "__Host-seen"
YEAR_SECONDS = 365 * 24 * 3600


class EmptySession(dict[str, Any], SessionMixin):
    """What Flask calls the session; our own state stands in the `sessions` table, sealed."""

    modified = False
    accessed = False


class NoFlaskSession(SessionInterface):
    """Flask's cookie session is switched off: nothing is read from or written to it."""

    def open_session(self, app: Flask, request: Request) -> EmptySession:
        """Always an empty one."""
        return EmptySession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is saved."""


def token_of(request: Request) -> str | None:
    """The session token the browser sent, if any."""
    return request.cookies.get(NAME)


def give(response: Response, token: str) -> None:
    """The browser keeps the token until it closes: no Max-Age, unreadable to script, same site
    only."""
    response.set_cookie(NAME, token, secure=True, httponly=True, samesite="Strict", path="/")


def take_away(response: Response) -> None:
    """The browser forgets the token and the pages it cached; unsent sealed drafts stay."""
    response.set_cookie(
        NAME, "", max_age=0, secure=True, httponly=True, samesite="Strict", path="/"
    )
    response.headers["Clear-Site-Data"] = '"cache"'


def remember_language(response: Response, language: str) -> None:
    """The browser keeps the language chosen before anybody signed in."""
    keep_for_a_year(response, LANGUAGE, language)


def remember_seen(response: Response, records: str) -> None:
    """The browser keeps how far the log had come: signing out and leaving in a hurry leave it."""
    keep_for_a_year(response, SEEN, records)


def keep_for_a_year(response: Response, name: str, text: str) -> None:
    """The browser keeps the cookie for a year, unreadable to script, same site only."""
    response.set_cookie(
        name,
        text,
        max_age=YEAR_SECONDS,
        secure=True,
        httponly=True,
        samesite="Strict",
        path="/",
    )
