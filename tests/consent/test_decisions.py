"""Where a guardian is suspected, two workers decide for a child: neither of them alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases import intake
from casework.cases.access import OpenCase
from casework.consent import rules
from casework.consent.records import RECORDING, SHARING, TWO_WORKERS, Consent
from casework.errors import RuleBroken
from casework.facts.models import Fact
from casework.policy import Actor
from casework.referrals.agreement import confirm_decision, record_answer
from casework.referrals.disclosure import may_share
from casework.vault.keys import Keyring
from tests.referrals.screens import Enter, link
from tests.support.cast import HEALTH, LEGAL_AID, Cast, Person
from tests.support.files import COMMUNE, answer, case_of_a_girl, referred, woman


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """The worker who received the girl."""
    return cast.person("zeinab")


@pytest.fixture
def ibrahim(cast: Cast) -> Person:
    """Her colleague."""
    return cast.person("ibrahim")


def by(session: Session, who: Person, case: OpenCase) -> tuple[Session, Actor, Keyring, UUID]:
    """What an act on the case wants first."""
    return session, who.actor, who.keyring, case.id


def share(session: Session, who: Person, case: OpenCase, provider_id: UUID) -> UUID:
    """The worker decides for the child that the provider may know who she is."""
    until = (clock.today() + timedelta(days=90)).isoformat()
    told: dict[str, Any] = {"recipient": str(provider_id), "sections": ["identity"]}
    value = answer(SHARING, by=TWO_WORKERS, expires_on=until, **told)
    return record_answer(*by(session, who, case), value).id


def recording(session: Session, case: OpenCase) -> Consent:
    """The answer without which there is no file."""
    session.expire_all()
    return next(one for one in intake.consents_of(session, case) if one.kind == RECORDING)


def problems(session: Session, case: OpenCase) -> list[str]:
    """What the file of the child still lacks."""
    return rules.child_problems(intake.consents_of(session, case), clock.today())


def test_what_one_worker_decided_opens_nothing_and_counts_for_nothing(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    case = case_of_a_girl(session, zeinab)
    share(session, zeinab, case, cast.provider(HEALTH))
    assert may_share(session, case, cast.provider(HEALTH)) == {}
    assert session.scalars(select(Fact)).all() == []
    assert problems(session, case) == ["second_worker_needed"]
    with pytest.raises(RuleBroken, match="no_consent"):
        referred(session, zeinab, case, cast.provider(HEALTH), "identity")


def test_with_the_second_worker_it_holds_counts_and_bears_both_accounts(
    session: Session, cast: Cast, zeinab: Person, ibrahim: Person
) -> None:
    case, health = case_of_a_girl(session, zeinab), cast.provider(HEALTH)
    decided = share(session, zeinab, case, health)
    confirm_decision(*by(session, ibrahim, case), decided)
    told = recording(session, case).value
    assert (told["requested_by"], told["confirmed_by"]) == (str(zeinab.id), str(ibrahim.id))
    assert problems(session, case) == []
    assert {fact.kind for fact in session.scalars(select(Fact))} == {"registered", "incident"}
    referred(session, zeinab, case, health, "identity")
    assert [consent.expires_on for consent in may_share(session, case, health).values()] == [
        clock.today() + timedelta(days=90)
    ]


def test_who_decided_first_cannot_be_the_second(session: Session, zeinab: Person) -> None:
    case = case_of_a_girl(session, zeinab)
    asked = recording(session, case).id
    with pytest.raises(RuleBroken, match="second_person_needed"):
        confirm_decision(*by(session, zeinab, case), asked)


def test_a_decision_is_confirmed_once(session: Session, zeinab: Person, ibrahim: Person) -> None:
    case = case_of_a_girl(session, zeinab)
    asked = recording(session, case).id
    confirm_decision(*by(session, ibrahim, case), asked)
    with pytest.raises(RuleBroken, match="decision_not_waiting"):
        confirm_decision(*by(session, ibrahim, case), asked)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "decision.confirmed")
    ).all()
    assert [entry.actor_id for entry in entries] == [ibrahim.id]


def test_a_decision_nobody_confirms_lapses_after_seven_days(
    session: Session, zeinab: Person, ibrahim: Person
) -> None:
    case = case_of_a_girl(session, zeinab)
    asked = recording(session, case).id
    with clock.at(clock.now() + timedelta(days=8)):
        assert problems(session, case) == ["guardian_missing"]
        with pytest.raises(RuleBroken, match="decision_not_waiting"):
            confirm_decision(*by(session, ibrahim, case), asked)


def test_the_child_is_asked_herself_whoever_decides(session: Session, zeinab: Person) -> None:
    case = case_of_a_girl(session, zeinab, asked=False)
    assert problems(session, case) == ["assent_missing", "second_worker_needed"]


def test_two_workers_never_decide_for_a_woman(session: Session, cast: Cast, zeinab: Person) -> None:
    assert zeinab.team_id is not None
    first = answer(RECORDING, by=TWO_WORKERS)
    act = (session, zeinab.actor, zeinab.keyring)
    case = intake.begin_case(*act, zeinab.team_id, uuid4(), [first])
    identity: dict[str, Any] = {"commune": COMMUNE, "beneficiaries": [woman()]}
    intake.save_section(*act, case.id, "identity", identity, 0)
    with pytest.raises(RuleBroken, match="two_workers_for_a_child"):
        intake.complete_intake(*act, case.id)
    with pytest.raises(RuleBroken, match="two_workers_for_a_child"):
        share(session, zeinab, case, cast.provider(LEGAL_AID))


def test_the_colleague_finds_it_on_her_first_page_and_decides_in_one_act(
    session: Session, cast: Cast, zeinab: Person, browser_of: Enter
) -> None:
    case = case_of_a_girl(session, zeinab)
    share(session, zeinab, case, cast.provider(HEALTH))
    waits = "Décider pour un enfant"
    assert not [one for one in browser_of("zeinab").page("/desk").links if one.startswith(waits)]
    client = browser_of("ibrahim")
    first_page = client.page("/desk")
    assert len([one for one in first_page.links if one.startswith(waits)]) == 1
    page = client.page(link(first_page, waits))
    assert "Zeinab a décidé ceci à la place de l’enfant" in page.text
    assert "CSRéf Goundam (Identité)" in page.text
    assert "Cochez seulement si vous avez jugé vous-même" in client.submit(page).text
    after = client.submit(page, decided="y")
    assert "La décision pour l’enfant porte vos deux noms." in after.text
    assert "noté par Zeinab · confirmé par Ibrahim" in after.text
    assert waits not in client.page("/desk").text


def test_who_decided_reads_that_a_colleague_must_confirm(
    session: Session, zeinab: Person, browser_of: Enter
) -> None:
    case = case_of_a_girl(session, zeinab)
    page = browser_of("zeinab").page(f"/cases/{case.id}/consents")
    assert "Un deuxième agent doit confirmer la décision pour l’enfant." in page.text
    words = "Décider à deux pour l’enfant — Garder mes informations"
    told = browser_of("zeinab").page(link(page, words))
    assert "un collègue doit confirmer avec son propre compte" in told.text
    assert not [form for form in told.forms if "decisions" in form.action]


def test_both_forms_offer_two_workers_as_who_answered(
    session: Session, zeinab: Person, browser_of: Enter
) -> None:
    case, client = case_of_a_girl(session, zeinab), browser_of("zeinab")
    for address in (f"/cases/{case.id}/consents/new", "/cases/new/consent"):
        assert TWO_WORKERS in client.page(address).form().choices["by"]
