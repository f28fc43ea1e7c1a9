"""The name a person signs in with: her own, never a desk's; plain letters, easy to say aloud."""

from __future__ import annotations

import re
import unicodedata

from casework.errors import RuleBroken

LONGEST = 40
_PLAIN = re.compile(rf"[a-z][a-z0-9_.-]{{1,{LONGEST - 1}}}")


def folded(typed: str) -> str:
    """The handle meant by what was typed: accents, case and outer spaces do not matter."""
    decomposed = unicodedata.normalize("NFKD", typed.strip())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()


def check_handle(handle: str) -> None:
    """Raises RuleBroken('handle_malformed') unless it has 2 to 40 plain letters, digits or marks
    and begins with a letter."""
    if not _PLAIN.fullmatch(handle):
        raise RuleBroken("handle_malformed")
