"""Searching: the words wait sealed, the address that shows what they mean holds none of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from casework import clock
from casework.web.models import HeldForm
from tests.support.cast import Cast, Person, enter
from tests.support.files import opened, woman
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

WORDS = "Adjara Mayga"


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


@pytest.fixture
def reader(client: StrictClient, zeinab: Person, session: Session) -> StrictClient:
    """Her browser, with one case of Hadjara Maïga in her team."""
    opened(session, zeinab, people=[woman(given_name="Hadjara", family_name="Maïga")])
    enter(client, zeinab)
    return client


def searched(reader: StrictClient, words: str) -> Page:
    """The page after searching from the list."""
    return reader.submit(reader.page("/cases"), "/search", words=words)


def test_a_name_written_otherwise_is_found_from_the_list(reader: StrictClient) -> None:
    assert "Hadjara Maïga" in searched(reader, WORDS).links


def test_what_was_typed_stands_in_the_box_and_not_in_the_address(reader: StrictClient) -> None:
    page = searched(reader, WORDS)
    assert page.form("/search").values["words"] == WORDS
    assert "Adjara" not in page.address
    assert "Mayga" not in page.address


def test_what_was_typed_is_sealed_in_the_database(reader: StrictClient, session: Session) -> None:
    searched(reader, WORDS)
    boxes = [row.box for row in session.query(HeldForm)]
    assert boxes
    assert not any(b"Adjara" in box for box in boxes)


def test_somebody_elses_search_shows_nothing(
    reader: StrictClient, client: StrictClient, cast: Cast
) -> None:
    address = searched(reader, WORDS).address
    enter(client, cast.person("ibrahim"))
    page = client.page(address)
    assert page.form("/search").values["words"] == ""
    assert "Hadjara Maïga" not in page.text


def test_after_twenty_minutes_the_search_is_forgotten(reader: StrictClient) -> None:
    address = searched(reader, WORDS).address
    reader.page("/cases")
    with clock.at(clock.now() + timedelta(minutes=14)):
        reader.page("/cases")
    with clock.at(clock.now() + timedelta(minutes=21)):
        assert "Hadjara Maïga" not in reader.page(address).text


def test_nothing_typed_says_what_to_type(reader: StrictClient) -> None:
    page = searched(reader, "  ")
    assert "Écrivez un nom, un code ou un numéro de téléphone." in page.text


@pytest.mark.parametrize("words", ["x" * 121, "a\x00b"])
def test_what_cannot_be_searched_is_refused_with_a_message(
    reader: StrictClient, words: str
) -> None:
    page = searched(reader, words)
    assert page.title.startswith("Erreur")


def test_a_name_nobody_bears_offers_a_new_case(reader: StrictClient) -> None:
    page = searched(reader, "Wolfgang Brückner")
    assert "Aucun dossier de votre équipe" in page.text
    assert "Nouveau dossier" in page.links
