"""Every address a manager can reach from the first page, and every number that stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urldefrag, urljoin

from flask_babel import force_locale
from werkzeug.test import TestResponse

from casework.statistics.catalogue import CATALOGUES, Catalogue, read_catalogue
from casework.statistics.labels import code_label
from tests.support.html_rules import parse
from tests.support.strict_client import StrictClient

FIRST = "/statistics"
TOKEN = re.compile(rb'(name="csrf_token" value=")[0-9a-f]+')
SPOKEN = ("aria-label", "title", "alt", "value", "placeholder")
METHOD = frozenset({0, 4, 5, 9})
"""The numbers of the note on method: `<5` is 0 to 4, the base, the bounds."""
SPACES = re.compile("(?<=[0-9])[\u202f\u00a0](?=[0-9]{3}(?![0-9]))")
NAMES = re.compile(
    r"[TQ][1-4] 20[0-9]{2}|20[0-9]{2}Q[1-4]|[1-4](er|e|st|nd|rd|th) (trimestre|quarter) 20[0-9]{2}"
    r"|[0-9]{1,2} \w+ 20[0-9]{2}|\w+ [0-9]{1,2}, 20[0-9]{2}"
    r"|catalogue 1\b|(empreinte|fingerprint) [0-9a-f]{12}"
)
"""Quarters, dates, and what else the stamp says in figures."""


def crawl(client: StrictClient, *periods: str) -> dict[str, TestResponse]:
    """The answers by address, of the first page and all that its links lead to under it.

    Of the pages of one period, only those of the `periods` given are opened, when any are.
    """
    found: dict[str, TestResponse] = {}
    waiting = [FIRST]
    while waiting:
        address = waiting.pop()
        if address not in found and wanted(address, periods):
            found[address] = client.get(address)
            assert found[address].status_code == 200, address
            waiting += links(address, found[address])
    return found


def wanted(address: str, periods: tuple[str, ...]) -> bool:
    """True for the first page and for those of the periods; without any, for all."""
    return not periods or address == FIRST or address.split("/")[2] in periods


def links(address: str, response: TestResponse) -> list[str]:
    """Where a page leads, within the statistics."""
    if response.mimetype != "text/html":
        return []
    page = parse(response.get_data(as_text=True))
    targets = (urljoin(address, link.get("href") or "") for link in page.all("a"))
    return [urldefrag(target).url for target in targets if target.startswith(FIRST)]


def bytes_of(answers: dict[str, TestResponse]) -> dict[str, tuple[bytes, list[tuple[str, str]]]]:
    """Body and headers of each answer, without the token that belongs to the session."""
    return {
        address: (TOKEN.sub(rb"\1", answer.get_data()), sorted(answer.headers.items()))
        for address, answer in answers.items()
    }


def words(response: TestResponse) -> str:
    """Everything an answer says: text, titles and descriptions, spoken attributes; a file whole.

    The marks of an axis are left out: they are round numbers and no figures.
    """
    text = response.get_data(as_text=True)
    if response.mimetype != "text/html":
        return text
    page = parse(text)
    for mark in page.root.iter("{http://www.w3.org/2000/svg}text"):
        mark.text = "" if mark.get("text-anchor") == "end" else mark.text
    said = [" ".join(page.root.itertext())]
    for element in page.all():
        if element.get("name") != "csrf_token":
            said += [element.get(name) or "" for name in SPOKEN]
    return " ".join(said)


def strangers(text: str, known: Iterable[int], labels: Iterable[str]) -> set[int]:
    """The whole numbers of a text that are neither known nor part of a name, a date or a label."""
    text = " ".join(SPACES.sub("", text).split())
    for label in sorted(labels, key=len, reverse=True):
        text = text.replace(" ".join(label.split()), " ")
    text = NAMES.sub(" ", text)
    return {int(digits) for digits in re.findall(r"[0-9]+", text)} - set(known)


def labels_of(catalogue: Catalogue, language: str) -> set[str]:
    """The words of every group, some of which hold numbers: «0 à 11 ans»."""
    with force_locale(language):
        return {
            code_label(dimension, code)
            for kind in catalogue.kinds.values()
            for dimension, codes in kind.codes.items()
            for code in codes
        }


def codes_of(catalogue: Catalogue) -> set[str]:
    """Every code as files write it, some of which hold numbers: `12_17`, `ML060208`."""
    several = (codes for kind in catalogue.kinds.values() for codes in kind.codes.values())
    return {code for codes in several for code in codes}


def first_catalogue() -> Catalogue:
    """The catalogue by which the tests' figures were drawn."""
    return read_catalogue(CATALOGUES / "1.toml")
