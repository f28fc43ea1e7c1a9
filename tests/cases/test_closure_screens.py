"""Closing, opening again and erasing, on the screens."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.access import OpenCase
from casework.cases.case_codes import spoken
from casework.cases.field_kinds import Per
from casework.cases.follow_up import followed
from casework.cases.models import Case, CaseStatus
from casework.cli.archives import Part
from casework.cli.backups import KEPT
from casework.db import Base
from casework.desk.erasing import COPIES_KEPT, COUNTED, KEYS_KEPT, inventory
from casework.web.formats import day
from casework.web.models import HeldForm
from tests.conftest import new_client
from tests.support.cast import HEALTH, Cast, Person, enter
from tests.support.files import CANARY, agree, noted, opened, referred
from tests.support.pages import Page
from tests.support.strict_client import StrictClient


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


@pytest.fixture
def reader(client: StrictClient, zeinab: Person) -> StrictClient:
    """Her browser."""
    enter(client, zeinab)
    return client


@pytest.fixture
def case(session: Session, zeinab: Person) -> OpenCase:
    """A case of hers."""
    return opened(session, zeinab)


def status(session: Session, case: OpenCase) -> str:
    """Where the case stands in the database now."""
    session.expire_all()
    return session.get_one(Case, case.id).status


def closed(reader: StrictClient, case: OpenCase, **values: str) -> Page:
    """The page after closing the case with its plan complete."""
    form = reader.page(f"/cases/{case.id}/closure")
    return reader.submit(form, code="besoins_satisfaits", told_may_return="yes", **values)


def test_a_closed_case_says_why_and_offers_to_open_it_again(
    reader: StrictClient, case: OpenCase
) -> None:
    page = closed(reader, case)
    assert "Le dossier est clôturé. La personne peut revenir à tout moment." in page.text
    assert "Clôture — Besoins satisfaits / plan achevé" in page.text
    assert page.links["Rouvrir le dossier"] == f"/cases/{case.id}/reopening"


def test_on_a_closed_case_nothing_is_offered_to_be_written(
    reader: StrictClient, case: OpenCase
) -> None:
    links = closed(reader, case).links
    assert not {"Référer", "Ajouter un suivi", "Enregistrer une issue", "Modifier"} & set(links)


def test_an_open_referral_holds_the_closure_up_and_is_linked(
    session: Session, reader: StrictClient, cast: Cast, zeinab: Person, case: OpenCase
) -> None:
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    page = reader.page(f"/cases/{case.id}/closure")
    assert page.links["Un référencement n’est pas terminé"] == f"/referrals/{row.id}"
    assert "clôturé quand chacun de ses référencements est terminé" in page.text
    assert not [form for form in page.forms if "/closure" in form.action]


def test_a_referral_drafted_meanwhile_is_not_closed_over(
    session: Session, reader: StrictClient, cast: Cast, zeinab: Person, case: OpenCase
) -> None:
    form = reader.page(f"/cases/{case.id}/closure")
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    page = reader.submit(form, code="besoins_satisfaits")
    assert "Un référencement n’est pas terminé" in page.links
    assert status(session, case) == CaseStatus.OPEN


def test_the_checklist_says_what_is_still_to_look_at(
    session: Session, reader: StrictClient, zeinab: Person, case: OpenCase
) -> None:
    hearing = (clock.today() + timedelta(days=5)).isoformat()
    noted(session, zeinab, case, Per.STEP, code="requete", next_on=hearing)
    text = reader.page(f"/cases/{case.id}/closure").text
    assert "Une date est encore à venir" in text
    assert "Aucune issue n’est enregistrée" in text


def test_a_reason_that_needs_a_note_comes_back_with_what_was_typed(
    reader: StrictClient, case: OpenCase
) -> None:
    form = reader.page(f"/cases/{case.id}/closure")
    page = reader.submit(form, code="transfere")
    assert "Pour ce motif, écrivez une note" in page.text
    assert page.form().values["code"] == "transfere"


def test_closing_twice_with_one_form_closes_once_and_says_it_twice(
    session: Session, reader: StrictClient, case: OpenCase
) -> None:
    form = reader.page(f"/cases/{case.id}/closure")
    for _ in range(2):
        page = reader.submit(form, code="besoins_satisfaits")
        assert "Le dossier est clôturé. La personne peut revenir à tout moment." in page.text
    assert len(followed(session, case)) == 1


def test_opening_again_twice_with_one_form_opens_once(
    session: Session, reader: StrictClient, case: OpenCase
) -> None:
    closed(reader, case)
    form = reader.page(f"/cases/{case.id}/reopening")
    for _ in range(2):
        assert "Le dossier est rouvert." in reader.submit(form, text="Elle est revenue.").text
    assert len(followed(session, case)) == 2


def test_who_closes_after_a_colleague_is_told_and_keeps_what_she_wrote(
    reader: StrictClient, case: OpenCase
) -> None:
    mine = reader.page(f"/cases/{case.id}/closure")
    closed(reader, case)
    page = reader.submit(mine, code="transfere", note="Au BAJJ.")
    assert "Le dossier est clôturé. Rouvrez-le d’abord." in page.text
    assert page.form("/closure").values["note"] == "Au BAJJ."


@pytest.mark.parametrize("kind", ["journal", "step", "service", "outcome", "closure"])
def test_no_form_is_shown_that_a_closed_case_can_only_refuse(
    reader: StrictClient, case: OpenCase, kind: str
) -> None:
    closed(reader, case)
    page = reader.page(f"/cases/{case.id}/{kind}")
    assert page.response.request.path == f"/cases/{case.id}"
    assert "on ne peut rien y ajouter" in page.text


def test_a_correction_and_a_referral_of_a_closed_case_lead_to_its_page(
    session: Session, reader: StrictClient, zeinab: Person, case: OpenCase
) -> None:
    note = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="…")
    closed(reader, case)
    for address in (f"entries/{note}/correction", "referrals/new", "referrals/new/provider"):
        page = reader.page(f"/cases/{case.id}/{address}")
        assert page.response.request.path == f"/cases/{case.id}"
        assert "on ne peut rien y ajouter" in page.text


def test_a_note_written_while_a_colleague_closed_is_not_lost(
    reader: StrictClient, case: OpenCase
) -> None:
    form = reader.page(f"/cases/{case.id}/journal")
    closed(reader, case)
    page = reader.submit(form, nature="appel", text="Elle a appelé.")
    assert "Le dossier est clôturé. Rouvrez-le d’abord." in page.text
    assert page.form("/journal").values["text"] == "Elle a appelé."


def test_an_open_case_is_not_opened_again(reader: StrictClient, case: OpenCase) -> None:
    page = reader.page(f"/cases/{case.id}/reopening")
    assert page.response.request.path == f"/cases/{case.id}"
    assert "Le dossier est déjà ouvert." in page.text


def test_a_day_out_of_order_says_which_field_and_what_to_do(
    reader: StrictClient, case: OpenCase
) -> None:
    before = clock.today() - timedelta(days=3)
    form = reader.page(f"/cases/{case.id}/journal")
    named = {"day": before.day, "month": before.month, "year": before.year}
    typed = {f"happened_on-{part}": str(value) for part, value in named.items()}
    page = reader.submit(form, nature="appel", text="Elle a appelé.", **typed)
    assert "« Quel jour » : la personne est venue chez vous après ce jour." in page.text
    assert page.form("/journal").values["text"] == "Elle a appelé."
    assert page.form("/journal").values["happened_on-day"] == str(before.day)


def test_a_closed_case_is_opened_again_with_a_reason(
    session: Session, reader: StrictClient, case: OpenCase
) -> None:
    closed(reader, case)
    form = reader.page(f"/cases/{case.id}/reopening")
    page = reader.submit(form, text="Elle est revenue.")
    assert "Le dossier est rouvert." in page.text
    assert "Elle est revenue." in page.text
    assert status(session, case) == CaseStatus.REOPENED


def test_nobody_opens_a_case_again_without_a_reason(reader: StrictClient, case: OpenCase) -> None:
    closed(reader, case)
    page = reader.submit(reader.page(f"/cases/{case.id}/reopening"))
    assert "Écrivez une réponse." in page.text


# Erasing


def erase(reader: StrictClient, case: OpenCase, code: str) -> Page:
    """The page after typing the code and erasing."""
    return reader.submit(reader.page(f"/cases/{case.id}/erasure"), case_code=code)


def test_what_erasing_takes_away_is_said_first(reader: StrictClient, case: OpenCase) -> None:
    text = reader.page(f"/cases/{case.id}/erasure").text
    assert "On ne peut pas revenir en arrière." in text
    assert "Vous avez créé ce dossier il y a moins de 24 heures" in text


def test_its_author_erases_it_by_typing_its_code(
    session: Session, reader: StrictClient, case: OpenCase
) -> None:
    case_id = case.id
    page = erase(reader, case, spoken(case.row.code).lower())
    assert "Le dossier est effacé." in page.text
    session.expunge_all()
    assert session.get(Case, case_id) is None
    assert reader.get(f"/cases/{case_id}").status_code == 404


@pytest.mark.parametrize("typed", ["", "0000-0000", "a\x00b"])
def test_another_code_erases_nothing(
    session: Session, reader: StrictClient, case: OpenCase, typed: str
) -> None:
    page = erase(reader, case, typed)
    assert page.title.startswith("Erreur")
    assert status(session, case) == CaseStatus.OPEN


def test_after_a_day_the_author_is_sent_to_her_coordinator(
    reader: StrictClient, zeinab: Person, session: Session
) -> None:
    with clock.at(clock.now() - timedelta(days=2)):
        old = opened(session, zeinab)
    page = reader.page(f"/cases/{old.id}/erasure")
    assert "Seul votre superviseur peut l’effacer" in page.text
    assert "Effacer le dossier" not in reader.page(f"/cases/{old.id}").links


def test_the_coordinator_erases_on_the_persons_request(
    session: Session, client: StrictClient, cast: Cast, zeinab: Person
) -> None:
    with clock.at(clock.now() - timedelta(days=200)):
        old = opened(session, zeinab)
    enter(client, cast.person("aminata"))
    assert "Le dossier est effacé." in erase(client, old, old.row.code).text


def test_before_erasing_the_worker_reads_what_the_person_must_hear(
    app: Flask, session: Session, reader: StrictClient, cast: Cast, case: OpenCase
) -> None:
    client = new_client(app, session)
    enter(client, cast.person("aminata"))
    text = client.page(f"/cases/{case.id}/erasure").text
    assert "À lui dire, avant de confirmer :" in text
    assert in_french(app, clock.today() + timedelta(days=14)) in text
    assert "À lui dire" not in reader.page(f"/cases/{case.id}/erasure").text


def in_french(app: Flask, on: date) -> str:
    """A day as a page in French writes it."""
    with app.test_request_context("/"):
        return day(on)


def test_erasing_leaves_a_dated_paper_with_a_code_and_no_name(
    app: Flask, session: Session, reader: StrictClient, zeinab: Person, case: OpenCase
) -> None:
    code, today = case.row.code, clock.today()
    noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="…")
    pieces = inventory(session, case.id)
    page = erase(reader, case, code)
    assert page.heading == "Attestation d’effacement"
    days = [in_french(app, today + timedelta(days=each)) for each in (0, 14, 365)]
    assert [said for said in (spoken(code), *days) if said not in page.text] == []
    assert f"{pieces['sections']} parties du dossier" in page.text
    assert "1 note, étape, issue ou message" in page.text
    assert CANARY not in page.text
    again = reader.page("/cases/erasure-certificate?" + page.response.request.query_string.decode())
    assert spoken(code) in again.text


def test_the_paper_counts_every_sort_of_row_that_goes_with_a_case() -> None:
    related = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name == "cases" for key in table.foreign_keys)
    }
    counted = {each.__tablename__ for each in COUNTED.values()}
    beside = {"case_access", "chores", "referral_moves"}
    assert counted | beside == related


def test_the_paper_is_nobody_elses_and_nothing_keeps_it(
    app: Flask, session: Session, reader: StrictClient, cast: Cast, case: OpenCase
) -> None:
    page = erase(reader, case, case.row.code)
    address = page.response.request.full_path
    other = new_client(app, session)
    enter(other, cast.person("ibrahim"))
    told = other.page(address)
    assert told.response.request.path == "/cases"
    assert "L’attestation n’est plus gardée" in told.text
    with clock.at(clock.now() + timedelta(minutes=21)):
        rows = session.scalars(select(HeldForm.expires_at)).all()
        assert rows
        assert max(rows) < clock.now()


def test_the_days_on_the_paper_are_those_of_the_backups() -> None:
    assert {Part.BOXES: KEYS_KEPT, Part.CIPHERTEXT: COPIES_KEPT} == KEPT


def test_to_erase_the_words_are_asked_again(reader: StrictClient, case: OpenCase) -> None:
    for minutes in (8, 16):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            page = reader.page(f"/cases/{case.id}/erasure")
    assert page.response.request.path == "/account/words"
