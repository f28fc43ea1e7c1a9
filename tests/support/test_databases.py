"""Every test gets a database of its own, migrated and empty, on either engine."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from tests.support import postgres, tools
from tests.support.databases import connect, on_both_databases


@on_both_databases
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_finds_the_schema_and_nothing_of_another_test(
    database: str, database_url: str, turn: int
) -> None:
    engine = connect(database_url)
    with engine.begin() as connection:
        assert connection.dialect.name == database
        tables = inspect(connection).get_table_names()
        assert "alembic_version" in tables
        assert len(tables) > 1
        assert "left_behind" not in tables
        connection.execute(text("CREATE TABLE left_behind (id INTEGER)"))
    engine.dispose()


def test_without_a_mark_a_test_runs_on_sqlite(database_url: str) -> None:
    assert database_url.startswith("sqlite:")


def test_the_server_listens_on_its_socket_only(postgres_server: postgres.Server) -> None:
    engine = connect(postgres_server.url("postgres"))
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW listen_addresses")) == ""
    engine.dispose()


ABSENT = (tools.Tool("absent-package", lambda: False), tools.Tool("present", lambda: True))


def test_what_is_missing_is_named() -> None:
    assert tools.missing(ABSENT) == ["absent-package"]


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_a_missing_program_fails_in_ci_and_skips_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="apt-get install absent-package"):
        tools.demand(["absent-package"])
    tools.demand([])


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_where_nothing_may_be_installed_the_command_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, code: int
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(tools, "permitted", lambda: None)
    monkeypatch.setattr(tools, "missing", lambda: ["absent-package"])
    assert tools.main() == code
    assert capsys.readouterr().err.count("\n") == 1


def test_where_it_is_permitted_what_is_missing_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking, installed = ["absent-package"], []
    monkeypatch.setattr(tools, "permitted", lambda: ["sudo", "-n"])
    monkeypatch.setattr(tools, "missing", lambda: list(lacking))

    def install(packages: list[str], before: list[str]) -> None:
        installed.append((packages, before))
        lacking.clear()

    monkeypatch.setattr(tools, "install", install)
    monkeypatch.setenv("CI", "true")
    assert tools.main() == 0
    assert installed == [(["absent-package"], ["sudo", "-n"])]
