"""From the first yes to an open case: begun with consent, saved page by page, completed once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cases import case_codes, counting, rules
from casework.cases.access import OpenCase, access_case, box_name, open_case, seal_card
from casework.cases.ages import is_child
from casework.cases.cards import card_of
from casework.cases.closure import erase
from casework.cases.models import Case, CaseAccess, CaseStatus, ContactTally
from casework.cases.sections import Value, read_section, read_sections, write_section
from casework.consent.actions import SECTION as CONSENTS
from casework.consent.actions import VERSION, list_consents, record_consent
from casework.consent.records import RECORDING, TWO_WORKERS, Answer, Consent
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people.queries import active_keyholders
from casework.policy import Actor, Permission
from casework.vault.case_keys import OwnerAccess, new_case_key, seal_owner_access
from casework.vault.keys import Keyring
from casework.vault.primitives import fingerprint

KEYHOLDERS_NEEDED = 2


def begin_case(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    team_id: UUID,
    case_id: UUID,
    answers: Sequence[Value],
) -> OpenCase:
    """A draft case exists, holding the person's answers about consent; posted twice, it is one
    case.

    `case_id` was made with the form; `answers` are consent values, among them a yes to recording.
    Raises NotAllowed; RuleBroken: 'no_consent_to_record', 'team_needs_two'.
    """
    if not actor.may_in(Permission.CASE_CREATE, team_id):
        raise NotAllowed
    existing = session.get(Case, case_id)
    if existing is not None:
        return begun(session, actor, keyring, existing)
    if not any(is_yes_to_recording(answer) for answer in answers):
        raise RuleBroken("no_consent_to_record")
    if len(active_keyholders(session, team_id)) < KEYHOLDERS_NEEDED:
        raise RuleBroken("team_needs_two")
    case = create(session, actor, keyring, team_id, case_id)
    for answer in answers:
        record_consent(session, actor, case.id, case.key(CONSENTS, VERSION), answer)
    return case


def begun(session: Session, actor: Actor, keyring: Keyring, row: Case) -> OpenCase:
    """The case that this very form already made; raises NotVisible when it is not hers."""
    if not actor.may_in(Permission.CASE_VIEW, row.owner_team):
        raise NotVisible
    return open_case(session, keyring, row)


def is_yes_to_recording(answer: Value) -> bool:
    """True for the one consent without which there is no file."""
    return answer.get("kind") == RECORDING and answer.get("answer") == Answer.YES


def create(
    session: Session, actor: Actor, keyring: Keyring, team_id: UUID, case_id: UUID
) -> OpenCase:
    """The rows of a new case: a code nobody has, a fresh key, the owner's box, the internal
    section."""
    team = keyring.team(team_id)
    row = Case(
        id=case_id,
        code=free_code(session),
        owner_team=team_id,
        status=CaseStatus.DRAFT,
        opened_on=clock.today(),
        assigned_to=actor.user_id,
    )
    owner = OwnerAccess(case_key=new_case_key(), card={})
    access = CaseAccess(
        team_id=team_id,
        case_id=case_id,
        referral_id=case_id,
        kind="owner",
        epoch=team.epoch,
        form="sym",
        revision=1,
        box=seal_owner_access(team, case_id, 1, owner),
    )
    session.add(row)
    session.flush()
    session.add(access)
    session.flush()
    boxes = {box_name(access): fingerprint(access.box)}
    record(session, "case.opened", actor=actor.user_id, case=row.id, team=team_id, boxes=boxes)
    case = OpenCase(row, access, team, owner)
    admin = {"recorded_at": clock.now().isoformat(), "recorded_by": str(actor.user_id)}
    write_section(session, actor, case, "admin", {**admin, "facts": {}}, 0)
    return case


def free_code(session: Session) -> str:
    """A random case code that no case bears."""
    while True:
        code = case_codes.new_code()
        if session.scalar(select(Case.id).where(Case.code == code)) is None:
            return code


def consents_of(session: Session, case: OpenCase) -> list[Consent]:
    """Every consent of an open case, first recorded first."""
    return list_consents(session, case.id, case.key(CONSENTS, VERSION))


def save_section(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    section: str,
    value: Value,
    shown_revision: int,
) -> OpenCase:
    """The section holds the value; card and statistics follow.

    Raises NotVisible, NotAllowed, StaleVersion; RuleBroken with the first problem of a grievance.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CASE_WRITE)
    if section == "facts":
        refuse_impossible(value)
        value = dated(session, case, value)
    write_section(session, actor, case, section, value, shown_revision)
    refresh(session, actor, case)
    return case


def refuse_impossible(value: Value) -> None:
    """Raises RuleBroken with the first rule that a grievance breaks."""
    for grievance in grievances_in(value):
        for problem in rules.grievance_problems(grievance):
            raise RuleBroken(problem)


def dated(session: Session, case: OpenCase, value: Value) -> Value:
    """The facts in which every grievance told after the registration bears the day it was told."""
    if case.row.status == CaseStatus.DRAFT:
        return value
    known = {one["id"] for one in grievances_in(read_section(session, case, "facts").value)}
    today = {"recorded_on": clock.today().isoformat()}
    told = [one if one["id"] in known else today | one for one in grievances_in(value)]
    return {**value, "grievances": told}


def grievances_in(facts: Value) -> list[dict[str, Any]]:
    """The grievances of a section facts."""
    found: Any = facts.get("grievances", [])
    return list(found)


def refresh(session: Session, actor: Actor, case: OpenCase) -> None:
    """The card says what the sections say; a case that is open is counted as it now stands."""
    if seal_card(case, **card_of(read_sections(session, case), case.row.opened_on)):
        session.flush()
        boxes = {box_name(case.access): fingerprint(case.access.box)}
        record(session, "card.written", actor=actor.user_id, case=case.id, boxes=boxes)
    if case.row.status != CaseStatus.DRAFT:
        counting.recount(session, actor, case)


def complete_intake(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    registered_on: date | None = None,
) -> OpenCase:
    """The case is open, its first step due as its risk demands; completing again changes nothing.

    `registered_on` is the day the person was received, when it was written down later. Raises
    RuleBroken: 'intake_incomplete' while commune, sex or age is missing, 'future_date',
    'two_workers_for_a_child' where two workers answered for somebody who is none.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CASE_WRITE)
    if case.row.status != CaseStatus.DRAFT:
        return case
    if registered_on and registered_on > clock.today():
        raise RuleBroken("future_date")
    sections = read_sections(session, case)
    if not is_complete(sections["identity"].value if "identity" in sections else {}):
        raise RuleBroken("intake_incomplete")
    by_two = any(one.value.get("by") == TWO_WORKERS for one in consents_of(session, case))
    if by_two and not concerns_child(session, case):
        raise RuleBroken("two_workers_for_a_child")
    case.row.status = CaseStatus.OPEN
    case.row.opened_on = registered_on or clock.today()
    judged = sections["facts"].value if "facts" in sections else {}
    delay = rules.act_within(str(judged.get("risk", "")), str(judged.get("urgency", "")))
    case.row.next_step_on = clock.today() + delay
    session.flush()
    refresh(session, actor, case)
    return case


def is_complete(identity: Value) -> bool:
    """True when the commune is known, and sex and age of every beneficiary."""
    people: list[dict[str, Any]] = list(identity.get("beneficiaries", []))  # type: ignore[call-overload]
    known = all(person.get("sex") and person.get("age") for person in people)
    return bool(identity.get("commune")) and bool(people) and known


def concerns_child(session: Session, case: OpenCase) -> bool:
    """True when somebody the case is about is under 18 today."""
    people: Any = read_section(session, case, "identity").value.get("beneficiaries", [])
    return any(is_child(one.get("age"), clock.today()) for one in people)


def tally_contact(session: Session, actor: Actor, team_id: UUID, commune: str, need: str) -> None:
    """One more person was heard without a file; nothing about her is kept. Raises NotAllowed."""
    if not actor.may_in(Permission.CASE_CREATE, team_id):
        raise NotAllowed
    month = clock.today().replace(day=1)
    insert = postgres_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(ContactTally).values(
        team_id=team_id, month=month, commune=commune, need=need, people=1
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["team_id", "month", "commune", "need"],
            set_={"people": ContactTally.people + 1},
        )
    )
    record(session, "contact.tallied", actor=actor.user_id, team=team_id)


def discard_draft(session: Session, actor: Actor, keyring: Keyring, case_id: UUID) -> None:
    """An intake that was never completed is gone; raises RuleBroken('not_a_draft') for any
    other."""
    case = access_case(session, actor, keyring, case_id, Permission.CASE_WRITE)
    if case.row.status != CaseStatus.DRAFT:
        raise RuleBroken("not_a_draft")
    erase(session, actor, case)
