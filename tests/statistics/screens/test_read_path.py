"""Managers read by a connection of their own, to which the tables of cases do not exist."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from casework.db import Base
from casework.statistics.blueprint import ENGINE
from casework.statistics.reading import HIDDEN, READABLE, ROLE, reading_engine
from tests.statistics.screens.conftest import Programme
from tests.support.databases import connect
from tests.support.strict_client import StrictClient


def private() -> list[str]:
    """Every table that is not published, once the application has named them all."""
    return [each.name for each in Base.metadata.sorted_tables if each.name not in READABLE]


@pytest.fixture
def reading(app: Flask) -> Iterator[Engine]:
    """The engine by which the pages read."""
    found: Engine = app.extensions[ENGINE]
    yield found
    found.dispose()


def ask(engine: Engine, statement: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(statement)).all()


@pytest.mark.parametrize(
    "table", ["cases", "case_entries", "facts", "referrals", "consents", "users"]
)
def test_no_table_of_people_can_be_read(reading: Engine, table: str) -> None:
    assert table in private()
    for statement in (
        f"SELECT * FROM {table}",  # noqa: S608 - fixed names
        f"SELECT count(*) FROM {table}",  # noqa: S608
        f"SELECT 1 FROM releases WHERE EXISTS (SELECT 1 FROM {table})",  # noqa: S608
    ):
        with pytest.raises(DatabaseError):
            ask(reading, statement)


def test_every_other_table_is_closed_too(reading: Engine) -> None:
    assert len(private()) > 30
    for table in private():
        with pytest.raises(DatabaseError):
            ask(reading, f"SELECT count(*) FROM {table}")  # noqa: S608 - fixed names


@pytest.mark.parametrize("table", sorted(READABLE))
def test_what_is_published_can_be_read(reading: Engine, table: str) -> None:
    assert ask(reading, f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - fixed names


@pytest.mark.parametrize(("table", "column"), sorted(HIDDEN))
def test_free_words_and_who_of_the_staff_wrote_stay_hidden(
    reading: Engine, table: str, column: str
) -> None:
    with pytest.raises(DatabaseError):
        ask(reading, f"SELECT {column} FROM {table}")  # noqa: S608 - fixed names


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM stat_cells",
        "UPDATE goals SET target = 1",
        "INSERT INTO goals (indicator) VALUES ('B1')",
        "CREATE TABLE more (a int)",
        "DROP TABLE releases",
        "ATTACH DATABASE ':memory:' AS other",
        "PRAGMA query_only=OFF",
    ],
)
def test_nothing_can_be_written(reading: Engine, statement: str) -> None:
    with pytest.raises(DatabaseError):
        ask(reading, statement)


def test_an_ordinary_connection_would_have_read_it(app: Flask, programme: Programme) -> None:
    engine = connect(app.extensions["settings"].database_url)
    assert ask(engine, "SELECT count(*) FROM facts") != [(0,)]
    engine.dispose()


def test_the_pages_read_by_this_connection(
    app: Flask, manager: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert manager.get("/statistics").status_code == 200
    monkeypatch.setitem(app.extensions, ENGINE, reading_engine("sqlite:///nowhere/at/all.db"))
    assert manager.get("/statistics").status_code == 503


def test_on_postgresql_a_reader_writes_nothing_and_may_have_a_role_of_its_own(
    postgres_url: str,
) -> None:
    own, reading = connect(postgres_url), reading_engine(postgres_url)
    with pytest.raises(DatabaseError):
        ask(reading, "DELETE FROM stat_cells RETURNING 1")
    with own.begin() as connection:
        connection.execute(text(f"CREATE ROLE {ROLE}"))
        connection.execute(text(f"GRANT SELECT ON {', '.join(sorted(READABLE))} TO {ROLE}"))
    try:
        assert ask(reading, "SELECT count(*) FROM releases") == [(0,)]
        with pytest.raises(DatabaseError):
            ask(reading, "SELECT count(*) FROM facts")
    finally:
        with own.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {ROLE}"))
            connection.execute(text(f"DROP ROLE {ROLE}"))
        own.dispose()
