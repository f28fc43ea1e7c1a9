"""Communes and cercles of the region, keyed on P-codes, read once from `communes.csv`.

The cercle of a commune is dated (`valid_from`, `valid_to`): the reform of 2023 redraws cercles, and
a file keeps the one that held on its day. Codes inside a cercle follow the alphabet and were not
checked against the national file: check them once before go-live. A place below the commune is
identifying and stays free text; `localities` are only suggestions for it.
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cercle:
    """The administrative level above the commune."""

    pcode: str
    name: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A commune belonged to a cercle from a day (included) to a day (excluded, None: still)."""

    cercle: Cercle
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """True when the commune belonged to this cercle on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune; latitude and longitude in degrees, None where nobody measured them."""

    pcode: str
    name: str
    attachments: tuple[Attachment, ...]
    urban: bool
    project: bool
    seat: str
    latitude: float | None
    longitude: float | None
    point_basis: str
    variants: tuple[str, ...]
    localities: tuple[str, ...]


def _read(path: Path) -> dict[str, Commune]:
    rows: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            rows.setdefault(row["pcode"], []).append(row)
    return {pcode: _commune(periods) for pcode, periods in rows.items()}


def _commune(periods: list[dict[str, str]]) -> Commune:
    row = periods[-1]
    return Commune(
        pcode=row["pcode"],
        name=row["name"],
        attachments=tuple(_attachment(period) for period in periods),
        urban=bool(row["urban"]),
        project=bool(row["project"]),
        seat=row["seat"],
        latitude=float(row["lat"]) if row["lat"] else None,
        longitude=float(row["lon"]) if row["lon"] else None,
        point_basis=row["point_basis"],
        variants=_several(row["variants"]),
        localities=_several(row["localities"]),
    )


def _attachment(row: dict[str, str]) -> Attachment:
    return Attachment(
        Cercle(row["cercle_pcode"], row["cercle"]),
        date.fromisoformat(row["valid_from"]),
        date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


COMMUNES: dict[str, Commune] = _read(Path(__file__).with_name("communes.csv"))


def commune(pcode: str) -> Commune:
    """The commune of a P-code; unknown: KeyError."""
    return COMMUNES[pcode]


def name(pcode: str) -> str:
    """The commune's name as written on screen; unknown: KeyError."""
    return COMMUNES[pcode].name


def project_communes() -> tuple[Commune, ...]:
    """The communes the programme works in, in the order of their P-codes."""
    return tuple(place for place in COMMUNES.values() if place.project)


def choices(*, everywhere: bool = False) -> list[tuple[str, str]]:
    """(P-code, name) for a form: the programme's communes, or every commune of the region."""
    places = COMMUNES.values() if everywhere else project_communes()
    return [(place.pcode, place.name) for place in places]


def cercle_of(pcode: str, on: date | None = None) -> Cercle:
    """The cercle of the commune on a day, the latest known when no day is given.

    Raises KeyError for an unknown commune and LookupError for a day before the first known one.
    """
    periods = COMMUNES[pcode].attachments
    if on is None:
        return periods[-1].cercle
    for period in periods:
        if period.holds_on(on):
            return period.cercle
    raise LookupError(pcode)


def project_cercles() -> tuple[Cercle, ...]:
    """The cercles of the programme's communes, each once, in order."""
    return tuple(dict.fromkeys(cercle_of(place.pcode) for place in project_communes()))


def find(text: str) -> Commune | None:
    """The commune written this way or in a known variant, accents and punctuation ignored.

    The whole name must agree: « Bourem » alone is another town, not Bourem-Inaly.
    """
    wanted = _folded(text)
    for place in COMMUNES.values():
        if wanted in {_folded(spelling) for spelling in (place.name, *place.variants)}:
            return place
    return None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())
