"""Errors: the right status, a plain page in her language, and no value anywhere but with her."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casework.audit.models import AuditEntry
from casework.db import db
from casework.web import errors
from casework.web.models import Mark
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.databases import on_both_databases
from tests.support.pages import Page
from tests.support.strict_client import StrictClient
from tests.web import trials
from tests.web.conftest import post, token_of
from tests.web.trials import CANARY, marks

STATUS = {
    "not-visible": 404,
    "not-allowed": 403,
    "stale": 409,
    "illegal": 409,
    "rule": 409,
    "seal": 500,
    "defect": 500,
}


def said(answer: TestResponse) -> str:
    """Everything an answer says, headers too."""
    return answer.get_data(as_text=True) + str(answer.headers)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_kind_of_error_has_its_status_and_tells_no_value(
    zeinab: StrictClient, method: str
) -> None:
    form = {"csrf_token": token_of(zeinab), "text": CANARY}
    for kind, status in STATUS.items():
        answer = zeinab.open(f"/trial/failing/{kind}?word={CANARY}", method=method, data=form)
        assert answer.status_code == status, kind
        for private in (CANARY, "Traceback", "zeinab", "Zeinab"):
            assert private not in said(answer), kind


@pytest.mark.parametrize("kind", ["defect", "seal"])
def test_the_log_of_a_defect_holds_no_value(
    zeinab: StrictClient, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    answer = zeinab.get(f"/trial/failing/{kind}?word={CANARY}")
    assert answer.status_code == 500
    assert CANARY not in caplog.text
    assert all(record.exc_info is None for record in caplog.records)


def test_the_log_says_what_where_and_the_reference_on_the_page(
    zeinab: StrictClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = zeinab.get("/trial/failing/defect")
    (line,) = [json.loads(record.getMessage()) for record in caplog.records]
    assert line["error"] == "ValueError"
    assert line["at"].startswith("trials.py:")
    assert line["endpoint"] == "trial.fails"
    assert line["reference"] in said(answer)


def test_what_was_refused_is_no_defect_and_not_in_the_log_of_defects(
    zeinab: StrictClient, caplog: pytest.LogCaptureFixture
) -> None:
    for kind in ("not-visible", "not-allowed", "stale", "illegal", "rule"):
        zeinab.get(f"/trial/failing/{kind}")
    assert caplog.records == []


def test_a_template_that_fails_tells_nothing(
    zeinab: StrictClient, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    answer = zeinab.get("/trial/template")
    assert answer.status_code == 500
    assert CANARY not in said(answer) + caplog.text
    assert marks(session) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_error_pages_speak_her_language(zeinab: StrictClient, language: str) -> None:
    zeinab.post(f"/language/{language}", data={"csrf_token": token_of(zeinab)})
    for address in ("/nowhere", *(f"/trial/failing/{kind}" for kind in STATUS)):
        page = zeinab.get(address).get_data(as_text=True)
        assert f'<html lang="{language}"' in page
        assert ("Go to the first page" in page) is (language == "en")
        assert ("Aller à la première page" in page) is (language == "fr")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_error_page_can_be_read_in_the_other_language(zeinab: StrictClient, method: str) -> None:
    address = "/trial/failing/stale?word=1"
    page = Page.of(zeinab.open(address, method=method, data={"csrf_token": token_of(zeinab)}))
    switch = page.form("/language/en")
    came_from = {"Referer": f"https://localhost{address}"}
    answer = zeinab.post("/language/en", data=switch.values, headers=came_from)
    assert answer.headers["Location"] == address
    assert '<html lang="en"' in zeinab.get(address).get_data(as_text=True)


def test_another_host_gets_the_whole_page_with_its_way_out(
    served: StrictClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = served.get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert 'action="/exit"' in said(answer)
    assert "Cette page n’est pas là" in said(answer)
    assert caplog.records == []


def test_an_address_that_leads_nowhere_says_so_to_strangers_too(stranger: StrictClient) -> None:
    for address in ("/nowhere", "/cases/not-a-uuid", "/static/none.css", "/%00", "/é"):
        assert stranger.get(address, follow_redirects=True).status_code == 404, address


def test_an_unknown_method_is_not_allowed(zeinab: StrictClient) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "x"):
        answer = zeinab.open("/trial/form", method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_options_say_which_methods_there_are_and_write_nothing(
    zeinab: StrictClient, session: Session
) -> None:
    answer = zeinab.options("/trial/writing")
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert marks(session) == []


def test_head_has_the_headers_of_get_and_no_body(zeinab: StrictClient) -> None:
    got, headed = zeinab.get("/trial/form"), zeinab.head("/trial/form")
    assert (headed.status_code, headed.get_data()) == (200, b"")
    assert headed.headers["Content-Security-Policy"] == got.headers["Content-Security-Policy"]


def test_a_refused_look_is_in_the_log_without_the_address(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    zeinab.get(f"/trial/failing/not-allowed?word={CANARY}")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "access.refused")).one()
    assert entry.actor_id == cast.person("zeinab").id
    assert CANARY.encode() not in (entry.body or b"")


def test_a_changed_box_is_in_the_log(zeinab: StrictClient, session: Session, cast: Cast) -> None:
    zeinab.get("/trial/failing/seal")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "check.failed")).one()
    assert entry.actor_id == cast.person("zeinab").id
    assert b"SealBroken" in (entry.body or b"")


# Where even the page of an error cannot be made


@pytest.fixture
def served(app: Flask, session: Session, cast: Cast) -> StrictClient:
    """Zeinab before the application as it is served: no exception reaches the server."""
    trials.register(app)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = new_client(app, session)
    enter(client, cast.person("zeinab"))
    return client


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_bare_page_is_left_where_the_frame_itself_breaks(
    served: StrictClient, caplog: pytest.LogCaptureFixture, language: str
) -> None:
    served.set_cookie("__Host-language", language, secure=True)
    answer = served.get("/trial/broken")
    assert answer.status_code == 500
    assert ("Something broke" in said(answer)) is (language == "en")
    assert "/exit" not in said(answer)
    assert CANARY not in said(answer) + caplog.text


def test_the_bare_page_gives_the_reference_of_the_first_defect(
    served: StrictClient, caplog: pytest.LogCaptureFixture
) -> None:
    page = said(served.get("/trial/broken"))
    first = json.loads(caplog.records[0].getMessage())
    assert first["error"] == "ValueError"
    assert first["reference"] in page


def test_a_defect_while_answering_an_error_tells_no_value(
    served: StrictClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(errors, "record", fails)
    answer = served.get("/trial/failing/not-allowed")
    assert answer.status_code == 500
    assert "Something" not in said(answer)
    assert CANARY not in said(answer) + caplog.text
    assert all(record.exc_info is None for record in caplog.records)
    assert any("RuntimeError" in record.getMessage() for record in caplog.records)


# Databases that do not answer


@on_both_databases
def test_a_database_that_is_gone_says_to_come_back_later(
    served: StrictClient, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    session.execute(text("DROP TABLE memberships"))
    session.commit()
    answer = served.get("/trial/form")
    assert answer.status_code in (500, 503)
    assert "memberships" not in said(answer) + caplog.text


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_was_cut_costs_one_page_and_no_more(
    served: StrictClient, app: Flask, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    served.page("/trial/form")
    with app.app_context():
        pool = db.engine.pool
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    named = f"{others} AND datname = current_database()"
    session.execute(text(named))
    session.commit()
    assert pool is not None
    assert [served.get("/trial/form").status_code for _ in range(3)] == [200, 200, 200]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_row_that_somebody_holds_too_long_says_to_come_back_later(
    served: StrictClient, app: Flask, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    token = token_of(served)
    served.arranged = None
    impatient(app)
    session.add(Mark(name="trial", value="somebody else's"))
    session.flush()
    answer = served.post("/trial/writing", data={"csrf_token": token})
    assert answer.status_code == 503
    assert CANARY not in said(answer) + caplog.text
    session.rollback()
    assert served.post("/trial/writing", data={"csrf_token": token}).status_code == 200


def impatient(app: Flask) -> None:
    """The application waits a fifth of a second for a row, and not five."""

    def hurry(connection: Any, _record: object) -> None:
        connection.execute("SET lock_timeout = '200ms'")
        connection.commit()

    with app.app_context():
        event.listen(db.engine, "connect", hurry)
        db.engine.dispose()


def test_the_root_logger_gets_the_line_where_nothing_is_configured(
    zeinab: StrictClient, capfd: pytest.CaptureFixture[str]
) -> None:
    assert logging.getLogger("casework").propagate
    post(zeinab, "/trial/failing/defect")
    assert CANARY not in "".join(capfd.readouterr())
