"""What was done and promised. What managers read comes by quarter, and from closed ones only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from casework.errors import NotVisible
from casework.programme.models import Activity, ActivityHeads, Attestation, Goal, Practice, Radio

PAGE = 50
MOST_RADIOS, MOST_PRACTICES, MOST_ATTESTATIONS = 60, 200, 60


@dataclass(frozen=True, slots=True)
class Done:
    """Activities of one kind counted for one quarter: how many, and what they add up to."""

    events: int = 0
    people: int = 0
    minutes: int = 0
    callers: int = 0
    services: int = 0


@dataclass(frozen=True, slots=True)
class Marks:
    """The trainings of one theme: how many, and the mean marks before and after, in per cent."""

    theme: str
    trainings: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Attested:
    """That a team's month was written down and looked through, and on which day that was said."""

    month: date
    team: str
    made_on: date


Counts = Mapping[tuple[str, str], Done]
"""By kind and quarter."""


# For managers: numbers of the quarters they are asked for, and nothing of any other


def done(session: Session, quarters: Iterable[str]) -> Counts:
    """What was done in each of the quarters, by kind."""
    wanted = Activity.quarter.in_(list(quarters))
    rows = session.execute(
        select(
            Activity.kind,
            Activity.quarter,
            func.count(),
            func.coalesce(func.sum(Activity.minutes), 0),
            func.coalesce(func.sum(Activity.callers), 0),
            func.coalesce(func.sum(Activity.services), 0),
        )
        .where(wanted)
        .group_by(Activity.kind, Activity.quarter)
    ).all()
    came = _heads(session, wanted, Activity.kind, Activity.quarter)
    return {
        (row[0], row[1]): Done(
            row[2], came.get((row[0], row[1]), 0), *(int(sum_ or 0) for sum_ in row[3:])
        )
        for row in rows
    }


def people_by(
    session: Session, kinds: Sequence[str], quarters: Iterable[str], name: str
) -> dict[str, int]:
    """How many people took part in activities of these kinds, by `commune`, `theme`, `sex` or
    `age`; each quarter of the list counted once."""
    column = {
        "commune": Activity.commune,
        "theme": Activity.theme,
        "sex": ActivityHeads.sex,
        "age": ActivityHeads.age,
    }[name]
    wanted = Activity.quarter.in_(list(quarters)) & Activity.kind.in_(kinds)
    return {str(code): people for (code,), people in _heads(session, wanted, column).items()}


def events_by(
    session: Session, kinds: Sequence[str], quarters: Iterable[str], name: str
) -> dict[str, int]:
    """How many activities of these kinds, by `commune`, `theme`, `language` or name of `radio`."""
    column = {
        "commune": Activity.commune,
        "theme": Activity.theme,
        "language": Activity.language,
        "radio": Radio.name,
    }[name]
    rows = session.execute(
        select(column, func.count())
        .select_from(Activity)
        .outerjoin(Radio, Radio.id == Activity.radio_id)
        .where(Activity.quarter.in_(list(quarters)), Activity.kind.in_(kinds))
        .group_by(column)
        .order_by(column)
    ).all()
    return {str(code): count for code, count in rows if code}


def marks(session: Session, quarters: Iterable[str]) -> list[Marks]:
    """The trainings of relays by theme."""
    rows = session.execute(
        select(
            Activity.theme,
            func.count(),
            func.avg(Activity.before_percent),
            func.avg(Activity.after_percent),
        )
        .where(Activity.quarter.in_(list(quarters)), Activity.kind == "formation_relais")
        .group_by(Activity.theme)
        .order_by(Activity.theme)
    ).all()
    return [
        Marks(theme, count, _whole(before), _whole(after)) for theme, count, before, after in rows
    ]


def practices_noted(session: Session, quarters: Iterable[str]) -> dict[str, int]:
    """How many practices entered the register in these quarters, by kind."""
    rows = session.execute(
        select(Practice.kind, func.count())
        .where(Practice.quarter.in_(list(quarters)))
        .group_by(Practice.kind)
    ).all()
    return {row[0]: row[1] for row in rows}


def goals(session: Session) -> dict[str, Goal]:
    """Baseline and target of each indicator for which they were set."""
    return {goal.indicator: goal for goal in session.scalars(select(Goal))}


def attestations(session: Session) -> list[Attested]:
    """Which months which teams attested, the latest first (at most 60)."""
    chosen = select(Attestation.month, Attestation.team_name, Attestation.made_on)
    ordered = chosen.order_by(Attestation.month.desc(), Attestation.team_name)
    return [Attested(*row) for row in session.execute(ordered.limit(MOST_ATTESTATIONS))]


# For the teams


def activities(session: Session, before: date | None = None) -> list[Activity]:
    """Fifty activities, the latest first, earlier than the day `before` where one is given."""
    chosen = select(Activity).order_by(Activity.held_on.desc(), Activity.id)
    if before is not None:
        chosen = chosen.where(Activity.held_on < before)
    return list(session.scalars(chosen.limit(PAGE)))


def activity(session: Session, activity_id: UUID) -> Activity:
    """One activity; raises NotVisible."""
    found = session.get(Activity, activity_id)
    if found is None:
        raise NotVisible
    return found


def radios(session: Session) -> Sequence[Radio]:
    """The partner radios by name (at most 60)."""
    return session.scalars(select(Radio).order_by(Radio.name).limit(MOST_RADIOS)).all()


def practices(session: Session) -> Sequence[Practice]:
    """The register of practices, the latest first (at most 200)."""
    chosen = select(Practice).order_by(Practice.noted_on.desc(), Practice.id)
    return session.scalars(chosen.limit(MOST_PRACTICES)).all()


def attested_months(session: Session, team_id: UUID) -> set[date]:
    """The months of a team that were attested, as their first days."""
    chosen = select(Attestation.month).where(Attestation.team_id == team_id)
    return set(session.scalars(chosen.order_by(Attestation.month.desc()).limit(60)))


def _heads(session: Session, wanted: ColumnElement[bool], *by: Any) -> dict[tuple[Any, ...], int]:
    rows = session.execute(
        select(*by, func.sum(ActivityHeads.people))
        .select_from(Activity)
        .join(ActivityHeads, ActivityHeads.activity_id == Activity.id)
        .where(wanted)
        .group_by(*by)
        .order_by(*by)
    ).all()
    return {tuple(row[:-1]): int(row[-1]) for row in rows}


def _whole(mean: float | None) -> int | None:
    return None if mean is None else round(float(mean))
