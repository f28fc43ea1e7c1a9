"""Looking changes nothing: every page with a real case, for whoever may open it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule

from casework.audit.models import AuditEntry
from casework.people.models import SessionRow
from casework.web.gate import public
from tests.conftest import new_client
from tests.pages.world import World, make_world
from tests.support.cast import Cast, enter, tables
from tests.support.files import CANARY
from tests.support.strict_client import StrictClient

ROLES = ("zeinab", "aminata", "moussa", "mariam", "fanta", "admin", "manager", "auditor")
LOG, SESSIONS = AuditEntry.__tablename__, SessionRow.__tablename__
FULL = "CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'full'); END"
Rows = frozenset[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as somebody saw it, and every row that was other afterwards."""

    handle: str
    address: str
    status: int
    words: str
    lost: dict[str, Rows]
    added: dict[str, Rows]
    entries: list[AuditEntry]
    after: dict[str, Rows]


def addresses(app: Flask, world: World) -> list[str]:
    """A real address of every endpoint that can be looked at."""
    with app.test_request_context("/"):
        return [
            app.url_for(rule.endpoint, **arguments(rule, world))
            for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint)
            if "GET" in (rule.methods or ()) and rule.endpoint != "static"
        ]


def arguments(rule: Rule, world: World) -> dict[str, Any]:
    """A value for every part of an address, of the kind its rule takes."""
    found = {}
    for name, converter in rule._converters.items():
        known = world.value(rule.endpoint, name)
        if isinstance(converter, AnyConverter) and known not in converter.items:
            known = min(converter.items)
        found[name] = known
    return found


def everything(session: Session) -> dict[str, Rows]:
    """Everything the database holds, by table, as the driver gives it."""
    session.rollback()
    read = session.connection().exec_driver_sql
    return {
        table.name: frozenset(tuple(row) for row in read(f"SELECT * FROM {table.name}"))  # noqa: S608
        for table in tables()
    }


def looked(
    session: Session,
    client: StrictClient,
    handle: str,
    address: str,
    before: dict[str, Rows] | None = None,
) -> Seen:
    """The page at the address, with every row before and after."""
    before = before or everything(session)
    answer = client.get(address)
    after = everything(session)
    return Seen(
        handle,
        address,
        answer.status_code,
        answer.text,
        {name: before[name] - after[name] for name in before if before[name] - after[name]},
        {name: after[name] - before[name] for name in before if after[name] - before[name]},
        new_entries(session),
        after,
    )


def new_entries(session: Session) -> list[AuditEntry]:
    """What was written to the log since this was last asked."""
    query = select(AuditEntry).where(AuditEntry.id.not_in(session.info.setdefault("known", set())))
    found = list(session.scalars(query))
    session.info["known"] |= {one.id for one in found}
    session.expunge_all()
    return found


@pytest.fixture
def walk(app: Flask, session: Session, cast: Cast) -> list[Seen]:
    """Every page as everybody sees it."""
    return list(walked(app, session, cast, make_world(app, session, cast)))


def walked(app: Flask, session: Session, cast: Cast, world: World) -> Iterator[Seen]:
    """Every page as everybody sees it, one after another."""
    for handle in ROLES:
        client = new_client(app, session)
        enter(client, cast.person(handle))
        new_entries(session)
        left = everything(session)
        for address in addresses(app, world):
            seen = looked(session, client, handle, address, left)
            left = seen.after
            yield seen


def test_looking_writes_its_entry_and_the_last_use_only(walk: list[Seen], cast: Cast) -> None:
    assert sum(seen.status == 200 for seen in walk) > 100
    for seen in walk:
        where = (seen.handle, seen.address)
        assert seen.status < 500, where
        assert set(seen.lost) <= {SESSIONS}, (where, seen.lost)
        assert set(seen.added) <= {LOG, SESSIONS}, (where, seen.added)
        assert {one.actor_id for one in seen.entries} <= {cast.person(seen.handle).id}, where
    shown = [seen for seen in walk if CANARY in seen.words]
    assert {seen.handle for seen in shown} == {"zeinab", "aminata", "mariam"}
    for seen in shown:
        assert seen.entries, (seen.handle, seen.address)
        if seen.address.startswith("/cases/"):
            assert any(one.case_id for one in seen.entries), (seen.handle, seen.address)


def test_a_page_that_shows_a_person_is_not_shown_where_the_log_is_full(
    app: Flask, session: Session, cast: Cast
) -> None:
    world = make_world(app, session, cast)
    client = new_client(app, session)
    enter(client, cast.person("zeinab"))
    shown = [one for one in addresses(app, world) if CANARY in client.get(one).text]
    session.execute(text(FULL))
    assert len(shown) > 10
    for address in shown:
        answer = client.get(address)
        assert answer.status_code == 500, address
        assert CANARY not in answer.text, address


def test_the_walk_sees_a_page_that_writes(
    app: Flask, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = new_client(app, session)
    enter(client, cast.person("zeinab"))

    def forgetful(*_: object, **__: object) -> str:
        session.execute(text("UPDATE users SET language = 'en'"))
        session.commit()
        return "<!doctype html><html lang=fr><title>x</title><h1>x</h1>"

    monkeypatch.setitem(app.view_functions, "people.neutral", public(forgetful))
    seen = looked(session, client, "zeinab", "/welcome")
    assert (set(seen.lost), set(seen.added)) == ({"users"}, {"users"})
