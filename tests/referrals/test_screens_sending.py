"""Referring, page after page: what can be chosen, what cannot and why, and nothing twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.access import OpenCase
from casework.directory.models import Provider
from casework.people.models import TeamKey
from casework.policy import Permission
from casework.referrals.access import access_referral
from casework.referrals.deadlines import Urgency
from casework.referrals.drafting import ELECTRONIC, Wish, asked, draft_referral
from casework.referrals.models import Referral, ReferralMove
from casework.referrals.withdrawal import withdraw
from casework.referrals.workflow import Move, State
from tests.referrals.screens import Enter, case_of, link, page_of
from tests.support.cast import COURT, HEALTH, LEGAL_AID, TOWN_HALL, Cast
from tests.support.files import CANARY, agree
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

TOO_LATE = "Ce n’est plus possible"


def new(case: OpenCase) -> str:
    """The address of the first page of a new referral."""
    return f"/cases/{case.id}/referrals/new"


def drafted(session: Session, cast: Cast, case: OpenCase, **more: object) -> Referral:
    """A draft to the health centre that shares what it is told."""
    zeinab = cast.person("zeinab")
    fields: dict[str, object] = {
        "provider_id": cast.provider(HEALTH),
        "service": "sante",
        "urgency": Urgency.URGENT,
        "channel": ELECTRONIC,
        **more,
    }
    return draft_referral(session, zeinab.actor, zeinab.keyring, case.id, Wish(**fields))  # type: ignore[arg-type]


def wish_of(session: Session, cast: Cast, referral_id: UUID) -> dict[str, object]:
    """What a referral asks now."""
    session.expire_all()
    zeinab = cast.person("zeinab")
    by = (session, zeinab.actor, zeinab.keyring)
    return asked(session, access_referral(*by, referral_id, Permission.REFERRAL_VIEW))


def choose(client: StrictClient, case: OpenCase, service: str) -> Page:
    """The page of the providers of a service."""
    return client.submit(client.page(new(case)), service=service)


def test_a_service_that_the_law_forbids_says_so_and_cannot_be_chosen(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    rape = {"id": str(uuid4()), "gbv_acts": ["vbg_viol"]}
    case = case_of(session, cast.person("zeinab"), grievances=[rape])
    page = browser_of("zeinab").page(new(case))
    assert "mediation" not in page.form().choices["service"]
    assert "La loi interdit tout arrangement pour une infraction sexuelle" in page.text


def test_a_service_that_nobody_renders_says_so(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    page = browser_of("zeinab").page(new(case_of(session, cast.person("zeinab"))))
    assert "abri" not in page.form().choices["service"]
    assert "Personne dans l’annuaire ne le rend pour sa commune." in page.text


def test_of_several_matters_the_page_asks_which(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    matters: list[dict[str, Any]] = [
        {"id": str(uuid4()), "justice_type": "ec_naissance"},
        {"id": str(uuid4()), "gbv_acts": ["vbg_viol"]},
    ]
    case = case_of(session, cast.person("zeinab"), grievances=matters)
    client = browser_of("zeinab")
    page = client.submit(client.page(new(case)), service="etat_civil")
    assert "Choisissez une réponse." in page.text
    page = client.submit(page, service="etat_civil", grievance=matters[0]["id"])
    assert cast.provider(COURT).hex in str(page.form().choices["provider"]).replace("-", "")


def test_a_suspended_provider_names_another_and_cannot_be_chosen(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    court = session.get_one(Provider, cast.provider(COURT))
    court.suspended, court.fallback_id = True, cast.provider(TOWN_HALL)
    case = case_of(session, cast.person("zeinab"))
    page = choose(browser_of("zeinab"), case, "etat_civil")
    assert page.form().choices["provider"] == {str(cast.provider(TOWN_HALL))}
    assert f"À sa place : {TOWN_HALL}" in page.text


def test_the_present_seat_is_said_where_it_is_not_the_jurisdiction(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    court = session.get_one(Provider, cast.provider(COURT))
    court.seat, court.seat_note = "ML060506", "replié depuis 2023"
    case = case_of(session, cast.person("zeinab"))
    text = choose(browser_of("zeinab"), case, "etat_civil").text
    assert "siège aujourd’hui à Tombouctou · replié depuis 2023" in text


def test_a_provider_posted_twice_is_one_draft(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = choose(client, case, "sante")
    for _ in range(2):
        client.submit(page, provider=str(cast.provider(HEALTH)))
    session.expire_all()
    assert session.scalars(select(Referral.state)).all() == [State.DRAFT]


def test_the_choice_of_a_provider_that_was_forgotten_comes_back_with_its_error(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = client.submit(choose(client, case, "sante"))
    assert "Choisissez une réponse." in page.text
    page = client.submit(page, provider=str(cast.provider(HEALTH)))
    assert page.response.request.path.endswith("/request")


@pytest.mark.parametrize(("field", "value"), [("service", "x"), ("id", "x"), ("service", "")])
def test_hidden_fields_that_were_tampered_with_draft_nothing(
    session: Session, cast: Cast, browser_of: Enter, field: str, value: str
) -> None:
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = choose(client, case, "sante")
    client.submit(page, **{"provider": str(cast.provider(HEALTH)), field: value})
    assert session.scalars(select(Referral.id)).all() == []


def test_a_service_chosen_too_long_ago_is_asked_again(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case = case_of(session, cast.person("zeinab"))
    page = browser_of("zeinab").page(f"{new(case)}/provider?held={uuid4()}")
    assert page.response.request.path == new(case)


def test_each_urgency_says_by_when_an_answer_is_expected(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = drafted(session, cast, case_of(session, cast.person("zeinab")))
    text = browser_of("zeinab").page(page_of(row.id, "request")).text
    assert text.count("Réponse attendue avant le") == 3


@pytest.mark.parametrize(
    ("provider", "service", "why"),
    [
        (COURT, "etat_civil", "Ce prestataire n’a pas encore de compte"),
        (HEALTH, "sante", "n’ont pas encore comparé leurs six mots"),
    ],
)
def test_where_the_screen_is_closed_the_other_ways_are_offered_at_once(
    session: Session, cast: Cast, browser_of: Enter, provider: str, service: str, why: str
) -> None:
    key = session.scalars(select(TeamKey).where(TeamKey.team_id == cast.team(HEALTH).id)).one()
    key.kem_pub = bytes(len(key.kem_pub))  # other keys than the compared ones
    case, client = case_of(session, cast.person("zeinab")), browser_of("zeinab")
    page = client.submit(choose(client, case, service), provider=str(cast.provider(provider)))
    assert page.form().choices["channel"] == {"phone", "accompaniment", "letter"}
    assert why.replace("prestataire", "partenaire") in page.text


def test_only_what_is_allowed_can_be_ticked_each_with_why(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab = cast.person("zeinab")
    case = case_of(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = drafted(session, cast, case)
    page = browser_of("zeinab").page(page_of(row.id, "sharing"))
    assert page.form().choices["sections"] == {"identity"}
    assert "Elle a accepté le" in page.text
    assert "Santé" in page.text
    assert str(case.id) in link(page, "Lui demander et noter sa réponse")


def test_a_section_nobody_offered_is_refused(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case = case_of(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = drafted(session, cast, case)
    page = client.page(page_of(row.id, "sharing"))
    form = page.form()
    form.values.setlist("sections", ["identity", "facts"])
    client.post(form.action, data=form.values, follow_redirects=True)
    assert wish_of(session, cast, row.id)["sections"] == []


def test_nothing_is_sent_on_a_screen_that_would_show_nothing(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case = case_of(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = drafted(session, cast, case)
    page = client.submit(client.page(page_of(row.id, "sharing")), sections=[])
    assert "Elle n’a pas encore dit oui pour partager cela." in page.text


def test_a_consent_taken_back_meanwhile_stops_the_sending(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case = case_of(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    agree(session, zeinab, case, cast.provider(HEALTH), "health")
    row = drafted(session, cast, case, sections=("health", "identity"))
    page = client.page(page_of(row.id, "sending"))
    with clock.at(clock.now() + timedelta(minutes=1)):
        by = (session, zeinab.actor, zeinab.keyring)
        withdraw(*by, case.id, consent, clock.today())
    session.refresh(row)
    assert row.state == State.WITHDRAWN
    assert TOO_LATE in client.submit(page).text


def test_the_last_page_says_exactly_what_goes_and_why_it_may(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab = cast.person("zeinab")
    case = case_of(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity", "health")
    row = drafted(session, cast, case, sections=("identity",))
    text = browser_of("zeinab").page(page_of(row.id, "sending")).text
    assert "IdentitéElle a accepté le" in text
    assert "Santé" not in text
    assert CANARY in text


def test_an_emergency_begins_with_the_number_on_duty_and_words_without_a_name(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    zeinab = cast.person("zeinab")
    case = case_of(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    urgent = {"urgency": Urgency.EMERGENCY, "service": "sante_urgence"}
    row = drafted(session, cast, case, sections=("identity",), **urgent)
    page = browser_of("zeinab").page(page_of(row.id, "sending"))
    assert link(page, "Numéro de garde, la nuit") == "tel:66000000"
    numbers = [address for address in page.links.values() if address.startswith("tel:")]
    assert numbers[0] == "tel:66000000"
    said = page.text.split("Dites ceci, sans aucun nom :")[1].split("»")[0]
    assert CANARY not in said
    assert "Soins d’urgence" in said
    assert "viol" not in said


def test_a_case_in_danger_shows_the_numbers_before_any_choice(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case = case_of(session, cast.person("zeinab"), facts={"life_in_danger": True})
    page = choose(browser_of("zeinab"), case, "sante")
    assert link(page, f"Appeler {HEALTH}, la nuit") == "tel:66000000"


def test_a_draft_waits_on_the_first_page_until_it_is_sent(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = drafted(session, cast, case_of(session, cast.person("zeinab")))
    client = browser_of("zeinab")
    page = client.page(link(client.page("/desk"), "Finir et envoyer le référencement"))
    assert link(page, "Continuer ce brouillon") == page_of(row.id, "request")


def test_a_draft_is_thrown_away_without_a_reason(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = drafted(session, cast, case_of(session, cast.person("zeinab")))
    client = browser_of("zeinab")
    page = client.submit(client.page(page_of(row.id, "cancellation")))
    assert "Ce référencement est terminé." in page.text
    session.refresh(row)
    assert row.state == State.CANCELLED


def test_a_draft_goes_to_another_provider(session: Session, cast: Cast, browser_of: Enter) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case = case_of(session, zeinab)
    row = drafted(
        session,
        cast,
        case,
        provider_id=cast.provider(COURT),
        service="etat_civil",
        channel="letter",
    )
    page = client.page(page_of(row.id, "provider"))
    client.submit(page, provider=str(cast.provider(TOWN_HALL)))
    assert wish_of(session, cast, row.id)["provider"] == str(cast.provider(TOWN_HALL))


def test_the_second_of_two_who_change_a_draft_is_told(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = drafted(session, cast, case_of(session, cast.person("zeinab")))
    zeinab, ibrahim = browser_of("zeinab"), browser_of("ibrahim")
    mine, other = (one.page(page_of(row.id, "request")) for one in (zeinab, ibrahim))
    ibrahim.submit(other, urgency="normal")
    told = zeinab.submit(mine, urgency="urgence")
    assert "Le référencement a changé depuis que vous avez ouvert cette page." in told.text
    assert wish_of(session, cast, row.id)["urgency"] == "normal"
    zeinab.submit(told)
    assert wish_of(session, cast, row.id)["urgency"] == "urgence"


def test_sending_twice_sends_once(session: Session, cast: Cast, browser_of: Enter) -> None:
    zeinab, client = cast.person("zeinab"), browser_of("zeinab")
    case = case_of(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = drafted(session, cast, case, sections=("identity",))
    page = client.page(page_of(row.id, "sending"))
    for _ in range(2):
        assert "C’est envoyé." in client.submit(page).text
    session.expire_all()
    assert session.scalars(select(ReferralMove.move)).all() == [Move.SEND]


def test_by_letter_nothing_need_be_shared(session: Session, cast: Cast, browser_of: Enter) -> None:
    client = browser_of("zeinab")
    case = case_of(session, cast.person("zeinab"))
    page = client.submit(choose(client, case, "etat_civil"), provider=str(cast.provider(COURT)))
    page = client.submit(page, urgency="normal", channel="letter")
    assert "jamais le nom" in page.text
    page = client.submit(client.submit(page))
    assert "C’est envoyé." in page.text
    assert "Aller chercher la réponse du partenaire" in page.text


def test_another_teams_case_cannot_be_referred(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case = case_of(session, cast.person("zeinab"))
    row = drafted(session, cast, case)
    for handle in ("fanta", "mariam", "moussa", "manager", "admin", "auditor"):
        client = browser_of(handle)
        assert client.get(new(case)).status_code == 404
        for noun in ("request", "sharing", "sending", "provider"):
            assert client.get(page_of(row.id, noun)).status_code == 404


def test_a_closed_case_is_not_referred(session: Session, cast: Cast, browser_of: Enter) -> None:
    case = case_of(session, cast.person("zeinab"))
    case.row.status = "cloture"
    page = browser_of("zeinab").page(new(case))
    assert page.response.request.path == f"/cases/{case.id}"
    assert "on ne peut rien y ajouter" in page.text


def test_the_pages_speak_english_too(session: Session, cast: Cast, browser_of: Enter) -> None:
    client = browser_of("zeinab")
    case = case_of(session, cast.person("zeinab"))
    client.send(client.page("/desk"), "/language/en")
    page = choose(client, case, "info_juridique")
    assert page.heading == "Which partner?"
    assert page.form().choices["provider"] == {str(cast.provider(LEGAL_AID))}
