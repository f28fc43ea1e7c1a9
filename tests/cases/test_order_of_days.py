"""Nothing in a case happens before the person came, nor before what it follows from."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from casework import clock
from casework.cases import intake
from casework.cases.access import OpenCase
from casework.cases.closure import close_case, reopen_case
from casework.cases.field_kinds import Per
from casework.cases.follow_up import correct_entry, followed
from casework.cases.models import CaseStatus
from casework.cases.reception import received_on
from casework.consent.actions import list_consents, withdraw_consent
from casework.consent.records import RECORDING, SHARING, STATISTICS
from casework.errors import RuleBroken
from casework.referrals.agreement import record_answer
from tests.support.cast import HEALTH, Cast, Person
from tests.support.files import COMMUNE, agree, answer, noted, opened, woman

ENTRIES: dict[Per, dict[str, str]] = {
    Per.JOURNAL: {"nature": "appel", "text": "…"},
    Per.SERVICE: {"code": "info_juridique"},
    Per.OUTCOME: {"code": "acte_ec", "proof": "acte"},
}


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


def days_ago(days: int) -> date:
    """A day in the past."""
    return clock.today() - timedelta(days=days)


def text(days: int) -> str:
    """The same as the text of an entry."""
    return days_ago(days).isoformat()


def received(session: Session, who: Person, days: int) -> OpenCase:
    """The case of somebody received so many days ago, which is written down today."""
    assert who.team_id is not None
    by = (session, who.actor, who.keyring)
    told = [answer(RECORDING), answer(STATISTICS)]
    case = intake.begin_case(*by, who.team_id, uuid4(), told)
    identity: dict[str, object] = {"commune": COMMUNE, "beneficiaries": [woman()]}
    intake.save_section(*by, case.id, "identity", identity, 0)
    return intake.complete_intake(*by, case.id, days_ago(days))


def close(session: Session, who: Person, case: OpenCase, days: int) -> None:
    """The case is closed on that day."""
    value: dict[str, object] = {"code": "besoins_satisfaits", "happened_on": text(days)}
    close_case(session, who.actor, who.keyring, case.id, value, 0)


def reopen(session: Session, who: Person, case: OpenCase, days: int) -> None:
    """The case is opened again on that day."""
    value: dict[str, object] = {"text": "Elle revient.", "happened_on": text(days)}
    reopen_case(session, who.actor, who.keyring, case.id, value)


def test_somebody_is_received_on_the_day_that_was_told(session: Session, zeinab: Person) -> None:
    assert received_on(session, received(session, zeinab, 5)) == days_ago(5)


def test_an_intake_finished_later_was_received_when_it_began(
    session: Session, zeinab: Person
) -> None:
    assert zeinab.team_id is not None
    by = (session, zeinab.actor, zeinab.keyring)
    with clock.at(clock.now() - timedelta(days=3)):
        case = intake.begin_case(*by, zeinab.team_id, uuid4(), [answer(RECORDING)])
    identity: dict[str, object] = {"commune": COMMUNE, "beneficiaries": [woman()]}
    intake.save_section(*by, case.id, "identity", identity, 0)
    intake.complete_intake(*by, case.id)
    assert case.row.opened_on == clock.today()
    assert received_on(session, case) == days_ago(3)


@pytest.mark.parametrize("kind", ENTRIES)
def test_what_we_did_for_her_is_not_before_she_came(
    session: Session, zeinab: Person, kind: Per
) -> None:
    case = received(session, zeinab, 5)
    noted(session, zeinab, case, kind, **ENTRIES[kind], happened_on=text(5))
    with pytest.raises(RuleBroken, match="before_reception"):
        noted(session, zeinab, case, kind, **ENTRIES[kind], happened_on=text(6))


def test_a_step_of_the_procedure_may_be_older_than_her_coming(
    session: Session, zeinab: Person
) -> None:
    case = received(session, zeinab, 5)
    noted(session, zeinab, case, Per.STEP, code="plainte", happened_on=text(90))
    (entry,) = followed(session, case)
    assert entry.value["happened_on"] == text(90)


def test_a_correction_is_held_to_the_same_days(session: Session, zeinab: Person) -> None:
    case = received(session, zeinab, 5)
    first = noted(session, zeinab, case, Per.JOURNAL, **ENTRIES[Per.JOURNAL])
    by = (session, zeinab.actor, zeinab.keyring, case.id, first)
    with pytest.raises(RuleBroken, match="before_reception"):
        correct_entry(*by, {**ENTRIES[Per.JOURNAL], "happened_on": text(6)})
    correct_entry(*by, {**ENTRIES[Per.JOURNAL], "happened_on": text(5)})


def test_a_case_is_not_closed_before_she_came(session: Session, zeinab: Person) -> None:
    case = received(session, zeinab, 5)
    with pytest.raises(RuleBroken, match="before_reception"):
        close(session, zeinab, case, 6)
    close(session, zeinab, case, 5)
    assert case.row.status == CaseStatus.CLOSED


def test_a_case_is_not_opened_again_before_it_was_closed(session: Session, zeinab: Person) -> None:
    case = received(session, zeinab, 9)
    close(session, zeinab, case, 5)
    with pytest.raises(RuleBroken, match="before_closure"):
        reopen(session, zeinab, case, 6)
    reopen(session, zeinab, case, 5)
    assert case.row.status == CaseStatus.REOPENED


def test_a_case_is_not_closed_again_before_it_was_opened_again(
    session: Session, zeinab: Person
) -> None:
    case = received(session, zeinab, 9)
    close(session, zeinab, case, 7)
    reopen(session, zeinab, case, 4)
    with pytest.raises(RuleBroken, match="before_reopening"):
        close(session, zeinab, case, 5)
    close(session, zeinab, case, 4)
    with pytest.raises(RuleBroken, match="before_closure"):
        reopen(session, zeinab, case, 6)


def sharing(cast: Cast, days: int) -> dict[str, object]:
    """A yes to the health centre, given so many days ago."""
    return answer(
        SHARING,
        given_on=text(days),
        recipient=str(cast.provider(HEALTH)),
        sections=["identity"],
        service="sante",
        expires_on=text(-90),
        by="personne",
    )


def test_she_agreed_to_no_sharing_before_she_came(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    case = received(session, zeinab, 5)
    by = (session, zeinab.actor, zeinab.keyring, case.id)
    with pytest.raises(RuleBroken, match="sharing_before_reception"):
        record_answer(*by, sharing(cast, 6))
    record_answer(*by, sharing(cast, 5))


def test_what_she_agreed_to_with_us_may_have_been_said_to_a_relay_before(
    session: Session, zeinab: Person
) -> None:
    case = received(session, zeinab, 5)
    said = answer(STATISTICS, given_on=text(6), by="personne")
    record_answer(session, zeinab.actor, zeinab.keyring, case.id, said)
    key = case.key("consents", 1)
    assert text(6) in [one.value["given_on"] for one in list_consents(session, case.id, key)]


def test_nothing_is_taken_back_before_it_was_given(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    by = (session, zeinab.actor, case.id, case.key("consents", 1), consent)
    with pytest.raises(RuleBroken, match="before_consent"):
        withdraw_consent(*by, days_ago(1))
    assert withdraw_consent(*by, clock.today()).value["withdrawn_on"] == text(0)
