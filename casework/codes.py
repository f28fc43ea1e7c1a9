"""The code lists: stable codes with labels in three languages, read once from `codelists.csv`.

A code never changes its meaning and is never deleted; a retired one keeps its label, so that old
files stay readable, but is offered no more. Help texts are our own words, in French and English.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("fr", "en", "ar")
FALLBACK = "fr"


def _french() -> str:
    return FALLBACK


language_source: Callable[[], str] = _french
"""Answers the reader's language ("fr", "en", "ar", or a locale such as "fr_ML").

The application replaces it when it is composed: `codes.language_source = ...`.
"""


@dataclass(frozen=True, slots=True)
class Code:
    """One line of a list: its labels and help texts by language, and whether it is retired."""

    code: str
    labels: dict[str, str]
    helps: dict[str, str]
    retired: bool


def _read(path: Path) -> dict[str, dict[str, Code]]:
    lists: dict[str, dict[str, Code]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            lists.setdefault(row["list"], {})[row["code"]] = Code(
                code=row["code"],
                labels={language: row[f"label_{language}"] for language in LANGUAGES},
                helps={language: row.get(f"help_{language}") or "" for language in LANGUAGES},
                retired=bool(row["retired"]),
            )
    return lists


_LISTS = _read(Path(__file__).with_name("codelists.csv"))


def lists() -> tuple[str, ...]:
    """The names of all lists, in the order of the file."""
    return tuple(_LISTS)


def codes(list_name: str) -> tuple[str, ...]:
    """Every code of the list, retired ones included, in its order; unknown list: KeyError."""
    return tuple(_LISTS[list_name])


def offered(list_name: str) -> tuple[str, ...]:
    """The codes a form may still offer: those not retired, in the order of the list."""
    return tuple(code for code, entry in _LISTS[list_name].items() if not entry.retired)


def is_code(list_name: str, code: str) -> bool:
    """True when the list knows the code, retired or not; unknown list: KeyError."""
    return code in _LISTS[list_name]


def label(list_name: str, code: str, language: str | None = None) -> str:
    """The words for a code in the reader's language; unknown list or code: KeyError."""
    return _LISTS[list_name][code].labels[_language(language)]


def help_text(list_name: str, code: str, language: str | None = None) -> str:
    """What the code means, in a sentence, or an empty string; Arabic readers get French."""
    helps = _LISTS[list_name][code].helps
    return helps[_language(language)] or (helps[FALLBACK] if _language(language) == "ar" else "")


def choices(list_name: str, language: str | None = None) -> list[tuple[str, str]]:
    """(code, label) of every offered code, as a form's radio buttons want them."""
    return [(code, label(list_name, code, language)) for code in offered(list_name)]


def _language(language: str | None) -> str:
    wanted = (language or language_source() or FALLBACK)[:2]
    return wanted if wanted in LANGUAGES else FALLBACK
