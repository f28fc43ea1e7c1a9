"""Catalogues: the fragments of every feature gathered into one file a language, and checked.

Runs without the application: `python -m casework.cli.catalogues compile` writes
`translations/<language>/LC_MESSAGES/messages.mo`, `check` compares the fragments with the words
that the program and its templates ask for. These words are English, so English needs no fragment.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, PoFileParser

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = Path("casework/translations")
PLURAL, CONTEXT, PLURAL_IN_CONTEXT = (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    "lazy_gettext": None,
    "_l": None,
    "_n": PLURAL,
    "_ln": PLURAL,
    "lazy_ngettext": PLURAL,
    "_p": CONTEXT,
    "_lp": CONTEXT,
    "lazy_pgettext": CONTEXT,
    "lazy_npgettext": PLURAL_IN_CONTEXT,
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[-+ #0]*\d*(?:\.\d+)?[sdifg]")
FRENCH_FAULTS = (
    (re.compile(r"\w'"), "a straight apostrophe: write ’"),
    (re.compile(r" [:;?!»]"), "an ordinary space before a double mark: use a non-breaking one"),
    (re.compile(r"« "), "an ordinary space after «: use a non-breaking one"),
    (re.compile(r"\.\.\."), "three dots: write …"),
)

Key = tuple[str, str | None]


class CatalogueFault(Exception):
    """The fragments cannot become one catalogue; the text names the files and says what to do."""


@dataclass(frozen=True, slots=True)
class Use:
    """One place where the program asks for a message."""

    where: str
    plural: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of one fragment: the English asked for, the translation given, a text a form."""

    where: str
    asked: tuple[str, ...]
    given: tuple[str, ...]
    context: str | None
    fuzzy: bool

    @property
    def key(self) -> Key:
        """What makes two messages one and the same: the (singular) English and the context."""
        return self.asked[0], self.context


class Fragment(Catalog):
    """A catalogue that keeps every entry of one file, so that a repeated one is not lost."""

    def __init__(self, language: str, where: str = "") -> None:
        super().__init__(locale=language, creation_date=datetime(2000, 1, 1, tzinfo=UTC))
        self.where = where
        self.entries: list[Entry] = []

    def __setitem__(self, id: Any, message: Message) -> None:
        """Keeps the entry; the header, whose id is empty, is left to Babel."""
        super().__setitem__(id, message)
        if id:
            where = f"{self.where}:{message.lineno}"
            asked, given = forms(message.id), forms(message.string)
            self.entries.append(Entry(where, asked, given, message.context, message.fuzzy))


def forms(text: Any) -> tuple[str, ...]:
    """The text of every plural form; a message without plural has one."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def languages(root: Path = ROOT) -> list[str]:
    """The languages that have fragments, in alphabetical order."""
    return sorted({path.parent.name for path in (root / TRANSLATIONS).glob("*/*.po")})


def read_fragment(path: Path, language: str, where: str) -> list[Entry]:
    """The entries of one fragment; raises CatalogueFault where the file is malformed."""
    fragment = Fragment(language, where)
    parser = PoFileParser(fragment, ignore_obsolete=True, abort_invalid=True)
    try:
        with path.open("rb") as lines:
            parser.parse(lines)
    except (PoFileError, UnicodeDecodeError, IndexError) as error:
        raise CatalogueFault(f"{where}: cannot be read: {error}") from error
    return fragment.entries


def gather(language: str, root: Path = ROOT) -> dict[Key, Entry]:
    """The entries of every fragment of the language.

    Raises CatalogueFault naming both files where two entries translate one message differently.
    """
    gathered: dict[Key, Entry] = {}
    for path in sorted((root / TRANSLATIONS / language).glob("*.po")):
        for entry in read_fragment(path, language, str(path.relative_to(root))):
            first = gathered.setdefault(entry.key, entry)
            if (first.asked, first.given) != (entry.asked, entry.given):
                both = f"{first.where} and {entry.where}"
                raise CatalogueFault(f"{both}: two translations of {entry.asked[0]!r}; keep one")
    return gathered


def compile_language(language: str, root: Path = ROOT) -> Path:
    """The language's `messages.mo` is written anew, whole or not at all; returns its path."""
    catalog = Fragment(language)
    for entry in gather(language, root).values():
        one = len(entry.asked) == 1
        asked, given = (entry.asked[0], entry.given[0]) if one else (entry.asked, entry.given)
        catalog.add(asked, given, context=entry.context)
    target = root / TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    with unfinished.open("wb") as output:
        write_mo(output, catalog)
    unfinished.replace(target)
    return target


def compile_all(root: Path = ROOT) -> list[Path]:
    """Every language's catalogue is up to date; returns the files written."""
    return [compile_language(language, root) for language in languages(root)]


def uses(root: Path = ROOT) -> dict[Key, list[Use]]:
    """Every message that the program and its templates ask for, with the places that do."""
    with (root / TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    found: dict[Key, list[Use]] = {}
    for name, line, message, _comments, context in extract_from_dir(
        root, methods, options, KEYWORDS
    ):
        asked = forms(message)
        found.setdefault((asked[0], context), []).append(Use(f"{name}:{line}", len(asked) > 1))
    return found


def faults(root: Path = ROOT) -> list[str]:
    """What is wrong with the catalogues, one sentence a fault; empty when all is well."""
    found = uses(root)
    wrong = []
    for language in languages(root):
        try:
            wrong += faults_of(language, gather(language, root), found)
        except CatalogueFault as fault:
            wrong.append(str(fault))
    return wrong


def faults_of(language: str, gathered: dict[Key, Entry], found: dict[Key, list[Use]]) -> list[str]:
    """The faults of one language: untranslated, unused and malformed messages."""
    wrong = [
        f"{places[0].where}: no {language} translation of {key[0]!r}"
        for key, places in found.items()
        if key not in gathered
    ]
    for key, entry in gathered.items():
        about = [*faults_of_use(entry, found.get(key, [])), *faults_of_words(entry, language)]
        wrong += [f"{entry.where}: {fault}: {key[0]!r}" for fault in about]
    return wrong


def faults_of_use(entry: Entry, places: list[Use]) -> Iterator[str]:
    """What is wrong between an entry and the places that ask for it."""
    if not places:
        yield "used nowhere"
    if any(use.plural for use in places) and len(entry.asked) == 1:
        yield "needs plural forms"


def faults_of_words(entry: Entry, language: str) -> Iterator[str]:
    """What is wrong with one translation, whatever the program asks for."""
    if entry.fuzzy:
        yield "marked fuzzy"
    if not all(entry.given):
        yield "not translated"
    if any("%" in PLACEHOLDER.sub("", text) for text in (*entry.asked, *entry.given)):
        yield "a bare per cent sign: give it as a value"
    yield from _faults_of_placeholders(entry.asked, entry.given)
    yield from _faults_of_typography(entry.given, language)


def _faults_of_placeholders(asked: tuple[str, ...], given: tuple[str, ...]) -> Iterator[str]:
    expected = {name for text in asked for name in PLACEHOLDER.findall(text)}
    forms = [set(PLACEHOLDER.findall(text)) for text in given if text]
    if any(names - expected for names in forms):
        yield "a placeholder the English does not have"
    if forms and expected - set().union(*forms):
        yield "a placeholder of the English is missing"


def _faults_of_typography(given: tuple[str, ...], language: str) -> Iterator[str]:
    if any(re.search(r"&#?\w+;", text) for text in given):
        yield "an HTML entity: write the character itself"
    if language == "fr":
        for pattern, fault in FRENCH_FAULTS:
            if any(pattern.search(text) for text in given):
                yield fault


def main(arguments: list[str] | None = None) -> int:
    """Compiles or checks; returns 0 when nothing is wrong, else prints what is and returns 1."""
    parser = argparse.ArgumentParser(prog="catalogues", description=__doc__)
    parser.add_argument("what", choices=["compile", "check"])
    wanted = parser.parse_args(arguments).what
    wrong: list[str] = []
    try:
        if wanted == "compile":
            compile_all()
        else:
            wrong = faults()
    except CatalogueFault as fault:
        wrong = [str(fault)]
    sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
