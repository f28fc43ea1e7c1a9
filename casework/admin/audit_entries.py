"""The acts of the log in words, as an auditor reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.admin import audit_words
from casework.audit.models import AuditEntry
from casework.audit.vocabulary import TO_THE_MINUTE
from casework.cases.case_codes import normalise
from casework.cases.models import Case
from casework.directory.models import Provider
from casework.people.handles import folded
from casework.people.labels import role_label
from casework.people.models import Team, User
from casework.people.readers import Function, functions_of

PAGE = 50
NAMED = frozenset({"user", "to", "team", "peer", "provider"})


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
            functions_in_words(functions.get(entry.actor_id, ()) if entry.actor_id else ()),
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


def functions_in_words(held: Sequence[Function]) -> str:
    """What somebody is today: her function in each team, or in the organisation."""
    return " · ".join(
        f"{role_label(role)}, {team}" if team else str(role_label(role)) for role, team in held
    )


def who(session: Session, ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """The name for signing in and the functions of each person."""
    names, functions = names_of(session, ids), functions_of(session, ids)
    return {
        one: (names.get(str(one), ""), functions_in_words(functions.get(one, ()))) for one in ids
    }


def person_called(session: Session, handle: str) -> UUID | None:
    """The account of a handle; None for an unknown one."""
    return session.scalar(select(User.id).where(User.handle == folded(handle)))


def case_with_code(session: Session, code: str) -> UUID | None:
    """The id of the file with this code, and nothing else about it; None for an unknown one."""
    try:
        return session.scalar(select(Case.id).where(Case.code == normalise(code)))
    except ValueError:
        return None
