"""What the coordinators of a team must know at once: sealed to the team, gone once one has seen it.

An alert is a draft of kind « alert »: a thief of the database sees that there is one, for which
team and since when, and not about which case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cases.access import OpenCase
from casework.cases.models import Case, Draft
from casework.errors import NotVisible
from casework.people.rotation import is_readable, keys_of_epoch
from casework.policy import Actor, Permission
from casework.vault.drafts import open_draft, seal_draft
from casework.vault.keys import Keyring
from casework.vault.primitives import fingerprint

KIND = "alert"
AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Alert:
    """An unlawful settlement was written in a case, and no coordinator has looked at it yet."""

    id: UUID
    case_id: UUID
    code: str
    at: datetime
    raised_by: UUID | None


def raise_alert(session: Session, actor: Actor, case: OpenCase) -> Draft:
    """The coordinators of the case's team will find it on their first page."""
    team, alert_id = case.team, uuid4()
    payload = {"case": str(case.id)}
    box = seal_draft(team.public.draft, team.team_id, team.epoch, alert_id, KIND, payload)
    row = Draft(
        team_id=team.team_id,
        id=alert_id,
        kind=KIND,
        epoch=team.epoch,
        box=box,
        carried_by=actor.user_id,
        received_on=clock.now(),
    )
    session.add(row)
    record(
        session,
        "draft.received",
        actor=actor.user_id,
        team=row.team_id,
        draft=row.id,
        kind=KIND,
        digest=fingerprint(box),
    )
    return row


def waiting_alerts(session: Session, actor: Actor, keyring: Keyring) -> list[Alert]:
    """The alerts of the teams that the actor coordinates, oldest first (at most 50)."""
    rows = session.scalars(
        select(Draft)
        .where(Draft.kind == KIND, Draft.team_id.in_(actor.teams_with(Permission.CASE_ASSIGN)))
        .order_by(Draft.received_on, Draft.id)
        .limit(AT_MOST)
    ).all()
    about = {
        row.id: case_in(session, keyring, row) for row in rows if is_readable(session, keyring, row)
    }
    cases = select(Case.id, Case.code).where(Case.id.in_(about.values()))
    codes = {row.id: row.code for row in session.execute(cases)}
    return [
        Alert(row.id, about[row.id], codes[about[row.id]], row.received_on, row.carried_by)
        for row in rows
        if about.get(row.id) in codes
    ]


def case_in(session: Session, keyring: Keyring, row: Draft) -> UUID:
    """The case an alert is about; raises SealBroken when its box was exchanged."""
    team = keys_of_epoch(session, keyring.team(row.team_id), row.epoch)
    return UUID(str(open_draft(team, row.id, KIND, row.box)["case"]))


def settle_alert(session: Session, actor: Actor, alert_id: UUID) -> None:
    """A coordinator has taken the alert up; raises NotVisible for any other's."""
    teams = actor.teams_with(Permission.CASE_ASSIGN)
    row = session.scalars(
        select(Draft).where(Draft.id == alert_id, Draft.kind == KIND, Draft.team_id.in_(teams))
    ).first()
    if row is None:
        raise NotVisible
    session.delete(row)
    record(
        session,
        "draft.opened",
        actor=actor.user_id,
        team=row.team_id,
        draft=row.id,
        kind=KIND,
    )
