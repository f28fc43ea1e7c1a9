"""Unusual access, found in the log without opening anything: many files in an hour, at night,
after the assignment ended, of others, after refusals.

Nothing here says that somebody did wrong. Each finding is a question to ask her; the words for it
stand in `unusual_words`. The limits are settings, since what is usual differs between offices.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.audit.pages import Wanted, newest
from casework.people.readers import functions_of
from casework.policy import Role

WEEK = timedelta(days=7)
READ_AT_MOST = 5000
"""Entries of one act in one period that are looked at, the newest ones."""
SHOWN_AT_MOST = 100
CASES_AT_ONCE = 200
SEEN, PARTNER_SAW = "case.viewed", "referral.viewed"
SEARCHED, REFUSED, WARNED = "case.searched", "access.refused", "history.differed"
ASSIGNED = "case.assigned"
LOOKED_AT = (SEEN, PARTNER_SAW, SEARCHED, REFUSED, WARNED)


@dataclass(frozen=True, slots=True)
class Limits:
    """From which number on something is unusual, and between which hours it is night."""

    cases: int = 30
    searches: int = 20
    refusals: int = 5
    others: int = 10
    night_from: int = 21
    night_until: int = 5

    def at_night(self, moment: datetime) -> bool:
        """True in the hours of the night, where the programme works."""
        hour = clock.local(moment).hour
        if self.night_from > self.night_until:
            return hour >= self.night_from or hour < self.night_until
        return self.night_from <= hour < self.night_until


@dataclass(frozen=True, slots=True)
class Look:
    """One act that is looked at; `own` is False where the log says that the file was her team's
    and not hers."""

    act: str
    actor: UUID
    case: UUID | None
    at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """Something unusual: the rule, who, when it began, how many, and of one file which."""

    rule: str
    actor: UUID
    at: datetime
    count: int
    case: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was unusual in a period, newest first; `cut` says that there was more than was read."""

    findings: Sequence[Finding]
    cut: bool


Key: TypeAlias = tuple[UUID, Any]


def found_in(session: Session, limits: Limits, period: Wanted) -> Found:
    """The unusual acts of the period, from at most 5 000 entries of each kind."""
    looks: list[Look] = []
    cut = False
    for act in LOOKED_AT:
        wanted = Wanted(act=act, since=period.since, until=period.until)
        rows = newest(session, wanted, limit=READ_AT_MOST)
        cut = cut or len(rows) == READ_AT_MOST
        looks += [look(row) for row in rows if row.actor_id]
    found = sorted(judged(session, limits, looks), key=lambda one: one.at, reverse=True)
    return Found(found[:SHOWN_AT_MOST], cut or len(found) > SHOWN_AT_MOST)


def look(row: AuditEntry) -> Look:
    """An entry as the rules see it."""
    grounds = json.loads(row.body).get("grounds", []) if row.body else []
    assert row.actor_id is not None  # noqa: S101  # nosec B101
    return Look(row.action, row.actor_id, row.case_id, row.at, grounds != ["team"])


def judged(session: Session, limits: Limits, looks: Sequence[Look]) -> Iterator[Finding]:
    """Every rule on the same acts."""
    seen = [one for one in looks if one.act in (SEEN, PARTNER_SAW)]
    overseers = coordinators(session, {one.actor for one in seen})
    strange = [one for one in seen if not one.own and one.actor not in overseers]
    yield from above("many", limits.cases, seen, in_an_hour)
    yield from above("searches", limits.searches, of(SEARCHED, looks), in_an_hour)
    yield from above("refused", limits.refusals, of(REFUSED, looks), in_an_hour)
    yield from above("others", limits.others, strange, in_a_day)
    yield from above("night", 0, [one for one in seen if limits.at_night(one.at)], in_a_night)
    yield from after_the_end(session, strange)
    yield from (Finding("warned", one.actor, one.at, 1) for one in of(WARNED, looks))


def of(act: str, looks: Iterable[Look]) -> list[Look]:
    """The acts of one kind."""
    return [one for one in looks if one.act == act]


def above(rule: str, limit: int, looks: Iterable[Look], key: Any) -> Iterator[Finding]:
    """A finding for each person and span of time with more than `limit` files, or acts that are
    about no file."""
    for (actor, _span), found in together(looks, key).items():
        files = {one.case for one in found if one.case}
        count = len(files) or len(found)
        if count > limit:
            yield Finding(rule, actor, min(one.at for one in found), count)


def together(looks: Iterable[Look], key: Any) -> Mapping[Key, list[Look]]:
    """The acts of each person by span of time."""
    found: dict[Key, list[Look]] = {}
    for one in looks:
        found.setdefault((one.actor, key(one.at)), []).append(one)
    return found


def in_an_hour(moment: datetime) -> datetime:
    """The hour something happened in."""
    return moment.replace(minute=0)


def in_a_day(moment: datetime) -> date:
    """The day something happened on."""
    return clock.local(moment).date()


def in_a_night(moment: datetime) -> date:
    """The day on whose evening the night began."""
    return (clock.local(moment) - timedelta(hours=12)).date()


def coordinators(session: Session, ids: set[UUID]) -> set[UUID]:
    """Those whose task it is to look at every file of a team."""
    held = functions_of(session, ids)
    return {one for one, roles in held.items() if Role.COORDINATOR in dict(roles)}


def after_the_end(session: Session, strange: Sequence[Look]) -> Iterator[Finding]:
    """Looks at a file by somebody who had it and had handed it over in an hour before."""
    cases = list(dict.fromkeys(one.case for one in strange if one.case))[:CASES_AT_ONCE]
    hands = handed_over(session, cases)
    late: dict[tuple[UUID, UUID], list[datetime]] = {}
    for one in strange:
        if one.case and ended(hands.get(one.case, ()), one.actor, one.at):
            late.setdefault((one.actor, one.case), []).append(one.at)
    for (actor, case), moments in late.items():
        yield Finding("ended", actor, min(moments), len(moments), case)


Hands: TypeAlias = Sequence[tuple[datetime, UUID | None]]


def handed_over(session: Session, cases: Sequence[UUID]) -> dict[UUID, Hands]:
    """Who had each of these files from when on, in the order of the log (at most 4 000 changes)."""
    rows = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.case_id.in_(cases), AuditEntry.action.in_(("case.opened", ASSIGNED)))
        .where(AuditEntry.idx.is_not(None))
        .order_by(AuditEntry.case_id, AuditEntry.hour, AuditEntry.idx)
        .limit(4000)
    )
    hands: dict[UUID, list[tuple[datetime, UUID | None]]] = {}
    for row in rows:
        if row.case_id:
            hands.setdefault(row.case_id, []).append((row.at, holder(row)))
    return dict(hands)


def holder(row: AuditEntry) -> UUID | None:
    """Who has the file after this act; None where nobody has it, or the content was removed."""
    if row.action != ASSIGNED:
        return row.actor_id
    to = json.loads(row.body).get("to") if row.body else None
    return UUID(to) if to else None


def ended(hands: Hands, actor: UUID, at: datetime) -> bool:
    """True where the person had the file once, and somebody else has it since before this hour."""
    before = [who for moment, who in hands if moment < at]
    return actor in before and before[-1] != actor
