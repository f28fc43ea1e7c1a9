"""A programme with five closed quarters of made-up facts and one open one, drawn once a run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from casework import clock
from casework.db import Base, db
from casework.facts.actions import set_calendar, write_fact
from casework.facts.calendar import first_day, last_day
from casework.facts.dimensions import Dimensions
from casework.facts.kinds import DETAILS, FactKind
from casework.policy import Actor, Membership, Role
from casework.programme.actions import (
    Described,
    note_practice,
    record_activity,
    save_radio,
    set_goals,
)
from casework.programme.kinds import KINDS
from casework.statistics.actions import close_quarter
from tests.conftest import new_client
from tests.statistics.examples import CATALOGUE, record
from tests.support.cast import Cast, enter
from tests.support.databases import connect
from tests.support.strict_client import StrictClient

CLOSED = ("2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1")
LAST, OPEN = CLOSED[-1], "2025Q2"
TABLES = (
    "programme_calendars",
    "closed_periods",
    "facts",
    "releases",
    "stat_cells",
    "radios",
    "activities",
    "activity_heads",
    "practices",
    "goals",
)
TELLER = Actor(UUID(int=11), None, (Membership(UUID(int=12), "owner", Role.COORDINATOR, 1, ""),))
PLANNER = Actor(UUID(int=13), Role.ADMINISTRATOR, ())
Rows = dict[str, list[dict[str, Any]]]


def write(session: Session, kind: str, quarter: str, rng: random.Random) -> None:
    """One fact of this kind happened in the quarter."""
    known = CATALOGUE.kinds[kind]
    codes = {"category": "other", "problem": "civil_status", "age": "18_59"}
    codes |= record(known, quarter, rng).codes
    dimensions = Dimensions(*(codes[d] for d in ("commune", "sex", "age", "category", "problem")))
    detail = {each.name: codes[each.name] for each in DETAILS[FactKind(kind)]}
    write_fact(session, FactKind(kind), first_day(quarter), dimensions, detail)


def tell(session: Session, quarter: str, rng: random.Random) -> None:
    """Activities of every kind were held in the quarter, and a practice was told."""
    radio = save_radio(session, TELLER, "Radio Alafia", "ML060501", first_day(CLOSED[0]))
    day = first_day(quarter) + timedelta(days=rng.randrange(80))
    for kind, asked in KINDS.items():
        described = Described(
            kind=kind,
            held_on=day,
            commune=rng.choice(("ML060208", "ML060501")),
            proof="signed_list",
            theme=asked.themes[0] if asked.themes else "",
            radio_id=radio.id if asked.radio else None,
            language="songhay" if asked.radio else "",
            minutes=rng.randint(11, 99) if asked.radio else None,
            callers=rng.randint(11, 99) if asked.radio else None,
            services=rng.randint(3, 9) if asked.services else None,
            before_percent=rng.randint(20, 40) if asked.tests else None,
            after_percent=rng.randint(50, 90) if asked.tests else None,
            heads={("F", "u18"): rng.randint(11, 99), ("M", "a36p"): rng.randint(11, 99)}
            if asked.people
            else {},
        )
        record_activity(session, TELLER, described)
    note_practice(session, TELLER, "customary", "land", "ML060208", day, "Un accord de passage.")


def live_through(session: Session, rng: random.Random) -> None:
    """Facts of every kind are written in each quarter, and each quarter is closed in its time."""
    set_calendar(session, first_day(CLOSED[0]))
    set_goals(session, PLANNER, {"B1": (0, 400), "B5": (7, 90), "A1": (0, 1300)})
    for number, quarter in enumerate(CLOSED):
        for kind in CATALOGUE.kinds:
            for _ in range(rng.randint(8, 20) + 9 * number):
                write(session, kind, quarter, rng)
        with clock.at(datetime.combine(last_day(quarter), time(9), UTC) + timedelta(days=15)):
            tell(session, quarter, rng)
            close_quarter(session, quarter, rng=rng)


def tables() -> list[Table]:
    """The tables the figures are made of, those others refer to first."""
    return [table for table in Base.metadata.sorted_tables if table.name in TABLES]


@pytest.fixture(scope="session")
def figures(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Rows:
    """The rows of five closed quarters."""
    path = tmp_path_factory.mktemp("figures") / "casework.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = connect(f"sqlite:///{path}")
    with Session(engine) as session:
        live_through(session, random.Random(11))
        session.commit()
        rows = {
            table.name: [dict(row) for row in session.execute(select(table)).mappings()]
            for table in tables()
        }
    engine.dispose()
    return rows


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of the test's own on the application's database, outside every request."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as own:
        yield own


@dataclass(frozen=True, slots=True)
class Programme:
    """The application with its people and figures."""

    app: Flask
    session: Session
    cast: Cast

    def client(self, handle: str) -> StrictClient:
        """A browser in which this person is signed in."""
        client = new_client(self.app, self.session)
        enter(client, self.cast.person(handle))
        return client


@pytest.fixture
def new_programme(app: Flask, session: Session, cast: Cast) -> Programme:
    """People, and nothing closed yet."""
    return Programme(app, session, cast)


@pytest.fixture
def programme(new_programme: Programme, figures: Rows) -> Programme:
    """People, and five closed quarters."""
    for table in tables():
        new_programme.session.execute(table.insert(), figures[table.name])
    new_programme.session.commit()
    return new_programme


@pytest.fixture
def manager(programme: Programme) -> StrictClient:
    """The manager's browser."""
    return programme.client("manager")
