"""What happens after the case is open: journal, steps, services given by us, outcomes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cases import counting, rules
from casework.cases.access import OpenCase, access_case
from casework.cases.field_kinds import Per
from casework.cases.fields import of_entry
from casework.cases.models import CaseEntry, CaseStatus
from casework.cases.sections import Entry, Value, add_entry, read_entries, read_section
from casework.errors import RuleBroken
from casework.policy import Actor, Permission
from casework.vault.keys import Keyring
from casework.vault.primitives import fingerprint

FOLLOWED = ("legal", "notes")


def record_entry(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    kind: Per,
    value: Value,
    next_step_on: date | None = None,
) -> CaseEntry:
    """A dated note, step, service or outcome stands in the case, and counts where it should.

    `value` holds the declared fields of the kind; `happened_on` is the day of the act as ISO text.
    Raises NotVisible, NotAllowed, RuleBroken: 'case_closed', 'future_date', 'redress_needs_proof',
    'settlement_forbidden'.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CASE_WRITE)
    refuse_impossible(session, case, kind, value)
    row = add_entry(session, case, section_of(kind), stamped(actor, kind, value))
    if case.row.status in (CaseStatus.OPEN, CaseStatus.REOPENED):
        case.row.status = CaseStatus.FOLLOW_UP
    if next_step_on is not None:
        case.row.next_step_on = next_step_on
    session.flush()
    action = "outcome.recorded" if kind is Per.OUTCOME else "entry.written"
    body: dict[str, object] = {} if kind is Per.OUTCOME else {"kind": str(kind)}
    record(
        session,
        action,
        actor=actor.user_id,
        case=case.id,
        section=row.section,
        entry=row.id,
        digest=fingerprint(row.box),
        **body,
    )
    counting.recount(session, actor, case)
    return row


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


def refuse_impossible(session: Session, case: OpenCase, kind: Per, value: Value) -> None:
    """Raises RuleBroken when the state of the case, the date or the law forbids the entry."""
    if case.row.status in (CaseStatus.CLOSED, CaseStatus.DRAFT):
        raise RuleBroken("case_closed")
    if str(value.get("happened_on", ""))[:10] > clock.today().isoformat():
        raise RuleBroken("future_date")
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
    value = read_section(session, case, "facts").value
    return list(value.get("grievances", []))  # type: ignore[call-overload]


def followed(session: Session, case: OpenCase) -> list[Entry]:
    """Everything that happened in the case, oldest first."""
    return read_entries(session, case, FOLLOWED)
