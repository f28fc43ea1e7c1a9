"""Every role at every address: the answers stand in `matrix.txt`, reviewed by people.

To renew it after a reviewed change: `MATRIX=write pytest tests/pages/test_matrix.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from casework.web.gate import mark_of
from tests.conftest import new_client
from tests.pages.world import World, make_world, sample
from tests.support.cast import Cast, enter

SNAPSHOT = Path(__file__).parent / "matrix.txt"
WHO = {
    "nobody": None,
    "relay": "moussa",
    "paralegal": "zeinab",
    "coordinator": "aminata",
    "other team": "fanta",
    "receiver": "mariam",
    "other partner": "maitre_cisse",
    "administrator": "admin",
    "manager": "manager",
    "donor": "donor",
    "auditor": "auditor",
}


@pytest.fixture
def world(app: Flask, session: Session, cast: Cast) -> World:
    """One case with everything that has an address."""
    return make_world(app, session, cast)


def reading_rules(app: Flask) -> list[Rule]:
    """Every address that can be looked at, in the order of their names."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return sorted((rule for rule in rules if rule.endpoint != "static"), key=lambda r: r.endpoint)


def addresses(app: Flask, world: World) -> dict[str, str]:
    """A real address for every endpoint that can be looked at."""
    found = {}
    with app.test_request_context("/"):
        for rule in reading_rules(app):
            values = {name: world.value(rule.endpoint, name) for name in rule.arguments}
            found[rule.endpoint] = app.url_for(rule.endpoint, **values)
    return found


def answers(app: Flask, session: Session, cast: Cast, world: World) -> dict[str, dict[str, int]]:
    """The status of every address for everybody."""
    table: dict[str, dict[str, int]] = {}
    places = addresses(app, world)
    for who, handle in WHO.items():
        client = new_client(app, session)
        if handle:
            enter(client, cast.person(handle))
        for endpoint, address in places.items():
            table.setdefault(endpoint, {})[who] = client.get(address).status_code
    return table


def written(table: dict[str, dict[str, int]]) -> str:
    """The table as text, one address a line."""
    lines = ["endpoint | " + " | ".join(WHO)]
    for endpoint, row in sorted(table.items()):
        lines.append(f"{endpoint} | " + " | ".join(str(row[who]) for who in WHO))
    return "\n".join(lines) + "\n"


def test_every_role_gets_the_reviewed_answer_at_every_address(
    app: Flask, session: Session, cast: Cast, world: World
) -> None:
    table = written(answers(app, session, cast, world))
    if os.environ.get("MATRIX") == "write":
        SNAPSHOT.write_text(table)
    assert table.splitlines() == SNAPSHOT.read_text().splitlines()


def reviewed() -> dict[str, dict[str, int]]:
    """The reviewed table, which the test above holds the program to."""
    head, *lines = (line.split(" | ") for line in SNAPSHOT.read_text().splitlines())
    return {endpoint: dict(zip(head[1:], map(int, row), strict=True)) for endpoint, *row in lines}


def test_who_has_no_key_of_a_case_finds_none_of_its_addresses(app: Flask) -> None:
    keyless = ("administrator", "manager", "donor", "auditor", "other team", "relay")
    for endpoint, row in reviewed().items():
        arguments = {name for rule in app.url_map.iter_rules(endpoint) for name in rule.arguments}
        if arguments & {"case_id", "referral_id"}:
            assert [row[who] for who in keyless] == [404] * len(keyless), endpoint


def test_nobody_reaches_a_page_behind_the_gate(
    app: Flask, session: Session, cast: Cast, world: World
) -> None:
    for endpoint, address in addresses(app, world).items():
        mark = mark_of(app.view_functions[endpoint])
        assert mark is not None, endpoint
        if not mark.public:
            answer = new_client(app, session).get(address)
            assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (303, True)


def test_a_post_without_its_token_is_refused_everywhere(
    app: Flask, session: Session, cast: Cast, world: World
) -> None:
    client = new_client(app, session)
    enter(client, cast.person("zeinab"))
    for rule in app.url_map.iter_rules():
        mark = mark_of(app.view_functions[rule.endpoint])
        if "POST" not in (rule.methods or ()) or (mark and mark.harmless):
            continue
        values = {name: sample(rule.endpoint, name) for name in rule.arguments}
        with app.test_request_context("/"):
            address = app.url_for(rule.endpoint, **values)
        assert client.post(address, data={}).status_code == 400, rule.endpoint
