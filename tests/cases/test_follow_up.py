"""Follow-up: dated entries that never change; another one corrects them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.access import OpenCase
from casework.cases.case_file import standing, told
from casework.cases.closure import close_case
from casework.cases.field_kinds import Per
from casework.cases.follow_up import correct_entry, followed, record_entry
from casework.cases.models import CaseEntry, CaseStatus
from casework.cases.sections import Value
from casework.errors import NotAllowed, NotVisible, RuleBroken
from tests.support.cast import Cast, Person
from tests.support.databases import on_both_databases
from tests.support.files import CANARY, noted, opened

RAPE = {"id": "6b1f8f0e-3c53-4d6b-9a55-0d0c3b0b8a01", "gbv_acts": ["vbg_viol"]}
BEATING = {"id": "6b1f8f0e-3c53-4d6b-9a55-0d0c3b0b8a02", "gbv_acts": ["vbg_agr_physique"]}
LAND = {"id": "6b1f8f0e-3c53-4d6b-9a55-0d0c3b0b8a03", "justice_type": "fon_terre"}


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


def correct(session: Session, who: Person, case: OpenCase, entry_id: UUID, **value: object) -> UUID:
    """A better text stands for the entry; returns its id. Without any value, it never happened."""
    dated = {"happened_on": clock.today().isoformat(), **value} if value else None
    return correct_entry(session, who.actor, who.keyring, case.id, entry_id, dated).id


def texts(session: Session, case: OpenCase) -> list[Any]:
    """The texts of the notes that hold now."""
    return [entry.value.get("text") for entry in standing(followed(session, case))]


def test_a_first_entry_puts_the_case_under_follow_up(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="…")
    assert case.row.status == CaseStatus.FOLLOW_UP


def test_an_emergency_asks_for_a_first_step_within_a_day_whatever_the_risk(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab, facts={"risk": "moyen", "urgency": "urgence"})
    assert case.row.next_step_on == clock.today() + timedelta(days=1)


def test_an_entry_says_when_it_happened_when_it_was_written_and_by_whom(
    session: Session, zeinab: Person
) -> None:
    case, yesterday = opened(session, zeinab), clock.today() - timedelta(days=1)
    noted(session, zeinab, case, Per.STEP, code="plainte", happened_on=yesterday.isoformat())
    (entry,) = followed(session, case)
    assert entry.value["happened_on"] == yesterday.isoformat()
    assert str(entry.value["recorded_at"])[:10] == clock.now().isoformat()[:10]
    assert entry.value["recorded_by"] == str(zeinab.id)


def test_the_next_step_is_kept_with_the_entry(session: Session, zeinab: Person) -> None:
    case, step = opened(session, zeinab), clock.today() + timedelta(days=9)
    value: Value = {"nature": "appel", "text": "…", "happened_on": clock.today().isoformat()}
    record_entry(session, zeinab.actor, zeinab.keyring, case.id, Per.JOURNAL, value, step)
    assert case.row.next_step_on == step


@on_both_databases
def test_an_entry_posted_twice_is_one_entry(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case, made = opened(session, zeinab), uuid4()
    value: Value = {"code": "acte_ec", "proof": "acte", "happened_on": clock.today().isoformat()}
    for _ in range(2):
        record_entry(session, zeinab.actor, zeinab.keyring, case.id, Per.OUTCOME, value, None, made)
    assert [entry.id for entry in followed(session, case)] == [made]


def test_a_day_to_come_is_refused(session: Session, zeinab: Person) -> None:
    case, tomorrow = opened(session, zeinab), clock.today() + timedelta(days=1)
    with pytest.raises(RuleBroken, match="future_date"):
        noted(session, zeinab, case, Per.STEP, code="audience", happened_on=tomorrow.isoformat())


def test_redress_without_proof_is_refused(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    with pytest.raises(RuleBroken, match="redress_needs_proof"):
        noted(session, zeinab, case, Per.OUTCOME, code="acte_ec")


@pytest.mark.parametrize("code", ["conciliation", "decision_coutumiere"])
def test_no_settlement_is_an_outcome_of_a_rape(session: Session, zeinab: Person, code: str) -> None:
    case = opened(session, zeinab, grievances=[RAPE])
    with pytest.raises(RuleBroken, match="settlement_forbidden"):
        noted(session, zeinab, case, Per.OUTCOME, code=code, proof="pv")


def test_no_mediation_is_a_service_after_a_rape(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab, grievances=[RAPE])
    with pytest.raises(RuleBroken, match="settlement_forbidden"):
        noted(session, zeinab, case, Per.SERVICE, code="mediation")


def test_of_two_grievances_the_land_may_be_settled_and_the_rape_may_not(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab, grievances=[RAPE, LAND])
    settled = {"code": "conciliation", "proof": "pv"}
    noted(session, zeinab, case, Per.OUTCOME, grievance=LAND["id"], **settled)
    assert len(followed(session, case)) == 1
    with pytest.raises(RuleBroken, match="settlement_forbidden"):
        noted(session, zeinab, case, Per.OUTCOME, grievance=RAPE["id"], **settled)


def test_a_cadi_settles_no_beating(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab, grievances=[BEATING])
    with pytest.raises(RuleBroken, match="cadi_civil_only"):
        noted(session, zeinab, case, Per.SERVICE, code="decision_cadi")


def test_an_unlawful_settlement_makes_the_case_due_today(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab, grievances=[RAPE])
    noted(session, zeinab, case, Per.OUTCOME, code="arrangement_illicite", proof="declaration")
    assert case.row.next_step_on == clock.today()


def test_a_closed_case_takes_no_entry(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    value: Value = {"code": "accord_mutuel", "happened_on": clock.today().isoformat()}
    close_case(session, zeinab.actor, zeinab.keyring, case.id, value, 0)
    with pytest.raises(RuleBroken, match="case_closed"):
        noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="…")


@pytest.mark.parametrize("handle", ["fanta", "oumar", "moussa", "mariam", "manager", "auditor"])
def test_nobody_writes_in_another_teams_case(
    session: Session, cast: Cast, zeinab: Person, handle: str
) -> None:
    case = opened(session, zeinab)
    with pytest.raises((NotVisible, NotAllowed)):
        noted(session, cast.person(handle), case, Per.JOURNAL, nature="appel", text="…")


# Corrections


def test_a_correction_stands_in_the_place_of_what_it_corrects(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    first = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="mardi")
    correct(session, zeinab, case, first, nature="appel", text="jeudi")
    assert texts(session, case) == ["jeudi"]


def test_the_corrected_text_is_never_written_over(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    first = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="mardi")
    before = session.get_one(CaseEntry, (case.id, first)).box
    correct(session, zeinab, case, first, nature="appel", text="jeudi")
    assert session.get_one(CaseEntry, (case.id, first)).box == before


def test_a_correction_can_be_corrected_and_every_text_is_still_told(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    entry_id = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="un")
    for text in ("deux", "trois"):
        entry_id = correct(session, zeinab, case, entry_id, nature="appel", text=text)
    (one,) = told(followed(session, case))
    assert [entry.value["text"] for entry in (one.now, *one.before)] == ["trois", "deux", "un"]


def test_what_never_happened_holds_no_more_but_is_still_told(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    first = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="mardi")
    correct(session, zeinab, case, first)
    (one,) = told(followed(session, case))
    assert (texts(session, case), one.void, one.before[0].value["text"]) == ([], True, "mardi")


def test_the_second_of_two_who_correct_the_same_text_is_told_so(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    first = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="mardi")
    correct(session, zeinab, case, first, nature="appel", text="jeudi")
    with pytest.raises(RuleBroken, match="already_corrected"):
        correct(session, cast.person("ibrahim"), case, first, nature="appel", text="lundi")


def test_two_corrections_at_the_same_moment_do_not_both_hold(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    first = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="mardi")
    version = case.row.version
    correct(session, zeinab, case, first, nature="appel", text="jeudi")
    assert case.row.version > version


def test_a_closure_is_no_entry_to_correct(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    with pytest.raises(NotVisible):
        correct(session, zeinab, case, uuid4(), nature="appel", text="…")


def test_a_settlement_cannot_be_slipped_in_as_a_correction(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab, grievances=[RAPE])
    first = noted(session, zeinab, case, Per.OUTCOME, code="soins", proof="certificat")
    with pytest.raises(RuleBroken, match="settlement_forbidden"):
        correct(session, zeinab, case, first, code="conciliation", proof="pv")


def test_the_log_holds_the_digest_of_each_entry_and_no_word_of_it(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    made = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text=CANARY)
    rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "entry.written"))
    bodies = b"".join(row.body or b"" for row in rows)
    assert str(made).encode() in bodies
    assert b"Canari" not in bodies
