"""A team changes its keys while somebody writes: nothing is left under the former keys."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casework.cases.access import access_case
from casework.cases.intake import begin_case
from casework.cases.models import CaseAccess
from casework.consent.records import RECORDING
from casework.db import db
from casework.people.queries import team_public
from casework.policy import Permission
from casework.referrals.rotation import rotate_team
from casework.web.gate import member
from tests.concurrency.races import Meeting, at_once, committed
from tests.conftest import new_client
from tests.support.cast import Cast, enter, refreshed
from tests.support.databases import on_both_databases
from tests.support.files import answer
from tests.support.strict_client import StrictClient
from tests.web import trials
from tests.web.conftest import token_of

CASE = UUID(int=77)


def rotation(app: Flask, cast: Cast, under_way: threading.Event, meeting: Meeting) -> None:
    """Aminata has given the team new keys while Ibrahim's request was under way, if the database
    lets her."""
    assert under_way.wait(5)
    aminata = cast.person("aminata")
    meeting()
    team_id = cast.team("Goundam").id

    def act(own: Session) -> None:
        rotate_team(own, aminata.actor, aminata.keyring, team_id, b"k" * 32, None)

    committed(app, act)


@on_both_databases
def test_a_case_begun_meanwhile_is_under_the_new_keys(
    app: Flask, cast: Cast, session: Session, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials.register(app)
    ibrahim = new_client(app)
    enter(ibrahim, cast.person("ibrahim"))
    under_way, token = threading.Event(), token_of(ibrahim)
    meeting = Meeting(database)

    def begins(*_: Any, **__: Any) -> None:
        under_way.set()
        meeting()
        found, team_id = member(), cast.team("Goundam").id
        by = (db.session(), found.actor, found.keyring, team_id)
        begin_case(*by, CASE, [answer(RECORDING)])

    monkeypatch.setattr(trials, "leave", begins)
    send = partial(post, ibrahim, token)
    sent, changed = at_once(send, partial(rotation, app, cast, under_way, meeting))
    assert changed is None, changed
    assert isinstance(sent, TestResponse), sent
    assert sent.status_code == 200, sent.status
    session.expire_all()
    epochs = select(CaseAccess.epoch).where(CaseAccess.case_id == CASE)
    assert team_public(session, cast.team("Goundam").id)[0] == 2
    assert session.scalars(epochs).all() == [2]
    zeinab = refreshed(session, cast.person("zeinab"))
    case = access_case(session, zeinab.actor, zeinab.keyring, CASE, Permission.CASE_VIEW)
    assert case.team.epoch == 2


def post(client: StrictClient, token: str) -> TestResponse:
    """The trial form, sent."""
    return client.post("/trial/writing", data={"csrf_token": token})
