"""The directory as it is read on a phone and kept at a desk."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from casework.directory import queries
from tests.directory.conftest import CLINIC, COURT, DOUEKIRE, GOUNDAM, NUMBERS, TOMBOUCTOU, Places
from tests.support.pages import Values
from tests.support.strict_client import StrictClient

NEW: dict[str, Values] = {
    "name": "Maison des femmes",
    "kind": "ong",
    "services": ["psychosocial", "abri"],
    "communes": [GOUNDAM, TOMBOUCTOU],
    "seat": TOMBOUCTOU,
    "night": "80 00 22 46",
}


def described(known: Places) -> str:
    """The address of the form of the clinic."""
    return f"/directory/{known.clinic.id}/description"


def test_the_list_is_narrowed_by_service_and_commune(reader: StrictClient, known: Places) -> None:
    page = reader.page("/directory")
    found = reader.submit(page, service="sante_urgence", commune=GOUNDAM)
    assert CLINIC.name in found.links
    assert COURT.name not in found.links


def test_a_search_carries_codes_only_in_its_address(reader: StrictClient, known: Places) -> None:
    found = reader.submit(reader.page("/directory"), service="etat_civil", commune=DOUEKIRE)
    assert found.address == f"/directory?service=etat_civil&commune={DOUEKIRE}"


def test_where_nobody_serves_the_commune_the_others_are_offered(
    reader: StrictClient, known: Places
) -> None:
    page = reader.page(f"/directory?service=sante_urgence&commune={TOMBOUCTOU}")
    elsewhere = reader.page(page.links["Voir qui rend ce service ailleurs"])
    assert CLINIC.name in elsewhere.links


@pytest.mark.parametrize("typed", ["service=nothing", "commune=%00", "service=%ff&commune=x"])
def test_an_unknown_code_in_the_address_is_no_search(
    reader: StrictClient, known: Places, typed: str
) -> None:
    assert CLINIC.name in reader.page(f"/directory?{typed}").links


def test_a_sheet_calls_by_day_and_at_night_in_one_tap(reader: StrictClient, known: Places) -> None:
    links = reader.page(f"/directory/{known.clinic.id}").links
    assert links["Appeler le jour"] == "tel:76001122"
    assert links["Appeler la nuit"] == "tel:+22366001122"


def test_jurisdiction_and_present_seat_are_two_things(
    reader: StrictClient, known: Places, session: Session
) -> None:
    known.court.seat = TOMBOUCTOU
    text = reader.page(f"/directory/{known.court.id}").text
    assert "RessortDouékiré, Goundam" in text
    assert "Siège actuelTombouctou" in text


def test_a_suspended_provider_names_the_one_to_ask_instead(
    reader: StrictClient, known: Places
) -> None:
    known.clinic.suspended, known.clinic.fallback_id = True, known.court.id
    page = reader.page(f"/directory/{known.clinic.id}")
    assert "Aucun référencement possible" in page.text
    assert page.links[COURT.name] == f"/directory/{known.court.id}"


def test_the_title_of_a_sheet_names_nobody(reader: StrictClient, known: Places) -> None:
    assert reader.page(f"/directory/{known.clinic.id}").title == "Prestataire — Casework"


def test_who_only_reads_sees_no_way_to_change(reader: StrictClient, known: Places) -> None:
    assert "Modifier" not in reader.page(f"/directory/{known.clinic.id}").links
    assert reader.get("/directory/new").status_code == 403
    assert reader.get(described(known)).status_code == 404


def test_a_provider_is_added(keeper: StrictClient, session: Session, server_key: bytes) -> None:
    page = keeper.submit(keeper.page("/directory/new"), **NEW)
    assert (page.heading, page.links["Appeler la nuit"]) == ("Maison des femmes", "tel:80002246")
    (line,) = queries.search(session, "abri", GOUNDAM)
    assert queries.sheet(session, server_key, line.id).contact == {"night": "80 00 22 46"}


def test_what_was_refused_stands_on_the_page_with_what_to_correct(
    keeper: StrictClient, known: Places
) -> None:
    page = keeper.submit(keeper.page("/directory/new"), **{**NEW, "services": [], "day": "demain"})
    assert "Choisissez au moins un service." in page.text
    assert "Écrivez un seul numéro de téléphone" in page.text
    assert page.form().values["day"] == "demain"
    assert page.form().values.getlist("communes") == [GOUNDAM, TOMBOUCTOU]


def test_a_name_that_is_taken_is_said_and_nothing_typed_is_lost(
    keeper: StrictClient, known: Places
) -> None:
    page = keeper.submit(keeper.page("/directory/new"), **{**NEW, "name": COURT.name})
    assert "Un autre prestataire porte déjà ce nom." in page.text
    assert page.form().values["night"] == NEW["night"]


def test_a_form_left_as_it_stands_changes_nothing_but_the_version(
    keeper: StrictClient, known: Places, session: Session, server_key: bytes
) -> None:
    before = queries.sheet(session, server_key, known.clinic.id)
    keeper.submit(keeper.page(described(known)))
    session.expire_all()
    after = queries.sheet(session, server_key, known.clinic.id)
    assert (after.services, after.communes, after.contact) == (
        before.services,
        before.communes,
        NUMBERS,
    )


def test_the_second_of_two_sees_both_versions_and_chooses(
    keeper: StrictClient, known: Places, session: Session
) -> None:
    mine = keeper.page(described(known))
    keeper.submit(keeper.page(described(known)), hours="Seulement le jour")
    compared = keeper.submit(mine, hours="Jour et nuit, fêtes comprises")
    assert "Un collègue a modifié cette fiche" in compared.text
    assert "Heures d’ouvertureSeulement le jour" in compared.text
    assert compared.form().values["hours"] == "Jour et nuit, fêtes comprises"
    keeper.submit(compared)
    session.expire_all()
    assert session.merge(known.clinic).hours == "Jour et nuit, fêtes comprises"


def test_a_form_without_its_version_overwrites_nothing(
    keeper: StrictClient, known: Places, session: Session
) -> None:
    keeper.submit(keeper.page(described(known)), hours="Changé", version="")
    session.expire_all()
    assert session.merge(known.clinic).hours == CLINIC.hours


def test_communes_stored_earlier_are_not_lost_with_a_change(
    keeper: StrictClient, known: Places, session: Session, server_key: bytes
) -> None:
    from casework.directory.models import ProviderCommune

    session.add(ProviderCommune(provider_id=known.clinic.id, commune="ML060201"))
    keeper.submit(keeper.page(described(known)), hours="Changé")
    assert "ML060201" in queries.sheet(session, server_key, known.clinic.id).communes
