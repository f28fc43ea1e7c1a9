"""One transaction a request: all of an act or nothing of it, and a page only with its entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from casework import clock
from casework.audit.models import AuditEntry
from casework.db import db
from casework.people.models import SessionRow
from casework.vault.errors import SealBroken
from casework.web.models import Mark
from tests.support.databases import on_both_databases
from tests.support.strict_client import StrictClient
from tests.web import trials
from tests.web.conftest import post, token_of
from tests.web.trials import CANARY, leave, marks

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
REFUSES = {
    "sqlite": "CREATE TRIGGER refuse BEFORE INSERT ON audit_entries BEGIN "
    "SELECT RAISE(ABORT, 'full'); END",
    "postgresql": "ALTER TABLE audit_entries ADD CONSTRAINT refuse CHECK (false) NOT VALID",
}


def actions(session: Session) -> list[str]:
    """What the log says, whatever its order."""
    session.rollback()
    return sorted(session.scalars(select(AuditEntry.action)))


@pytest.fixture
def commits(app: Flask) -> list[str]:
    """Grows by one with every transaction that is committed."""
    found: list[str] = []
    with app.app_context():
        event.listen(db.engine, "commit", lambda _connection: found.append("commit"))
    return found


def test_a_get_leaves_nothing_of_what_it_wrote(zeinab: StrictClient, session: Session) -> None:
    before = actions(session)
    assert zeinab.get("/trial/writing").status_code == 200
    assert (marks(session), actions(session)) == ([], before)


def test_a_post_leaves_all_it_wrote(zeinab: StrictClient, session: Session) -> None:
    before = actions(session)
    post(zeinab, "/trial/writing")
    assert marks(session) == ["trial"]
    assert actions(session) == sorted([*before, "session.closed"])


def test_a_post_commits_once(zeinab: StrictClient, commits: list[str]) -> None:
    token = token_of(zeinab)
    commits.clear()
    zeinab.post("/trial/writing", data={"csrf_token": token})
    assert commits == ["commit"]


def test_a_page_that_notes_nothing_commits_nothing(
    zeinab: StrictClient, commits: list[str]
) -> None:
    zeinab.get("/trial/form")
    assert commits == []


def test_a_page_that_was_looked_at_is_in_the_log(zeinab: StrictClient, session: Session) -> None:
    before = actions(session)
    assert CANARY in zeinab.page("/trial/looking").text
    assert actions(session) == sorted([*before, "session.closed"])


def test_a_head_request_is_a_look_too(zeinab: StrictClient, session: Session) -> None:
    before = actions(session)
    assert zeinab.head("/trial/looking").status_code == 200
    assert actions(session) == sorted([*before, "session.closed"])


@on_both_databases
def test_no_entry_no_page(zeinab: StrictClient, session: Session, database: str) -> None:
    session.execute(text(REFUSES[database]))
    answer = zeinab.get("/trial/looking")
    assert answer.status_code == 500
    assert CANARY not in answer.get_data(as_text=True)


@on_both_databases
def test_no_entry_no_act(zeinab: StrictClient, session: Session, database: str) -> None:
    session.execute(text(REFUSES[database]))
    assert post(zeinab, "/trial/writing").status_code == 500
    assert marks(session) == []


@pytest.mark.parametrize("kind", trials.ERRORS)
def test_an_act_that_fails_leaves_nothing(
    zeinab: StrictClient, session: Session, kind: str
) -> None:
    assert post(zeinab, f"/trial/failing/{kind}").status_code >= 400
    assert marks(session) == []


def test_an_act_the_framework_refuses_leaves_nothing(
    zeinab: StrictClient, session: Session
) -> None:
    assert post(zeinab, "/trial/http").status_code == 400
    assert marks(session) == []


def test_a_refused_form_leaves_nothing_of_the_act(zeinab: StrictClient, session: Session) -> None:
    assert post(zeinab, "/trial/form", text="rule").status_code == 303
    assert marks(session) == []


@on_both_databases
def test_who_is_overtaken_at_the_commit_reads_so(zeinab: StrictClient, session: Session) -> None:
    answer = post(zeinab, "/trial/late")
    assert answer.status_code == 409
    assert marks(session) == []


def test_what_one_request_noted_is_not_in_the_next(zeinab: StrictClient, session: Session) -> None:
    zeinab.get("/trial/failing/defect")
    before = actions(session)
    zeinab.get("/trial/form")
    assert actions(session) == before


# Overtaken by another request


class Entangled(Exception):
    """What PostgreSQL's driver raises for one of two transactions that wait for each other."""

    sqlstate = "40P01"


OVERTAKEN = {
    "the same row": IntegrityError("insert", {}, ValueError(CANARY)),
    "another version": StaleDataError(CANARY),
    "a deadlock": OperationalError("update", {}, Entangled(CANARY)),
}


def first_meets(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[str]:
    """The first flush of a trial meets an error; the answer grows with every try."""
    tries: list[str] = []

    def slow(name: str = "trial") -> None:
        tries.append(name)
        leave(name)
        if len(tries) == 1:
            raise error

    monkeypatch.setattr(trials, "leave", slow)
    return tries


@pytest.mark.parametrize("kind", OVERTAKEN)
def test_an_act_that_was_overtaken_is_done_once_more(
    zeinab: StrictClient, session: Session, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = first_meets(monkeypatch, OVERTAKEN[kind])
    assert post(zeinab, "/trial/writing").status_code == 200
    assert tries == ["trial", "trial"]
    assert marks(session) == ["trial"]


def test_an_act_that_the_database_did_not_take_is_not_tried_again(
    zeinab: StrictClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = OperationalError("insert", {}, ValueError(CANARY))
    tries = first_meets(monkeypatch, gone)
    assert post(zeinab, "/trial/writing").status_code == 503
    assert (tries, marks(session)) == (["trial"], [])


def test_an_act_that_can_never_be_written_is_tried_twice_and_no_more(
    zeinab: StrictClient, session: Session
) -> None:
    session.add(Mark(name="trial", value="before"))
    assert post(zeinab, "/trial/writing").status_code == 500
    assert session.scalar(select(Mark.value)) == "before"


# Chores


Chore = Callable[..., Any]


def put(app: Flask, chore: Chore) -> None:
    """This is done on every writing request."""
    app.extensions["chores"] = chore


def test_chores_run_in_the_transaction_of_an_act(
    app: Flask, zeinab: StrictClient, session: Session
) -> None:
    put(app, lambda session, *_: session.add(Mark(name="chore", value="")))
    post(zeinab, "/trial/writing")
    assert marks(session) == ["chore", "trial"]


def test_chores_do_not_run_while_reading(
    app: Flask, zeinab: StrictClient, session: Session
) -> None:
    put(app, lambda session, *_: session.add(Mark(name="chore", value="")))
    zeinab.get("/trial/form")
    assert marks(session) == []


def broken(session: Session, *_others: object) -> None:
    """Writes, then meets a box that was changed."""
    session.add(Mark(name="chore", value=""))
    session.flush()
    raise SealBroken(CANARY)


@on_both_databases
def test_a_chore_that_fails_takes_no_act_down(
    app: Flask, zeinab: StrictClient, session: Session
) -> None:
    put(app, broken)
    assert post(zeinab, "/trial/writing").status_code == 200
    assert marks(session) == ["trial"]


def test_a_chore_that_meets_a_changed_box_is_in_the_log(
    app: Flask, zeinab: StrictClient, session: Session
) -> None:
    put(app, broken)
    post(zeinab, "/trial/writing")
    assert "check.failed" in actions(session)


# Last use


def seen(session: Session) -> datetime:
    """When her session was last used."""
    session.rollback()
    return session.scalars(select(SessionRow.seen_at)).one()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_using_a_session_is_noted_at_most_once_a_minute(
    zeinab: StrictClient, session: Session, method: str
) -> None:
    begun, token = seen(session), token_of(zeinab)
    for seconds, expected in ((59, 0), (61, 61), (120, 61), (122, 122)):
        with clock.at(begun + timedelta(seconds=seconds)):
            words = {"csrf_token": token, "text": str(seconds)}
            zeinab.open("/trial/form", method=method, data=words)
        assert seen(session) == begun + timedelta(seconds=expected)
