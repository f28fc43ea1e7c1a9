"""The words of consents for every template. Their pages open cases, so they stand with the
referrals (`referrals.consent_routes`), above the cases."""

from __future__ import annotations

from typing import Any

from flask import Flask

from casework import codes
from casework.consent.recipients import Section, section_label
from casework.consent.records import NECESSITY, Standing
from casework.i18n import lazy_gettext as _l

STANDINGS: dict[Standing, tuple[str, Any]] = {
    Standing.HOLDS: ("done", _l("Yes")),
    Standing.WAITING: ("wait", _l("To confirm")),
    Standing.NO: ("stop", _l("No")),
    Standing.NOT_YET: ("wait", _l("Not yet")),
    Standing.WITHDRAWN: ("stop", _l("Taken back")),
    Standing.OVER: ("late", _l("Over")),
}
"""The shape and the words of each standing of an answer."""


def section_words(section: str) -> str:
    """The words for a section that can be shared."""
    return section_label(Section(section))


def kind_words(kind: str) -> Any:
    """What was asked, in words."""
    return _l("Danger, without consent") if kind == NECESSITY else codes.label("consentement", kind)


def register(app: Flask) -> None:
    """Templates may use the filters `section_words`, `consent_words` and the table `STANDINGS`."""
    app.jinja_env.filters.update(section_words=section_words, consent_words=kind_words)
    app.jinja_env.globals["STANDINGS"] = STANDINGS
