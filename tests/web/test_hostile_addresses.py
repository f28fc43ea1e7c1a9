"""Addresses that no page of ours makes: none of them breaks anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, IntegerConverter, Rule, UUIDConverter

from tests.conftest import new_client
from tests.pages.world import World, make_world
from tests.support.cast import Cast, enter
from tests.support.strict_client import StrictClient
from tests.web.conftest import token_of

TEXTS = (
    "\x00",
    "a\x00b",
    "é",
    "..",
    "%",
    "'\"--",
    "{{7*7}}",
    "%C3%28",
    "x" * 5000,
    "\u202e",
    "1e9",
    "-1",
)
IDS = (
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "not-an-id",
    "1",
    "%00",
    "{00000000-0000-0000-0000-000000000000}",
    "0" * 32,
    "AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA",
)
NUMBERS = ("0", "-1", "9" * 5, "9" * 40, "x")
QUERIES = (
    "?held=%00&notice=%00&page=%00&commune=%00&service=%00&kind=%00&after=%00&refused=%00",
    "?page=-1&after=9999999999999999999999&before=x&held={}&state=%FF&edit&then=//evil",
    "?quarter=2026Q9&commune=ML99&service=nothing&period='&table=x&year=99999",
    "?" + "a=1&" * 500 + "a" * 10_000,
)


def odd(converter: Any) -> tuple[str, ...]:
    """Values that a part of an address may be asked with."""
    if isinstance(converter, UUIDConverter):
        return IDS
    if isinstance(converter, IntegerConverter):
        return NUMBERS
    return TEXTS[:3] if isinstance(converter, AnyConverter) else TEXTS


def rules(app: Flask, method: str) -> Iterator[Rule]:
    """The rules of the program that take a method."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static":
            yield rule


def asked(rule: Rule, world: World, name: str = "", value: str = "") -> str:
    """The address of a rule with one part replaced as it stands, the others as they should be."""
    parts = []
    for is_dynamic, text in rule._trace:
        if not is_dynamic:
            parts.append(text.lstrip("|"))
            continue
        known = world.value(rule.endpoint, text)
        converter = rule._converters[text]
        if isinstance(converter, AnyConverter) and known not in converter.items:
            known = min(converter.items)
        parts.append(value if text == name else quote(str(known)))
    return "".join(parts)


def encoded(value: str) -> str:
    """The value as it goes into a path."""
    return value if "%" in value and len(value) > 1 else quote(value, safe="")


def odd_addresses(app: Flask, world: World, method: str) -> Iterator[str]:
    """Every rule with each of its parts made odd, one at a time."""
    for rule in rules(app, method):
        for name, converter in rule._converters.items():
            for value in odd(converter):
                yield asked(rule, world, name, encoded(value))


@pytest.fixture
def world(app: Flask, session: Session, cast: Cast) -> World:
    """One case with everything that has an address."""
    return make_world(app, session, cast)


def signed_in(app: Flask, session: Session, cast: Cast, handle: str) -> StrictClient:
    """The browser of somebody."""
    client = new_client(app, session)
    enter(client, cast.person(handle))
    return client


def test_the_addresses_asked_here_are_those_of_the_program(app: Flask, world: World) -> None:
    with app.test_request_context("/"):
        for rule in rules(app, "GET"):
            if set(rule._converters) <= {"case_id", "referral_id", "provider_id"}:
                values = {name: world.ids[name] for name in rule._converters}
                assert asked(rule, world) == app.url_for(rule.endpoint, **values)


on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""The stricter of the two: it takes no null byte and no number too large."""


@on_postgresql
def test_no_odd_part_of_an_address_breaks_a_page(
    app: Flask, session: Session, cast: Cast, world: World
) -> None:
    for handle in ("zeinab", "manager", "admin"):
        client = signed_in(app, session, cast, handle)
        for address in odd_addresses(app, world, "GET"):
            status = client.get(address).status_code
            assert status in (200, 302, 303, 308, 403, 404), (handle, address[:200], status)


@on_postgresql
def test_no_odd_query_breaks_a_page(app: Flask, session: Session, cast: Cast, world: World) -> None:
    for handle in ("zeinab", "auditor"):
        client = signed_in(app, session, cast, handle)
        for rule in rules(app, "GET"):
            for query in QUERIES:
                status = client.get(asked(rule, world) + query).status_code
                assert status in (200, 302, 303, 403, 404), (handle, rule.rule, query[:80], status)


@on_postgresql
def test_no_empty_or_odd_form_breaks_an_act(
    app: Flask, session: Session, cast: Cast, world: World
) -> None:
    odd_forms: tuple[dict[str, str], ...] = (
        {},
        dict.fromkeys(("code", "wanted", "handle", "text", "reason", "answer"), "\x00"),
        {"version": "x", "revision": "-1", "case_id": "1", "received_on-day": "99"},
    )
    for handle in ("zeinab", "mariam", "admin"):
        client = signed_in(app, session, cast, handle)
        token = token_of(client)
        for rule in rules(app, "POST"):
            if rule.endpoint in ("people.quick_exit", "people.sign_out", "people.open_session"):
                continue
            for form in odd_forms:
                answer = client.post(asked(rule, world), data={"csrf_token": token, **form})
                expected = (302, 303, 400, 403, 404, 409)
                assert answer.status_code in expected, (handle, rule.rule, answer.status_code)


def test_an_unknown_record_is_as_invisible_as_anothers(
    app: Flask, session: Session, cast: Cast, world: World
) -> None:
    client = signed_in(app, session, cast, "fanta")
    theirs, nobodys = world.ids["case_id"], uuid4()
    pages = [client.get(f"/cases/{one}") for one in (theirs, nobodys)]
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].text == pages[1].text
