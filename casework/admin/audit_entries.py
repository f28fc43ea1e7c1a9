"""The newest acts of the log, page by page, as an auditor asks for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from casework.admin import audit_words
from casework.audit.models import AuditEntry
from casework.audit.vocabulary import TO_THE_MINUTE
from casework.cases.case_codes import normalise
from casework.cases.models import Case
from casework.directory.models import Provider
from casework.errors import NotVisible
from casework.people.handles import folded
from casework.people.labels import role_label
from casework.people.models import MembershipRow, Team, User

PAGE = 50
NAMED = frozenset({"user", "to", "team", "peer", "provider"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the auditor asks for; None means any."""

    act: str | None = None
    person: UUID | None = None
    case: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One act in words. `place` is its number in the log, None while it waits for one; `by` is
    the handle of who did it, empty where the system acted by itself."""

    id: UUID
    place: int | None
    at: datetime
    by: str
    functions: str
    words: str
    actor: UUID | None
    case: UUID | None
    to_the_minute: bool


def newest(session: Session, wanted: Wanted, before: UUID | None = None) -> list[AuditEntry]:
    """At most 51 entries, newest first, those without a place before the others; with `before`,
    those older than that entry. Raises NotVisible for an unknown one."""
    mark = session.get(AuditEntry, before) if before else None
    if before is not None and mark is None:
        raise NotVisible
    found: list[AuditEntry] = []
    if mark is None or mark.idx is None:
        found += session.scalars(waiting(wanted, mark)).all()
    if len(found) <= PAGE:
        found += session.scalars(placed(wanted, mark).limit(PAGE + 1 - len(found))).all()
    return found


def waiting(wanted: Wanted, mark: AuditEntry | None) -> Select[Any]:
    """Entries that have no place in the log's tree yet."""
    query = matching(wanted).where(AuditEntry.idx.is_(None))
    if mark is not None:
        older = and_(AuditEntry.arrival == mark.arrival, AuditEntry.id < mark.id)
        query = query.where(or_(AuditEntry.arrival < mark.arrival, older))
    return query.order_by(AuditEntry.arrival.desc(), AuditEntry.id.desc()).limit(PAGE + 1)


def placed(wanted: Wanted, mark: AuditEntry | None) -> Select[Any]:
    """Entries with a place, the last one first."""
    query = matching(wanted).where(AuditEntry.idx.is_not(None))
    if mark is not None and mark.idx is not None:
        query = query.where(AuditEntry.idx < mark.idx)
    return query.order_by(AuditEntry.idx.desc())


def matching(wanted: Wanted) -> Select[Any]:
    """The entries that the auditor asked for."""
    query = select(AuditEntry)
    if wanted.act is not None:
        query = query.where(AuditEntry.action == wanted.act)
    if wanted.person is not None:
        query = query.where(AuditEntry.actor_id == wanted.person)
    if wanted.case is not None:
        query = query.where(AuditEntry.case_id == wanted.case)
    return query


def in_words(session: Session, entries: Sequence[AuditEntry]) -> list[Line]:
    """The entries as lines; four queries whatever their number."""
    bodies = [json.loads(entry.body) if entry.body else None for entry in entries]
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    names = names_of(session, actors | ids_in(bodies))
    functions = functions_of(session, actors)
    return [
        Line(
            entry.id,
            entry.idx,
            entry.at,
            names.get(str(entry.actor_id), ""),
            functions.get(entry.actor_id, "") if entry.actor_id else "",
            words_of(entry, body, names),
            entry.actor_id,
            entry.case_id,
            entry.action in TO_THE_MINUTE,
        )
        for entry, body in zip(entries, bodies, strict=True)
    ]


def words_of(entry: AuditEntry, body: dict[str, Any] | None, names: dict[str, str]) -> str:
    """The sentence of one entry; of a redacted one, the act without its content."""
    if body is None:
        return audit_words.in_general(entry.action)
    return audit_words.sentence(entry.action, body, names)


def ids_in(bodies: Iterable[dict[str, Any] | None]) -> set[UUID]:
    """The ids in the bodies that stand for somebody or something with a name."""
    return {UUID(body[key]) for body in bodies if body for key in NAMED & body.keys() if body[key]}


def names_of(session: Session, ids: set[UUID]) -> dict[str, str]:
    """Handles of persons, names of teams and providers, by id as text."""
    found: dict[str, str] = {}
    for table, name in ((User, User.handle), (Team, Team.name), (Provider, Provider.name)):
        rows = session.execute(select(table.id, name).where(table.id.in_(ids))).all()
        found |= {str(row[0]): row[1] for row in rows}
    return found


def functions_of(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """What each person is today: her function in each team, or in the organisation."""
    found: dict[UUID, list[str]] = {}
    roles = select(User.id, User.organisation_role).where(User.id.in_(ids))
    for user_id, role in session.execute(roles.where(User.organisation_role.is_not(None))):
        found.setdefault(user_id, []).append(str(role_label(role)))
    rows = session.execute(
        select(MembershipRow.user_id, MembershipRow.role, Team.name)
        .join(Team, Team.id == MembershipRow.team_id)
        .where(MembershipRow.user_id.in_(ids))
        .order_by(Team.name)
    )
    for user_id, role, team in rows:
        found.setdefault(user_id, []).append(f"{role_label(role)}, {team}")
    return {user_id: " · ".join(held) for user_id, held in found.items()}


def person_called(session: Session, handle: str) -> UUID | None:
    """The account of a handle; None for an unknown one."""
    return session.scalar(select(User.id).where(User.handle == folded(handle)))


def case_with_code(session: Session, code: str) -> UUID | None:
    """The id of the file with this code, and nothing else about it; None for an unknown one."""
    try:
        return session.scalar(select(Case.id).where(Case.code == normalise(code)))
    except ValueError:
        return None
