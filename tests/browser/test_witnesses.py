"""The pages about the log, on a phone and at a desk, in both languages: no barrier, nothing too
wide; the warning at sign-in, by keyboard; nothing on paper that was not asked for."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import delete
from sqlalchemy.orm import Session

from casework.audit.log import record
from casework.audit.models import AuditEntry, AuditNode, AuditSequencer
from casework.audit.proofs import issue_checkpoint
from casework.audit.sequencer import sequence_all
from tests.desk.test_in_browser import sign_in
from tests.support.browser import barriers, overflow
from tests.support.cast import Cast
from tests.support.files import opened

pytestmark = pytest.mark.browser
AUDITOR = (
    "/audit",
    "/audit/unusual",
    "/audit/checkpoint",
    "/audit/comparison",
    "/audit/files/{case}/readers",
)
COORDINATOR = ("/cases/{case}/readers", "/cases/{case}/record", "/cases/{case}/record/paper")


@pytest.fixture
def case(session: Session, cast: Cast) -> str:
    """The id of a case of Goundam, when the log has its first places."""
    made = opened(session, cast.person("zeinab"))
    found = str(made.id)
    sequence_all(session)
    session.commit()
    return found


@pytest.mark.parametrize("width", ["phone", "desk"])
@pytest.mark.parametrize(("handle", "addresses"), [("auditor", AUDITOR), ("aminata", COORDINATOR)])
def test_every_page_about_the_log_is_free_of_barriers_and_fits(
    request: pytest.FixtureRequest,
    live_server: str,
    cast: Cast,
    case: str,
    width: str,
    handle: str,
    addresses: tuple[str, ...],
) -> None:
    page: Page = request.getfixturevalue(width)
    sign_in(page, live_server, cast.person(handle))
    for address in addresses:
        answer = page.goto(live_server + address.format(case=case))
        assert answer is not None
        assert answer.status == 200, address
        assert barriers(page) == [], address
        assert overflow(page) == 0, address


def put_back(session: Session) -> None:
    """The log is another, shorter one."""
    for table in (AuditNode, AuditSequencer, AuditEntry):
        session.execute(delete(table))
    record(session, "statistics.viewed", actor=None, period=None)
    sequence_all(session)
    session.commit()


def test_the_warning_survives_leaving_in_a_real_browser_and_is_answered_by_keyboard(
    phone: Page, live_server: str, cast: Cast, case: str, session: Session
) -> None:
    sign_in(phone, live_server, cast.person("zeinab"))
    kept = [one for one in phone.context.cookies() if one["name"] == "__Host-seen"]
    assert len(kept) == 1
    phone.locator("#exit button").click()
    phone.wait_for_url("**/welcome")
    put_back(session)
    sign_in_again(phone, live_server, cast)
    assert phone.locator("h1").inner_text() == "Le journal a changé"
    assert barriers(phone) == []
    assert overflow(phone) == 0
    phone.get_by_role("button", name="Je l’ai dit de vive voix").focus()
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/desk*")


def sign_in_again(page: Page, address: str, cast: Cast) -> None:
    """zeinab signs in once more and stands wherever that leads."""
    page.goto(f"{address}/sign-in")
    person = cast.person("zeinab")
    page.locator("[name=handle]").fill(person.handle)
    page.locator("[name=passphrase]").fill(person.words)
    page.locator("[name=passphrase]").press("Enter")
    page.wait_for_url("**/sign-in/warning")


def test_what_is_read_aloud_does_not_print(
    desk: Page, live_server: str, cast: Cast, case: str
) -> None:
    sign_in(desk, live_server, cast.person("aminata"))
    desk.goto(f"{live_server}/cases/{case}/record")
    told = desk.locator(".aloud")
    assert told.is_visible()
    desk.emulate_media(media="print")
    assert not told.is_visible()


def test_the_page_for_a_witness_is_one_page_of_paper(
    desk: Page, live_server: str, cast: Cast, case: str, session: Session, app: Flask
) -> None:
    own = app.extensions["settings"]
    issue_checkpoint(session, own.log_name, own.log_key)
    session.commit()
    sign_in(desk, live_server, cast.person("auditor"))
    desk.goto(f"{live_server}/audit/checkpoint")
    assert desk.locator("svg.qr").count() == 1
    assert desk.pdf(format="A4").count(b"/Type /Page\n") == 1
