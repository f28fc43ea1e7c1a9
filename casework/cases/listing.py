"""Lists and search: one query, one box a row, keyset pages; names are compared in memory only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from casework.audit.log import record_view
from casework.cases import case_codes, searching
from casework.cases.models import Case, CaseAccess, CaseStatus
from casework.cases.searching import FOUND, Card
from casework.policy import Actor, Permission
from casework.vault.case_keys import open_owner_access
from casework.vault.keys import Keyring

PAGE = 20
SEARCHED = 20_000
OPEN_STATUSES = tuple(
    str(status) for status in CaseStatus if status not in (CaseStatus.CLOSED, CaseStatus.DRAFT)
)

ROWS = select(
    Case.id,
    Case.code,
    Case.status,
    Case.opened_on,
    Case.next_step_on,
    Case.assigned_to,
    Case.owner_team,
    CaseAccess.revision,
    CaseAccess.epoch,
    CaseAccess.box,
).join(
    CaseAccess,
    and_(
        CaseAccess.team_id == Case.owner_team,
        CaseAccess.case_id == Case.id,
        CaseAccess.referral_id == Case.id,
    ),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One case as a list shows it."""

    id: UUID
    code: str
    status: str
    opened_on: date
    next_step_on: date | None
    assigned_to: UUID | None
    team_id: UUID
    card: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases of the actor's teams a list shows; `late`: whose next step was due before it."""

    closed: bool = False
    mine: bool = False
    late: date | None = None


def listable(actor: Actor) -> ColumnElement[bool]:
    """The permission rule of every list of cases: the same as the point check of one case."""
    return Case.owner_team.in_(actor.teams_with(Permission.CASE_LIST))


def list_cases(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    wanted: Filter,
    after: tuple[date, UUID] | None = None,
    limit: int = PAGE,
) -> tuple[list[Listed], tuple[date, UUID] | None]:
    """The next `limit` cases, last opened first, and where the page after them begins (or None)."""
    query = ROWS.where(listable(actor), *conditions(actor, wanted))
    if after is not None:
        day, last = after
        query = query.where(or_(Case.opened_on < day, and_(Case.opened_on == day, Case.id < last)))
    rows = session.execute(
        query.order_by(Case.opened_on.desc(), Case.id.desc()).limit(limit + 1)
    ).all()
    shown = [opened(keyring, row) for row in rows[:limit]]
    record_view(session, "case.listed", actor.user_id, ids=[row.id for row in shown])
    more = len(rows) > limit
    return shown, (shown[-1].opened_on, shown[-1].id) if more else None


def conditions(actor: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """The filter in SQL."""
    statuses = (str(CaseStatus.CLOSED),) if wanted.closed else OPEN_STATUSES
    found: list[ColumnElement[bool]] = [Case.status.in_(statuses)]
    if wanted.mine:
        found.append(Case.assigned_to == actor.user_id)
    if wanted.late is not None:
        found.append(Case.next_step_on < wanted.late)
    return found


def opened(keyring: Keyring, row: Row[*tuple[Any, ...]]) -> Listed:
    """A row with its card opened; raises SealBroken when the box was swapped."""
    access = open_owner_access(keyring.team(row.owner_team), row.id, row.revision, row.box)
    return Listed(
        row.id,
        row.code,
        row.status,
        row.opened_on,
        row.next_step_on,
        row.assigned_to,
        row.owner_team,
        access.card,
    )


def drafts_of(session: Session, actor: Actor, keyring: Keyring) -> list[Listed]:
    """The intakes the actor began and has not finished, oldest first (at most 20)."""
    rows = session.execute(
        ROWS.where(
            listable(actor), Case.status == CaseStatus.DRAFT, Case.assigned_to == actor.user_id
        )
        .order_by(Case.opened_on, Case.id)
        .limit(FOUND)
    ).all()
    return [opened(keyring, row) for row in rows]


def search(
    session: Session, actor: Actor, keyring: Keyring, words: str
) -> list[tuple[float, Listed]]:
    """The cases that a code, a telephone or a name may mean, most alike first (at most 20).

    Every card of the actor's teams is opened and compared in memory; then the rows of those found
    are read.
    """
    found = searching.ranked(words, cards(session, actor, keyring), case_of_code(session, words))
    query = ROWS.where(listable(actor), Case.id.in_(list(found)))
    listed = [opened(keyring, row) for row in session.execute(query.limit(len(found) or 1)).all()]
    ranked = sorted(listed, key=lambda one: (-found[one.id], one.opened_on, one.code))
    record_view(session, "case.searched", actor.user_id, ids=[one.id for one in ranked])
    return [(found[one.id], one) for one in ranked]


def cards(session: Session, actor: Actor, keyring: Keyring) -> Iterator[tuple[UUID, Card]]:
    """Every case of the actor's teams with its opened card (at most 20 000 a team)."""
    for team_id in actor.teams_with(Permission.CASE_LIST):
        team = keyring.team(team_id)
        rows = session.execute(
            select(CaseAccess.case_id, CaseAccess.revision, CaseAccess.box)
            .where(CaseAccess.team_id == team_id, CaseAccess.kind == "owner")
            .order_by(CaseAccess.case_id)
            .limit(SEARCHED)
        )
        for case_id, revision, box in rows:
            yield case_id, open_owner_access(team, case_id, revision, box).card


def case_of_code(session: Session, words: str) -> UUID | None:
    """The case whose code was typed, whosever it is; None where the words are no code."""
    code = as_code(words)
    return session.scalar(select(Case.id).where(Case.code == code)) if code else None


def as_code(words: str) -> str | None:
    """The case code that was typed, or None."""
    try:
        return case_codes.normalise(words)
    except ValueError:
        return None
