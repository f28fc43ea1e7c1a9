"""Who opened a case: from the log, by person for the data officer, by function for everybody
else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.audit.pages import about_case
from casework.people.models import MembershipRow, Team, User

OPENED = ("case.viewed", "referral.viewed", "letter.printed", "record.read", "record.printed")
"""Acts by which somebody sees into a case. Lists and searches show its name and code only."""
MOST = 500
Function = tuple[str, str]
"""A role and the name of its team, both empty for somebody who has no function any more; the name
alone is empty where she works for the whole organisation."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody, or everybody of one function, who opened a case: how often, when, which parts."""

    actor: UUID | None
    functions: tuple[Function, ...]
    people: int
    times: int
    first: datetime
    last: datetime
    sections: tuple[str, ...]


def opened_by(session: Session, case_id: UUID) -> list[AuditEntry]:
    """The last times that somebody opened the case (at most 500), newest first."""
    return about_case(session, case_id, OPENED, MOST)


def by_person(session: Session, entries: Sequence[AuditEntry]) -> list[Reader]:
    """One line a person, the last one first."""
    grouped: dict[UUID | None, list[AuditEntry]] = {}
    for entry in entries:
        grouped.setdefault(entry.actor_id, []).append(entry)
    functions = functions_of(session, grouped.keys() - {None})
    return [
        reader(actor, functions.get(actor, ()) if actor else (), 1, found)
        for actor, found in grouped.items()
    ]


def by_function(session: Session, entries: Sequence[AuditEntry]) -> list[Reader]:
    """One line a function and organisation, with how many people; the last one first."""
    functions = functions_of(session, {entry.actor_id for entry in entries} - {None})
    grouped: dict[tuple[Function, ...], list[AuditEntry]] = {}
    for entry in entries:
        held = functions.get(entry.actor_id, ()) if entry.actor_id else ()
        grouped.setdefault(held, []).append(entry)
    return [
        reader(None, held, len({entry.actor_id for entry in found}), found)
        for held, found in grouped.items()
    ]


def reader(
    actor: UUID | None, functions: tuple[Function, ...], people: int, found: Sequence[AuditEntry]
) -> Reader:
    """One line from its entries, which come newest first."""
    sections = {name for entry in found for name in sections_of(entry)}
    times = found[-1].at, found[0].at
    return Reader(actor, functions, people, len(found), *times, tuple(sorted(sections)))


def sections_of(entry: AuditEntry) -> list[str]:
    """The parts of the case that an entry says were shown."""
    body = json.loads(entry.body) if entry.body else {}
    return [str(name) for name in body.get("sections", [])]


def functions_of(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, tuple[Function, ...]]:
    """What each person is today, in the organisation or in her teams; nobody without a function.

    Three thousand ids at most; two queries.
    """
    wanted = [one for one in ids if one is not None]
    found: dict[UUID, list[Function]] = {}
    roles = select(User.id, User.organisation_role).where(User.id.in_(wanted))
    for user_id, role in session.execute(roles.where(User.organisation_role.is_not(None))):
        found.setdefault(user_id, []).append((str(role), ""))
    rows = session.execute(
        select(MembershipRow.user_id, MembershipRow.role, Team.name)
        .join(Team, Team.id == MembershipRow.team_id)
        .where(MembershipRow.user_id.in_(wanted))
        .order_by(Team.name)
    )
    for user_id, role, team in rows:
        found.setdefault(user_id, []).append((role, team))
    return {user_id: tuple(held) for user_id, held in found.items()}
