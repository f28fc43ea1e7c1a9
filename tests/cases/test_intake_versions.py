"""Two people on the same answers: the second sees both versions and chooses; nothing is lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from casework.cases.intake import save_section
from tests.cases import intake_pages as walk
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.databases import on_both_databases
from tests.support.pages import Page
from tests.support.strict_client import StrictClient


@pytest.fixture
def zeinab(client: StrictClient, cast: Cast) -> StrictClient:
    """The browser of a paralegal of Goundam."""
    enter(client, cast.person("zeinab"))
    return client


@pytest.fixture
def ibrahim(app: Flask, session: Session, cast: Cast) -> StrictClient:
    """The browser of her colleague."""
    client = new_client(app, session)
    enter(client, cast.person("ibrahim"))
    return client


@pytest.fixture
def contact(session: Session, cast: Cast) -> str:
    """The section that says how to reach a person, of an open case."""
    return f"/cases/{walk.made(session, cast)}/sections/contact"


def both(zeinab: StrictClient, ibrahim: StrictClient, address: str) -> Page:
    """The page Zeinab gets when Ibrahim was faster: he wrote Kabara, she wrote Sankoré."""
    hers, his = zeinab.page(address), ibrahim.page(address)
    ibrahim.send(his, place="Kabara")
    return zeinab.submit(hers, place="Sankoré", times="Mardi")


def reached(session: Session, cast: Cast, address: str) -> dict[str, Any]:
    """What the contact section says now."""
    found: dict[str, Any] = walk.told(session, cast, UUID(address.split("/")[2]))["contact"]
    return found


@on_both_databases
def test_the_second_sees_both_versions_question_by_question(
    zeinab: StrictClient, ibrahim: StrictClient, contact: str
) -> None:
    page = both(zeinab, ibrahim, contact)
    assert page.heading == "Deux versions : choisissez"
    for words in ("Votre version Sankoré", "déjà enregistrée Kabara", "Votre version Mardi"):
        assert words in page.text


def test_until_she_chooses_the_first_version_stands(
    zeinab: StrictClient, ibrahim: StrictClient, contact: str, session: Session, cast: Cast
) -> None:
    both(zeinab, ibrahim, contact)
    assert reached(session, cast, contact)["place"] == "Kabara"


def test_she_keeps_hers(
    zeinab: StrictClient, ibrahim: StrictClient, contact: str, session: Session, cast: Cast
) -> None:
    zeinab.send(both(zeinab, ibrahim, contact))
    told = reached(session, cast, contact)
    assert (told["place"], told["times"]) == ("Sankoré", "Mardi")


def test_she_keeps_the_other(
    zeinab: StrictClient, ibrahim: StrictClient, contact: str, session: Session, cast: Cast
) -> None:
    page = both(zeinab, ibrahim, contact)
    assert page.links["Garder l’autre"] == contact.removesuffix("/sections/contact")
    assert reached(session, cast, contact)["place"] == "Kabara"


def test_she_corrects_by_hand_with_both_in_sight(
    zeinab: StrictClient, ibrahim: StrictClient, contact: str, session: Session, cast: Cast
) -> None:
    page = both(zeinab, ibrahim, contact)
    page = zeinab.page(page.links["Corriger moi-même"])
    assert "Kabara" in page.text
    assert page.form().values["place"] == "Sankoré"
    zeinab.send(page, place="Kabara, chez Sankoré")
    assert reached(session, cast, contact)["place"] == "Kabara, chez Sankoré"


def test_a_third_version_is_not_overwritten_either(
    zeinab: StrictClient, ibrahim: StrictClient, contact: str, session: Session, cast: Cast
) -> None:
    page = both(zeinab, ibrahim, contact)
    ibrahim.send(ibrahim.page(contact), place="Hamabangou")
    page = zeinab.submit(page)
    assert "déjà enregistrée Hamabangou" in page.text
    assert reached(session, cast, contact)["place"] == "Hamabangou"


def test_two_who_write_the_same_need_not_choose(
    zeinab: StrictClient, ibrahim: StrictClient, contact: str
) -> None:
    hers, his = zeinab.page(contact), ibrahim.page(contact)
    ibrahim.send(his, place="Kabara")
    answer = zeinab.send(hers, place="Kabara")
    assert answer.headers["Location"].endswith("notice=section_saved")


def test_two_who_write_different_sections_need_not_choose(
    zeinab: StrictClient, ibrahim: StrictClient, contact: str
) -> None:
    notes = contact.replace("/contact", "/notes")
    hers, his = zeinab.page(contact), ibrahim.page(notes)
    ibrahim.send(his, action_plan="Aller à la mairie.")
    answer = zeinab.send(hers, place="Kabara")
    assert answer.headers["Location"].endswith("notice=section_saved")


def test_the_intake_too_shows_both_versions(zeinab: StrictClient, ibrahim: StrictClient) -> None:
    page = zeinab.submit(walk.with_girl(zeinab), **walk.NAMES)
    address = page.address.split("?")[0]
    page = both(zeinab, ibrahim, address)
    assert page.heading == "Deux versions : choisissez"
    assert zeinab.submit(page).heading == "Ce qui est arrivé"


def test_a_section_sent_twice_is_written_once(zeinab: StrictClient, contact: str) -> None:
    page = zeinab.page(contact)
    answers = {zeinab.send(page, place="Kabara").headers["Location"] for _ in range(2)}
    assert len(answers) == 1
    assert "notice=section_saved" in answers.pop()


# Sections of an open case


@pytest.mark.parametrize(
    ("section", "field", "text"),
    [
        ("identity", "b1_nickname", "Hadja"),
        ("facts", "g1_wish", "Que cela cesse."),
        ("perpetrator", "g1_author_name", "le voisin"),
        ("health", "g1_health_note", "Enceinte de trois mois."),
        ("legal", "papers_held", "Un carnet."),
        ("notes", "safety_plan", "Chez sa tante."),
    ],
)
def test_every_section_can_be_corrected_later(
    zeinab: StrictClient, session: Session, cast: Cast, section: str, field: str, text: str
) -> None:
    case_id = walk.made(session, cast)
    page = zeinab.page(f"/cases/{case_id}/sections/{section}")
    walk.sent(zeinab, page, **{field: text})
    assert text in str(walk.told(session, cast, case_id)[section])
    again = zeinab.page(f"/cases/{case_id}/sections/{section}")
    assert again.form().values[field] == text


def test_an_unchanged_section_is_not_written_again(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    case_id = walk.made(session, cast)
    before = walk.told(session, cast, case_id)
    for section in ("identity", "facts", "perpetrator", "health"):
        page = zeinab.page(f"/cases/{case_id}/sections/{section}")
        revision = page.form().values[f"revision_{section}"]
        zeinab.send(page)
        again = zeinab.page(f"/cases/{case_id}/sections/{section}")
        assert again.form().values[f"revision_{section}"] == revision
    assert walk.told(session, cast, case_id) == before


def test_a_grievance_told_later_is_added(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    case_id = walk.made(session, cast)
    page = zeinab.submit(zeinab.page(f"/cases/{case_id}/sections/facts"), another="1")
    zeinab.send(page, g2_justice_type="ec_naissance")
    found = walk.told(session, cast, case_id)["facts"]["grievances"]
    assert [one.get("justice_type") for one in found] == [None, "ec_naissance"]


def test_a_draft_is_not_corrected_as_a_section(zeinab: StrictClient) -> None:
    case_id = walk.case_of(walk.with_girl(zeinab))
    page = zeinab.page(f"/cases/{case_id}/sections/identity")
    assert page.heading == "Accueil non terminé"


def large_family(session: Session, cast: Cast) -> UUID:
    """An open case of eight people."""
    case_id, who = walk.made(session, cast), cast.person("zeinab")
    band = {"band": "5_11", "as_of": "2026-01-01"}
    family = [
        {"id": str(uuid4()), "sex": "F", "age": band, "given_name": f"Aïssa {number}"}
        for number in range(8)
    ]
    identity: dict[str, object] = {"commune": walk.GOUNDAM, "beneficiaries": family}
    save_section(session, who.actor, who.keyring, case_id, "identity", identity, 1)
    session.commit()
    return case_id


def names(session: Session, cast: Cast, case_id: UUID) -> list[str]:
    """The given names of everybody in a case."""
    people = walk.told(session, cast, case_id)["identity"]["beneficiaries"]
    return [person.get("given_name", "") for person in people]


def test_a_large_family_is_corrected_one_by_one(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    case_id = large_family(session, cast)
    before = names(session, cast, case_id)
    page = zeinab.page(f"/cases/{case_id}/sections/identity")
    zeinab.send(page)
    assert names(session, cast, case_id) == before
    sixth = next(to for words, to in page.links.items() if words.startswith("Aïssa 5"))
    zeinab.send(zeinab.page(sixth), b1_given_name="Aïssata")
    assert names(session, cast, case_id) == [*before[:5], "Aïssata", *before[6:]]


def test_a_person_is_added_to_a_large_family(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    case_id = large_family(session, cast)
    page = zeinab.submit(zeinab.page(f"/cases/{case_id}/sections/identity"), another="1")
    zeinab.send(page, b1_sex="M", b1_age_band="0_4", b1_given_name="Issa")
    assert names(session, cast, case_id)[-1] == "Issa"
    assert len(names(session, cast, case_id)) == 9


def test_a_form_without_its_rows_empties_none(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    case_id = walk.made(session, cast)
    before = walk.told(session, cast, case_id)["facts"]
    page = zeinab.page(f"/cases/{case_id}/sections/facts")
    form = page.form()
    kept = {name: text for name, text in form.values.items() if not name.startswith("g1_")}
    zeinab.post(form.action, data=kept)
    assert walk.told(session, cast, case_id)["facts"] == before
