"""The list of cases as it is read on a phone."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import brotli
import pytest
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.case_codes import spoken
from casework.cases.closure import close_case
from casework.cases.intake import begin_case
from casework.consent.records import RECORDING
from tests.support.cast import Cast, Person, enter
from tests.support.files import answer, opened, woman
from tests.support.many_cases import add_cases
from tests.support.strict_client import StrictClient

BUDGET = 4096


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


@pytest.fixture
def reader(client: StrictClient, zeinab: Person) -> StrictClient:
    """Her browser."""
    enter(client, zeinab)
    return client


def team_of(person: Person) -> Any:
    """The keys of her team."""
    assert person.team_id is not None
    return person.keyring.team(person.team_id)


def test_a_row_says_name_code_commune_problem_state_step_and_worker(
    session: Session, reader: StrictClient, zeinab: Person
) -> None:
    case = opened(session, zeinab, people=[woman(given_name="Hadjara", family_name="Maïga")])
    page = reader.page("/cases")
    assert page.links["Hadjara Maïga"] == f"/cases/{case.id}"
    for words in (spoken(case.row.code), "Goundam", "Acte de naissance", "Ouvert", "Zeinab"):
        assert words in page.text


def test_the_title_and_the_addresses_hold_no_name(
    session: Session, reader: StrictClient, zeinab: Person
) -> None:
    opened(session, zeinab, people=[woman(given_name="Hadjara")])
    page = reader.page("/cases")
    assert page.title == "Dossiers — Casework"
    assert not any("adjara" in address for address in page.links.values())


def test_each_list_shows_its_own_cases(
    session: Session, reader: StrictClient, cast: Cast, zeinab: Person
) -> None:
    def named(name: str, who: Person = zeinab) -> Any:
        return opened(session, who, people=[woman(given_name=name)])

    named("Ouverte")
    named("Autrui", cast.person("ibrahim"))
    late, closed = named("Tardive"), named("Finie")
    late.row.next_step_on = clock.today() - timedelta(days=1)
    value: dict[str, Any] = {"code": "accord_mutuel", "happened_on": clock.today().isoformat()}
    close_case(session, zeinab.actor, zeinab.keyring, closed.id, value, 0)
    page = reader.page("/cases")
    shown = {}
    for words in ("Ouverts", "À moi", "En retard", "Clôturés"):
        text = reader.page(page.links[words]).text
        shown[words] = {name for name in ("Ouverte", "Autrui", "Tardive", "Finie") if name in text}
    assert shown == {
        "Ouverts": {"Ouverte", "Autrui", "Tardive"},
        "À moi": {"Ouverte", "Tardive"},
        "En retard": {"Tardive"},
        "Clôturés": {"Finie"},
    }


def test_what_is_overdue_says_since_when(
    session: Session, reader: StrictClient, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    case.row.next_step_on = clock.today() - timedelta(days=3)
    assert "En retard depuis le" in reader.page("/cases").text


def test_the_next_page_goes_on_where_this_one_ends(
    session: Session, reader: StrictClient, zeinab: Person
) -> None:
    made = add_cases(session, team_of(zeinab), zeinab.id, 25, Random(1))
    addresses = {f"/cases/{one}" for one in made}
    first = reader.page("/cases")
    second = reader.page(first.links["Page suivante"])
    seen = [set(page.links.values()) & addresses for page in (first, second)]
    assert [len(one) for one in seen] == [20, 5]
    assert seen[0] | seen[1] == addresses
    assert "Page suivante" not in second.links


@pytest.mark.parametrize(
    "address",
    [
        "/cases?show=everything",
        "/cases?after=2026-01-01",
        "/cases?after=%00_%ff",
        "/cases?show=%ff",
    ],
)
def test_an_address_that_was_tampered_with_shows_the_first_page(
    session: Session, reader: StrictClient, zeinab: Person, address: str
) -> None:
    case = opened(session, zeinab)
    assert f"/cases/{case.id}" in reader.page(address).links.values()


def test_an_empty_list_says_so(reader: StrictClient) -> None:
    assert "Votre équipe n’a pas de dossier ouvert." in reader.page("/cases").text


def test_an_intake_to_finish_stands_above_the_list(
    session: Session, reader: StrictClient, zeinab: Person
) -> None:
    assert zeinab.team_id is not None
    by = (session, zeinab.actor, zeinab.keyring)
    case = begin_case(*by, zeinab.team_id, uuid4(), [answer(RECORDING)])
    page = reader.page("/cases")
    assert page.links[spoken(case.row.code)] == f"/cases/{case.id}/intake"


@pytest.mark.parametrize("handle", ["moussa", "mariam", "admin", "manager", "donor", "auditor"])
def test_who_may_list_no_cases_sees_no_list(client: StrictClient, cast: Cast, handle: str) -> None:
    enter(client, cast.person(handle))
    for address in ("/cases", "/cases/search"):
        assert client.get(address).status_code == 403


def test_twenty_rows_fit_the_budget_of_a_slow_network(
    session: Session, reader: StrictClient, zeinab: Person
) -> None:
    add_cases(session, team_of(zeinab), zeinab.id, 21, Random(2), next_step_on=clock.today())
    page = reader.page("/cases")
    assert "Page suivante" in page.links
    assert len(brotli.compress(page.response.get_data(), quality=5)) <= BUDGET
