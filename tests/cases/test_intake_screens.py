"""The intake as a paralegal walks it: sealed page after page, taken up again, never doubled."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.access import access_case
from casework.cases.intake import consents_of
from casework.cases.models import Case, CaseStatus, ContactTally
from casework.people.models import MembershipRow
from casework.policy import Permission
from tests.cases import intake_pages as walk
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
def draft(session: Session, cast: Cast) -> UUID:
    """An intake in which everything was told, and that is not finished."""
    return walk.made(session, cast, is_open=False)


def cases(session: Session) -> int:
    """How many cases there are."""
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Case)) or 0


def heard(session: Session) -> int:
    """How many people were counted without a file."""
    session.expire_all()
    return session.scalar(select(func.sum(ContactTally.people))) or 0


# The way


@on_both_databases
def test_the_whole_way_ends_with_an_open_case_and_its_code(
    zeinab: StrictClient, session: Session
) -> None:
    page = zeinab.submit(walk.walked(zeinab))
    case = session.get_one(Case, walk.case_of(page))
    assert case.status == CaseStatus.OPEN
    assert page.heading == f"{case.code[:4]}-{case.code[4:]}"
    assert case.next_step_on == clock.today() + timedelta(days=1)


def test_every_answer_stands_where_it_is_declared(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    told = walk.told(session, cast, walk.opened(zeinab))
    [girl], [grievance] = told["identity"]["beneficiaries"], told["facts"]["grievances"]
    today, yesterday = clock.today(), clock.today() - timedelta(days=1)
    assert told["identity"]["commune"] == walk.GOUNDAM
    assert girl["age"] == {"years": 16, "as_of": today.isoformat(), "approximate": True}
    assert girl["father_name"] == "Walet Ahmed"
    assert told["contact"] == {
        "place": "Abaradjou",
        "phone": "76 12 34 56",
        "avoid": "son oncle",
    }
    assert grievance["gbv_acts"] == ["vbg_viol", "vbg_psy"]
    assert grievance["happened_on"] == yesterday.isoformat()
    assert told["perpetrator"]["grievances"][grievance["id"]] == {"relations": ["voisin"]}
    assert told["health"]["grievances"][grievance["id"]] == {"injured": True}
    assert {name: told["facts"][name] for name in ("safe_tonight", "risk", "urgency")} == {
        "safe_tonight": False,
        "risk": "eleve",
        "urgency": "urgence",
    }


def test_an_answer_she_refused_leaves_no_key(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    told = walk.told(session, cast, walk.opened(zeinab))
    assert "notes" not in told
    assert "grandfather_name" not in told["identity"]["beneficiaries"][0]
    assert "pregnant" not in next(iter(told["health"]["grievances"].values()))


def test_her_answers_about_consent_are_recorded_once_each(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    person, case_id = cast.person("zeinab"), walk.case_of(walk.asked_who(zeinab))
    case = access_case(session, person.actor, person.keyring, case_id, Permission.CASE_VIEW)
    answers = {one.kind: one.answer.value for one in consents_of(session, case)}
    assert answers == {"c_donnees": "yes"} | walk.AGREED
    assert len(consents_of(session, case)) == len(answers)


def test_what_she_agreed_to_is_of_the_day_she_was_received(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    came = clock.today() - timedelta(days=5)
    day = {f"received_on-{part}": str(getattr(came, part)) for part in ("day", "month", "year")}
    page = zeinab.submit(walk.begun(zeinab, **day), **walk.AGREED)
    person = cast.person("zeinab")
    by = (session, person.actor, person.keyring, walk.case_of(page))
    case = access_case(*by, Permission.CASE_VIEW)
    days = {one.value["given_on"] for one in consents_of(session, case)}
    assert days == {came.isoformat()}


def test_a_page_is_sealed_as_soon_as_it_is_sent(
    zeinab: StrictClient, cast: Cast, instance: Path
) -> None:
    page = zeinab.submit(walk.with_girl(zeinab), b1_given_name="Zzhadjara")
    stored = b"".join(path.read_bytes() for path in instance.glob("casework.db*"))
    assert b"Zzhadjara" not in stored
    assert "Zzhadjara" in zeinab.page(f"/cases/{walk.case_of(page)}/intake").text


def test_progress_is_shown(zeinab: StrictClient) -> None:
    assert "Étape 3 sur 7" in walk.with_girl(zeinab).text


def test_health_is_not_asked_where_nobody_was_hurt(zeinab: StrictClient) -> None:
    page = walk.onwards(zeinab, walk.told_birth(zeinab))
    assert page.heading == "Risque et urgence"
    assert "Étape 6 sur 6" in page.text


def test_nobody_is_accused_in_a_matter_of_papers(zeinab: StrictClient) -> None:
    assert "Circonstances" not in walk.told_birth(zeinab).links
    assert walk.told_birth(zeinab).heading == "Y a-t-il un autre grief ?"


def test_the_way_speaks_english(client: StrictClient, cast: Cast) -> None:
    enter(client, cast.person("zeinab"))
    client.send(client.page("/cases/new"), "/language/en")
    page = walk.walked(client)
    assert page.heading == "Check the answers"
    assert "Who needs help" in page.text
    assert "Say it sign by sign" in client.submit(page).text


def test_the_type_is_derived_and_shown(zeinab: StrictClient) -> None:
    page = zeinab.submit(walk.asked_what(zeinab), g1_gbv_acts=["vbg_psy", "vbg_viol"])
    assert "Type retenu : Viol / pénétration" in page.text


def test_after_a_rape_of_last_night_the_page_says_until_when_care_helps(
    zeinab: StrictClient,
) -> None:
    page = walk.onwards(zeinab, walk.told_rape(zeinab))
    page = zeinab.submit(page)
    assert "Traitement contre le VIH" in page.text
    assert "Urgence proposée : Urgence (moins de 24 heures)" in page.text


def test_a_child_whose_own_answer_is_missing_is_pointed_out(
    zeinab: StrictClient, draft: UUID
) -> None:
    page = zeinab.page(f"/cases/{draft}/intake/check")
    assert "Un enfant est concerné" in page.text
    page = zeinab.submit(zeinab.page(page.links["Écrire la réponse"]), assentiment="yes")
    assert page.heading == "Vérifier les réponses"
    assert "Un enfant est concerné" not in page.text


def test_a_change_leads_back_to_the_last_look(zeinab: StrictClient, draft: UUID) -> None:
    page = zeinab.page(f"/cases/{draft}/intake/check")
    change = next(to for words, to in page.links.items() if words.endswith("Contact sûr"))
    page = zeinab.submit(zeinab.page(change), times="Mardi, au marché")
    assert page.heading == "Vérifier les réponses"
    assert "Mardi, au marché" in page.text


def test_an_intake_written_later_counts_on_the_day_she_came(
    zeinab: StrictClient, session: Session
) -> None:
    day = clock.today() - timedelta(days=9)
    parts = {"day": day.day, "month": day.month, "year": day.year}
    answers = {f"received_on-{name}": str(part) for name, part in parts.items()}
    page = zeinab.submit(zeinab.submit(walk.begun(zeinab, **answers)), **walk.GIRL)
    page = zeinab.page(f"/cases/{walk.case_of(page)}/intake/check")
    case_id = walk.case_of(zeinab.submit(page))
    assert session.get_one(Case, case_id).opened_on == day


# Interrupted, taken up again, dropped


def test_later_keeps_what_was_typed(zeinab: StrictClient, session: Session, cast: Cast) -> None:
    page = walk.asked_who(zeinab)
    answer = walk.sent(zeinab, page, **walk.GIRL, later="1")
    assert "notice=intake_kept" in answer.headers["Location"]
    assert walk.told(session, cast, walk.case_of(page))["identity"]["commune"] == walk.GOUNDAM


def test_an_unfinished_intake_goes_on_where_it_stopped(zeinab: StrictClient) -> None:
    page = zeinab.page(f"/cases/{walk.case_of(walk.with_girl(zeinab))}/intake")
    assert zeinab.page(page.links["Continuer"]).heading == "Noms et situation"


def test_a_colleague_may_finish_it(zeinab: StrictClient, session: Session, cast: Cast) -> None:
    case_id = walk.case_of(walk.with_girl(zeinab))
    enter(zeinab, cast.person("ibrahim"))
    zeinab.submit(zeinab.page(f"/cases/{case_id}/intake/check"))
    session.expire_all()
    assert session.get_one(Case, case_id).status == CaseStatus.OPEN


def test_an_intake_without_age_or_sex_is_not_opened(zeinab: StrictClient, session: Session) -> None:
    case_id = walk.case_of(walk.asked_who(zeinab))
    page = zeinab.submit(zeinab.page(f"/cases/{case_id}/intake/check"))
    assert "Il manque encore" in page.text
    assert session.get_one(Case, case_id).status == CaseStatus.DRAFT


def test_a_dropped_intake_leaves_nothing_but_the_log(
    zeinab: StrictClient, session: Session
) -> None:
    case_id = walk.case_of(walk.with_girl(zeinab))
    zeinab.send(zeinab.page(f"/cases/{case_id}/intake/removal"))
    assert cases(session) == 0
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.case_id == case_id))
    assert "case.erased" in list(actions)


def test_an_open_case_is_not_dropped_from_a_stale_page(
    zeinab: StrictClient, session: Session, draft: UUID
) -> None:
    stale = zeinab.page(f"/cases/{draft}/intake/removal")
    zeinab.submit(zeinab.page(f"/cases/{draft}/intake/check"))
    assert zeinab.send(stale).status_code == 303
    assert cases(session) == 1


def test_every_look_at_a_page_stands_in_the_log(zeinab: StrictClient, session: Session) -> None:
    case_id = walk.case_of(walk.with_girl(zeinab))
    before = views(session, case_id)
    zeinab.page(f"/cases/{case_id}/intake/contact")
    assert views(session, case_id) == before + 1


def views(session: Session, case_id: object) -> int:
    """How often somebody looked at a case."""
    session.expire_all()
    query = select(func.count()).where(
        AuditEntry.case_id == case_id, AuditEntry.action == "case.viewed"
    )
    return session.scalar(query) or 0


# Sent twice


@on_both_databases
def test_a_first_yes_sent_twice_begins_one_case(zeinab: StrictClient, session: Session) -> None:
    page = zeinab.page(walk.CONSENT)
    first = walk.sent(zeinab, page, **walk.FIRST_YES)
    second = walk.sent(zeinab, page, **walk.FIRST_YES)
    assert first.headers["Location"] == second.headers["Location"]
    assert cases(session) == 1


def test_a_page_sent_twice_is_written_once(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    page = walk.asked_who(zeinab)
    answers = [walk.sent(zeinab, page, **walk.GIRL).headers["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(walk.told(session, cast, walk.case_of(page))["identity"]["beneficiaries"]) == 1


def test_a_grievance_sent_twice_is_one(zeinab: StrictClient, session: Session, cast: Cast) -> None:
    page = walk.asked_what(zeinab)
    for _ in range(2):
        zeinab.send(page, g1_gbv_acts=["vbg_viol"])
    assert len(walk.told(session, cast, walk.case_of(page))["facts"]["grievances"]) == 1


def test_the_urgency_nobody_chose_is_shown_as_proposed(zeinab: StrictClient, draft: UUID) -> None:
    page = zeinab.page(f"/cases/{draft}/intake/check")
    assert "Urgence Proposée : Normal" in page.text
    zeinab.submit(page)
    assert "Proposée : Normal" in zeinab.page(f"/cases/{draft}").text


def test_opening_twice_opens_once(zeinab: StrictClient, draft: UUID) -> None:
    page = zeinab.page(f"/cases/{draft}/intake/check")
    assert zeinab.submit(page).heading == zeinab.submit(page).heading


# Without a yes


@pytest.mark.parametrize("answer", ["no", "not_yet"])
def test_without_a_yes_there_is_no_file(
    zeinab: StrictClient, session: Session, answer: str
) -> None:
    page = zeinab.submit(zeinab.page(walk.CONSENT), **walk.FIRST_YES | {"c_donnees": answer})
    assert page.heading == "Sans dossier"
    assert cases(session) == 0
    assert heard(session) == 0


@on_both_databases
def test_a_contact_sent_twice_counts_once(zeinab: StrictClient, session: Session) -> None:
    page = zeinab.submit(zeinab.page(walk.CONSENT), **walk.FIRST_YES | {"c_donnees": "no"})
    for _ in range(2):
        zeinab.send(page, commune=walk.GOUNDAM, need="info_juridique")
    assert heard(session) == 1


def test_two_people_who_said_no_count_as_two(zeinab: StrictClient, session: Session) -> None:
    for _ in range(2):
        page = zeinab.submit(zeinab.page(walk.CONSENT), **walk.FIRST_YES | {"c_donnees": "no"})
        zeinab.send(page, commune=walk.GOUNDAM, need="info_juridique")
    assert heard(session) == 2


def test_a_team_with_one_keyholder_begins_no_case(
    client: StrictClient, cast: Cast, session: Session
) -> None:
    alone = next(person for person in cast.people.values() if person.handle == "oumar")
    others = [one for one in cast.people.values() if one.team_id == alone.team_id]
    assert len(others) == 2
    suspend(session, others[1].id)
    enter(client, alone)
    page = walk.begun(client)
    assert "deuxième personne" in page.text
    assert cases(session) == 0


def suspend(session: Session, user_id: object) -> None:
    """The person can open nothing for now."""
    for row in session.scalars(select(MembershipRow).where(MembershipRow.user_id == user_id)):
        row.suspended_at = clock.now()


# Families and groups


def test_a_family_is_written_person_by_person(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    page = zeinab.submit(walk.asked_who(zeinab), **walk.GIRL, another="1")
    page = zeinab.submit(page, b2_sex="M", b2_age_band="5_11")
    people = walk.told(session, cast, walk.case_of(page))["identity"]["beneficiaries"]
    assert [person["sex"] for person in people] == ["F", "M"]
    assert people[1]["age"] == {"band": "5_11", "as_of": clock.today().isoformat()}


def test_a_person_added_and_left_blank_is_nobody(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    page = zeinab.submit(walk.asked_who(zeinab), **walk.GIRL, another="1")
    page = zeinab.submit(page)
    assert page.heading == "Noms et situation"
    assert len(walk.told(session, cast, walk.case_of(page))["identity"]["beneficiaries"]) == 1


def test_a_person_can_be_taken_out_again(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    page = zeinab.submit(walk.asked_who(zeinab), **walk.GIRL, another="1")
    page = zeinab.submit(page, b2_sex="M", b2_age_band="5_11")
    page = zeinab.page(f"/cases/{walk.case_of(page)}/intake/beneficiaries")
    zeinab.submit(page, b2_remove="y")
    people = walk.told(session, cast, walk.case_of(page))["identity"]["beneficiaries"]
    assert [person["sex"] for person in people] == ["F"]


def test_the_person_who_came_cannot_be_taken_out(zeinab: StrictClient) -> None:
    page = walk.with_girl(zeinab)
    page = zeinab.page(f"/cases/{walk.case_of(page)}/intake/beneficiaries")
    assert "b1_remove" not in page.form().names


def test_a_grievance_taken_out_leaves_nothing_anywhere(
    zeinab: StrictClient, session: Session, cast: Cast, draft: UUID
) -> None:
    page = zeinab.page(f"/cases/{draft}/intake/grievance")
    zeinab.submit(zeinab.page(page.links["Viol / pénétration"]), g1_remove="y")
    told = walk.told(session, cast, draft)
    assert told["facts"]["grievances"] == []
    assert told["perpetrator"]["grievances"] == told["health"]["grievances"] == {}


def test_violence_and_another_matter_are_told_apart(zeinab: StrictClient) -> None:
    page = walk.asked_what(zeinab)
    page = zeinab.submit(page, g1_gbv_acts=["vbg_deni"], g1_justice_type="suc_heritage")
    assert "sont deux griefs" in page.text
    form = page.form()
    assert form.values.getlist("g1_gbv_acts") == ["vbg_deni"]
    assert form.values["g1_justice_type"] == "suc_heritage"


def test_an_age_told_in_two_ways_is_asked_again(zeinab: StrictClient) -> None:
    page = zeinab.submit(walk.asked_who(zeinab), **walk.GIRL, b1_age_band="12_17")
    assert "d’une seule façon" in page.text
    assert page.form().values["b1_age-years"] == "16"


def test_a_chosen_answer_can_be_taken_back(
    zeinab: StrictClient, session: Session, cast: Cast, draft: UUID
) -> None:
    page = f"/cases/{draft}/intake/risk"
    form = zeinab.page(page).form()
    form.values["risk"] = ""
    zeinab.post(page, data=form.values)
    assert "risk" not in walk.told(session, cast, draft)["facts"]


# Search first


def found(zeinab: StrictClient, words: str) -> Page:
    """The search page after looking for some words."""
    return zeinab.submit(zeinab.page("/cases/new"), "/cases/new", wanted=words)


def test_another_spelling_finds_the_case_and_says_what_agrees(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    case_id = walk.made(session, cast)
    page = found(zeinab, "Adjara Toure")
    assert page.links["Hadjara Walet Ahmed Touré"] == f"/cases/{case_id}"
    assert "Féminin · 12-17 ans · Goundam · Abaradjou" in page.text


def test_a_telephone_finds_the_case(zeinab: StrictClient, session: Session, cast: Cast) -> None:
    walk.made(session, cast)
    assert "Même téléphone" in found(zeinab, "+223 76123456").text


def test_a_code_finds_the_case(zeinab: StrictClient, session: Session, cast: Cast) -> None:
    code = session.get_one(Case, walk.made(session, cast)).code
    assert "Même code" in found(zeinab, code.lower()).text


def test_a_stranger_leads_to_a_new_case(zeinab: StrictClient) -> None:
    page = found(zeinab, "Alhousseini")
    assert "Aucun dossier trouvé" in page.text
    assert page.links["Ouvrir un nouveau dossier"] == walk.CONSENT


def test_an_unfinished_intake_is_found_and_taken_up(zeinab: StrictClient, draft: UUID) -> None:
    page = found(zeinab, "Hadjara")
    assert page.links["Hadjara Walet Ahmed Touré"] == f"/cases/{draft}/intake"


def test_another_teams_case_is_not_found(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    walk.made(session, cast)
    enter(zeinab, cast.person("fanta"))
    assert "Hadjara" not in found(zeinab, "Adjara Toure").text.replace("Adjara Toure", "")


def test_no_name_stands_in_any_address(zeinab: StrictClient) -> None:
    answer = zeinab.send(zeinab.page("/cases/new"), "/cases/new", wanted="Fadimata")
    assert "Fadimata" not in answer.headers["Location"]
