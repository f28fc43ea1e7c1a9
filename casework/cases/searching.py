"""Which cards a few typed words may mean, and how likely. Pure: cards come in opened.

A card whose telephone ends in the typed digits is surely meant. Otherwise the folded keys of the
typed words choose the candidates, so that one word of a name is enough, and the name matcher tells
near names from far ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Any
from uuid import UUID

from casework.cases import names
from casework.cases.cards import digits

FOUND = 20
COMPARED = 40
WORTH_SHOWING = 0.5
LEAST_DIGITS = 6
SURE = 1.0
Card = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for, made ready once for all cards."""

    words: tuple[str, ...] = field(repr=False)
    number: str = field(repr=False)
    keys: tuple[frozenset[str], ...] = field(repr=False)
    name: names.Name = field(repr=False)

    @classmethod
    def of(cls, words: str) -> Sought:
        """What the typed words ask for."""
        number = digits(words)
        keys = (frozenset(names.folded_keys([word])) for word in words.split())
        return cls(
            tuple(words.casefold().split()),
            number if len(number) >= LEAST_DIGITS else "",
            tuple(each for each in keys if each),
            names.parse(words),
        )

    def promise(self, card: Card) -> float:
        """What a card promises at first sight, 0 to 1: its telephone, or the share of the typed
        words of which some key is known."""
        if self.number and any(phone.endswith(self.number) for phone in card.get("phones", ())):
            return SURE + 1
        if not self.keys:
            return 0.0
        known = card.get("keys", ())
        return sum(not each.isdisjoint(known) for each in self.keys) / len(self.keys)

    def spelt(self, card: Card) -> int:
        """How many of the typed words stand on the card as they were typed."""
        written = " ".join((card.get("name", ""), *card.get("others", ()))).casefold()
        return sum(word in written for word in self.words)

    def likeness(self, promise: float, card: Card) -> float:
        """How likely the words mean this card, 0 to 1; at least half of what it promised."""
        if promise > SURE:
            return SURE
        written = [card.get("name", ""), *card.get("others", ())]
        return max(promise / 2, *(names.score(self.name, names.parse(name)) for name in written))


def ranked(
    words: str, cards: Iterable[tuple[UUID, Card]], certain: UUID | None = None
) -> dict[UUID, float]:
    """The cards the words may mean with their likeness, most alike first (at most 20).

    `certain` is the case whose code was typed, if one was. The 40 most promising cards are
    compared name by name.
    """
    sought = Sought.of(words)
    promised = (
        (SURE + 1 if case_id == certain else sought.promise(card), case_id, card)
        for case_id, card in cards
    )
    worth = (each for each in promised if each[0] >= WORTH_SHOWING)
    best = nlargest(COMPARED, worth, key=lambda each: (each[0], sought.spelt(each[2])))
    scores = ((case_id, sought.likeness(promise, card)) for promise, case_id, card in best)
    alike = [each for each in scores if each[1] >= WORTH_SHOWING]
    return dict(nlargest(FOUND, alike, key=lambda pair: pair[1]))
