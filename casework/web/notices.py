"""What the page says of the act before it: a known word in the address, never a text."""

from __future__ import annotations

from typing import Any

from casework.i18n import lazy_gettext as _l

NOTICES: dict[str, Any] = {}
REFUSALS: set[str] = set()
"""The words that say an act was not done: never told in the shape of a success."""


def announce(**texts: Any) -> None:
    """Registers the notices of one feature: word in the address → lazy sentence."""
    NOTICES.update(texts)


def refuse(**texts: Any) -> None:
    """Registers notices that say what was not done, and what to do now."""
    announce(**texts)
    REFUSALS.update(texts)


def notice_for(word: str | None) -> Any:
    """The sentence of a known word; an unknown word says nothing."""
    return NOTICES.get(word or "")


def shape_of(word: str | None) -> str:
    """The panel in which a notice stands: that of a success, or of a warning."""
    return "warning" if word in REFUSALS else "notice"


refuse(
    not_saved=_l(
        "What you just sent was not saved, because your page was no longer open. "
        "Sign in, then write it once more."
    ),
)
