"""Writing down activities, radios, practices, promises and attestations: one entry in the log each.

What lies in a closed quarter is never changed: it stands in reports that were given out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotAllowed, NotVisible, RuleBroken, StaleVersion
from casework.facts.queries import last_closed, open_quarter
from casework.people.models import Team
from casework.policy import Actor, Permission
from casework.programme.framework import indicators
from casework.programme.kinds import AGES, KINDS, SEXES
from casework.programme.models import (
    Activity,
    ActivityHeads,
    Attestation,
    Goal,
    Practice,
    Radio,
)

Heads = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Described:
    """What was done: codes and numbers, `heads` by sex and age band. Nobody is named."""

    kind: str
    held_on: date
    commune: str
    proof: str
    theme: str = ""
    radio_id: UUID | None = None
    language: str = ""
    minutes: int | None = None
    callers: int | None = None
    services: int | None = None
    displaced: int | None = None
    disabled: int | None = None
    before_percent: int | None = None
    after_percent: int | None = None
    heads: Heads = field(default_factory=dict)


def record_activity(session: Session, actor: Actor, described: Described) -> Activity:
    """The activity stands in the quarter of its day, or in the first one still open.

    Raises NotAllowed, and RuleBroken for a day to come (`activity_to_come`), an activity nobody
    came to (`nobody_came`), or more displaced or disabled people than came (`more_than_came`).
    """
    _require(actor, Permission.ACTIVITY_WRITE)
    _check(described)
    activity = Activity(recorded_by=actor.user_id, recorded_at=clock.now())
    _describe(session, activity, described)
    session.add(activity)
    session.flush()
    record(
        session,
        "activity.recorded",
        actor=actor.user_id,
        activity=activity.id,
        kind=described.kind,
    )
    return activity


def change_activity(
    session: Session, actor: Actor, activity_id: UUID, described: Described, version: int
) -> Activity:
    """The activity is as described; its kind stays. Raises as `record_activity` does, NotVisible,
    StaleVersion, and RuleBroken (`activity_reported`) once its quarter is closed."""
    _require(actor, Permission.ACTIVITY_WRITE)
    activity = open_activity(session, activity_id, version)
    _check(described)
    activity.heads.clear()
    session.flush()
    _describe(session, activity, described)
    session.flush()
    record(session, "activity.changed", actor=actor.user_id, activity=activity.id)
    return activity


def remove_activity(session: Session, actor: Actor, activity_id: UUID, version: int) -> None:
    """The activity is gone. Raises as `change_activity` does."""
    _require(actor, Permission.ACTIVITY_WRITE)
    activity = open_activity(session, activity_id, version)
    session.delete(activity)
    session.flush()
    record(session, "activity.removed", actor=actor.user_id, activity=activity_id)


def open_activity(session: Session, activity_id: UUID, version: int) -> Activity:
    """An activity whose quarter is still open, as it was read at this version."""
    activity = session.get(Activity, activity_id)
    if activity is None:
        raise NotVisible
    closed = last_closed(session)
    if closed is not None and activity.quarter <= closed:
        raise RuleBroken("activity_reported")
    if activity.version != version:
        raise StaleVersion
    return activity


def save_radio(
    session: Session, actor: Actor, name: str, commune: str, signed_on: date | None
) -> Radio:
    """The radio of this name sits in the commune and has signed its protocol on the day, if any."""
    _require(actor, Permission.ACTIVITY_WRITE)
    radio = session.scalars(select(Radio).where(Radio.name == name)).first()
    if radio is None:
        radio = Radio(name=name)
        session.add(radio)
    radio.commune, radio.signed_on = commune, signed_on
    session.flush()
    record(session, "radio.written", actor=actor.user_id, radio=radio.id)
    return radio


def note_practice(
    session: Session, actor: Actor, kind: str, theme: str, commune: str, noted_on: date, told: str
) -> Practice:
    """The practice stands in the register. Raises NotAllowed, RuleBroken (`activity_to_come`)."""
    _require(actor, Permission.ACTIVITY_WRITE)
    if noted_on > clock.today():
        raise RuleBroken("activity_to_come")
    practice = Practice(
        kind=kind,
        theme=theme,
        commune=commune,
        noted_on=noted_on,
        quarter=open_quarter(session, noted_on),
        told=told,
        recorded_by=actor.user_id,
    )
    session.add(practice)
    session.flush()
    record(session, "practice.noted", actor=actor.user_id, practice=practice.id)
    return practice


def set_goals(
    session: Session, actor: Actor, goals: Mapping[str, tuple[int | None, int | None]]
) -> None:
    """Each named indicator has this baseline and target. Raises NotAllowed, KeyError when no such
    indicator is in the framework."""
    _require(actor, Permission.PROGRAMME_PLAN)
    known = {each.code for each in indicators()}
    for code, (baseline, target) in goals.items():
        if code not in known:
            raise KeyError(code)
        session.merge(Goal(indicator=code, baseline=baseline, target=target))
    session.flush()
    record(session, "configuration.changed", actor=actor.user_id, setting="goals")


def attest_month(session: Session, actor: Actor, team_id: UUID, month: date) -> Attestation:
    """The coordinator has said that this month of her team is written down and looked through.

    `month` is its first day. Raises NotAllowed, NotVisible, RuleBroken for a month that is not over
    (`month_not_over`) or was attested before (`month_attested`).
    """
    if not actor.may_in(Permission.WORKLOAD_VIEW, team_id):
        raise NotAllowed
    team = session.get(Team, team_id)
    if team is None:
        raise NotVisible
    if _following(month) > clock.today():
        raise RuleBroken("month_not_over")
    if session.get(Attestation, (team_id, month)) is not None:
        raise RuleBroken("month_attested")
    made = Attestation(
        team_id=team_id,
        month=month,
        team_name=team.name,
        made_by=actor.user_id,
        made_on=clock.today(),
    )
    session.add(made)
    session.flush()
    record(session, "month.attested", actor=actor.user_id, team=team_id, month=f"{month:%Y-%m}")
    return made


def _following(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _require(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission):
        raise NotAllowed


def _check(described: Described) -> None:
    """Raises RuleBroken or ValueError for what cannot have happened."""
    asked = KINDS[described.kind]
    if described.held_on > clock.today():
        raise RuleBroken("activity_to_come")
    if any(sex not in SEXES or age not in AGES for sex, age in described.heads):
        raise ValueError("a head has a sex and an age band")
    came = sum(described.heads.values())
    if asked.people and came == 0:
        raise RuleBroken("nobody_came")
    if max(described.displaced or 0, described.disabled or 0) > came:
        raise RuleBroken("more_than_came")


def _describe(session: Session, activity: Activity, described: Described) -> None:
    values: dict[str, Any] = asdict(described)
    heads = values.pop("heads")
    for name, value in values.items():
        setattr(activity, name, value)
    activity.quarter = open_quarter(session, described.held_on)
    activity.heads = [
        ActivityHeads(sex=sex, age=age, people=people)
        for (sex, age), people in heads.items()
        if people
    ]
