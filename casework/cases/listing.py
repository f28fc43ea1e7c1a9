"""Lists and search: one query, one box a row, keyset pages; names are compared in memory only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from casework.audit.log import record_view
from casework.cases import case_codes, names
from casework.cases.cards import digits
from casework.cases.models import Case, CaseAccess, CaseStatus
from casework.policy import Actor, Permission
from casework.vault.case_keys import open_owner_access
from casework.vault.keys import Keyring

PAGE = 20
SEARCHED = 20_000
FOUND = 20
WORTH_SHOWING = 0.5
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
    card: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases of the actor's teams a list shows."""

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
        found.append(Case.next_step_on <= wanted.late)
    return found


def opened(keyring: Keyring, row: Row[Any]) -> Listed:
    """A row with its card opened; raises SealBroken when the box was swapped."""
    access = open_owner_access(keyring.team(row.owner_team), row.id, row.revision, row.box)
    return Listed(
        row.id, row.code, row.status, row.opened_on, row.next_step_on, row.assigned_to, access.card
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
    """The cases that a code, a telephone or a name may mean, most alike first (at most 20)."""
    rows = session.execute(
        ROWS.where(listable(actor)).order_by(Case.opened_on.desc(), Case.id).limit(SEARCHED)
    ).all()
    found = [
        (score, listed)
        for listed in (opened(keyring, row) for row in rows)
        if (score := likeness(words, listed)) > 0
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].opened_on, pair[1].code))
    record_view(
        session, "case.searched", actor.user_id, ids=[listed.id for _, listed in found[:FOUND]]
    )
    return found[:FOUND]


def likeness(words: str, listed: Listed) -> float:
    """How likely the words mean this case, 0 to 1: its code, a telephone, or a name written
    otherwise."""
    if as_code(words) == listed.code:
        return 1.0
    number = digits(words)
    if len(number) >= 6 and any(phone.endswith(number) for phone in listed.card.get("phones", [])):
        return 1.0
    return name_likeness(words, listed.card)


def as_code(words: str) -> str | None:
    """The case code that was typed, or None."""
    try:
        return case_codes.normalise(words)
    except ValueError:
        return None


def name_likeness(words: str, card: dict[str, Any]) -> float:
    """How well the words agree with some name on the card; 0 below what is worth showing.

    The folded keys choose the candidates, so that one word of a name is enough; the name matcher
    then tells near names from far ones.
    """
    share = answered(words.split(), frozenset(card.get("keys", [])))
    if share < WORTH_SHOWING:
        return 0.0
    written = [card.get("name", ""), *card.get("others", [])]
    return max(share / 2, *(names.match_score(words, name) for name in written))


def answered(words: Sequence[str], known: frozenset[str]) -> float:
    """The share of the typed words of which some folded key is known."""
    if not words or not known:
        return 0.0
    return sum(not known.isdisjoint(names.folded_keys([word])) for word in words) / len(words)
