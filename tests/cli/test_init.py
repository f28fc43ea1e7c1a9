"""A real installation begins with one administrator, once, and never on a demonstration."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.facts.queries import programme_calendar
from casework.people.accounts import activate
from casework.people.models import User
from casework.policy import Role
from casework.vault.passphrases import generate_passphrase
from casework.web.models import Mark
from tests.cli.conftest import Run
from tests.support.cast import Cast

WORDS = ("init", "--handle", "Aissata", "--name", "Aïssata M.")


def test_the_code_opens_the_account_of_an_administrator(run: Run, session: Session) -> None:
    result = run(*WORDS)
    assert result.exit_code == 0, result.output
    code = re.search(r"hours: (\S+)", result.output)
    assert code is not None
    activate(session, code[1], generate_passphrase())
    user = session.scalars(select(User)).one()
    assert (user.handle, user.organisation_role) == ("aissata", Role.ADMINISTRATOR)


def test_the_programme_counts_from_its_first_day(run: Run, session: Session) -> None:
    run(*WORDS)
    assert programme_calendar(session).go_live_on is not None


def test_a_second_beginning_is_refused(run: Run, session: Session) -> None:
    run(*WORDS)
    again = run("init", "--handle", "b", "--name", "B")
    assert (again.exit_code, "has begun" in again.output) == (1, True)
    assert len(session.scalars(select(User)).all()) == 1


def test_an_installation_with_people_is_refused(run: Run, cast: Cast) -> None:
    assert run(*WORDS).exit_code == 1


def test_a_demonstration_is_refused(run: Run, session: Session) -> None:
    session.add(Mark(name="demonstration", value="1"))
    result = run(*WORDS)
    assert (result.exit_code, "is a demonstration" in result.output) == (1, True)
    assert session.scalars(select(User)).all() == []
