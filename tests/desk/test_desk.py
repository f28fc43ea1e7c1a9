"""« À faire »: what is due for each of them, the oldest first, with whoever must act."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases import intake, lost_forms
from casework.cases.alerts import waiting_alerts
from casework.cases.field_kinds import Per
from casework.cases.models import Draft
from casework.consent.recipients import Section
from casework.consent.records import RECORDING
from casework.desk.queries import desk_of
from casework.errors import NotVisible
from casework.people import accounts
from casework.policy import Role
from casework.referrals.agreement import ask_necessity
from casework.referrals.deadlines import Urgency
from casework.referrals.models import Referral
from casework.referrals.workflow import By, Move
from casework.vault.passphrases import generate_passphrase
from casework.web.member import Expired
from tests.referrals.screens import Enter, case_of, sent_to_health
from tests.support.cast import COURT, GOUNDAM, HEALTH, LEGAL_AID, Cast, Person
from tests.support.files import CANARY, agree, answer, moved, noted, referred
from tests.support.pages import Page

FOUR_DAYS = timedelta(days=4)


def rows(page: Page) -> list[str]:
    """What the page asks to do, in its order, without the codes."""
    main = next(page.document.all("main"))
    found = [text for text in (link_text(one) for one in main.iter("a")) if " — " in text]
    return [text.split(" — ")[0] for text in found]


def link_text(element: object) -> str:
    """The words of a link, white space folded."""
    return " ".join("".join(element.itertext()).split())  # type: ignore[attr-defined]


def emergency(session: Session, cast: Cast, worker: str = "zeinab") -> Referral:
    """An emergency sent to the health centre now."""
    person, health = cast.person(worker), cast.provider(HEALTH)
    case = case_of(session, person)
    agree(session, person, case, health, "identity")
    return referred(session, person, case, health, "identity", urgency=Urgency.EMERGENCY)


def ids(session: Session, who: Person) -> tuple[list[UUID], list[UUID]]:
    """The referrals a person owes an act on, and those she is told about."""
    desk = desk_of(session, who.actor, who.keyring)
    return [one.id for one in desk.referrals], [one.id for one in desk.watched]


# The partner


def test_a_partner_finds_what_waits_in_order_of_due_without_a_name(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    normal, first = sent_to_health(session, cast), emergency(session, cast)
    page = browser_of("adama").page("/desk")
    assert CANARY not in page.text
    assert rows(page) == ["Répondre au référencement"] * 2
    assert ids(session, cast.person("adama"))[0] == [first.id, normal.id]


def test_a_partner_is_told_who_of_them_must_act(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    sent_to_health(session, cast)
    assert "Vous · avant le" in browser_of("mariam").page("/desk").text
    assert "Mariam · avant le" in browser_of("adama").page("/desk").text


def test_what_waits_for_the_sender_is_not_on_the_partners_desk(
    session: Session, cast: Cast
) -> None:
    row, mariam = sent_to_health(session, cast), cast.person("mariam")
    moved(session, mariam, row, Move.REQUEST_INFO, reason="Quelle langue ?")
    assert ids(session, mariam) == ([], [])
    assert ids(session, cast.person("zeinab")) == ([row.id], [])


# The paralegal


def test_a_paralegal_finds_drafts_answers_to_fetch_and_services_to_confirm(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, mariam, court = cast.person("zeinab"), cast.person("mariam"), cast.provider(COURT)
    served = sent_to_health(session, cast)
    for wanted in (Move.ACCEPT, Move.SERVE):
        moved(session, mariam, served, wanted)
    case = case_of(session, zeinab)
    by_phone = referred(session, zeinab, case, court, service="etat_civil", channel="phone")
    assert set(ids(session, zeinab)[0]) == {served.id, by_phone.id}
    page = browser_of("zeinab").page("/desk")
    assert rows(page) == [
        "Aller chercher la réponse du partenaire",
        "Demander à la personne si elle a reçu le service",
    ]


def test_an_unfinished_intake_waits_for_its_author(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab = cast.person("zeinab")
    assert zeinab.team_id is not None
    case_id = UUID(int=7)
    by = (session, zeinab.actor, zeinab.keyring, zeinab.team_id)
    intake.begin_case(*by, case_id, [answer(RECORDING)])
    assert rows(browser_of("zeinab").page("/desk")) == ["Finir un accueil"]
    assert rows(browser_of("ibrahim").page("/desk")) == []


def test_a_lost_form_is_offered_again(
    app: Flask, session: Session, cast: Cast, browser_of: Enter
) -> None:
    gone = Expired(UUID(int=1), cast.person("zeinab").id, b"")
    server_key = app.extensions["settings"].server_key
    lost_forms.keep(session, server_key, gone, "/cases/new", [("wanted", "Fadimata")])
    page = browser_of("zeinab").page("/desk")
    assert "a été gardé pendant votre absence" in page.text
    assert page.links["Reprendre"] == "/lost-forms"
    assert "gardé" not in browser_of("ibrahim").page("/desk").text


def test_a_next_step_is_due_on_its_day_and_late_the_day_after(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case = case_of(session, cast.person("zeinab"))
    case.row.next_step_on = clock.today() + timedelta(days=1)
    client, aminata = browser_of("zeinab"), browser_of("aminata")
    assert rows(client.page("/desk")) == []
    case.row.next_step_on = clock.today()
    assert "Aujourd’hui" in client.page("/desk").text
    assert rows(aminata.page("/desk")) == []
    case.row.next_step_on = clock.today() - timedelta(days=1)
    assert "En retard" in client.page("/desk").text
    assert rows(aminata.page("/desk")) == ["Faire la prochaine étape de ce dossier"]


def test_everything_stands_in_one_list_the_oldest_first(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, court = cast.person("zeinab"), cast.provider(COURT)
    case = case_of(session, zeinab)
    case.row.next_step_on = clock.today() - timedelta(days=2)
    referred(session, zeinab, case, court, service="etat_civil", channel="phone")
    other = case_of(session, zeinab)
    other.row.next_step_on = clock.today()
    assert rows(browser_of("zeinab").page("/desk")) == [
        "Faire la prochaine étape de ce dossier",
        "Faire la prochaine étape de ce dossier",
        "Aller chercher la réponse du partenaire",
    ]


def test_lateness_is_told_by_words_and_a_shape(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case = case_of(session, cast.person("zeinab"))
    case.row.next_step_on = clock.today() - timedelta(days=1)
    source = browser_of("zeinab").page("/desk").document.source
    assert '<span class="tag tag-late">En retard</span>' in source


def test_an_empty_desk_is_a_good_word(cast: Cast, browser_of: Enter) -> None:
    assert "Rien ne vous attend." in browser_of("zeinab").page("/desk").text
    assert "Merci de si bien répondre." in browser_of("mariam").page("/desk").text


def test_a_refusal_is_told_and_the_case_is_due_at_once(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = sent_to_health(session, cast)
    client = browser_of("zeinab")
    assert rows(client.page("/desk")) == []
    moved(session, cast.person("mariam"), row, Move.DECLINE, reason="capacite")
    page = client.page("/desk")
    assert rows(page) == ["Faire la prochaine étape de ce dossier", HEALTH]
    assert "Refusé" in page.text
    with clock.at(clock.now() + timedelta(days=8)):
        later = desk_of(session, cast.person("zeinab").actor, cast.person("zeinab").keyring)
        assert (later.news, len(later.cases)) == ([], 1)


def test_an_acceptance_is_told_to_the_worker_of_the_case_only(session: Session, cast: Cast) -> None:
    row = sent_to_health(session, cast)
    moved(session, cast.person("mariam"), row, Move.ACCEPT)
    told = {
        handle
        for handle, one in cast.people.items()
        if [new.line.id for new in desk_of(session, one.actor, one.keyring).news] == [row.id]
    }
    assert told == {"zeinab"}


def test_ones_own_moves_are_no_news(session: Session, cast: Cast) -> None:
    row, zeinab = sent_to_health(session, cast), cast.person("zeinab")
    told = {"source": "La sage-femme", "means": "telephone"}
    moved(session, zeinab, row, Move.ACCEPT, By.ON_BEHALF, **told)
    assert desk_of(session, zeinab.actor, zeinab.keyring).news == []


# Who is told of what others leave


def test_a_silent_emergency_is_told_to_sender_and_coordinator_after_two_hours_only(
    session: Session, cast: Cast
) -> None:
    row = emergency(session, cast)
    for hours, told in ((1.9, []), (2.1, [row.id])):
        with clock.at(clock.now() + timedelta(hours=hours)):
            for handle in ("zeinab", "aminata"):
                assert ids(session, cast.person(handle))[1] == told
            for handle in ("ibrahim", "oumar", "fanta"):
                assert ids(session, cast.person(handle)) == ([], [])


def test_an_urgent_referral_is_not_silent_after_two_hours(session: Session, cast: Cast) -> None:
    sent_to_health(session, cast)
    with clock.at(clock.now() + timedelta(hours=60)):
        assert ids(session, cast.person("aminata")) == ([], [])


@pytest.mark.parametrize(
    ("times", "told"), [(0.9, set()), (1.1, {"aminata"}), (1.6, {"aminata", "zeinab"})]
)
def test_lateness_reaches_the_coordinator_at_once_and_the_sender_by_the_ladder(
    session: Session, cast: Cast, times: float, told: set[str]
) -> None:
    row = sent_to_health(session, cast)
    with clock.at(clock.now() + timedelta(hours=72) * times):
        found = {handle for handle, one in cast.people.items() if row.id in ids(session, one)[1]}
    assert found == told


def test_a_colleague_is_not_told_of_anothers_lateness_and_hers_is_never_crowded_out(
    session: Session, cast: Cast
) -> None:
    ibrahim = cast.person("ibrahim")
    for _ in range(3):
        emergency(session, cast)
    case = case_of(session, ibrahim)
    own = referred(
        session, ibrahim, case, cast.provider(COURT), service="etat_civil", channel="phone"
    )
    with clock.at(clock.now() + FOUR_DAYS):
        assert ids(session, ibrahim) == ([own.id], [])
        assert len(ids(session, cast.person("aminata"))[1]) == 4


# The coordinator


def test_a_coordinator_confirms_those_who_wait(
    app: Flask, session: Session, cast: Cast, browser_of: Enter
) -> None:
    key = app.extensions["settings"].server_key
    team = cast.team(GOUNDAM)
    made = (session, None, key, "aicha", "Aïcha Cissé", Role.PARALEGAL, team.id)
    user, code = accounts.create_account(*made)
    aminata = browser_of("aminata")
    assert "Aïcha" not in aminata.page("/desk").text
    accounts.activate(session, code, generate_passphrase())
    page = aminata.page("/desk")
    assert page.links["Confirmer un nouveau membre de l’équipe"].endswith(str(user.id))
    assert "Aïcha Cissé" in page.text
    for handle in ("zeinab", "oumar", "mariam"):
        assert "Aïcha" not in browser_of(handle).page("/desk").text


def test_an_unlawful_settlement_is_on_the_coordinators_desk_until_she_takes_it_up(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab = cast.person("zeinab")
    case = case_of(session, zeinab)
    noted(session, zeinab, case, Per.OUTCOME, code="arrangement_illicite")
    aminata = browser_of("aminata")
    page = aminata.page("/desk")
    assert "Un arrangement hors la loi a été noté" in rows(page)
    for handle in ("zeinab", "ibrahim", "oumar", "mariam"):
        assert "arrangement hors la loi" not in browser_of(handle).page("/desk").text
    assert "C’est retiré de votre liste." in aminata.submit(page, "/alerts/").text
    assert "arrangement hors la loi" not in aminata.page("/desk").text


def test_another_outcome_raises_no_alert(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    noted(session, zeinab, case_of(session, zeinab), Per.OUTCOME, code="soins", proof="recu")
    assert session.scalars(select(Draft.id)).all() == []


def test_an_alert_says_nothing_to_a_thief(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case = case_of(session, zeinab)
    noted(session, zeinab, case, Per.OUTCOME, code="arrangement_illicite")
    draft = session.scalars(select(Draft)).one()
    assert case.id.bytes not in draft.box
    assert str(case.id).encode() not in draft.box


def test_an_alert_is_settled_by_a_coordinator_of_the_team_only(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, aminata = cast.person("zeinab"), cast.person("aminata")
    noted(session, zeinab, case_of(session, zeinab), Per.OUTCOME, code="arrangement_illicite")
    (alert,) = waiting_alerts(session, aminata.actor, aminata.keyring)
    from casework.cases.alerts import settle_alert

    for handle in ("zeinab", "oumar", "mariam"):
        with pytest.raises(NotVisible):
            settle_alert(session, cast.person(handle).actor, alert.id)


def test_a_danger_waits_for_anybody_of_the_team_but_whoever_asked(
    session: Session, cast: Cast
) -> None:
    zeinab = cast.person("zeinab")
    case = case_of(session, zeinab)
    by = (session, zeinab.actor, zeinab.keyring, case.id, cast.provider(LEGAL_AID))
    row = ask_necessity(*by, "danger_vital", [Section.IDENTITY])
    agree(session, zeinab, case, cast.provider(HEALTH), "identity", days=5)
    waits = {
        handle
        for handle, one in cast.people.items()
        if [found.consent.id for found in desk_of(session, one.actor, one.keyring).dangers]
        == [row.id]
    }
    assert waits == {"aminata", "ibrahim"}


# Everybody


def test_what_was_listed_is_noted(session: Session, cast: Cast, browser_of: Enter) -> None:
    row = sent_to_health(session, cast)
    browser_of("mariam").page("/desk")
    query = select(AuditEntry.body).where(AuditEntry.action == "referral.listed")
    assert str(row.id) in str(session.scalars(query).one())


@pytest.mark.parametrize("handle", ["admin", "manager", "donor", "auditor", "moussa"])
def test_who_owes_nothing_has_no_desk(cast: Cast, browser_of: Enter, handle: str) -> None:
    assert browser_of(handle).get("/desk").status_code == 403


def test_a_relay_reads_what_she_can_do(cast: Cast, browser_of: Enter) -> None:
    page = browser_of("moussa").page("/relay")
    assert page.links["Ouvrir l’annuaire"] == "/directory"
    assert browser_of("zeinab").get("/relay").status_code == 403


def test_an_answer_on_behalf_clears_the_watch(session: Session, cast: Cast) -> None:
    row, zeinab = emergency(session, cast), cast.person("zeinab")
    told = {"source": "La sage-femme", "means": "telephone"}
    moved(session, zeinab, row, Move.ACCEPT, By.ON_BEHALF, **told)
    with clock.at(clock.now() + timedelta(hours=3)):
        assert ids(session, zeinab) == ([], [])


def test_the_desk_speaks_english_too(session: Session, cast: Cast, browser_of: Enter) -> None:
    sent_to_health(session, cast)
    client = browser_of("mariam")
    client.send(client.page("/desk"), "/language/en")
    page = client.page("/desk")
    assert (page.heading, rows(page)) == ("To do", ["Answer the referral"])
