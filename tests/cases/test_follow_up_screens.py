"""The page of a case, and writing what happened in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import brotli
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.access import OpenCase
from casework.cases.field_kinds import Per
from casework.cases.follow_up import correct_entry, followed
from casework.cases.intake import begin_case
from casework.consent.actions import SECTION, VERSION, record_consent
from casework.consent.records import CALL_BACK, RECORDING
from tests.support.cast import HEALTH, Cast, Person, enter
from tests.support.files import agree, answer, noted, opened, referred, woman
from tests.support.strict_client import StrictClient

BUDGET = 5120
GIRL = "6b1f8f0e-3c53-4d6b-9a55-0d0c3b0b8a10"
RAPE = "6b1f8f0e-3c53-4d6b-9a55-0d0c3b0b8a11"
CONTACT = {
    "means": ["visite", "tiers"],
    "phone": "76 12 34 56",
    "times": "le mardi, au marché",
    "code_word": "la bassine bleue",
    "avoid": "l’oncle Boubacar",
}


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
    """A girl of sixteen, raped yesterday evening."""
    age = {"years": 16, "as_of": clock.today().isoformat()}
    girl = woman(id=GIRL, given_name="Hadjara", age=age)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    told = {"id": RAPE, "gbv_acts": ["vbg_viol"], "happened_on": yesterday, "part_of_day": "soir"}
    return opened(session, zeinab, people=[girl], grievances=[told], contact=dict(CONTACT))


def views(session: Session) -> list[bytes]:
    """The bodies of the log about cases that were looked at."""
    session.rollback()
    rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.viewed"))
    return [row.body or b"" for row in rows]


def filled(day: Any = None) -> dict[str, str]:
    """The three boxes of a date."""
    on = day or clock.today()
    return {
        "happened_on-day": str(on.day),
        "happened_on-month": str(on.month),
        "happened_on-year": str(on.year),
    }


# The page


def test_how_to_reach_her_stands_before_everything_else(
    reader: StrictClient, case: OpenCase
) -> None:
    text = reader.page(f"/cases/{case.id}").text
    order = ["Ne doit jamais savoir", "la bassine bleue", "Appeler 76 12 34 56", "Qui a besoin"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_who_does_not_want_to_be_contacted_is_not_offered_to_be_called(
    session: Session, reader: StrictClient, zeinab: Person, case: OpenCase
) -> None:
    key = case.key(SECTION, VERSION)
    record_consent(session, zeinab.actor, case.id, key, answer(CALL_BACK, "no"))
    page = reader.page(f"/cases/{case.id}")
    assert "Elle ne veut pas être recontactée." in page.text
    assert not any(address.startswith("tel:") for address in page.links.values())


def test_an_open_window_of_care_is_told_with_its_end(reader: StrictClient, case: OpenCase) -> None:
    assert "Traitement contre le VIH : seulement jusqu’au" in reader.page(f"/cases/{case.id}").text


def test_after_care_no_window_is_told(
    session: Session, reader: StrictClient, zeinab: Person
) -> None:
    today = clock.today().isoformat()
    told = {"id": RAPE, "gbv_acts": ["vbg_viol"], "happened_on": today}
    health: dict[str, object] = {"grievances": {RAPE: {"care_received": True}}}
    cared = opened(session, zeinab, grievances=[told], health=health)
    assert "Traitement contre le VIH" not in reader.page(f"/cases/{cared.id}").text


def test_what_follows_from_the_answers_is_shown_with_the_grievance(
    reader: StrictClient, case: OpenCase
) -> None:
    text = reader.page(f"/cases/{case.id}").text
    assert "Abus sexuel sur enfant" in text
    assert "Pas de médiation : la loi l’interdit" in text


def test_the_title_holds_no_name(reader: StrictClient, case: OpenCase) -> None:
    page = reader.page(f"/cases/{case.id}")
    assert (page.title, page.heading.startswith("Hadjara")) == ("Dossier — Casework", True)


def test_the_log_says_which_sections_were_looked_at_and_on_which_ground(
    session: Session, client: StrictClient, reader: StrictClient, cast: Cast, case: OpenCase
) -> None:
    reader.page(f"/cases/{case.id}")
    (own,) = views(session)
    assert b'"grounds":["assigned"]' in own
    assert b'"sections":["contact","facts","identity"]' in own
    enter(client, cast.person("ibrahim"))
    client.page(f"/cases/{case.id}")
    assert b'"grounds":["team"]' in b"".join(views(session))


def test_the_case_shows_its_referrals_with_who_must_act(
    session: Session, reader: StrictClient, cast: Cast, zeinab: Person, case: OpenCase
) -> None:
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    page = reader.page(f"/cases/{case.id}")
    assert f"/referrals/{row.id}" in page.links.values()
    assert "Mariam" in page.text


def test_an_intake_that_is_not_finished_is_finished_first(
    session: Session, reader: StrictClient, zeinab: Person
) -> None:
    assert zeinab.team_id is not None
    by = (session, zeinab.actor, zeinab.keyring)
    draft = begin_case(*by, zeinab.team_id, uuid4(), [answer(RECORDING)])
    assert reader.page(f"/cases/{draft.id}").address == f"/cases/{draft.id}/intake"


def test_the_page_of_a_case_fits_the_budget_of_a_slow_network(
    session: Session, reader: StrictClient, zeinab: Person, case: OpenCase
) -> None:
    for number in range(8):
        text = f"Visite numéro {number}. La grand-mère accepte de l’accompagner au CSRéf."
        noted(session, zeinab, case, Per.JOURNAL, nature="visite", text=text)
    page = reader.page(f"/cases/{case.id}")
    assert len(brotli.compress(page.response.get_data(), quality=5)) <= BUDGET


def test_beyond_ten_acts_the_rest_stands_on_a_page_of_its_own(
    session: Session, reader: StrictClient, zeinab: Person, case: OpenCase
) -> None:
    for number in range(12):
        noted(session, zeinab, case, Per.JOURNAL, nature="appel", text=f"Appel {number:02}.")
    page = reader.page(f"/cases/{case.id}")
    assert sum(f"Appel {number:02}." in page.text for number in range(12)) == 10
    whole = reader.page(page.links["2 suivis plus anciens"])
    assert all(f"Appel {number:02}." in whole.text for number in range(12))


# Writing


def test_a_note_is_written_and_stands_on_the_page(
    reader: StrictClient, case: OpenCase, session: Session
) -> None:
    form = reader.page(f"/cases/{case.id}/journal")
    page = reader.submit(form, nature="visite", text="Elle va mieux.")
    assert "C’est écrit dans le dossier." in page.text
    assert "Elle va mieux." in page.text


def test_the_form_proposes_today_and_the_next_step(reader: StrictClient, case: OpenCase) -> None:
    values = reader.page(f"/cases/{case.id}/journal").form().values
    step = case.row.next_step_on
    assert step is not None
    assert values["happened_on-day"] == str(clock.today().day)
    assert (values["next_step_on-day"], values["next_step_on-year"]) == (
        str(step.day),
        str(step.year),
    )


def test_the_same_form_sent_twice_writes_one_entry(
    reader: StrictClient, case: OpenCase, session: Session
) -> None:
    form = reader.page(f"/cases/{case.id}/outcome")
    for _ in range(2):
        reader.submit(form, code="soins", proof="certificat", **filled())
    assert len(followed(session, case)) == 1


def test_an_outcome_shows_whether_it_counts_as_redress(
    reader: StrictClient, case: OpenCase
) -> None:
    form = reader.page(f"/cases/{case.id}/outcome")
    page = reader.submit(form, code="acte_ec", proof="acte", reference="1204", **filled())
    assert "Compte comme réparation" in page.text
    assert "1204" in page.text


def test_settlements_are_not_offered_after_a_rape_and_the_page_says_why(
    reader: StrictClient, case: OpenCase
) -> None:
    page = reader.page(f"/cases/{case.id}/outcome")
    offered = page.form().choices["code"]
    assert not offered & {"conciliation", "conciliation_homologuee", "decision_coutumiere"}
    assert {"arrangement_illicite", "condamnation"} <= offered
    assert "la loi l’interdit" in page.text


def test_a_settlement_posted_all_the_same_is_refused_and_nothing_typed_is_lost(
    reader: StrictClient, case: OpenCase, session: Session
) -> None:
    form = reader.page(f"/cases/{case.id}/outcome")
    values = {**form.form().values, "code": "conciliation", "proof": "pv", "note": "Au village."}
    values |= filled()
    page = reader.post(f"/cases/{case.id}/outcome", data=values, follow_redirects=True)
    assert "Au village." in page.get_data(as_text=True)
    assert followed(session, case) == []


def test_an_unlawful_settlement_warns_on_the_page(reader: StrictClient, case: OpenCase) -> None:
    form = reader.page(f"/cases/{case.id}/outcome")
    page = reader.submit(form, code="arrangement_illicite", proof="declaration", **filled())
    assert "Un arrangement hors la loi est noté dans ce dossier." in page.text
    assert "Hors la loi : ne compte jamais comme réparation" in page.text


BAD_DAY = "Quel jour — Ce jour n’existe pas"
"""The summary of errors names a question as the form does."""


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"text": ""}, "Écrivez une réponse."),
        ({"text": "…", "happened_on-day": "31", "happened_on-month": "2"}, BAD_DAY),
        ({"text": "…", "happened_on-year": "2199"}, "n’est pas encore arrivée"),
        ({"text": "x" * 8001}, "C’est trop long"),
        ({"text": "a\x00b"}, "caractères illisibles"),
        ({"text": "…", "next_step_on-year": "2001"}, "La date doit être le"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_written(
    reader: StrictClient,
    case: OpenCase,
    session: Session,
    values: dict[str, str],
    message: str,
) -> None:
    form = reader.page(f"/cases/{case.id}/journal")
    page = reader.submit(form, nature="appel", **values)
    assert message in page.text
    assert page.title.startswith("Erreur")
    assert followed(session, case) == []


def test_with_one_person_and_one_grievance_nobody_is_asked_which(
    reader: StrictClient, case: OpenCase
) -> None:
    names = reader.page(f"/cases/{case.id}/outcome").form().names
    assert not names & {"people", "grievance"}


def test_with_several_people_the_outcome_says_for_whom(
    session: Session, reader: StrictClient, zeinab: Person
) -> None:
    children = [woman(given_name=name) for name in ("Awa", "Binta")]
    family = opened(session, zeinab, people=children)
    form = reader.page(f"/cases/{family.id}/outcome")
    chosen = {"code": "acte_ec", "proof": "acte", "people": [children[1]["id"]]}
    reader.submit(form, **chosen, **filled())
    (entry,) = followed(session, family)
    assert entry.value["people"] == [children[1]["id"]]


# Correcting


def test_a_correction_begins_with_what_was_written_and_keeps_it_readable(
    session: Session, reader: StrictClient, zeinab: Person, case: OpenCase
) -> None:
    noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="Rendez-vous mardi.")
    page = reader.page(f"/cases/{case.id}")
    address = next(one for one in page.links.values() if one.endswith("/correction"))
    form = reader.page(address)
    assert form.form().values["text"] == "Rendez-vous mardi."
    after = reader.submit(form, text="Rendez-vous jeudi.")
    assert "Rendez-vous jeudi." in after.text
    assert "Ce qui était écrit avant" in after.text
    assert "Rendez-vous mardi." in after.text


def test_what_never_happened_is_taken_out_with_one_tick(
    session: Session, reader: StrictClient, zeinab: Person, case: OpenCase
) -> None:
    made = noted(session, zeinab, case, Per.SERVICE, code="transport")
    form = reader.page(f"/cases/{case.id}/entries/{made}/correction")
    page = reader.submit(form, void="y", code=None)
    assert "Retiré : cela n’a pas eu lieu" in page.text


def test_the_second_of_two_correctors_sees_both_and_loses_nothing(
    session: Session, reader: StrictClient, cast: Cast, zeinab: Person, case: OpenCase
) -> None:
    made = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="mardi")
    form = reader.page(f"/cases/{case.id}/entries/{made}/correction")
    ibrahim = cast.person("ibrahim")
    value: dict[str, Any] = {"nature": "appel", "text": "jeudi"}
    value["happened_on"] = clock.today().isoformat()
    correct_entry(session, ibrahim.actor, ibrahim.keyring, case.id, made, value)
    page = reader.submit(form, text="vendredi")
    assert "Un collègue a déjà corrigé ce texte" in page.text
    assert "jeudi" in page.text
    assert page.form().values["text"] == "vendredi"


def test_an_entry_of_another_case_cannot_be_corrected_here(
    session: Session, reader: StrictClient, zeinab: Person, case: OpenCase
) -> None:
    other = opened(session, zeinab)
    made = noted(session, zeinab, other, Per.JOURNAL, nature="appel", text="mardi")
    assert reader.get(f"/cases/{case.id}/entries/{made}/correction").status_code == 404
