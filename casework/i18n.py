"""Words for people: gettext bound to the language of the request, French when nobody chose."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext, lazy_ngettext, lazy_pgettext, ngettext, pgettext

LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT_LANGUAGE = "fr"

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "gettext",
    "lazy_gettext",
    "lazy_ngettext",
    "lazy_pgettext",
    "ngettext",
    "pgettext",
]
