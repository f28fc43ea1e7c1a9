"""Loading the demonstration: never into a real database, the same content for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.audit.proofs import issue_checkpoint
from casework.db import Base
from casework.demonstration.activities import activity_steps
from casework.demonstration.inventions import invent
from casework.demonstration.looks import looking_steps
from casework.demonstration.opinions import opinions
from casework.demonstration.play import Step, perform
from casework.demonstration.scenarios import play_scenarios
from casework.demonstration.staff import EVERYBODY, passphrase
from casework.demonstration.stage import Stage, set_stage
from casework.demonstration.waiting import referrals_to_answer
from casework.errors import RuleBroken
from casework.facts.actions import set_calendar, shuffle_facts
from casework.facts.calendar import first_day, last_day, quarter_of
from casework.people.models import User
from casework.referrals.chores import expire_grants, run_chores
from casework.statistics.actions import close_quarter, close_year
from casework.web.models import Mark

NAME, CASES, SEED, QUARTERS = "demonstration", 300, 2026, 8
CLOSE_AFTER = timedelta(days=15)
COMMIT_EVERY = 250
Echo = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the demonstration as its visitors need it."""

    handle: str
    passphrase: str = field(repr=False)
    role: str
    team: str
    name: str


def is_empty(session: Session) -> bool:
    """True while nobody has an account."""
    return session.scalar(select(User.id).limit(1)) is None


def is_demonstration(session: Session) -> bool:
    """True when the database carries the mark."""
    return session.get(Mark, NAME) is not None


def load(session: Session, echo: Echo, cases: int = CASES, seed: int = SEED) -> None:
    """The demonstration stands in the empty database, committed as it grows.

    Raises RuleBroken('database_not_empty') for any other database.
    """
    if not is_empty(session):
        raise RuleBroken("database_not_empty")
    begin = beginning(clock.today())
    with clock.at(datetime.combine(begin, time(7), UTC) - timedelta(days=3)):
        session.add(Mark(name=NAME, value=str(seed)))
        set_calendar(session, begin)
        stage = set_stage(session, current_app.extensions["settings"].server_key, seed)
        session.commit()
    echo("Comptes et équipes : prêts / accounts and teams: ready")
    days = (clock.today() - begin).days + 1
    stories = (invent(seed, number, begin, days) for number in range(cases))
    steps: list[Step] = list(play_scenarios(stage, begin))
    steps.extend(referrals_to_answer(stage, clock.today()))
    for number, story in enumerate(stories):
        steps.extend(perform(stage, story, number))
    steps += activity_steps(stage, begin, seed) + opinions(stage, seed, begin)
    steps += looking_steps(stage, current_app.extensions["settings"].server_key, clock.today())
    play_all(session, echo, steps + closings(session, begin) + routine(stage, begin))
    record(session, "demonstration.loaded", actor=None, cases=cases)
    shuffle_facts(session)
    sign_log(session)
    session.commit()


def sign_log(session: Session) -> None:
    """The log as it stands is signed, as a job does each hour: auditor and reports have something
    to show witnesses."""
    own = current_app.extensions["settings"]
    issue_checkpoint(session, own.log_name, own.log_key)


def beginning(today: date) -> date:
    """The first day of the quarter seven before the present one."""
    day = first_day(quarter_of(today))
    for _ in range(QUARTERS - 1):
        day = first_day(quarter_of(day - timedelta(days=1)))
    return day


def closings(session: Session, begin: date) -> list[Step]:
    """One step for each quarter and year that can be closed by now, on the first day it may be."""
    found, quarter = [], quarter_of(begin)
    while (due := last_day(quarter) + CLOSE_AFTER) <= clock.today():
        moment = datetime.combine(due, time(23, 30), UTC)
        found.append(Step(moment, -1, partial(close_quarter, session, quarter)))
        if quarter.endswith("Q4") and begin <= date(last_day(quarter).year, 1, 1):
            found.append(Step(moment, 0, partial(close_year, session, quarter[:4])))
        quarter = quarter_of(last_day(quarter) + timedelta(days=1))
    return found


def routine(stage: Stage, begin: date) -> list[Step]:
    """Once a week what a job does without keys, and what waits for a coordinator's next act."""
    weeks = (clock.today() - begin).days // 7
    days = [begin + timedelta(weeks=week) for week in range(1, weeks + 1)]
    return [
        Step(datetime.combine(day, time(20), UTC), -1, partial(keep_house, stage)) for day in days
    ]


def keep_house(stage: Stage) -> None:
    """Consents that ended close what they opened; the owners' teams re-key and recount."""
    expire_grants(stage.session)
    for handle in ("aminata", "oumar"):
        while run_chores(stage.session, *stage.player(handle).by):
            stage.session.flush()
    sign_log(stage.session)


def play_all(session: Session, echo: Echo, steps: list[Step]) -> None:
    """The steps up to now happen in the order of time, each at its own moment; progress is told."""
    now = clock.now()
    heap: list[Step] = []
    for step in steps:
        if step.moment <= now:
            heappush(heap, step)
    total = len(heap)
    for done in range(total):
        step = heappop(heap)
        with clock.at(step.moment):
            step.do()
            session.flush()
        if done % COMMIT_EVERY == COMMIT_EVERY - 1:
            session.commit()
            session.expunge_all()
            echo(f"{done + 1} / {total}")
    session.commit()


def accounts(session: Session) -> list[Account]:
    """Everybody who can sign in to the demonstration, with her words; empty for a real database."""
    mark = session.get(Mark, NAME)
    if mark is None:
        return []
    seed = int(mark.value)
    return [
        Account(each.handle, passphrase(seed, each.handle), each.role, each.team or "", each.name)
        for each in EVERYBODY
    ]


def reset(session: Session, echo: Echo, cases: int = CASES) -> None:
    """The demonstration is as on its first day; raises RuleBroken('not_a_demonstration')."""
    mark = session.get(Mark, NAME)
    if mark is None:
        raise RuleBroken("not_a_demonstration")
    seed = int(mark.value)
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(table.delete())
    session.commit()
    session.expunge_all()
    load(session, echo, cases=cases, seed=seed)
