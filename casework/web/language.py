"""Which language a page speaks: the member's, else the one chosen before signing in, else
French."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from casework.i18n import DEFAULT_LANGUAGE, LANGUAGES
from casework.web import cookies
from casework.web.gate import public

blueprint = Blueprint("web", __name__)
OWN_ADDRESS = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path and query of this site: one slash, then visible ASCII without a backslash. Browsers drop
tabs and line breaks and take a backslash for a slash: either could lead to another site."""


def current_language() -> str:
    """The language of this request: two letters, always one we have."""
    chosen = request.cookies.get(cookies.LANGUAGE)
    found = g.get("member")
    language = chosen or (found.language if found else DEFAULT_LANGUAGE)
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


@blueprint.post("/language/<language>")
@public
def language(language: str) -> Response:
    """Chooses the language for this browser, then goes back to the page it was asked from."""
    back = request.form.get("back") or asked_from()
    response = redirect(back if OWN_ADDRESS.fullmatch(back) else "/", 303)
    if language in LANGUAGES:
        cookies.remember_language(response, language)
    return response


def asked_from() -> str:
    """The page that the browser names as the one it comes from, when that is one of ours: an error
    page repeats no address."""
    try:
        named = urlsplit(request.referrer or "")
    except ValueError:
        return "/"
    here = named.netloc == request.host
    return named._replace(scheme="", netloc="", fragment="").geturl() if here else "/"
