"""The demonstration goes into an empty database only, and is thrown away only where it stands."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.people.models import User
from casework.web.models import Mark
from tests.cli.conftest import Run
from tests.support.cast import Cast


@pytest.fixture
def marked(session: Session) -> None:
    """A database that says it is a demonstration."""
    session.add(Mark(name="demonstration", value="1"))


def people(session: Session) -> int:
    """How many accounts there are."""
    return session.scalar(select(func.count(User.id))) or 0


def test_a_database_in_use_is_never_filled(run: Run, session: Session, cast: Cast) -> None:
    before = people(session)
    result = run("demo", "load")
    assert (result.exit_code, "in use" in result.output) == (1, True)
    assert people(session) == before


def test_a_database_in_use_is_never_thrown_away(run: Run, session: Session, cast: Cast) -> None:
    before = people(session)
    result = run("demo", "reset")
    assert (result.exit_code, "no demonstration" in result.output) == (1, True)
    assert people(session) == before


def test_a_demonstration_is_not_loaded_twice(run: Run, marked: None) -> None:
    result = run("demo", "load")
    assert (result.exit_code, "demo reset" in result.output) == (1, True)


@pytest.mark.parametrize("cases", ["0", "-5", "many"])
def test_a_senseless_number_of_cases_is_refused(run: Run, cases: str) -> None:
    assert run("demo", "load", "--cases", cases).exit_code == 2


def test_a_real_database_lists_nobody(run: Run, cast: Cast) -> None:
    assert json.loads(run("demo", "accounts", "--json").output) == []
    assert run("demo", "accounts").exit_code == 0


def test_the_accounts_of_a_demonstration_are_listed_for_programs(run: Run, marked: None) -> None:
    found = json.loads(run("demo", "accounts", "--json").output)
    assert found
    assert {frozenset(each) for each in found} == {
        frozenset({"handle", "passphrase", "role", "team", "name"})
    }


def test_the_accounts_are_listed_for_people(run: Run, marked: None) -> None:
    lines = run("demo", "accounts").output.splitlines()
    assert lines[0].split() == ["handle", "role", "team", "name", "passphrase"]
    assert len(lines) > 5
