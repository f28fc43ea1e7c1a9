"""The gate: who comes through, from where, with which token; and what the others get."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.app import compose
from casework.audit.models import AuditEntry
from casework.cases.models import Draft
from casework.people.models import SessionRow
from casework.vault.session_boxes import new_token
from casework.web import cookies
from config import Settings
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.strict_client import StrictClient
from tests.web.conftest import cookie_of, token_of, with_cookies
from tests.web.trials import CANARY, marks

HERE, ELSEWHERE = "https://localhost", "https://evil.example"


# Marks and permissions


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_view_without_a_mark_is_refused_to_everybody(zeinab: StrictClient, method: str) -> None:
    answer = zeinab.open("/trial/unmarked", method=method)
    assert answer.status_code == 403
    assert CANARY not in answer.get_data(as_text=True)


def test_without_a_session_every_guarded_page_leads_to_sign_in(stranger: StrictClient) -> None:
    answer = stranger.get("/trial/looking")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?notice=please_sign_in"
    assert CANARY not in answer.get_data(as_text=True)


def test_a_page_without_record_is_forbidden_to_the_wrong_role(zeinab: StrictClient) -> None:
    assert zeinab.get("/statistics").status_code == 403


def test_a_record_does_not_exist_for_the_wrong_role(
    zeinab: StrictClient, cast: Cast, app: Flask, session: Session
) -> None:
    manager = new_client(app, session)
    enter(manager, cast.person("manager"))
    assert manager.get(f"/cases/{cast.person('zeinab').id}").status_code == 404


def test_who_was_refused_what_is_in_the_log(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    zeinab.get("/statistics")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "access.refused")).one()
    assert entry.actor_id == cast.person("zeinab").id
    assert b"statistics.view" in (entry.body or b"")


# Cookies that open nothing


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "é",
        "a" * 43,
        "a" * 5000,
        pytest.param(new_token(), id="fresh"),
        "../../etc",
        "%00",
        "' OR 1=1 --",
    ],
)
def test_a_cookie_that_is_nobodys_leads_to_sign_in(stranger: StrictClient, token: str) -> None:
    answer = with_cookies(stranger, f"{cookies.NAME}={token}").get("/trial/looking")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/sign-in?notice=please_sign_in",
    )


def test_the_rows_id_is_not_the_cookie(
    zeinab: StrictClient, stranger: StrictClient, session: Session
) -> None:
    for row in session.scalars(select(SessionRow.id)):
        for text in (str(row), row.hex):
            stranger.set_cookie(cookies.NAME, text, secure=True)
            assert stranger.get("/trial/looking").status_code == 303


# The token of a form


def test_a_form_with_its_sessions_token_is_taken(zeinab: StrictClient) -> None:
    answer = zeinab.post("/trial/writing", data={"csrf_token": token_of(zeinab)})
    assert answer.status_code == 200


@pytest.mark.parametrize("fault", ["missing", "empty", "wrong", "longer", "other letters"])
def test_a_form_without_its_token_is_refused(
    zeinab: StrictClient, session: Session, fault: str
) -> None:
    right = token_of(zeinab)
    sent = {
        "missing": {},
        "empty": {"csrf_token": ""},
        "wrong": {"csrf_token": right[::-1]},
        "longer": {"csrf_token": right + "0"},
        "other letters": {"csrf_token": "é\x00�" + right[3:]},
    }[fault]
    assert zeinab.post("/trial/writing", data=sent).status_code == 400
    assert marks(session) == []


def test_the_token_of_her_other_session_is_refused(
    zeinab: StrictClient, app: Flask, session: Session, cast: Cast
) -> None:
    other = new_client(app, session)
    enter(other, cast.person("zeinab"))
    assert zeinab.post("/trial/writing", data={"csrf_token": token_of(other)}).status_code == 400


def test_a_token_in_the_address_does_not_count(zeinab: StrictClient) -> None:
    address = f"/trial/writing?csrf_token={token_of(zeinab)}"
    assert zeinab.post(address, data={}).status_code == 400


def test_a_token_in_json_does_not_count(zeinab: StrictClient) -> None:
    assert zeinab.post("/trial/writing", json={"csrf_token": token_of(zeinab)}).status_code == 400


# Without a session, the browser says where a form comes from


FROM: list[tuple[dict[str, str], int]] = [
    ({}, 200),
    ({"Sec-Fetch-Site": "same-origin"}, 200),
    ({"Sec-Fetch-Site": "none"}, 200),
    ({"Sec-Fetch-Site": "same-site"}, 400),
    ({"Sec-Fetch-Site": "cross-site"}, 400),
    ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, 400),
    ({"Sec-Fetch-Site": "same-origin", "Origin": ELSEWHERE}, 200),
    ({"Origin": HERE}, 200),
    ({"Origin": ELSEWHERE}, 400),
    ({"Origin": "null"}, 400),
    ({"Origin": ""}, 400),
    ({"Origin": f"{HERE}.evil.example"}, 400),
    ({"Origin": "https://localhost@evil.example"}, 400),
    ({"Origin": "https://[localhost"}, 400),
]


def test_a_public_form_comes_from_this_site(stranger: StrictClient) -> None:
    for said, expected in FROM:
        assert stranger.post("/trial/open", headers=said).status_code == expected, said


def test_quick_exit_works_from_any_page_however_old(stranger: StrictClient) -> None:
    answer = stranger.post("/exit", headers={"Origin": ELSEWHERE})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/welcome")


def test_quick_exit_works_with_another_sessions_token(zeinab: StrictClient) -> None:
    assert zeinab.post("/exit", data={"csrf_token": "0"}).status_code == 303
    assert zeinab.get("/trial/looking").status_code == 303


# A session that is over


@pytest.fixture
def over(zeinab: StrictClient, session: Session) -> dict[str, Any]:
    """A form of a session that has idled for twenty minutes."""
    form = {"csrf_token": token_of(zeinab), "text": CANARY, "passphrase": CANARY}
    past = clock.now() - timedelta(minutes=20)
    session.execute(update(SessionRow).values(seen_at=past))
    return form


def drafts(session: Session) -> int:
    """How many lost forms wait."""
    session.rollback()
    return len(session.scalars(select(Draft.id)).all())


def place(client: StrictClient, form: dict[str, Any], **said: str) -> str:
    """Where a form on an ended session leads."""
    headers = {name.replace("_", "-"): value for name, value in said.items()}
    answer = client.post("/trial/form", data=form, headers=headers)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_what_was_sent_too_late_is_kept(
    over: dict[str, Any], zeinab: StrictClient, session: Session
) -> None:
    assert place(zeinab, over) == "/sign-in?notice=form_kept"
    assert drafts(session) == 1


def test_what_is_kept_is_sealed(
    over: dict[str, Any], zeinab: StrictClient, session: Session
) -> None:
    place(zeinab, over)
    assert CANARY.encode() not in session.scalars(select(Draft.box)).one()


def test_nothing_of_the_act_is_done(
    over: dict[str, Any], zeinab: StrictClient, session: Session
) -> None:
    place(zeinab, over)
    assert marks(session) == []


@pytest.mark.parametrize("said", [{}, {"Origin": ELSEWHERE}, {"Sec_Fetch_Site": "cross-site"}])
def test_a_forged_form_on_an_ended_session_is_not_kept(
    over: dict[str, Any], zeinab: StrictClient, session: Session, said: dict[str, str]
) -> None:
    forged = over | {"csrf_token": "0" * 64}
    assert place(zeinab, forged, **said) == "/sign-in?notice=session_expired"
    assert drafts(session) == 0


@pytest.mark.parametrize("said", [{"Origin": HERE}, {"Sec_Fetch_Site": "same-origin"}])
def test_a_form_survives_the_servers_own_restart(
    over: dict[str, Any],
    zeinab: StrictClient,
    app: Flask,
    session: Session,
    said: dict[str, str],
) -> None:
    own: Settings = app.extensions["settings"]
    again = compose(own.with_changes(boot_key=bytes(range(32))), check=False)
    browser = new_client(again, session)
    browser.set_cookie(cookies.NAME, cookie_of(zeinab), secure=True)
    form = {"csrf_token": over["csrf_token"], "wanted": "Fatoumata"}
    headers = {name.replace("_", "-"): value for name, value in said.items()}
    answer = browser.post("/cases/new", data=form, headers=headers)
    assert answer.headers["Location"] == "/sign-in?notice=form_kept"
    assert drafts(session) == 1


@pytest.mark.usefixtures("zeinab")
def test_what_nobody_could_keep_is_told_as_not_saved(
    app: Flask, session: Session, cast: Cast
) -> None:
    client = new_client(app, session)
    enter(client, cast.person("manager"))
    form = {"csrf_token": token_of(client), "text": CANARY}
    session.execute(update(SessionRow).values(seen_at=clock.now() - timedelta(minutes=20)))
    answer = client.post("/trial/form", data=form)
    assert "not_saved" in answer.headers["Location"]
    assert drafts(session) == 0


def test_a_form_sent_after_signing_out_is_told_as_not_saved(
    zeinab: StrictClient, session: Session
) -> None:
    form = {"csrf_token": token_of(zeinab), "text": CANARY}
    zeinab.post("/sign-out", data=form)
    page = zeinab.post("/trial/form", data=form, follow_redirects=True)
    text = page.get_data(as_text=True)
    assert page.request.path == "/sign-in"
    assert '<p class="warning" role="status">' in text
    assert "n’a pas été enregistré" in text
    assert (marks(session), drafts(session)) == ([], 0)


def test_a_page_asked_for_too_late_leads_to_sign_in_and_says_why(
    over: dict[str, Any], zeinab: StrictClient
) -> None:
    answer = zeinab.get("/trial/looking")
    assert answer.headers["Location"] == "/sign-in?notice=session_expired"
    assert CANARY not in answer.get_data(as_text=True)


def test_a_public_form_from_elsewhere_is_refused_on_an_ended_session_too(
    over: dict[str, Any], zeinab: StrictClient
) -> None:
    answer = zeinab.post("/sign-in", data=over, headers={"Origin": ELSEWHERE})
    assert answer.status_code == 400


def test_signing_in_again_from_the_same_browser_works(
    over: dict[str, Any], zeinab: StrictClient, cast: Cast
) -> None:
    page = zeinab.page("/sign-in")
    person = cast.person("zeinab")
    answer = zeinab.send(page, "/sign-in", handle=person.handle, passphrase=person.words)
    assert answer.headers["Location"] == "/"
    assert zeinab.get("/trial/looking").status_code == 200
