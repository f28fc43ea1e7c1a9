"""Writing, correcting and removing facts; called by the acts on a case, in their transaction."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit import log
from casework.errors import RuleBroken
from casework.facts.calendar import first_day, following
from casework.facts.dimensions import Dimensions, feedback_detail
from casework.facts.kinds import FactKind, check, pack
from casework.facts.models import ClosedPeriod, Fact, ProgrammeCalendar
from casework.facts.queries import last_closed, open_quarter, programme_calendar

CODES = ("commune", "sex", "age_group", "category_group", "problem_group")


def set_calendar(
    session: Session,
    go_live_on: date,
    *,
    year_starts_in: int = 1,
    delay_days: int = 15,
    exact_headline: bool = False,
    actor: UUID | None = None,
) -> None:
    """The programme counts from `go_live_on`; its years begin in the given month (1, 4, 7 or 10).

    A quarter may close `delay_days` days after its end. With `exact_headline` two large yearly
    counts come out exact. Raises RuleBroken('calendar_in_use') when a quarter is closed already and
    the programme would begin or its years run otherwise: published sums would lose their quarters.
    """
    before = programme_calendar(session)
    same = (before.go_live_on, before.year_starts_in) == (go_live_on, year_starts_in)
    if last_closed(session) is not None and not same:
        raise RuleBroken("calendar_in_use")
    values = {
        "go_live_on": go_live_on,
        "year_starts_in": year_starts_in,
        "delay_days": delay_days,
        "exact_headline": exact_headline,
    }
    session.merge(ProgrammeCalendar(name="programme", **values))
    session.flush()
    log.record(session, "configuration.changed", actor=actor, setting="calendar")


def write_fact(
    session: Session,
    kind: FactKind,
    happened_on: date,
    dimensions: Dimensions,
    detail: Mapping[str, str] | None = None,
    *,
    actor: UUID | None = None,
) -> UUID | None:
    """A fact stands in the quarter of the day, or in the open one when that quarter is closed.

    `detail` gives a group code for each detail of the kind, as `facts.dimensions` makes them.
    Returns the fact's id, to be kept in the sealed part of the case and nowhere else; None, and
    nothing written, when the act is older than the programme. Raises ValueError on codes that are
    unknown or contradict each other; an incident bears the group of its own grievance, not the
    case's. The caller has made sure of the consent to statistics.
    """
    packed = _packed(FactKind(kind), dimensions, detail or {})
    begun = programme_calendar(session).go_live_on
    if begun is not None and happened_on < begun:
        return None
    fact = _fact(FactKind(kind), open_quarter(session, happened_on), dimensions, packed)
    session.add(fact)
    session.flush()
    log.record(session, "fact.written", actor=actor, kind=str(kind))
    return fact.id


def correct_fact(
    session: Session,
    fact_id: UUID,
    dimensions: Dimensions,
    detail: Mapping[str, str] | None = None,
    *,
    actor: UUID | None = None,
) -> UUID | None:
    """The fact bears the new codes; published figures stay, the next release takes the change in.

    Returns the id to keep from now on, which is another one when the year of the fact is over; None
    when there is no such fact any more. Raises ValueError on unknown codes.
    """
    fact = session.get(Fact, fact_id)
    if fact is None:
        return None
    kind = FactKind(fact.kind)
    packed = _packed(kind, dimensions, detail or {})
    if _year_is_over(session, fact):
        fact = _fact(kind, _take_back(session, fact), dimensions, packed)
        session.add(fact)
    for name in CODES:
        setattr(fact, name, getattr(dimensions, name))
    fact.detail = packed
    session.flush()
    log.record(session, "fact.corrected", actor=actor, kind=str(kind))
    return fact.id


def remove_fact(session: Session, fact_id: UUID, *, actor: UUID | None = None) -> bool:
    """The fact counts no more: it is gone, or taken back in the open quarter when its year is over.

    Returns whether there was such a fact.
    """
    fact = session.get(Fact, fact_id)
    if fact is None:
        return False
    kind = fact.kind
    if _year_is_over(session, fact):
        _take_back(session, fact)
    else:
        session.delete(fact)
    session.flush()
    log.record(session, "fact.removed", actor=actor, kind=kind)
    return True


def write_feedback(
    session: Session,
    answered_on: date,
    commune: str,
    sex: str,
    answer: str,
    *,
    actor: UUID | None = None,
) -> UUID | None:
    """An anonymous answer about satisfaction counts in the quarter of its day.

    It belongs to no case, so that nobody can find, correct or withdraw it: its id is given only so
    that tests can tell it was written. Raises ValueError on unknown codes.
    """
    where = Dimensions.from_codes(commune, sex, "inconnu", (), "autre")
    detail = feedback_detail(answer)
    return write_fact(session, FactKind.FEEDBACK, answered_on, where, detail, actor=actor)


def drop_facts(session: Session, quarters: Collection[str]) -> None:
    """The facts of these quarters are gone: their year and the time to correct it are over."""
    session.execute(delete(Fact).where(Fact.quarter.in_(list(quarters))))
    session.expire_all()


def close_period(session: Session, quarter: str) -> None:
    """The quarter is closed: whatever is recorded from now on counts in a later one."""
    session.add(ClosedPeriod(period=quarter, closed_at=clock.now()))
    session.flush()


def shuffle_facts(session: Session) -> int:
    """All facts are written anew in random order: storage tells nothing of the order of events.

    One transaction, under the caller's commit; on SQLite the caller runs VACUUM after it. No act on
    anything, hence no entry in the log. Returns how many facts there are.
    """
    rows = [dict(row._mapping) for row in session.execute(select(*Fact.__table__.columns))]
    secrets.SystemRandom().shuffle(rows)
    session.execute(delete(Fact))
    if rows:
        session.execute(insert(Fact), rows)
    session.expire_all()
    return len(rows)


def _packed(kind: FactKind, dimensions: Dimensions, detail: Mapping[str, str]) -> str:
    packed = pack(kind, detail)
    check(kind, dimensions.problem_group, detail)
    return packed


def _fact(kind: FactKind, quarter: str, dimensions: Dimensions, packed: str) -> Fact:
    codes = {name: getattr(dimensions, name) for name in CODES}
    return Fact(id=uuid4(), kind=str(kind), quarter=quarter, detail=packed, weight=1, **codes)


def _year_is_over(session: Session, fact: Fact) -> bool:
    """True when the running total of the fact's year can no longer absorb a change."""
    closed = last_closed(session)
    if closed is None or fact.quarter > closed:
        return False
    calendar = programme_calendar(session)
    return calendar.year_of(fact.quarter) != calendar.year_of(following(closed))


def _take_back(session: Session, fact: Fact) -> str:
    """A row of weight -1 stands in the next quarter to close, whose name is returned.

    The fact itself keeps counting in its own year, under another id that nobody holds.
    """
    quarter = open_quarter(session, first_day(fact.quarter))
    codes = {name: getattr(fact, name) for name in CODES}
    reversal = {"kind": fact.kind, "quarter": quarter, "detail": fact.detail, "weight": -1}
    session.add(Fact(id=uuid4(), **reversal, **codes))
    fact.id = uuid4()
    return quarter
