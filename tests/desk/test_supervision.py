"""Supervision without lists: true numbers for the team alone, attestations, proof by lot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.access import open_case
from casework.cases.models import Case
from casework.cases.sections import read_sections
from casework.desk import supervision
from casework.errors import NotVisible
from casework.facts.calendar import last_day
from casework.programme import queries as programme
from casework.statistics.actions import close_quarter
from tests.conftest import new_client
from tests.support.cast import GOUNDAM, TOMBOUCTOU, Cast, enter
from tests.support.files import opened
from tests.support.strict_client import StrictClient

QUARTER = "2026Q1"
THEN = datetime(2026, 2, 10, 9, tzinfo=UTC)
AFTER = datetime.combine(last_day(QUARTER), time(9), UTC) + timedelta(days=20)


@pytest.fixture
def _published(session: Session, cast: Cast) -> Iterator[None]:
    """Eight files of February, one without statistics, and a closed quarter."""
    with clock.at(THEN):
        for number in range(8):
            opened(session, cast.person("zeinab"), statistics="no" if number == 0 else "yes")
    with clock.at(AFTER):
        close_quarter(session, QUARTER, rng=Random(3))
        session.commit()
        yield


@pytest.fixture
def aminata(app: Flask, session: Session, cast: Cast) -> StrictClient:
    """The coordinator's browser."""
    client = new_client(app, session)
    enter(client, cast.person("aminata"))
    return client


def drawn(session: Session, cast: Cast, number: int, handle: str = "aminata") -> list[Any]:
    """What a number draws in Goundam."""
    person, team = cast.person(handle), cast.team(GOUNDAM).id
    return supervision.sample(session, person.actor, person.keyring, team, QUARTER, "donor", number)


def noted(session: Session, action: str) -> list[dict[str, Any]]:
    """The bodies of the noted views of one act."""
    views = session.info.get("views", [])
    return [json.loads(view["body"]) for view in views if view["action"] == action]


@pytest.mark.usefixtures("_published")
def test_the_coordinator_reads_the_true_workload(session: Session, cast: Cast) -> None:
    found = supervision.workload(session, cast.person("aminata").actor, cast.team(GOUNDAM).id)
    assert [(one.user_id, one.open) for one in found.workers] == [(cast.person("zeinab").id, 8)]
    assert sum(found.statuses.values()) == 8
    assert noted(session, "workload.viewed")[0]["team"] == str(cast.team(GOUNDAM).id)


@pytest.mark.parametrize(
    ("handle", "team"),
    [("zeinab", GOUNDAM), ("aminata", TOMBOUCTOU), ("manager", GOUNDAM), ("mariam", GOUNDAM)],
)
def test_nobody_else_reads_it(session: Session, cast: Cast, handle: str, team: str) -> None:
    with pytest.raises(NotVisible):
        supervision.workload(session, cast.person(handle).actor, cast.team(team).id)


@pytest.mark.usefixtures("_published")
def test_a_number_draws_five_files_that_consented(session: Session, cast: Cast) -> None:
    shown = drawn(session, cast, 17)
    assert [len(one.proofs) > 0 for one in shown] == [True] * 5
    assert {len(one.groups) for one in shown} == {3}
    (entry,) = noted(session, "evidence.shown")
    assert (len(entry["ids"]), entry["verifier"], entry["period"]) == (5, "donor", "2026-Q1")


@pytest.mark.usefixtures("_published")
def test_the_same_number_draws_the_same_files_and_another_others(
    session: Session, cast: Cast
) -> None:
    for number in (17, 17, *range(20, 26)):
        drawn(session, cast, number)
    first, again, *others = (entry["ids"] for entry in noted(session, "evidence.shown"))
    assert first == again
    assert any(ids != first for ids in others)


@pytest.mark.usefixtures("_published")
def test_who_wanted_no_statistics_is_never_drawn(session: Session, cast: Cast) -> None:
    refused = opened_first(session, cast)
    for number in range(1, 12):
        drawn(session, cast, number)
    shown = {one for entry in noted(session, "evidence.shown") for one in entry["ids"]}
    assert len(shown) == 7
    assert refused not in shown


def opened_first(session: Session, cast: Cast) -> str:
    """The file whose person wanted no statistics: the only one without facts."""
    person = cast.person("zeinab")
    for row in session.scalars(select(Case)):
        case = open_case(session, person.keyring, row)
        if not read_sections(session, case)["admin"].value.get("facts"):
            return str(row.id)
    raise AssertionError("every file has facts")


@pytest.mark.usefixtures("_published")
def test_an_open_quarter_shows_nothing(session: Session, cast: Cast) -> None:
    person, team = cast.person("aminata"), cast.team(GOUNDAM).id
    with pytest.raises(NotVisible):
        supervision.sample(session, person.actor, person.keyring, team, "2026Q2", "donor", 5)


@pytest.mark.usefixtures("_published")
def test_the_verifier_sees_no_name_no_code_no_place(
    session: Session, aminata: StrictClient, cast: Cast
) -> None:
    team = cast.team(GOUNDAM).id
    page = aminata.page(f"/workload/{team}/evidence")
    shown = aminata.submit(page, "evidence", quarter=QUARTER, verifier="donor", number="417")
    assert shown.text.count("Dossier ") == 5
    assert "février 2026" in shown.text
    codes = [row.code for row in session.scalars(select(Case))]
    assert not [code for code in codes if code in shown.text or code[:4] in shown.text]
    assert GOUNDAM not in shown.text[shown.text.index("Tirés par") :]
    kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "evidence.shown")).all()
    assert len(kept) == 1


@pytest.mark.usefixtures("_published")
@pytest.mark.parametrize("rest", ["2026Q1/donor/0", "2026Q1/stranger/5", "2026Q2/donor/5"])
def test_an_address_that_no_form_gives_is_unknown(
    aminata: StrictClient, cast: Cast, rest: str
) -> None:
    address = f"/workload/{cast.team(GOUNDAM).id}/evidence/{rest}"
    assert aminata.get(address).status_code == 404


@pytest.mark.usefixtures("_published")
def test_a_month_is_attested_and_managers_read_it_without_a_number(
    app: Flask, session: Session, aminata: StrictClient, cast: Cast
) -> None:
    team = cast.team(GOUNDAM).id
    page = aminata.page(f"/workload/{team}/attestation")
    done = aminata.submit(page, "attestation", month="2026-03-01")
    assert "Le mois est attesté." in done.text
    assert [each.team for each in programme.attestations(session)] == [GOUNDAM]
    client = new_client(app, session)
    enter(client, cast.person("manager"))
    read = client.page("/statistics/attestations")
    assert ("mars 2026" in read.text, GOUNDAM in read.text) == (True, True)


def test_a_coordinator_of_one_team_comes_straight_to_it(aminata: StrictClient, cast: Cast) -> None:
    answer = aminata.get("/workload")
    assert answer.headers["Location"] == f"/workload/{cast.team(GOUNDAM).id}"
    assert "Données internes" in aminata.page("/workload").text
