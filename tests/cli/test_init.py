"""A real installation begins with two administrators and a team, once, never on a demonstration."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.checkpoints import key_of
from casework.facts.queries import programme_calendar
from casework.people.accounts import activate
from casework.people.models import Team, TeamKind, User
from casework.people.queries import has_keys
from casework.policy import Role
from casework.vault.passphrases import generate_passphrase
from casework.web.models import Mark
from config import Settings
from tests.cli.conftest import Run
from tests.support.cast import Cast

PEOPLE = {
    "handle": "Aissata",
    "name": "Aïssata M.",
    "second-handle": "boubacar",
    "second-name": "Boubacar T.",
    "team": "Goundam",
    "coordinator-handle": "aminata",
    "coordinator-name": "Aminata D.",
}


def words(**other: str) -> list[str]:
    """The command with everybody of the first day, or others."""
    given = PEOPLE | {name.replace("_", "-"): value for name, value in other.items()}
    return ["init", *(word for name, value in given.items() for word in (f"--{name}", value))]


def codes(output: str) -> dict[str, str]:
    """The one-time codes by handle."""
    return dict(re.findall(r"^  (\w+) \(\w+\): (\S+)$", output, re.MULTILINE))


def test_each_code_opens_the_account_of_its_person(run: Run, session: Session) -> None:
    result = run(*words())
    assert result.exit_code == 0, result.output
    for code in codes(result.output).values():
        activate(session, code, generate_passphrase())
    roles = {one.handle: one.organisation_role for one in session.scalars(select(User))}
    both = Role.ADMINISTRATOR
    assert roles == {"aissata": both, "boubacar": both, "aminata": None}


def test_the_coordinator_makes_the_keys_of_the_first_team(run: Run, session: Session) -> None:
    code = codes(run(*words()).output)["aminata"]
    activate(session, code, generate_passphrase())
    team = session.scalars(select(Team)).one()
    assert (team.name, team.kind) == ("Goundam", TeamKind.OWNER)
    assert has_keys(session, team.id)


def test_it_says_under_which_key_the_log_signs(run: Run, app: Flask) -> None:
    own: Settings = app.extensions["settings"]
    assert f"  {key_of(own.log_name, own.log_key)}\n" in run(*words()).output


def test_a_handle_given_twice_leaves_nothing_behind(run: Run, session: Session) -> None:
    result = run(*words(second_handle="Aïssata"))
    assert (result.exit_code, "somebody has this handle" in result.output) == (1, True)
    assert session.scalars(select(User)).all() == []
    assert session.scalars(select(Team)).all() == []


def test_a_handle_that_is_none_is_said(run: Run) -> None:
    assert "begins with a letter" in run(*words(handle="!")).output


def test_the_programme_counts_from_its_first_day(run: Run, session: Session) -> None:
    run(*words())
    assert programme_calendar(session).go_live_on is not None


def test_a_second_beginning_is_refused(run: Run, session: Session) -> None:
    run(*words())
    again = run(*words(handle="other"))
    assert (again.exit_code, "has begun" in again.output) == (1, True)
    assert len(session.scalars(select(User)).all()) == 3


def test_an_installation_with_people_is_refused(run: Run, cast: Cast) -> None:
    assert run(*words()).exit_code == 1


def test_a_demonstration_is_refused(run: Run, session: Session) -> None:
    session.add(Mark(name="demonstration", value="1"))
    result = run(*words())
    assert (result.exit_code, "is a demonstration" in result.output) == (1, True)
    assert session.scalars(select(User)).all() == []
