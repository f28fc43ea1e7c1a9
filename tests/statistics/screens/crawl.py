"""Every address a manager can reach from the first page, and every number that stands there."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable

from flask.testing import FlaskClient
from flask_babel import force_locale
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from casework.programme.framework import indicators
from casework.programme.kinds import AGES
from casework.statistics.catalogue import CATALOGUES, Catalogue, read_catalogue
from casework.statistics.labels import code_label
from casework.statistics.routes_exports import XLSX
from casework.statistics.routes_periods import PERIOD
from tests.support.html_rules import parse
from tests.support.strict_client import StrictClient

FIRST = "/statistics"
LINK = re.compile(r'href="(/statistics[^"#?]*)"')
Answers = dict[str, TestResponse]
TOKEN = re.compile(rb'(name="csrf_token" value=")[0-9a-f]+')
SPOKEN = ("aria-label", "title", "alt", "value", "placeholder")
METHOD = frozenset({0, 4, 5, 9, *range(8, 4 * 40, 4)})
"""The numbers of the note on method: `<5` is 0 to 4, the base, the bounds, the bounds of sums."""
SPACES = re.compile("(?<=[0-9])[\u202f\u00a0](?=[0-9]{3}(?![0-9]))")
NAMES = re.compile(
    r"[TQ][1-4] 20[0-9]{2}|20[0-9]{2}Q[1-4]|[1-4](er|e|st|nd|rd|th) (trimestre|quarter) 20[0-9]{2}"
    r"|[0-9]{1,2} \w+ 20[0-9]{2}|\w+ [0-9]{1,2}, 20[0-9]{2}"
    r"|catalogue 1\b|(empreinte|fingerprint) [0-9a-f]{12}|\b[0-9a-f]{32,64}\b"
    r"|[AB][1-9] |(Objectif|Objective) [12]|(Résultat|Result) [12]\.[12]|\b[12]\.[12] "
)
"""Quarters, dates, and what else the stamp says in figures."""


def crawl(client: StrictClient, *periods: str, kinds: Iterable[str] = ()) -> Answers:
    """The answers by address, of the first page and all that its links lead to under it.

    Of the pages of one period, only those of the `periods` given are opened, when any are; of the
    single tables, only those of the `kinds` given, when any are. Pages are taken as they come:
    that they are sound is looked at elsewhere.
    """
    found: Answers = {}
    waiting = [FIRST]
    while waiting:
        address = waiting.pop()
        if address not in found and wanted(address, periods, tuple(kinds)):
            found[address] = fetched(client, address)
            assert found[address].status_code == 200, address
            waiting += links(found[address])
    return found


def fetched(client: StrictClient, address: str) -> TestResponse:
    """One answer, without reading it as a browser would."""
    if client.arranged is not None:
        client.arranged.commit()
    return FlaskClient.open(client, address)


def wanted(address: str, periods: tuple[str, ...], kinds: tuple[str, ...]) -> bool:
    """True for what the crawl is to open."""
    parts = address.removeprefix(FIRST).strip("/").split("/")
    period = parts[0].partition(".")[0]
    if periods and PERIOD.fullmatch(period) and period not in periods:
        return False
    return not kinds or len(parts) < 3 or parts[1] in kinds


def links(response: TestResponse) -> list[str]:
    """Where a page leads, within the statistics."""
    if response.mimetype != "text/html":
        return []
    return LINK.findall(response.get_data(as_text=True))


def bytes_of(answers: Answers) -> dict[str, tuple[bytes, list[tuple[str, str]]]]:
    """Body and headers of each answer, without the token that belongs to the session."""
    return {
        address: (TOKEN.sub(rb"\1", answer.get_data()), sorted(answer.headers.items()))
        for address, answer in answers.items()
    }


def words(response: TestResponse) -> str:
    """Everything an answer says: text, titles and descriptions, spoken attributes; a file whole.

    The marks of an axis are left out: they are round numbers and no figures.
    """
    if response.mimetype == "application/pdf":
        return paper_words(response.get_data())
    if response.mimetype == XLSX:
        return workbook_words(response.get_data())
    text = response.get_data(as_text=True)
    if response.mimetype == "application/json":
        return json_words(text)
    if response.mimetype != "text/html":
        return text
    page = parse(text)
    for mark in page.root.iter("{http://www.w3.org/2000/svg}text"):
        mark.text = "" if mark.get("text-anchor") == "end" else mark.text
    for row in page.all("tr"):
        if row.get("class") == "axis":
            row.clear()
    said = [" ".join(page.root.itertext())]
    for element in page.all():
        if element.get("name") != "csrf_token":
            said += [element.get(name) or "" for name in SPOKEN]
    return " ".join(said)


def paper_words(content: bytes) -> str:
    """The text of a PDF but for the marks of its axes, its page numbers left out."""
    pages = PdfReader(io.BytesIO(content)).pages
    text = " ".join(page.extract_text() for page in pages)
    return re.sub(rf"[0-9]+ / {len(pages)}\\b", " ", text)


def workbook_words(content: bytes) -> str:
    """Every cell of a workbook."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    cells = (cell for sheet in sheets for row in sheet for cell in row)
    return " ".join(f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in cells)


def json_words(text: str) -> str:
    """The figures and the words of a JSON file; its format and codes are no figures."""
    content = json.loads(text)
    tables = (table for block in content["blocks"] for table in block["tables"].values())
    cells = (value for table in tables for value in table.values())
    said = (block["bound"] for block in content["blocks"])
    return " ".join(map(str, [*cells, *said, *content["method"]]))


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


def programme_labels(language: str) -> set[str]:
    """The words of age bands and indicators, some of which hold numbers too."""
    with force_locale(language):
        bands = [str(words) for words in AGES.values()]
        return {*bands, *(str(indicator.label) for indicator in indicators())}


def codes_of(catalogue: Catalogue) -> set[str]:
    """Every code as files write it, some of which hold numbers: `12_17`, `ML060208`."""
    several = (codes for kind in catalogue.kinds.values() for codes in kind.codes.values())
    return {code for codes in several for code in codes}


def first_catalogue() -> Catalogue:
    """The catalogue by which the tests' figures were drawn."""
    return read_catalogue(CATALOGUES / "1.toml")
