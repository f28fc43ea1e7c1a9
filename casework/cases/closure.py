"""Closing, opening again, and erasing what should never have been written."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cases import counting, rules
from casework.cases.access import OpenCase, access_case
from casework.cases.field_kinds import Per
from casework.cases.follow_up import followed, stamped
from casework.cases.models import Case, CaseEntry, CaseStatus
from casework.cases.reception import after_reception
from casework.cases.sections import Value, add_entry, digest_of, read_section
from casework.chronology import After, refuse_out_of_order
from casework.errors import RuleBroken
from casework.policy import Actor, Permission
from casework.vault.keys import Keyring

MISTAKE_WITHIN = timedelta(hours=24)


def close_case(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    value: Value,
    open_referrals: int,
    entry_id: UUID | None = None,
) -> OpenCase:
    """The case is closed with its reason; it can be opened again at any time.

    `value` holds the fields of a closure. `entry_id` was made with the form: posted twice, the case
    is closed once. Raises RuleBroken: 'case_closed', 'referrals_open',
    'closure_needs_note', 'future_date', 'before_reception', 'before_reopening'.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CASE_CLOSE)
    if is_written(session, case, entry_id):
        return case
    if case.row.status in (CaseStatus.CLOSED, CaseStatus.DRAFT):
        raise RuleBroken("case_closed")
    reason = str(value["code"])
    for problem in rules.closure_problems(
        reason, open_referrals=open_referrals, note=str(value.get("note", ""))
    ):
        raise RuleBroken(problem)
    reopened = After("before_reopening", last_day(session, case, Per.REOPENING))
    refuse_out_of_order(day_of(value), after_reception(session, case), reopened)
    entry = add_entry(session, case, "notes", stamped(actor, Per.CLOSURE, value), entry_id)
    case.row.status = CaseStatus.CLOSED
    case.row.next_step_on = None
    session.flush()
    record(
        session,
        "case.closed",
        actor=actor.user_id,
        case=case.id,
        reason=reason,
        boxes=digest_of(entry),
    )
    counting.recount(session, actor, case)
    return case


def is_written(session: Session, case: OpenCase, entry_id: UUID | None) -> bool:
    """True when the form that made this id has done its act already."""
    return entry_id is not None and session.get(CaseEntry, (case.id, entry_id)) is not None


def day_of(value: Value) -> date:
    """The day of an act."""
    return date.fromisoformat(str(value["happened_on"]))


def last_day(session: Session, case: OpenCase, kind: Per) -> date | None:
    """The latest day on which the case was closed, or opened again; None where it never was."""
    acts = (entry.value for entry in followed(session, case) if entry.value["kind"] == kind)
    return max((day_of(value) for value in acts), default=None)


def reopen_case(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    value: Value,
    entry_id: UUID | None = None,
) -> OpenCase:
    """The same case is open again, with the reason, and a next step as soon as risk and urgency
    ask; posted twice under one id, it is opened once.

    Raises RuleBroken: 'case_not_closed', 'future_date', 'before_closure'.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CASE_REOPEN)
    if is_written(session, case, entry_id):
        return case
    if case.row.status != CaseStatus.CLOSED:
        raise RuleBroken("case_not_closed")
    closed = After("before_closure", last_day(session, case, Per.CLOSURE))
    refuse_out_of_order(day_of(value), closed)
    entry = add_entry(session, case, "notes", stamped(actor, Per.REOPENING, value), entry_id)
    case.row.status = CaseStatus.REOPENED
    judged = read_section(session, case, "facts").value
    delay = rules.act_within(str(judged.get("risk", "")), str(judged.get("urgency", "")))
    case.row.next_step_on = clock.today() + delay
    case.row.assigned_to = actor.user_id
    session.flush()
    boxes = digest_of(entry)
    record(session, "case.reopened", actor=actor.user_id, case=case.id, boxes=boxes)
    counting.recount(session, actor, case)
    return case


def erase_mistake(session: Session, actor: Actor, keyring: Keyring, case_id: UUID) -> None:
    """A case created by mistake is erased by its author within 24 hours; later, raises
    'too_late_to_erase'."""
    case = access_case(session, actor, keyring, case_id, Permission.CASE_WRITE)
    if not is_mistake_of(actor, read_section(session, case, "admin").value):
        raise RuleBroken("too_late_to_erase")
    erase(session, actor, case)


def is_mistake_of(actor: Actor, admin: Value) -> bool:
    """True when the actor created the case, and not more than 24 hours ago."""
    age = clock.now() - datetime.fromisoformat(str(admin["recorded_at"]))
    return admin.get("recorded_by") == str(actor.user_id) and age <= MISTAKE_WITHIN


def erase_case(session: Session, actor: Actor, keyring: Keyring, case_id: UUID) -> None:
    """Everything about the case is gone but its audit entries; its facts are taken back first."""
    erase(session, actor, access_case(session, actor, keyring, case_id, Permission.CASE_ERASE))


def erase(session: Session, actor: Actor, case: OpenCase) -> None:
    """Facts first, then the boxes: access, sections, entries, consents, referrals and files'
    keys."""
    counting.uncount(session, actor, case)
    case_id = case.id
    session.flush()
    session.expunge(case.row)
    session.execute(delete(Case).where(Case.id == case_id))
    record(session, "case.erased", actor=actor.user_id, case=case_id)
