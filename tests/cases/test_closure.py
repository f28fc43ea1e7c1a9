"""Closing, opening again, and erasing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.access import OpenCase
from casework.cases.closure import close_case, erase_case, erase_mistake, reopen_case
from casework.cases.field_kinds import Per
from casework.cases.follow_up import followed
from casework.cases.models import Case, CaseStatus
from casework.db import Base
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.facts.models import Fact
from tests.support.cast import HEALTH, Cast, Person
from tests.support.databases import on_both_databases
from tests.support.files import agree, civil_status, noted, opened, referred


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


def close(
    session: Session, who: Person, case: OpenCase, code: str = "besoins_satisfaits", **more: Any
) -> OpenCase:
    """The person closes the case today."""
    referrals = more.pop("open_referrals", 0)
    value = {"code": code, "happened_on": clock.today().isoformat(), **more}
    return close_case(session, who.actor, who.keyring, case.id, value, referrals)


def reopen(session: Session, who: Person, case: OpenCase, **more: Any) -> OpenCase:
    """The person opens the case again today."""
    value = {"text": "Elle est revenue.", "happened_on": clock.today().isoformat(), **more}
    return reopen_case(session, who.actor, who.keyring, case.id, value)


def test_a_closed_case_has_no_next_step(session: Session, zeinab: Person) -> None:
    case = close(session, zeinab, opened(session, zeinab))
    assert (case.row.status, case.row.next_step_on) == (CaseStatus.CLOSED, None)


def test_why_it_was_closed_stands_sealed_in_the_case(session: Session, zeinab: Person) -> None:
    case = close(session, zeinab, opened(session, zeinab), told_may_return=True)
    (entry,) = followed(session, case)
    told = (entry.value["kind"], entry.value["code"], entry.value["told_may_return"])
    assert told == ("closure", "besoins_satisfaits", True)


def test_a_case_with_an_open_referral_is_not_closed(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    with pytest.raises(RuleBroken, match="referrals_open"):
        close(session, zeinab, case, open_referrals=1)


@pytest.mark.parametrize("code", ["transfere", "hors_perimetre", "financement", "securite"])
def test_some_reasons_need_a_note(session: Session, zeinab: Person, code: str) -> None:
    case = opened(session, zeinab)
    with pytest.raises(RuleBroken, match="closure_needs_note"):
        close(session, zeinab, case, code, note="  ")
    assert close(session, zeinab, case, code, note="Au BAJJ.").row.status == CaseStatus.CLOSED


def test_a_case_is_closed_once(session: Session, zeinab: Person) -> None:
    case = close(session, zeinab, opened(session, zeinab))
    with pytest.raises(RuleBroken, match="case_closed"):
        close(session, zeinab, case)


def test_a_closed_case_opens_again_with_a_step_within_a_week(
    session: Session, zeinab: Person
) -> None:
    case = reopen(session, zeinab, close(session, zeinab, opened(session, zeinab)))
    assert case.row.status == CaseStatus.REOPENED
    assert case.row.next_step_on == clock.today() + timedelta(days=7)


def test_an_emergency_opened_again_asks_for_a_step_within_a_day(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab, facts={"grievances": [civil_status()], "urgency": "urgence"})
    case = reopen(session, zeinab, close(session, zeinab, case))
    assert case.row.next_step_on == clock.today() + timedelta(days=1)


def test_an_open_case_is_not_opened_again(session: Session, zeinab: Person) -> None:
    with pytest.raises(RuleBroken, match="case_not_closed"):
        reopen(session, zeinab, opened(session, zeinab))


@pytest.mark.parametrize("act", [close, reopen])
def test_no_case_is_closed_or_opened_tomorrow(session: Session, zeinab: Person, act: Any) -> None:
    case = opened(session, zeinab)
    if act is reopen:
        close(session, zeinab, case)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    with pytest.raises(RuleBroken, match="future_date"):
        act(session, zeinab, case, happened_on=tomorrow)


@pytest.mark.parametrize("handle", ["fanta", "moussa", "mariam", "admin"])
def test_nobody_closes_another_teams_case(
    session: Session, cast: Cast, zeinab: Person, handle: str
) -> None:
    case = opened(session, zeinab)
    with pytest.raises((NotVisible, NotAllowed)):
        close(session, cast.person(handle), case)


# Erasing


def rows_about(session: Session, case_id: object) -> dict[str, int]:
    """In how many rows of which tables the case's id stands, but for the log."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.columns if c.name == "case_id" or table.name == "cases"]
        named = [c for c in columns if c.name in ("case_id", "id")]
        if named and not table.name.startswith("audit"):
            query = select(func.count()).select_from(table).where(named[0] == case_id)
            found[table.name] = session.scalar(query) or 0
    return {name: count for name, count in found.items() if count}


@on_both_databases
def test_an_erased_case_leaves_no_row_but_those_of_the_log(session: Session, cast: Cast) -> None:
    zeinab, aminata = cast.person("zeinab"), cast.person("aminata")
    case = opened(session, zeinab)
    noted(session, zeinab, case, Per.SERVICE, code="info_juridique")
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    before = rows_about(session, case.id)
    erase_case(session, aminata.actor, aminata.keyring, case.id)
    session.commit()
    assert {"cases", "case_access", "case_sections", "referrals", "consents"} <= set(before)
    assert rows_about(session, case.id) == {}
    assert session.scalar(select(func.count()).select_from(Fact)) == 0
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.erased"))
    assert (entry.case_id, entry.actor_id) == (case.id, aminata.id)


def test_its_author_erases_a_mistake_within_a_day(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    erase_mistake(session, zeinab.actor, zeinab.keyring, case.id)
    assert session.get(Case, case.id) is None


def test_after_a_day_the_author_erases_no_more(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    with (
        clock.at(clock.now() + timedelta(hours=24, seconds=1)),
        pytest.raises(RuleBroken, match="too_late_to_erase"),
    ):
        erase_mistake(session, zeinab.actor, zeinab.keyring, case.id)


def test_a_colleague_does_not_erase_the_mistake_of_another(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    case, ibrahim = opened(session, zeinab), cast.person("ibrahim")
    with pytest.raises(RuleBroken, match="too_late_to_erase"):
        erase_mistake(session, ibrahim.actor, ibrahim.keyring, case.id)


@pytest.mark.parametrize("handle", ["zeinab", "ibrahim", "oumar", "moussa", "mariam", "admin"])
def test_only_the_teams_coordinator_erases_on_request(
    session: Session, cast: Cast, zeinab: Person, handle: str
) -> None:
    case, who = opened(session, zeinab), cast.person(handle)
    with pytest.raises((NotVisible, NotAllowed)):
        erase_case(session, who.actor, who.keyring, case.id)
    assert inspect(case.row).persistent
