"""What the page says after an act succeeded: a known word in the address, never a text."""

from __future__ import annotations

from typing import Any

NOTICES: dict[str, Any] = {}


def announce(**texts: Any) -> None:
    """Registers the notices of one feature: word in the address → lazy sentence."""
    NOTICES.update(texts)


def notice_for(word: str | None) -> Any:
    """The sentence of a known word; an unknown word says nothing."""
    return NOTICES.get(word or "")
