"""Promise 7: yesterday's database restored, or another history in its place: sign-in warns."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.audit.models import AuditEntry
from casework.audit.sequencer import sequence_all, tree_size
from casework.people.models import SessionRow
from casework.web import cookies
from tests.conftest import new_client
from tests.support.cast import Cast, tables
from tests.support.databases import on_both_databases
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

Rows = dict[str, list[dict[str, Any]]]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WARNING = "/sign-in/warning"
WORDS = "Le journal a changé"


def grown(session: Session, acts: int) -> int:
    """So many more acts have a place in the log; answers how many it counts."""
    for _ in range(acts):
        record(session, "statistics.viewed", actor=None, period=None)
    sequence_all(session)
    session.commit()
    return tree_size(session)


def backup(session: Session) -> Rows:
    """Every row of the database."""
    return {
        table.name: [dict(row) for row in session.execute(select(table)).mappings()]
        for table in tables()
    }


def restore(session: Session, rows: Rows) -> None:
    """The database holds these rows and no others."""
    session.expunge_all()
    for table in reversed(tables()):
        session.execute(table.delete())
    for table in tables():
        if rows[table.name]:
            session.execute(table.insert(), rows[table.name])
    session.commit()


def come_back(client: StrictClient, cast: Cast, handle: str) -> Page:
    """The first page after signing in with the real form, in a browser that signed out before."""
    account = client.page("/account")
    if account.address == "/account":
        client.submit(account, "/sign-out")
    person, page = cast.person(handle), client.page("/sign-in")
    return client.submit(page, "/sign-in", handle=person.handle, passphrase=person.words)


def warned(page: Page) -> bool:
    """True for the page of the warning."""
    return page.address == WARNING and page.heading == WORDS


def warnings(session: Session) -> list[tuple[str, str]]:
    """What the log says of warnings, as action and who."""
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("history.%")))
    return [(entry.action, str(entry.actor_id)) for entry in entries]


@on_both_databases
def test_yesterdays_database_put_back_is_noticed_at_sign_in(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    grown(session, 3)
    yesterday = backup(session)
    today = grown(session, 5)
    assert not warned(come_back(client, cast, "zeinab"))
    assert not warned(come_back(client, cast, "zeinab")), "positive control: nothing was put back"
    restore(session, yesterday)
    page = come_back(client, cast, "zeinab")
    assert warned(page)
    assert str(today) in page.text
    assert warnings(session) == [("history.differed", str(cast.person("zeinab").id))]
    assert client.get("/desk").status_code == 200, "she is signed in all the same"


@on_both_databases
def test_a_history_that_grew_anew_after_the_backup_is_noticed_though_it_is_longer(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    grown(session, 3)
    yesterday = backup(session)
    grown(session, 5)
    come_back(client, cast, "zeinab")
    restore(session, yesterday)
    grown(session, 50)
    page = come_back(client, cast, "zeinab")
    assert warned(page)
    assert "une autre histoire" in page.text


@on_both_databases
def test_a_log_that_goes_on_warns_nobody_and_the_browser_follows_it(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    seen = []
    for _ in range(3):
        grown(session, 4)
        assert not warned(come_back(client, cast, "zeinab"))
        seen.append(kept(client))
    assert len(set(seen)) == 3
    assert warnings(session) == []


def kept(client: StrictClient) -> str:
    """What the browser keeps of the log."""
    found = client.get_cookie(cookies.SEEN)
    return found.value if found else ""


@pytest.fixture
def rolled_back(cast: Cast, client: StrictClient, session: Session) -> StrictClient:
    """A browser in which zeinab and ibrahim worked before yesterday's database came back."""
    grown(session, 3)
    yesterday = backup(session)
    grown(session, 5)
    for handle in ("zeinab", "ibrahim"):
        assert not warned(come_back(client, cast, handle))
    restore(session, yesterday)
    return client


def test_each_of_two_who_share_a_browser_is_warned(cast: Cast, rolled_back: StrictClient) -> None:
    assert warned(come_back(rolled_back, cast, "ibrahim"))
    assert warned(come_back(rolled_back, cast, "zeinab"))


def test_a_third_person_who_saw_nothing_in_this_browser_is_not_warned(
    cast: Cast, rolled_back: StrictClient
) -> None:
    assert not warned(come_back(rolled_back, cast, "aminata"))
    assert warned(come_back(rolled_back, cast, "zeinab")), "and the others still are"


def test_the_warning_comes_again_until_she_has_told_somebody(
    cast: Cast, rolled_back: StrictClient, session: Session
) -> None:
    assert warned(come_back(rolled_back, cast, "zeinab"))
    rolled_back.page("/desk")
    page = come_back(rolled_back, cast, "zeinab")
    assert warned(page)
    assert rolled_back.submit(page, WARNING).heading == "À faire"
    assert not warned(come_back(rolled_back, cast, "zeinab"))
    who = str(cast.person("zeinab").id)
    said = [("history.differed", who)] * 2 + [("history.reported", who)]
    assert warnings(session) == said
    assert warned(come_back(rolled_back, cast, "ibrahim")), "each tells it for herself"


@pytest.mark.parametrize("address", ["/sign-out", "/exit"])
def test_leaving_does_not_make_the_browser_forget(
    cast: Cast, client: StrictClient, session: Session, address: str
) -> None:
    grown(session, 3)
    come_back(client, cast, "zeinab")
    before = kept(client)
    client.submit(client.page("/account"), address)
    assert before
    assert kept(client) == before


def test_the_cookie_is_kept_for_a_year_and_for_this_host_only(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    grown(session, 3)
    come_back(client, cast, "zeinab")
    cookie = client.get_cookie(cookies.SEEN)
    assert cookie is not None
    assert cookies.SEEN.startswith("__Host-")
    assert (cookie.secure, cookie.http_only, cookie.path) == (True, True, "/")
    assert (cookie.same_site, cookie.max_age) == ("Strict", 365 * 24 * 3600)


MANGLED: dict[str, Callable[[str], str]] = {
    "empty": lambda text: "",
    "no base64": lambda text: "!!! ¿ not a record",
    "a letter changed": lambda text: ("B" if text[0] != "B" else "C") + text[1:],
    "cut": lambda text: text[:-8],
    "one byte more": lambda text: text + "AA==",
    "zeros": lambda text: "A" * 96,
    "enormous": lambda text: "A" * 3_840,
    "null": lambda text: text[:40] + "\x00" + text[41:],
}


@pytest.mark.parametrize("mangle", MANGLED.values(), ids=MANGLED.keys())
def test_a_forged_or_mangled_cookie_is_ignored_and_nothing_is_said(
    cast: Cast, rolled_back: StrictClient, session: Session, mangle: Callable[[str], str]
) -> None:
    own = kept(rolled_back)[96:192]
    rolled_back.set_cookie(cookies.SEEN, mangle(own), secure=True, httponly=True)
    assert not warned(come_back(rolled_back, cast, "zeinab"))
    assert warnings(session) == []
    assert len(kept(rolled_back)) <= 576


def test_the_cookie_of_somebody_else_is_ignored(
    cast: Cast, rolled_back: StrictClient, app: Flask, session: Session
) -> None:
    hers = kept(rolled_back)[96:192]
    other = new_client(app, session)
    other.set_cookie(cookies.SEEN, hers, secure=True, httponly=True)
    assert not warned(come_back(other, cast, "fanta"))
    other.set_cookie(cookies.SEEN, hers, secure=True, httponly=True)
    assert warned(come_back(other, cast, "zeinab")), "positive control: to her it speaks"


def test_a_manager_reads_nowhere_how_many_acts_the_log_has(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    """Each case adds acts: the number would tell of a quarter that is still open."""
    grown(session, 300)
    yesterday = backup(session)
    seen = grown(session, 5)
    come_back(client, cast, "manager")
    packed = urlsafe_b64decode(kept(client))
    heads = [size.to_bytes(2, "big") for size in range(seen - 5, seen + 5)]
    assert not any(b"\0" * 6 + head in packed for head in heads), "the cookie is sealed"
    restore(session, yesterday)
    page = come_back(client, cast, "manager")
    assert warned(page)
    assert not any(str(size) in page.text for size in range(seen - 10, seen + 5))


def test_the_browser_follows_the_log_while_somebody_works(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    grown(session, 3)
    with clock.at(NOON):
        come_back(client, cast, "zeinab")
        first = kept(client)
        grown(session, 3)
        client.page("/desk")
        assert kept(client) == first, "not at every page"
    with clock.at(NOON + timedelta(minutes=14)):
        client.page("/desk")
        assert kept(client) == first
    with clock.at(NOON + timedelta(minutes=15)):
        client.page("/desk")
        assert kept(client) != first


def test_a_clock_that_was_put_back_disturbs_nothing(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    grown(session, 3)
    with clock.at(NOON):
        come_back(client, cast, "zeinab")
    for ago in (timedelta(minutes=5), timedelta(days=400)):
        with clock.at(NOON - ago):
            assert not warned(come_back(client, cast, "zeinab"))


def test_a_log_without_any_act_in_its_place_leaves_no_cookie(
    cast: Cast, client: StrictClient
) -> None:
    assert not warned(come_back(client, cast, "zeinab"))
    assert kept(client) == ""


def test_a_log_with_a_hash_missing_warns_and_lets_her_in(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    grown(session, 9)
    come_back(client, cast, "zeinab")
    nodes = next(table for table in tables() if table.name == "audit_nodes")
    session.execute(nodes.delete())
    page = come_back(client, cast, "zeinab")
    assert warned(page)
    assert "ne peut plus être lue" in page.text
    assert client.get("/desk").status_code == 200
    assert not warned(client.submit(page, WARNING)), "telling it never fails"


def test_the_warning_is_no_page_for_somebody_who_needs_none(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    grown(session, 3)
    come_back(client, cast, "zeinab")
    assert client.page(WARNING).heading == "À faire"
    assert session.scalars(select(SessionRow)).all()
