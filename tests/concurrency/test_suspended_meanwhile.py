"""A member is suspended while her request is under way: it ends whole, and is her last."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casework.audit.models import AuditEntry
from casework.people import members
from casework.web.models import Mark
from tests.concurrency.races import Meeting, at_once, committed
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.databases import on_both_databases
from tests.support.strict_client import StrictClient
from tests.web import trials
from tests.web.conftest import token_of


@pytest.fixture
def ibrahim(app: Flask, cast: Cast) -> StrictClient:
    """Ibrahim's browser, signed in, for a thread of its own."""
    trials.register(app)
    client = new_client(app)
    enter(client, cast.person("ibrahim"))
    return client


def suspension(app: Flask, cast: Cast, under_way: threading.Event, meeting: Meeting) -> None:
    """Aminata has suspended Ibrahim while his request was under way, if the database lets her."""
    assert under_way.wait(5)
    aminata, ibrahim = cast.person("aminata"), cast.person("ibrahim")
    assert aminata.team_id is not None
    suspend = partial(
        members.suspend_member, actor=aminata.actor, team_id=aminata.team_id, user_id=ibrahim.id
    )
    committed(app, suspend)
    meeting()


@on_both_databases
def test_her_act_is_whole_and_her_last(
    app: Flask,
    cast: Cast,
    session: Session,
    ibrahim: StrictClient,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    under_way, meeting, token = threading.Event(), Meeting(database), token_of(ibrahim)

    def slow(name: str = "trial") -> None:
        under_way.set()
        meeting()
        trials_leave(name)

    trials_leave = trials.leave
    monkeypatch.setattr(trials, "leave", slow)
    answer, suspended = at_once(
        lambda: ibrahim.post("/trial/writing", data={"csrf_token": token}),
        partial(suspension, app, cast, under_way, meeting),
    )
    assert isinstance(answer, TestResponse)
    assert suspended is None
    assert meeting.met is (database == "postgresql")
    written = session.scalars(select(Mark.name)).all()
    entries = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action == "session.closed")
    ).all()
    session.rollback()
    assert (answer.status_code, written, entries) == (200, ["trial"], ["session.closed"])
    assert ibrahim.get("/trial/looking").status_code == 303
    assert ibrahim.post("/trial/writing", data={"csrf_token": token}).status_code == 303
