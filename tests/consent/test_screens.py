"""Consents on screen: asked aloud, recorded once, taken back at once, and danger judged by two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.access import OpenCase
from casework.cases.intake import consents_of
from casework.consent.models import ConsentRow
from casework.consent.recipients import Section
from casework.consent.records import NECESSITY, SHARING, Consent
from casework.errors import NotVisible, RuleBroken
from casework.facts.models import Fact
from casework.referrals.agreement import ask_necessity, confirm_necessity
from casework.referrals.deadlines import Urgency
from casework.referrals.disclosure import may_share
from casework.referrals.drafting import Wish, draft_referral
from casework.referrals.workflow import Move, State
from tests.referrals.screens import Enter, case_of, link
from tests.support.cast import COURT, HEALTH, LEGAL_AID, Cast
from tests.support.files import agree, moved, referred, woman
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

HOW = {"answer": "yes", "by": "personne", "mode": "oral_temoin", "language": "khq"}


def consents(case: OpenCase, *more: object) -> str:
    """The address of the consents of a case."""
    return "/".join([f"/cases/{case.id}/consents", *map(str, more)])


def of_kind(session: Session, case: OpenCase, kind: str) -> list[Consent]:
    """The recorded answers of one kind."""
    session.expire_all()
    return [one for one in consents_of(session, case) if one.kind == kind]


def ask(client: StrictClient, case: OpenCase, provider_id: UUID, **chosen: Any) -> Page:
    """The page with the sentence to read aloud about a provider."""
    page = client.page(consents(case, "sharing", provider_id))
    return client.submit(page, **{"service": "sante", **chosen})


def test_only_the_least_is_proposed_and_notes_never(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    for provider, least in ((HEALTH, ["identity", "health"]), (COURT, ["identity", "legal"])):
        form = client.page(consents(case, "sharing", cast.provider(provider))).form()
        assert form.values.getlist("sections") == least
        assert "admin" not in form.choices["sections"]


def test_six_months_are_proposed_and_more_than_a_year_refused(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    address = consents(case, "sharing", cast.provider(HEALTH))
    form, until = client.page(address).form(), clock.today() + timedelta(days=180)
    shown = [form.values[f"until-{part}"] for part in ("year", "month", "day")]
    assert shown == [str(until.year), str(until.month), str(until.day)]
    far = {"until-year": str(clock.today().year + 2)}
    assert "La date doit être" in client.submit(client.page(address), **far).text


def test_the_sentence_says_exactly_what_was_chosen(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    chosen = {"sections": ["identity", "facts"], "person": "la sage-femme"}
    text = ask(client, case, cast.provider(HEALTH), **chosen).text
    assert f"à {HEALTH}, et là-bas seulement à la sage-femme, ceci : identité, faits." in text
    assert "Vous pouvez changer d’avis à tout moment." in text


def test_the_answer_opens_what_was_asked_and_nothing_else(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = ask(client, case, cast.provider(HEALTH), sections=["identity"])
    page = client.submit(page, **HOW, witness="Sa tante")
    assert "Sa réponse est enregistrée." in page.text
    assert "devant Sa tante" in page.text
    session.expire_all()
    assert set(may_share(session, case, cast.provider(HEALTH))) == {Section.IDENTITY}
    assert may_share(session, case, cast.provider(COURT)) == {}


@pytest.mark.parametrize("said", ["no", "not_yet"])
def test_a_no_and_a_not_yet_open_nothing(
    session: Session, cast: Cast, browser_of: Enter, said: str
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = ask(client, case, cast.provider(HEALTH), sections=["identity"])
    client.submit(page, **HOW | {"answer": said})
    assert [one.answer for one in of_kind(session, case, SHARING)] == [said]
    assert may_share(session, case, cast.provider(HEALTH)) == {}


def test_an_answer_posted_twice_is_one(session: Session, cast: Cast, browser_of: Enter) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = ask(client, case, cast.provider(HEALTH), sections=["identity"])
    for _ in range(2):
        client.submit(page, **HOW)
    assert len(of_kind(session, case, SHARING)) == 1


def test_what_was_asked_is_not_lost_when_the_answer_was_forgotten(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = ask(client, case, cast.provider(HEALTH), sections=["identity", "facts"])
    page = client.submit(page, answer=None)
    assert "Choisissez une réponse." in page.text
    assert "identité, faits" in page.text
    client.submit(page, **HOW)
    assert of_kind(session, case, SHARING)[0].sections == {Section.IDENTITY, Section.FACTS}


def test_hidden_fields_that_were_tampered_with_lead_back_to_the_question(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = ask(client, case, cast.provider(HEALTH), sections=["identity"])
    for field, value in (("sections", "admin"), ("sections", ""), ("until", "x"), ("service", "x")):
        client.submit(page, **HOW | {field: value})
    assert of_kind(session, case, SHARING) == []


def test_a_new_answer_about_statistics_is_obeyed_at_once(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    assert session.scalars(select(Fact.id)).all()
    page = client.page(consents(case, "new"))
    with clock.at(clock.now() + timedelta(minutes=1)):
        client.submit(page, kind="c_stats", answer="no", by="personne")
    session.expire_all()
    assert session.scalars(select(Fact.id)).all() == []


def test_a_childs_assent_is_written_down(session: Session, cast: Cast, browser_of: Enter) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = client.page(consents(case, "new"))
    page = client.submit(page, kind="assentiment", answer="yes", by="personne")
    assert "Assentiment de l’enfant" in page.text


def test_a_childs_file_says_what_it_still_lacks(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    child = woman(age={"years": 12, "as_of": clock.today().isoformat()})
    case, client = case_of(session, cast.person("zeinab"), people=[child]), browser_of("zeinab")
    page = client.page(consents(case))
    assert "Demandez aussi à l’enfant" in page.text
    page = client.page(consents(case, "new"))
    page = client.submit(page, kind="assentiment", answer="yes", by="personne")
    assert "Demandez aussi à l’enfant" not in page.text
    grown = case_of(session, cast.person("zeinab"))
    assert "Demandez" not in client.page(consents(grown)).text


def test_taking_back_says_what_will_happen_and_what_nobody_can_undo(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case, client = case_of(session, zeinab), browser_of("zeinab")
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    page = client.page(consents(case, consent, "withdrawal"))
    assert "Ce que personne ne peut défaire" not in page.text
    moved(session, mariam, row, Move.ACCEPT)
    page = client.page(consents(case, consent, "withdrawal"))
    assert "Ce référencement prend fin : Soins de santé" in page.text
    assert f"Ce que {HEALTH} a déjà lu ou noté." in page.text
    done = client.submit(page)
    session.refresh(row)
    assert row.state == State.WITHDRAWN
    assert "Retiré le" in done.text


def test_before_taking_back_the_worker_reads_what_the_person_must_hear(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case = case_of(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    page = client.page(consents(case, consent, "withdrawal"))
    assert "On ne leur dit pas pourquoi." in page.text
    assert "cherchez avec elle une autre aide" not in page.text
    referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    page = client.page(consents(case, consent, "withdrawal"))
    assert "cherchez avec elle une autre aide" in page.text


def test_to_take_back_the_words_are_asked_again(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case = case_of(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    now = clock.now()
    for minutes in (8, 16):
        with clock.at(now + timedelta(minutes=minutes)):
            page = client.page(consents(case, consent, "withdrawal"))
    assert page.address.startswith("/account/words")


def test_taking_back_twice_takes_back_once(session: Session, cast: Cast, browser_of: Enter) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case = case_of(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    page = client.page(consents(case, consent, "withdrawal"))
    for _ in range(2):
        client.submit(page)
    acts = session.scalars(select(AuditEntry.action)).all()
    assert acts.count("consent.withdrawn") == 1
    assert "n’ouvre plus rien" in client.page(consents(case, consent, "withdrawal")).text


def test_an_earlier_yes_is_shown_as_replaced(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case = case_of(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    page = ask(client, case, cast.provider(HEALTH), sections=["identity"])
    with clock.at(clock.now() + timedelta(minutes=1)):
        page = client.submit(page, **HOW | {"answer": "no"})
    assert "Remplacé par une réponse plus récente" in page.text


def test_looking_at_the_consents_is_noted(session: Session, cast: Cast, browser_of: Enter) -> None:
    case = case_of(session, cast.person("zeinab"))
    browser_of("zeinab").page(consents(case))
    query = select(AuditEntry.body).where(AuditEntry.action == "case.viewed")
    assert "consents" in str(session.scalars(query).one())


@pytest.mark.parametrize("handle", ["fanta", "mariam", "moussa", "admin", "manager", "auditor"])
def test_nobody_of_another_team_finds_the_consents(
    session: Session, cast: Cast, browser_of: Enter, handle: str
) -> None:
    zeinab, client = cast.person("zeinab"), browser_of(handle)
    case = case_of(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    provider = cast.provider(HEALTH)
    for address in (
        consents(case),
        consents(case, "new"),
        consents(case, "sharing", provider),
        consents(case, consent, "withdrawal"),
        f"/cases/{case.id}/necessity/{provider}",
        f"/cases/{case.id}/necessity/{consent}/confirmation",
    ):
        assert client.get(address).status_code == 404, address


def test_a_consent_of_another_case_is_not_found(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab = cast.person("zeinab")
    case, other = case_of(session, zeinab), case_of(session, zeinab)
    consent = agree(session, zeinab, other, cast.provider(HEALTH), "identity")
    address = consents(case, consent, "withdrawal")
    assert browser_of("zeinab").get(address).status_code == 404


# Necessity


def danger(client: StrictClient, case: OpenCase, provider_id: UUID) -> Page:
    """A danger to a life is written down by whoever is signed in."""
    page = client.page(f"/cases/{case.id}/necessity/{provider_id}")
    return client.submit(page, reason="danger_vital")


def test_danger_opens_nothing_until_a_second_person_confirms_it_from_her_own_desk(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, zeinab, provider = (
        case_of(session, cast.person("zeinab")),
        browser_of("zeinab"),
        cast.provider(LEGAL_AID),
    )
    assert "Une deuxième personne doit confirmer" in danger(zeinab, case, provider).text
    assert may_share(session, case, provider) == {}
    assert not [text for text in zeinab.page("/desk").links if text.startswith("Juger un danger")]
    ibrahim = browser_of("ibrahim")
    page = ibrahim.page(link(ibrahim.page("/desk"), "Juger un danger"))
    assert "Zeinab vous demande de confirmer" in page.text
    assert "Cochez seulement si vous avez jugé" in ibrahim.submit(page).text
    page = ibrahim.submit(page, judged="y")
    assert "pendant sept jours au plus" in page.text
    session.expire_all()
    assert set(may_share(session, case, provider)) == {Section.IDENTITY, Section.CONTACT}
    with clock.at(clock.now() + timedelta(days=8)):
        assert may_share(session, case, provider) == {}


def test_whoever_asked_cannot_confirm(session: Session, cast: Cast, browser_of: Enter) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case, provider = case_of(session, zeinab), cast.provider(LEGAL_AID)
    danger(client, case, provider)
    (ground,) = of_kind(session, case, NECESSITY)
    page = client.page(f"/cases/{case.id}/necessity/{ground.id}/confirmation")
    assert "un autre collègue doit confirmer" in page.text
    with pytest.raises(RuleBroken, match="second_person_needed"):
        confirm_necessity(session, zeinab.actor, zeinab.keyring, case.id, ground.id)


def test_a_danger_confirmed_twice_by_one_person_is_confirmed_once(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    danger(client, case, cast.provider(LEGAL_AID))
    (ground,) = of_kind(session, case, NECESSITY)
    aminata = browser_of("aminata")
    page = aminata.page(f"/cases/{case.id}/necessity/{ground.id}/confirmation")
    for _ in range(2):
        told = aminata.submit(page, judged="y")
        assert "Confirmé." in told.text
    acts = session.scalars(select(AuditEntry.action)).all()
    assert acts.count("necessity.confirmed") == 1


def test_danger_posted_twice_is_one(session: Session, cast: Cast, browser_of: Enter) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = client.page(f"/cases/{case.id}/necessity/{cast.provider(LEGAL_AID)}")
    for _ in range(2):
        client.submit(page, reason="enfant_en_danger")
    assert len(of_kind(session, case, NECESSITY)) == 1


def test_danger_never_offers_more_than_the_least(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    least = {"identity", "contact", "facts"}
    for provider, offered in ((LEGAL_AID, least), (HEALTH, least | {"health"})):
        page = client.page(f"/cases/{case.id}/necessity/{cast.provider(provider)}")
        assert page.form().choices["sections"] == offered


def test_the_act_refuses_what_the_screen_does_not_offer(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case = case_of(session, zeinab)
    by = (session, zeinab.actor, zeinab.keyring, case.id, cast.provider(LEGAL_AID))
    with pytest.raises(RuleBroken, match="necessity_too_wide"):
        ask_necessity(*by, "danger_vital", [Section.HEALTH])
    with pytest.raises(RuleBroken, match="reason_unknown"):
        ask_necessity(*by, "curiosite", [Section.IDENTITY])


def test_a_relay_confirms_nothing(session: Session, cast: Cast) -> None:
    zeinab, moussa = cast.person("zeinab"), cast.person("moussa")
    case = case_of(session, zeinab)
    row = ask_necessity(
        session,
        zeinab.actor,
        zeinab.keyring,
        case.id,
        cast.provider(LEGAL_AID),
        "danger_vital",
        [Section.IDENTITY],
    )
    with pytest.raises(NotVisible):
        confirm_necessity(session, moussa.actor, moussa.keyring, case.id, row.id)
    assert session.get_one(ConsentRow, (case.id, row.id)).revision == 1


def test_a_confirmed_danger_carries_a_referral_and_says_so(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, ibrahim = cast.person("zeinab"), cast.person("ibrahim")
    case, health = case_of(session, zeinab), cast.provider(HEALTH)
    by = (session, zeinab.actor, zeinab.keyring, case.id)
    row = ask_necessity(*by, health, "danger_vital", [Section.IDENTITY])
    with pytest.raises(RuleBroken, match="no_consent"):
        referred(session, zeinab, case, health, "identity")
    confirm_necessity(session, ibrahim.actor, ibrahim.keyring, case.id, row.id)
    sent = referred(session, zeinab, case, health, "identity")
    text = browser_of("zeinab").page(f"/referrals/{sent.id}").text
    assert "Danger, confirmé à deux le" in text


# Asked from a draft referral


def test_cancel_in_the_middle_of_asking_leads_back_to_the_draft(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case, provider = case_of(session, zeinab), cast.provider(HEALTH)
    wish = Wish(provider, "sante", Urgency.NORMAL, "electronic")
    row = draft_referral(session, zeinab.actor, zeinab.keyring, case.id, wish)
    sharing = f"/referrals/{row.id}/sharing"
    question = client.page(link(client.page(sharing), "Lui demander"))
    assert question.links["Annuler"] == sharing
    assert question.links["Retour"] == sharing
    answer = client.submit(question, sections=["identity"])
    assert answer.links["Annuler"] == sharing
    again = client.page(answer.links["Retour"])
    assert again.links["Annuler"] == sharing
    assert again.form("/sharing").values["service"] == "sante"
    assert again.form("/sharing").values["referral"] == str(row.id)
    danger = client.page(f"/cases/{case.id}/necessity/{provider}?referral={row.id}")
    assert (danger.links["Annuler"], danger.links["Retour"]) == (sharing, sharing)


def test_asked_from_the_consents_cancel_leads_back_to_them(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    address = f"/cases/{case.id}/consents/sharing/{cast.provider(HEALTH)}?referral=nonsense"
    page = client.page(address)
    assert page.links["Annuler"] == f"/cases/{case.id}/consents"
