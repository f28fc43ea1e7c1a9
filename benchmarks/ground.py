"""The ground of every measurement: the cast of the tests, and as many cases as are asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy.orm import Session

from casework import create_app
from casework.db import db
from casework.people import signing_in
from casework.web import cookies
from config import Settings
from tests.support.cast import GOUNDAM, HEALTH, TOMBOUCTOU, Cast, Person, make_cast
from tests.support.databases import connect, migrate
from tests.support.files import agree, opened, woman
from tests.support.many_cases import add_cases

SMALL, LARGE, SEARCHED = 300, 50_000, 5_000
BATCH = 5_000
FILE = "casework.db"


@dataclass(frozen=True, slots=True)
class Ground:
    """The application on a database of so many cases; 300 of them are Goundam's."""

    app: Flask
    cast: Cast
    case_id: UUID

    @property
    def worker(self) -> Person:
        """The paralegal of Goundam who does everything."""
        return self.cast.person("zeinab")

    @property
    def searcher(self) -> Person:
        """The paralegal of Tombouctou, whose team holds the other cases."""
        return self.cast.person("fanta")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of one act, rolled back when it is over."""
        with self.app.app_context():
            engine = db.engine
        with Session(engine) as session:
            yield session

    def cookie(self, person: Person) -> str:
        """A session of hers as after signing in: what her browser sends with each request."""
        own: Settings = self.app.extensions["settings"]
        with self.session() as session:
            token = signing_in.start(session, own.boot_key, person.id, person.keyring.user.seed)
            session.commit()
        return f"{cookies.NAME}={token}"


def ground(folder: Path) -> Ground:
    """A fresh database with 300 cases in Goundam and one that can be referred."""
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder / FILE}"
    migrate(url)
    settings = Settings.for_tests(folder, url)
    engine = connect(url)
    with Session(engine) as session:
        cast = make_cast(session, settings)
        session.flush()
        case_id = whole_case(session, cast)
        fill(session, cast, GOUNDAM, SMALL - 1)
        session.commit()
    engine.dispose()
    return Ground(create_app(settings), cast, case_id)


def whole_case(session: Session, cast: Cast) -> UUID:
    """A case as it stands after an intake, with the consent to refer it to the health centre."""
    zeinab = cast.person("zeinab")
    told = {"id": str(uuid4()), "gbv_acts": ["vbg_agr_physique"], "story": "Elle a été battue."}
    contact: dict[str, object] = {"place": "Camp au bord du fleuve", "phone": "76 12 34 56"}
    people = [woman(given_name="Hadjara", father_name="Alassane", family_name="Maïga")]
    case = opened(session, zeinab, people=people, grievances=[told], contact=contact)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity", "health")
    return case.id


def fill(session: Session, cast: Cast, team: str, count: int) -> None:
    """So many more cases stand in the team."""
    first = next(one for one in cast.people.values() if one.team_id == cast.team(team).id)
    rng = Random(count)  # noqa: S311 - invented names
    for begun in range(0, count, BATCH):
        batch = min(BATCH, count - begun)
        keys: Any = first.keyring.team(cast.team(team).id)
        add_cases(session, keys, first.id, batch, rng)


def grown(small: Ground, folder: Path, count: int) -> Ground:
    """A copy of the ground in which the other team has so many cases."""
    own: Settings = small.app.extensions["settings"]
    folder.mkdir(parents=True)
    copied(own.instance / FILE, folder / FILE)
    settings = Settings.for_tests(folder, f"sqlite:///{folder / FILE}")
    engine = connect(settings.database_url)
    with Session(engine) as session:
        fill(session, small.cast, TOMBOUCTOU, count)
        session.commit()
    engine.dispose()
    return Ground(create_app(settings), small.cast, small.case_id)


def copied(source: Path, target: Path) -> None:
    """The database and what still stands in its log of changes are in the other place."""
    for ending in ("", "-wal"):
        part = source.with_name(source.name + ending)
        if part.exists():
            shutil.copyfile(part, target.with_name(target.name + ending))
