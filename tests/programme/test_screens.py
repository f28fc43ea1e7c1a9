"""The pages on which teams write down what the programme does."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from casework import clock
from casework.facts.actions import close_period
from casework.facts.calendar import quarter_of
from casework.programme import queries
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.strict_client import StrictClient

TALK = {
    "commune": "ML060208",
    "theme": "land",
    "proof": "signed_list",
    "women-u18": "3",
    "men-a36p": "4",
}


@pytest.fixture
def aminata(app: Flask, session: Session, cast: Cast) -> StrictClient:
    """The coordinator's browser."""
    client = new_client(app, session)
    enter(client, cast.person("aminata"))
    return client


def today() -> dict[str, str]:
    """Today in three boxes."""
    day = clock.today()
    return {
        "held_on-day": str(day.day),
        "held_on-month": str(day.month),
        "held_on-year": str(day.year),
    }


def test_a_talk_is_written_down_and_listed(aminata: StrictClient, session: Session) -> None:
    page = aminata.page("/activities/new/sensibilisation")
    listing = aminata.submit(page, "/activities/new", **today(), **TALK)
    assert "L’activité est enregistrée." in listing.text
    (row,) = queries.activities(session)
    assert {(head.sex, head.age, head.people) for head in row.heads} == {
        ("F", "u18", 3),
        ("M", "a36p", 4),
    }


def test_the_form_shows_what_is_stored_and_keeps_a_correction(
    aminata: StrictClient, session: Session
) -> None:
    page = aminata.page("/activities/new/sensibilisation")
    aminata.submit(page, "/activities/new", **today(), **TALK)
    (row,) = queries.activities(session)
    page = aminata.page(f"/activities/{row.id}")
    assert page.form(f"/activities/{row.id}").values["women-u18"] == "3"
    aminata.submit(page, f"/activities/{row.id}", **{"women-u18": "9"})
    session.expire_all()
    assert sum(head.people for head in queries.activities(session)[0].heads) == 13


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"women-u18": "", "men-a36p": ""}, "au moins une"),
        ({"women-u18": "x"}, "en chiffres seulement"),
        ({"displaced": "8"}, "recomptez"),
        ({"displaced": "beaucoup"}, "nombre entier"),
        ({"commune": ""}, "Choisissez la commune."),
        ({"held_on-year": "2999"}, "pas encore arrivée"),
    ],
    ids=["nobody", "letters", "more", "words", "commune", "future"],
)
def test_what_cannot_be_is_said_in_plain_words(
    aminata: StrictClient, changes: dict[str, str], said: str
) -> None:
    page = aminata.page("/activities/new/sensibilisation")
    again = aminata.submit(page, "/activities/new", **today() | TALK | changes)
    assert "Corrigez ce qui suit" in again.text
    assert said in again.text


def test_a_reported_activity_is_shown_without_a_button(
    aminata: StrictClient, session: Session
) -> None:
    page = aminata.page("/activities/new/sensibilisation")
    aminata.submit(page, "/activities/new", **today(), **TALK)
    (row,) = queries.activities(session)
    close_period(session, quarter_of(clock.today()))
    page = aminata.page(f"/activities/{row.id}")
    assert "on ne peut plus la changer" in page.text
    assert "Enregistrer" not in page.text


def test_an_activity_is_removed(aminata: StrictClient, session: Session) -> None:
    page = aminata.page("/activities/new/sensibilisation")
    aminata.submit(page, "/activities/new", **today(), **TALK)
    (row,) = queries.activities(session)
    page = aminata.page(f"/activities/{row.id}")
    assert "L’activité est retirée." in aminata.submit(page, "removals").text
    session.expire_all()
    assert queries.activities(session) == []


def test_a_radio_and_its_debate(aminata: StrictClient, session: Session) -> None:
    aminata.submit(aminata.page("/radios"), "/radios", name="Radio Alafia", commune="ML060501")
    (radio,) = queries.radios(session)
    page = aminata.page("/activities/new/radio_debat")
    debate = {"commune": "ML060501", "theme": "gbv", "proof": "recording", "radio": str(radio.id)}
    aminata.submit(
        page, "/activities/new", **today(), **debate, language="songhay", minutes="60", callers="7"
    )
    (row,) = queries.activities(session)
    assert (row.radio_id, row.minutes, row.callers, row.heads) == (radio.id, 60, 7, [])


def test_a_practice_enters_the_register(aminata: StrictClient) -> None:
    page = aminata.page("/practices/new")
    day = {name.replace("held_on", "noted_on"): value for name, value in today().items()}
    told = {"kind": "customary", "theme": "land", "commune": "ML060208", "told": "Un accord."}
    assert "Un accord." in aminata.submit(page, "/practices/new", **day, **told).text


def test_the_administrator_sets_goals(app: Flask, session: Session, cast: Cast) -> None:
    client = new_client(app, session)
    enter(client, cast.person("admin"))
    page = client.page("/goals")
    saved = client.submit(page, "/goals", baseline_B5="3", target_B5="250", target_A1="x")
    assert "nombre entier" in saved.text
    saved = client.submit(client.page("/goals"), "/goals", baseline_B5="3", target_B5="250")
    assert "enregistrées" in saved.text
    assert queries.goals(session)["B5"].target == 250


def test_an_unknown_kind_is_not_found(aminata: StrictClient) -> None:
    assert aminata.get("/activities/new/unheard").status_code == 404
    assert aminata.get("/activities/new/lancement").status_code == 404


@pytest.mark.parametrize("handle", ["moussa", "mariam", "manager", "donor", "auditor"])
def test_nobody_else_opens_the_activities(
    app: Flask, session: Session, cast: Cast, handle: str
) -> None:
    client = new_client(app, session)
    enter(client, cast.person(handle))
    for address in ("/activities", "/radios", "/practices", "/activities/new/causerie"):
        assert client.get(address).status_code == 403
