"""The demonstration: invented by seed, played by the real acts, never in a real database."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock, create_app
from casework.audit.models import AuditCheckpoint, AuditEntry
from casework.audit.sequencer import tree_size
from casework.cases.models import Case
from casework.db import db
from casework.demonstration import load as demonstration
from casework.demonstration.exercises import EXERCISES, exercises_for
from casework.demonstration.inventions import Story, invent
from casework.demonstration.scenarios import ident
from casework.demonstration.shapes import COMMUNES, PROBLEMS
from casework.demonstration.staff import EVERYBODY, passphrase
from casework.demonstration.waiting import WAITING
from casework.errors import RuleBroken
from casework.facts.calendar import quarter_of
from casework.facts.models import Fact
from casework.people.models import Team, TeamKind
from casework.policy import Actor, Role
from casework.referrals.models import Referral
from casework.referrals.workflow import OPEN, State
from casework.vault.passphrases import normalise
from config import Settings
from tests.support.cast import Cast

BEGIN = date(2025, 1, 1)
SMALL = 12


def stories(seed: int, count: int = 300) -> list[Story]:
    """The first stories of a seed."""
    return [invent(seed, number, BEGIN, 700) for number in range(count)]


def contents(story: Story) -> object:
    """Everything a story says."""
    return story.case_id, story.received_on, story.sections()


def test_the_same_seed_invents_the_same_stories() -> None:
    assert [contents(each) for each in stories(7, 40)] == [
        contents(each) for each in stories(7, 40)
    ]


def test_another_seed_invents_others() -> None:
    assert contents(stories(7, 1)[0]) != contents(stories(8, 1)[0])


def test_every_commune_and_every_problem_comes_up() -> None:
    told = stories(2026)
    assert {story.commune for story in told} == set(COMMUNES)
    assert {story.problem for story in told} == set(PROBLEMS)


def test_survivors_of_violence_are_women_and_girls_in_the_inventions() -> None:
    for story in stories(2026):
        if story.problem.startswith("vbg_"):
            assert story.identity["beneficiaries"][0]["sex"] == "F"


def test_words_follow_from_the_seed_and_are_real_words() -> None:
    assert passphrase(1, "zeinab") == passphrase(1, "zeinab") != passphrase(2, "zeinab")
    for worker in EVERYBODY:
        assert len(normalise(passphrase(2026, worker.handle)).split()) == 6


def test_it_begins_with_a_quarter_and_spans_eight() -> None:
    begin = demonstration.beginning(date(2026, 11, 21))
    assert (begin, quarter_of(begin)) == (date(2025, 1, 1), "2025Q1")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Session]:
    """A small demonstration in a database of its own, loaded once for these tests."""
    folder = tmp_path_factory.mktemp("demonstration")
    shutil.copyfile(sqlite_template, folder / "casework.db")
    app = create_app(Settings.for_tests(folder))
    with app.app_context():
        session = db.session()
        demonstration.load(session, lambda _line: None, cases=SMALL, seed=5)
        yield session
        db.session.remove()
        db.engine.dispose()


def test_a_loaded_demonstration_is_whole(loaded: Session) -> None:
    cases = loaded.scalars(select(Case)).all()
    assert len(cases) == SMALL + len(demonstrated(loaded)) + len(WAITING)
    assert demonstration.is_demonstration(loaded)
    assert not demonstration.is_empty(loaded)
    assert {account.handle for account in demonstration.accounts(loaded)} == {
        worker.handle for worker in EVERYBODY
    }


def demonstrated(session: Session) -> list[str]:
    """The scenarios that are played in full."""
    known = {ident(key, "case"): key for key in ("S1", "S2", "S3", "S4", "S5", "S7", "S9")}
    found = session.scalars(select(Case.id).where(Case.id.in_(list(known)))).all()
    return sorted(known[each] for each in found)


def test_its_log_is_signed_from_the_first_week_to_the_last_act(loaded: Session) -> None:
    sizes = list(loaded.scalars(select(AuditCheckpoint.size).order_by(AuditCheckpoint.size)))
    first = loaded.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size)).first()
    assert first is not None
    begin = demonstration.beginning(clock.today())
    assert first.made_at.date() == begin + timedelta(weeks=1)
    assert sizes[-1] == tree_size(loaded) == loaded.scalar(select(func.count(AuditEntry.id)))


def test_every_scenario_is_played(loaded: Session) -> None:
    assert demonstrated(loaded) == ["S1", "S2", "S3", "S4", "S5", "S7", "S9"]


def test_every_partner_with_an_account_has_a_referral_to_answer(loaded: Session) -> None:
    partners = set(loaded.scalars(select(Team.id).where(Team.kind == TeamKind.PARTNER)))
    sent = loaded.scalars(select(Referral.to_team).where(Referral.state == State.SENT)).all()
    assert set(sent) >= partners
    assert len(partners) == len(WAITING)


def test_no_open_referral_is_without_owner_and_date(loaded: Session) -> None:
    for row in loaded.scalars(select(Referral)):
        open_ = State(row.state) in OPEN
        assert (row.actor_id is not None, row.due_at is not None) == (open_, open_)


def test_it_refuses_a_database_that_somebody_uses(session: Session, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="database_not_empty"):
        demonstration.load(session, lambda _line: None, cases=1)


def test_a_real_database_lists_no_accounts_and_is_never_reset(session: Session, cast: Cast) -> None:
    assert demonstration.accounts(session) == []
    with pytest.raises(RuleBroken, match="not_a_demonstration"):
        demonstration.reset(session, lambda _line: None)


def test_a_reset_plays_the_same_again(loaded: Session) -> None:
    before = shape(loaded)
    demonstration.reset(loaded, lambda _line: None, cases=SMALL)
    assert shape(loaded) == before


def shape(session: Session) -> tuple[Counter[str], Counter[str], list[UUID]]:
    """What a demonstration consists of, keys and releases apart."""
    return (
        Counter(session.scalars(select(Fact.kind))),
        Counter(session.scalars(select(Referral.state))),
        sorted(session.scalars(select(Case.id))),
    )


def test_every_function_has_an_exercise_that_leads_somewhere(app: Flask) -> None:
    assert set(EXERCISES) == set(Role)
    for each in (exercise for own in EXERCISES.values() for exercise in own):
        assert each.begins in app.view_functions


def test_somebody_with_several_functions_sees_each_exercise_once() -> None:
    actor = Actor(uuid4(), Role.MANAGER, ())
    assert len(exercises_for(actor)) == len(set(exercises_for(actor))) == 1


def test_what_an_exercise_tells_to_choose_stands_on_a_page(app: Flask) -> None:
    root = Path(__file__).parents[2]
    pages = [path.read_text() for path in (root / "templates").rglob("*.html")]
    named = re.compile("(?:choose|open) (?:one and )?“([^”]+)”", re.IGNORECASE)
    with app.test_request_context("/", headers={"Cookie": "__Host-language=en"}):
        told = [str(step) for own in EXERCISES.values() for each in own for step in each.steps]
    words = {found for step in told for found in named.findall(step)}
    assert len(words) >= 5
    for found in words:
        assert any(f'_("{found}")' in page for page in pages), found
