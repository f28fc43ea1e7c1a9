"""A search in a team of five thousand cases: every card opened and compared, none indexed."""

from __future__ import annotations

from benchmarks.acts import Call
from benchmarks.ground import Ground
from casework.cases.listing import search

MISSPELT = ("Zénabou Samaseku", "Maymuna Aly Mayga", "Aysata", "Fadimatou Moussa Tandjina")
"""Names of the region as somebody else would write them."""


def misspelt(ground: Ground, words: str = MISSPELT[0]) -> Call:
    """A misspelt name sought among all cases of the searcher's team."""
    searcher = ground.searcher

    def call() -> int:
        with ground.session() as session:
            found = search(session, searcher.actor, searcher.keyring, words)
            if not found:
                raise AssertionError("nobody was found")
            return len(found)

    return call
