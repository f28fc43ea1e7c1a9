"""A programme with five closed quarters of made-up facts and one open one, drawn once a run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

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
from casework.statistics.actions import close_quarter
from tests.conftest import new_client
from tests.statistics.examples import CATALOGUE, record
from tests.support.cast import Cast, enter
from tests.support.databases import connect
from tests.support.strict_client import StrictClient

CLOSED = ("2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1")
LAST, OPEN = CLOSED[-1], "2025Q2"
TABLES = ("programme_calendars", "closed_periods", "facts", "releases", "stat_cells")
Rows = dict[str, list[dict[str, Any]]]


def write(session: Session, kind: str, quarter: str, rng: random.Random) -> None:
    """One fact of this kind happened in the quarter."""
    known = CATALOGUE.kinds[kind]
    codes = {"category": "other", "problem": "civil_status", "age": "18_59"}
    codes |= record(known, quarter, rng).codes
    dimensions = Dimensions(*(codes[d] for d in ("commune", "sex", "age", "category", "problem")))
    detail = {each.name: codes[each.name] for each in DETAILS[FactKind(kind)]}
    write_fact(session, FactKind(kind), first_day(quarter), dimensions, detail)


def live_through(session: Session, rng: random.Random) -> None:
    """Facts of every kind are written in each quarter, and each quarter is closed in its time."""
    set_calendar(session, first_day(CLOSED[0]))
    for number, quarter in enumerate(CLOSED):
        for kind in CATALOGUE.kinds:
            for _ in range(rng.randint(8, 20) + 9 * number):
                write(session, kind, quarter, rng)
        with clock.at(datetime.combine(last_day(quarter), time(9), UTC) + timedelta(days=15)):
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
