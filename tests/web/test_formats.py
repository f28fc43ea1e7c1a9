"""Dates and codes as people read them, in their language and on their wall's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from casework.cases.case_codes import new_code
from casework.web import formats

NIGHT = datetime(2026, 3, 12, 23, 30, tzinfo=UTC)


@pytest.fixture(params=["fr", "en"])
def language(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    """A request in each language."""
    headers = {"Cookie": f"__Host-language={request.param}"}
    with app.test_request_context("/", headers=headers):
        yield str(request.param)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (date(2026, 3, 12), "12 mars 2026", "12 March 2026"),
        (date(2026, 1, 1), "1er janvier 2026", "1 January 2026"),
        (NIGHT, "12 mars 2026", "12 March 2026"),
        ("2026-03-12", "12 mars 2026", "12 March 2026"),
        ("2026-03-12T23:30:00+00:00", "12 mars 2026", "12 March 2026"),
        ("1985-03", "mars 1985", "March 1985"),
        ("1985", "1985", "1985"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_a_day_is_written_in_words_as_far_as_it_is_known(
    language: str, value: Any, french: str, english: str
) -> None:
    assert formats.day(value) == (french if language == "fr" else english)


@pytest.mark.parametrize("value", [NIGHT, NIGHT.isoformat()])
def test_a_moment_has_the_time_of_the_programme(language: str, value: Any) -> None:
    expected = {"fr": "12 mars 2026, 23:30", "en": "12 Mar 2026, 23:30"}
    assert formats.moment(value) == expected[language]


@pytest.mark.parametrize(
    ("begins", "french", "english"),
    [
        (14, "12 mars 2026, entre 14:00 et 15:00", "12 Mar 2026, between 14:00 and 15:00"),
        (23, "12 mars 2026, entre 23:00 et minuit", "12 Mar 2026, between 23:00 and midnight"),
    ],
    ids=["afternoon", "night"],
)
def test_an_hour_is_never_written_as_if_the_minute_were_known(
    language: str, begins: int, french: str, english: str
) -> None:
    told = formats.hour(datetime(2026, 3, 12, begins, tzinfo=UTC))
    assert told == (french if language == "fr" else english)


def test_no_moment_is_no_text(language: str) -> None:
    assert formats.moment(None) == formats.moment("") == ""


def test_a_code_is_said_in_two_groups() -> None:
    code = new_code()
    assert formats.spoken(code) == f"{code[:4]}-{code[4:]}"
    assert len(formats.spoken(code)) == 9


def test_a_code_of_a_list_is_shown_in_words(language: str) -> None:
    words = formats.label("cloture", "statut_dossier")
    assert words
    assert words != "cloture"
    assert formats.label(None, "statut_dossier") == formats.label("", "statut_dossier") == ""
