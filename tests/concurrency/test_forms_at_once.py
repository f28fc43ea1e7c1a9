"""The same form twice at once, and two people in one form: nothing twice, nothing lost."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.cases import intake, sections
from casework.cases.models import Case
from casework.consent.models import ConsentRow
from casework.people.queries import active_keyholders
from casework.web import cookies
from tests.concurrency.races import Meeting, at_once, before
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.databases import on_both_databases
from tests.support.files import opened
from tests.support.strict_client import StrictClient

PHONES = (("zeinab", "76 11 22 33"), ("ibrahim", "66 44 55 66"))
YES: dict[str, Any] = {
    "c_donnees": "yes",
    "read_aloud": "y",
    "by": "personne",
    "mode": "oral_temoin",
}


def browser(app: Flask, cast: Cast, handle: str) -> StrictClient:
    """Somebody's browser, for a thread of its own."""
    client = new_client(app)
    enter(client, cast.person(handle))
    return client


def twin(client: StrictClient) -> StrictClient:
    """The same browser once more: the same cookie, another connection."""
    found = client.get_cookie(cookies.NAME)
    assert found is not None
    other = new_client(client.application)
    other.set_cookie(cookies.NAME, found.value, secure=True)
    return other


def how_many(session: Session, table: Any) -> int:
    """How many rows a table has."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def opened_cases(session: Session) -> int:
    """How often the log says that a case was opened."""
    session.rollback()
    query = select(func.count()).where(AuditEntry.action == "case.opened")
    return session.scalar(query) or 0


@on_both_databases
def test_a_form_that_opens_a_case_sent_twice_at_once_opens_one(
    app: Flask, session: Session, cast: Cast, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(database)
    monkeypatch.setattr(intake, "active_keyholders", before(meeting, active_keyholders))
    client = browser(app, cast, "zeinab")
    page = client.page("/cases/new/consent")
    answers = at_once(
        lambda: client.send(page, "/cases/new/consent", **YES),
        lambda: twin(client).send(page, "/cases/new/consent", **YES),
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert page.form("/cases/new/consent").values["case_id"] in answers[0].headers["Location"]
    assert (how_many(session, Case), how_many(session, ConsentRow)) == (1, 1)
    assert opened_cases(session) == 1
    assert meeting.met is (database == "postgresql")


@on_both_databases
def test_of_two_who_write_one_section_at_once_one_is_kept_and_the_other_sees_both(
    app: Flask, session: Session, cast: Cast, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = opened(session, cast.person("zeinab")).id
    session.commit()
    address, words = f"/cases/{case_id}/sections/contact", dict(PHONES)
    browsers = {handle: browser(app, cast, handle) for handle in words}
    pages = {handle: client.page(address) for handle, client in browsers.items()}
    meeting = Meeting(database)
    monkeypatch.setattr(sections, "sealed", before(meeting, sections.sealed))

    def send(handle: str) -> str:
        answer = browsers[handle].send(pages[handle], address, phone=words[handle])
        assert answer.status_code == 303
        return str(answer.headers["Location"])

    places = dict(zip(words, at_once(*(partial(send, handle) for handle in words)), strict=True))
    assert meeting.met is (database == "postgresql")
    (winner,) = [handle for handle, place in places.items() if "notice=section_saved" in place]
    (loser,) = set(words) - {winner}
    page = browsers[winner].page(address)
    assert page.form(address).values["phone"] == words[winner]
    shown = browsers[loser].page(places[loser])
    assert words["zeinab"] in shown.text
    assert words["ibrahim"] in shown.text
