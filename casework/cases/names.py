"""Names as people give them: are two written names one person's? And the keys by which to search.

A full name is given name, father's, grandfather's, family or clan, with structural words (ag, ould,
walet, mint, kel, dit) that order it and never match anything themselves. Order counts: Mohamed Ag
Ahmed is the father of Ahmed Ag Mohamed. A surname says little in a region of few surnames, so the
given name must agree on its own. The score is evidence to show a person who decides; names alone
never prove identity (homonyms differ by age and place). Source: domain brief §6, roadmap item 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casework.cases.name_sounds import VOWELS, forms, letters, likeness, sound

MATCH = 0.80
"""From this score on, `is_match` holds."""

WEAK = 0.62
"""From this score on, a pair is worth showing to the person who decides."""

GIVEN, PART = 0.82, 0.62
"""What the given name, and every further name, must reach for a match."""

_HELD = MATCH - 0.05
"""The highest score of two names of which one part contradicts the other."""

_FIRST = 1.2
_SKIPPED = 0.15
_NOTHING = 0.35
_BEHEADED = 0.2
_STRUCTURE = {
    "ag": "ag", "aG": "ag",
    "uld": "ould", "ueld": "ould", "ul": "ould", "o/": "ould",
    "mint": "mint", "minte": "mint", "ment": "mint", "m/": "mint",
    "uale": "walet", "uele": "walet", "ualete": "walet", "ult": "walet",
    "kel": "kel", "kuel": "kel", "kal": "kel",
}  # fmt: skip
_ARTICLES = frozenset({"al", "el", "l"})
_TITLES = frozenset({"elaj", "elaji", "alaj", "alaji", "aji"})
_ALIAS = re.compile(r"\b(?:dite?|alias)\b|[«“”\"(]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name ready to compare: phonemes of its words and of its alias, and its structural words."""

    words: tuple[str, ...]
    alias: tuple[str, ...]
    structure: tuple[str, ...]

    def __repr__(self) -> str:
        return "Name(…)"

    def readings(self) -> set[tuple[str, ...]]:
        """The ways the person may be called: by the name, or with the alias in its place."""
        if not self.alias:
            return {self.words}
        replaced, added = self.alias[:1] + self.words[1:], self.words + self.alias[1:]
        return {self.words, self.alias, replaced, added}


def parse(text: str) -> Name:
    """The name ready for comparing; what is no letter is ignored, « … » and dit hold an alias."""
    before, *after = _ALIAS.split(_surname_last(text).casefold(), maxsplit=1)
    words, structure = _words(before)
    alias, _ = _words(after[0]) if after else ((), ())
    return Name(words, alias, structure) if words or not alias else Name(alias, (), structure)


def _surname_last(text: str) -> str:
    """« TOURÉ Mariam », as offices write, is read as « Mariam Touré »."""
    parts = text.split()
    shouted = [part for part in parts if len(part) > 1 and part.isupper()]
    if len(parts) > 1 and shouted == parts[:1]:
        return " ".join([*parts[1:], parts[0]])
    return text


def _words(written: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Phonemes of the words that name, and the kinds of the structural words, in order."""
    words: list[str] = []
    structure: list[str] = []
    article = ""
    for word in letters(written).replace("/", "/ ").replace(".", ". ").split():
        heard = word if word in _STRUCTURE else sound(word.strip("./"))
        if heard in _STRUCTURE:
            structure.append(_STRUCTURE[heard])
        elif word in _ARTICLES:
            article = word
        elif heard:
            words.append(sound(article + word.strip("./")) if article else heard)
            article = ""
    return _untitled(words), (*structure, *(["al"] if article else []))


def _untitled(words: list[str]) -> tuple[str, ...]:
    return tuple(words[1:] if len(words) > 2 and words[0] in _TITLES else words)


def match_score(a: str, b: str) -> float:
    """How well two written names agree, from 0 to 1; symmetric, 1 for the same sound."""
    return score(parse(a), parse(b))


def is_match(a: str, b: str) -> bool:
    """True when the two names can be one person's, given name and order included."""
    return match_score(a, b) >= MATCH


def score(one: Name, other: Name) -> float:
    """`match_score` of names already parsed: for comparing one with many."""
    if not one.words or not other.words:
        return float(one.words == other.words and one.structure == other.structure != ())
    return max(_agreement(left, right) for left in one.readings() for right in other.readings())


def _agreement(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    best = max((_value(parts, skipped) for parts, skipped in _layings(longer, shorter)), default=0)
    if len(longer) > len(shorter) > 1:
        beheaded = (_value(*laying) for laying in _layings(longer[1:], shorter))
        best = max(best, min(max(beheaded, default=0) - _BEHEADED, _HELD))
    return best


def _value(parts: tuple[float, ...], skipped: int) -> float:
    """The score of one laying: the mean of its parts, held down by whatever contradicts it."""
    weights = (_FIRST, *[1.0] * (len(parts) - 1))
    mean = sum(map(float.__mul__, weights, parts)) / sum(weights) - _SKIPPED * skipped
    if parts[0] < GIVEN or min(parts) < PART:
        mean = min(mean, _HELD)
    if len(parts) == 1 and skipped:
        mean = min(mean, WEAK)
    return max(0.0, mean)


Laying = tuple[tuple[float, ...], int]


def _layings(longer: tuple[str, ...], shorter: tuple[str, ...]) -> Iterator[Laying]:
    """Every way to lay the words side by side in order: (likeness of each part, words skipped).

    The given names always meet. Further words of the longer name may be skipped, and two of them
    may be one of the shorter (Abdoul Karim, Abdoulkarim). Parts that have nothing in common end it.
    """
    for taken in (1, 2) if len(longer) > len(shorter) else (1,):
        alike = likeness("".join(longer[:taken]), shorter[0])
        if alike < _NOTHING:
            continue
        for parts, skipped in _rest(longer[taken:], shorter[1:]):
            yield (alike, *parts), skipped


def _rest(longer: tuple[str, ...], shorter: tuple[str, ...]) -> Iterator[Laying]:
    spare = len(longer) - len(shorter)
    if not shorter:
        yield (), spare
        return
    yield from _layings(longer, shorter)
    if spare > 0:
        for parts, skipped in _rest(longer[1:], shorter):
            yield parts, skipped + 1


def folded_keys(parts: Iterable[str]) -> list[str]:
    """The search keys of a person's names, for the case card: short, sorted, each once.

    `parts` are the names as written, alias and safe name included. Spellings of one word mostly
    share a key and other words rarely do: keys find candidates, `score` ranks them.
    """
    names = [parse(part) for part in parts if part]
    words = {word for name in names for word in (*name.words, *name.alias)}
    joined = {"".join(name.words[:2]) for name in names if len(name.words) > 1}
    return sorted({key for word in words | joined for key in _keys(word)} - {""})


def _keys(word: str) -> set[str]:
    """The bones of a word, of its shortened forms, without a first gh or kh, without a last n."""
    found = {_bones(form) for form, _ in forms(word)} | {_bones(word.lstrip("Gx"))}
    return found | {bones[:-1] for bones in found if len(bones) > 2 and bones.endswith("n")}


def _bones(phonemes: str) -> str:
    """The consonants of a word, near ones taken for one; a short one keeps its first vowel."""
    kept = "".join(_NEAR.get(one, one) for one in phonemes if one not in VOWELS)
    return kept if len(kept) > 2 else ("a" if phonemes and phonemes[0] in VOWELS else "") + kept


_NEAR = {
    "d": "t", "j": "t", "C": "t", "z": "t", "g": "k", "x": "k", "G": "k", "S": "s", "v": "b",
    "p": "b",
}  # fmt: skip
