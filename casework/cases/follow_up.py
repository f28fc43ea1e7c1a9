"""What happens after the case is open: journal, steps, services given by us, outcomes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from casework import clock
from casework.audit.log import record
from casework.cases import counting, rules
from casework.cases.access import OpenCase, access_case
from casework.cases.alerts import raise_alert
from casework.cases.case_file import first_id, standing
from casework.cases.field_kinds import Per
from casework.cases.fields import of_entry
from casework.cases.models import CaseEntry, CaseStatus
from casework.cases.reception import after_reception
from casework.cases.sections import Entry, Value, add_entry, read_entries, read_section
from casework.chronology import refuse_out_of_order
from casework.errors import NotVisible, RuleBroken
from casework.policy import Actor, Permission
from casework.vault.keys import Keyring
from casework.vault.primitives import fingerprint

FOLLOWED = ("legal", "notes")
CORRECTED = frozenset({Per.JOURNAL, Per.STEP, Per.SERVICE, Per.OUTCOME})
"""Kinds of entry that another one may correct; closing and reopening are acts of their own."""
OLDER = frozenset({Per.STEP})
"""Kinds whose act may be older than the reception: she may have lodged a complaint before."""


def record_entry(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    kind: Per,
    value: Value,
    next_step_on: date | None = None,
    entry_id: UUID | None = None,
) -> CaseEntry:
    """A dated note, step, service or outcome stands in the case, and counts where it should.

    `value` holds the declared fields of the kind; `happened_on` is the day of the act as ISO text.
    `entry_id` was made with the form: posted twice, it is one entry. An unlawful settlement makes
    the case due today and tells the team's coordinators. Raises NotVisible, NotAllowed, RuleBroken:
    'case_closed', 'future_date', 'before_reception', 'redress_needs_proof',
    'settlement_forbidden', 'cadi_civil_only'.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CASE_WRITE)
    existing = session.get(CaseEntry, (case.id, entry_id)) if entry_id else None
    if existing is not None:
        return existing
    refuse_impossible(session, case, kind, value)
    due = clock.today() if rules.is_alert(str(value.get("code", ""))) else next_step_on
    return put(session, actor, case, kind, value, due, entry_id)


def correct_entry(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    corrected_id: UUID,
    value: Value | None,
    entry_id: UUID | None = None,
) -> CaseEntry:
    """Another entry stands for the corrected one, whose text stays; with None it never happened.

    Raises NotVisible for an entry that is none of the case's follow-up, and as `record_entry`;
    RuleBroken('already_corrected') where somebody was faster.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CASE_WRITE)
    existing = session.get(CaseEntry, (case.id, entry_id)) if entry_id else None
    if existing is not None:
        return existing
    known = {entry.id: entry for entry in followed(session, case)}
    if corrected_id not in known or known[corrected_id].value["kind"] not in CORRECTED:
        raise NotVisible
    if known[corrected_id] not in standing(known.values()):
        raise RuleBroken("already_corrected")
    before = known[corrected_id]
    kind = Per(str(before.value["kind"]))
    said: Value = dict(before.value) | {"void": True} if value is None else value
    refuse_impossible(session, case, kind, said, void=value is None)
    flag_modified(case.row, "status")  # of two who correct at once, the second is refused
    links = {"corrects": str(corrected_id), "first": first_id(before)}
    return put(session, actor, case, kind, {**said, **links}, None, entry_id)


def put(
    session: Session,
    actor: Actor,
    case: OpenCase,
    kind: Per,
    value: Value,
    next_step_on: date | None,
    entry_id: UUID | None,
) -> CaseEntry:
    """The entry stands in its section, the case is in follow-up, the log and the facts say so."""
    row = add_entry(session, case, section_of(kind), stamped(actor, kind, value), entry_id)
    if case.row.status in (CaseStatus.OPEN, CaseStatus.REOPENED):
        case.row.status = CaseStatus.FOLLOW_UP
    if next_step_on is not None:
        case.row.next_step_on = next_step_on
    session.flush()
    note(session, actor, kind, row)
    if kind is Per.OUTCOME and rules.is_alert(str(value.get("code", ""))) and "void" not in value:
        raise_alert(session, actor, case)
    counting.recount(session, actor, case)
    return row


def note(session: Session, actor: Actor, kind: Per, row: CaseEntry) -> None:
    """The audit entry of one entry of a case."""
    action = "outcome.recorded" if kind is Per.OUTCOME else "entry.written"
    body: dict[str, object] = {} if kind is Per.OUTCOME else {"kind": str(kind)}
    record(
        session,
        action,
        actor=actor.user_id,
        case=row.case_id,
        section=row.section,
        entry=row.id,
        digest=fingerprint(row.box),
        **body,
    )


def section_of(kind: Per) -> str:
    """The section in which entries of this kind stand, as their fields declare."""
    return str(of_entry(kind)[0].section)


def stamped(actor: Actor, kind: Per, value: Value) -> Value:
    """The value with its kind, who wrote it down and when."""
    return {
        **value,
        "kind": str(kind),
        "recorded_at": clock.now().isoformat(),
        "recorded_by": str(actor.user_id),
    }


def refuse_impossible(
    session: Session, case: OpenCase, kind: Per, value: Value, *, void: bool = False
) -> None:
    """Raises RuleBroken when the state of the case, the date or the law forbids the entry; what is
    only taken back may have been unlawful."""
    if case.row.status in (CaseStatus.CLOSED, CaseStatus.DRAFT):
        raise RuleBroken("case_closed")
    if void:
        return
    floors = [] if kind in OLDER else [after_reception(session, case)]
    refuse_out_of_order(date.fromisoformat(str(value["happened_on"])[:10]), *floors)
    code = str(value.get("code", ""))
    if kind is Per.OUTCOME and rules.is_redress(code) and not value.get("proof"):
        raise RuleBroken("redress_needs_proof")
    if kind in (Per.OUTCOME, Per.SERVICE):
        refuse_settlement(session, case, code, str(value.get("grievance", "")))


def refuse_settlement(session: Session, case: OpenCase, code: str, grievance: str = "") -> None:
    """Raises RuleBroken when this service or outcome may not settle the grievance, or any.

    'settlement_forbidden' for sexual offences and crimes (CP 2024 art. 57), 'cadi_civil_only'.
    """
    known = grievances(session, case)
    meant = [one for one in known if one["id"] == grievance] or known
    problem = rules.settlement_problem(code, meant)
    if problem is not None:
        raise RuleBroken(problem)


def grievances(session: Session, case: OpenCase) -> list[Value]:
    """The grievances of a case, first recorded first."""
    found: Any = read_section(session, case, "facts").value.get("grievances", [])
    return list(found)


def followed(session: Session, case: OpenCase) -> list[Entry]:
    """Everything that happened in the case, oldest first."""
    return read_entries(session, case, FOLLOWED)
