"""Two colleagues whose writing requests meet the same waiting chore: it is done once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.cases.access import access_case
from casework.cases.case_file import file_of
from casework.cases.counting import wanted_facts
from casework.facts.models import Fact
from casework.policy import Permission
from casework.referrals import chores
from casework.referrals.models import Chore
from casework.referrals.workflow import Move
from tests.concurrency.races import Meeting, at_once, before
from tests.conftest import new_client
from tests.support.cast import HEALTH, Cast, enter
from tests.support.databases import on_both_databases
from tests.support.files import agree, moved, opened, referred
from tests.web import trials
from tests.web.conftest import token_of
from tests.web.trials import marks

PEOPLE = ("zeinab", "ibrahim")


@on_both_databases
def test_a_chore_that_two_meet_at_once_is_done_once_and_costs_nobody_her_act(
    app: Flask,
    cast: Cast,
    session: Session,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    trials.register(app)
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    moved(session, mariam, row, Move.ACCEPT)
    moved(session, mariam, row, Move.SERVE)
    case_id = case.id
    session.commit()
    assert waiting(session) > 0
    meeting = Meeting(database)
    monkeypatch.setattr(chores, "do", before(meeting, chores.do))
    browsers = {handle: new_client(app) for handle in PEOPLE}
    for handle, client in browsers.items():
        enter(client, cast.person(handle))
    tokens = {handle: token_of(client) for handle, client in browsers.items()}

    def send(handle: str) -> Any:
        form = {"csrf_token": tokens[handle], "text": handle}
        return browsers[handle].post("/trial/form", data=form).headers["Location"]

    assert at_once(*(partial(send, handle) for handle in PEOPLE)) == ["/trial/form"] * 2
    assert meeting.met is (database == "postgresql")
    assert marks(session) == sorted(PEOPLE)
    assert waiting(session) == 0
    opened_case = access_case(session, zeinab.actor, zeinab.keyring, case_id, Permission.CASE_VIEW)
    counted = session.scalar(select(func.sum(Fact.weight)))
    assert counted == len(wanted_facts(file_of(session, opened_case)))


def waiting(session: Session) -> int:
    """How many chores wait."""
    session.rollback()
    found = session.scalar(select(func.count()).select_from(Chore)) or 0
    session.rollback()
    return found
