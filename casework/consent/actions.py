"""Recording what a person agrees to, and withdrawing it. The caller has opened the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.chronology import After, refuse_out_of_order
from casework.consent.models import ConsentRow
from casework.consent.records import NECESSITY, Consent, Standing, wants_two
from casework.consent.rules import DECISION_DAYS
from casework.errors import NotVisible, RuleBroken
from casework.policy import Actor
from casework.vault.case_keys import open_entry, seal_entry
from casework.vault.primitives import fingerprint

SECTION = "consents"
VERSION = 1


def list_consents(session: Session, case_id: UUID, key: bytes) -> list[Consent]:
    """Every consent of a case, first recorded first (at most 500). `key`: section key of
    consents."""
    rows = session.scalars(
        select(ConsentRow).where(ConsentRow.case_id == case_id).order_by(ConsentRow.id).limit(500)
    ).all()
    found = [opened(row, key) for row in rows]
    return sorted(found, key=lambda consent: str(consent.value.get("recorded_at", "")))


def opened(row: ConsentRow, key: bytes) -> Consent:
    """One consent; raises SealBroken when its box or its place was changed."""
    value = open_entry(key, row.case_id, SECTION, row.id, VERSION, row.revision, row.box)
    return Consent(row.id, value, row.revision)


def record_consent(
    session: Session,
    actor: Actor,
    case_id: UUID,
    key: bytes,
    value: dict[str, object],
    consent_id: UUID | None = None,
) -> ConsentRow:
    """What the person answered stands in the case; see `records` for the value. Posted twice under
    one id, it is one answer. A ground of necessity is asked for by the actor and not yet confirmed.

    Raises RuleBroken: 'future_date', 'consent_over' when it would expire before it begins.
    """
    existing = session.get(ConsentRow, (case_id, consent_id)) if consent_id else None
    if existing is not None:
        return existing
    refuse_impossible(value)
    stamped = {
        **value,
        "recorded_at": clock.now().isoformat(),
        "recorded_by": str(actor.user_id),
    }
    if wants_two(value):
        stamped |= {"requested_by": str(actor.user_id), "confirmed_by": None, **lapsing(value)}
    row = ConsentRow(case_id=case_id, id=consent_id or uuid4(), revision=1)
    seal(row, key, stamped)
    session.add(row)
    session.flush()
    kind = str(value["kind"])
    action = "necessity.requested" if kind == NECESSITY else "consent.recorded"
    body: dict[str, object] = {} if kind == NECESSITY else {"kind": kind}
    note(session, actor, action, row, **body)
    return row


def lapsing(value: Mapping[str, object]) -> dict[str, object]:
    """Until when what one person decided waits for the second; what it was to last is kept."""
    if value["kind"] == NECESSITY:
        return {}
    lapses = (clock.today() + timedelta(days=DECISION_DAYS)).isoformat()
    return {"expires_on": lapses, "agreed_until": value.get("expires_on")}


def refuse_impossible(value: dict[str, object]) -> None:
    """Raises RuleBroken for a consent given in the future or over before it was given."""
    given = given_on(value)
    refuse_out_of_order(given)
    expires = value.get("expires_on")
    if expires and date.fromisoformat(str(expires)) < given:
        raise RuleBroken("consent_over")


def given_on(value: dict[str, Any]) -> date:
    """The day on which the person answered."""
    return date.fromisoformat(str(value["given_on"]))


def seal(row: ConsentRow, key: bytes, value: dict[str, object]) -> None:
    """The row's box holds the value in its present revision; its day of expiry is plain."""
    expires = value.get("expires_on")
    row.expires_on = date.fromisoformat(str(expires)) if expires else None
    row.box = seal_entry(key, row.case_id, SECTION, row.id, VERSION, row.revision, value)


def note(session: Session, actor: Actor, action: str, row: ConsentRow, **body: object) -> None:
    """The audit entry of an act on one consent."""
    record(
        session,
        action,
        actor=actor.user_id,
        case=row.case_id,
        consent=row.id,
        digest=fingerprint(row.box),
        **body,
    )


def change(session: Session, row: ConsentRow, key: bytes, **changes: object) -> Consent:
    """The consent carries the changes under its next revision."""
    value = {**opened(row, key).value, **changes}
    row.revision += 1
    seal(row, key, value)
    session.flush()
    return Consent(row.id, value, row.revision)


def load(session: Session, case_id: UUID, consent_id: UUID) -> ConsentRow:
    """The row of one consent of the case; raises NotVisible."""
    row = session.get(ConsentRow, (case_id, consent_id))
    if row is None:
        raise NotVisible
    return row


def withdraw_consent(
    session: Session, actor: Actor, case_id: UUID, key: bytes, consent_id: UUID, on: date
) -> Consent:
    """The person has taken her consent back on that day; what was lawful before stays recorded.
    Taken back twice, the first day stands.

    Raises NotVisible; RuleBroken: 'future_date', 'before_consent'.
    """
    row = load(session, case_id, consent_id)
    known = opened(row, key)
    if known.value.get("withdrawn_on"):
        return known
    refuse_out_of_order(on, After("before_consent", given_on(known.value)))
    consent = change(session, row, key, withdrawn_on=on.isoformat())
    note(session, actor, "consent.withdrawn", row)
    return consent


def confirm_necessity(
    session: Session, actor: Actor, case_id: UUID, key: bytes, consent_id: UUID
) -> Consent:
    """A second person has judged that a life or a child is in danger: sharing may start at once.
    Confirmed twice by the same person, it is confirmed once.

    Raises NotVisible, RuleBroken('second_person_needed') for whoever asked, or
    'necessity_not_waiting' when it is confirmed, withdrawn or over already.
    """
    row = load(session, case_id, consent_id)
    asked = opened(row, key)
    if asked.kind == NECESSITY and asked.value.get("confirmed_by") == str(actor.user_id):
        return asked
    if asked.kind != NECESSITY or asked.state(clock.today()) is not Standing.WAITING:
        raise RuleBroken("necessity_not_waiting")
    if asked.value.get("requested_by") == str(actor.user_id):
        raise RuleBroken("second_person_needed")
    confirmed = change(session, row, key, confirmed_by=str(actor.user_id))
    note(session, actor, "necessity.confirmed", row)
    return confirmed


def confirm_decision(
    session: Session, actor: Actor, case_id: UUID, key: bytes, consent_id: UUID
) -> list[Consent]:
    """A second worker agrees with what a colleague decided in a child's place: every answer of this
    case that the same colleague gave so, and that still waits, holds from now on.

    Raises NotVisible, RuleBroken('second_person_needed') for whoever decided first, or
    'decision_not_waiting' when it is confirmed, withdrawn or over already.
    """
    asked = opened(load(session, case_id, consent_id), key)
    first = asked.value.get("requested_by")
    known = list_consents(session, case_id, key)
    together = [one for one in known if is_waiting_decision(one, first)]
    if asked.id not in {one.id for one in together}:
        raise RuleBroken("decision_not_waiting")
    if first == str(actor.user_id):
        raise RuleBroken("second_person_needed")
    rows = [load(session, case_id, one.id) for one in together]
    found = [settle(session, actor, row, key) for row in rows]
    boxes = {f"consent:{row.id}": fingerprint(row.box) for row in rows}
    record(session, "decision.confirmed", actor=actor.user_id, case=case_id, boxes=boxes)
    return found


def is_waiting_decision(consent: Consent, first: object) -> bool:
    """True for what that worker decided in a child's place and nobody has confirmed."""
    waits = consent.state(clock.today()) is Standing.WAITING and consent.kind != NECESSITY
    return waits and consent.value.get("requested_by") == first


def settle(session: Session, actor: Actor, row: ConsentRow, key: bytes) -> Consent:
    """The decision carries its second worker, and ends when it was meant to."""
    until = opened(row, key).value.get("agreed_until")
    return change(session, row, key, confirmed_by=str(actor.user_id), expires_on=until)
