"""Unusual access, found in the log and said as a question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.admin.unusual import Finding, Limits, found_in
from casework.audit.log import record
from casework.audit.models import AuditEntry
from casework.audit.pages import Wanted
from casework.audit.redaction import redact
from casework.audit.sequencer import sequence_all
from casework.errors import BadConfiguration
from config import Settings, make_keys
from tests.support.cast import Cast, Person, enter
from tests.support.databases import on_both_databases
from tests.support.strict_client import StrictClient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEW = Limits(cases=3, searches=2, refusals=2, others=2)


def looked(
    session: Session, who: Person, at: datetime, ground: str = "assigned", case: UUID | None = None
) -> UUID:
    """The person opened a file at this moment; returns the file's id."""
    case = case or uuid4()
    body = {"case": case, "sections": ["identity"], "grounds": [ground]}
    with clock.at(at):
        record(session, "case.viewed", actor=who.id, **body)
    return case


def given_to(session: Session, case: UUID, to: Person, at: datetime, by: Person) -> None:
    """The file was given to somebody."""
    with clock.at(at):
        record(session, "case.assigned", actor=by.id, case=case, to=to.id)


def findings(session: Session, limits: Limits = FEW) -> list[Finding]:
    """What is unusual in the week of that noon."""
    sequence_all(session)
    period = Wanted(since=NOON - timedelta(days=3), until=NOON + timedelta(days=4))
    return list(found_in(session, limits, period).findings)


def rules(session: Session, limits: Limits = FEW) -> list[str]:
    """The rules that were broken."""
    return sorted(one.rule for one in findings(session, limits))


@on_both_databases
def test_more_files_in_an_hour_than_the_limit(session: Session, cast: Cast) -> None:
    fanta = cast.person("fanta")
    for minute in range(3):
        looked(session, fanta, NOON + timedelta(minutes=minute))
    assert rules(session) == []
    looked(session, fanta, NOON + timedelta(minutes=59))
    (found,) = findings(session)
    assert (found.rule, found.actor, found.at, found.count) == ("many", fanta.id, NOON, 4)


def test_the_same_file_many_times_is_one_file(session: Session, cast: Cast) -> None:
    case = uuid4()
    for _ in range(9):
        looked(session, cast.person("fanta"), NOON, case=case)
    assert rules(session) == []


def test_as_many_in_two_hours_or_by_two_people_are_usual(session: Session, cast: Cast) -> None:
    for who in ("fanta", "zeinab"):
        for turn in range(6):
            looked(session, cast.person(who), NOON + turn % 2 * HOUR)
    assert rules(session) == []


@pytest.mark.parametrize(
    ("hour", "night"),
    [(20, False), (21, True), (23, True), (0, True), (4, True), (5, False)],
)
def test_the_night_begins_and_ends_at_its_hours(
    session: Session, cast: Cast, hour: int, night: bool
) -> None:
    looked(session, cast.person("fanta"), NOON.replace(hour=hour, minute=59))
    assert rules(session) == (["night"] if night else [])


def test_one_night_is_one_finding_though_it_has_two_dates(session: Session, cast: Cast) -> None:
    for moment in (NOON.replace(hour=22), NOON.replace(hour=2) + timedelta(days=1)):
        looked(session, cast.person("fanta"), moment)
    (found,) = findings(session)
    assert (found.rule, found.count, found.at.hour) == ("night", 2, 22)


def test_a_night_that_does_not_pass_midnight() -> None:
    limits = Limits(night_from=1, night_until=4)
    hours = [hour for hour in range(24) if limits.at_night(NOON.replace(hour=hour))]
    assert hours == [1, 2, 3]


@on_both_databases
def test_a_file_opened_after_it_was_given_to_another(session: Session, cast: Cast) -> None:
    ibrahim, zeinab, aminata = (cast.person(one) for one in ("ibrahim", "zeinab", "aminata"))
    case = looked(session, ibrahim, NOON - 30 * HOUR)
    given_to(session, case, ibrahim, NOON - 30 * HOUR, aminata)
    given_to(session, case, zeinab, NOON - 20 * HOUR, aminata)
    looked(session, ibrahim, NOON, "team", case)
    looked(session, zeinab, NOON, "assigned", case)
    (found,) = [one for one in findings(session) if one.rule == "ended"]
    assert (found.actor, found.case, found.at) == (ibrahim.id, case, NOON)


def test_who_opened_the_file_for_the_first_time_had_it(session: Session, cast: Cast) -> None:
    ibrahim, zeinab = cast.person("ibrahim"), cast.person("zeinab")
    case = uuid4()
    with clock.at(NOON - 30 * HOUR):
        record(session, "case.opened", actor=ibrahim.id, case=case, team=uuid4(), boxes={})
    looked(session, ibrahim, NOON - 29 * HOUR, "team", case)
    given_to(session, case, zeinab, NOON - 20 * HOUR, zeinab)
    assert rules(session) == []
    looked(session, ibrahim, NOON, "team", case)
    assert rules(session) == ["ended"]


def test_in_the_hour_of_the_handover_nothing_is_said(session: Session, cast: Cast) -> None:
    ibrahim, zeinab = cast.person("ibrahim"), cast.person("zeinab")
    case = uuid4()
    given_to(session, case, ibrahim, NOON - HOUR, zeinab)
    given_to(session, case, zeinab, NOON, zeinab)
    looked(session, ibrahim, NOON + timedelta(minutes=50), "team", case)
    assert rules(session) == []


def test_a_file_that_came_back_is_hers(session: Session, cast: Cast) -> None:
    ibrahim, zeinab = cast.person("ibrahim"), cast.person("zeinab")
    case = uuid4()
    for turn, who in enumerate((ibrahim, zeinab, ibrahim)):
        given_to(session, case, who, NOON - (9 - turn) * HOUR, zeinab)
    looked(session, ibrahim, NOON, "team", case)
    assert rules(session) == []


def test_files_of_colleagues_count_except_for_a_coordinator(session: Session, cast: Cast) -> None:
    for who in ("zeinab", "aminata"):
        for turn in range(3):
            looked(session, cast.person(who), NOON + turn * HOUR, "team")
    (found,) = findings(session)
    assert (found.rule, found.actor, found.count) == ("others", cast.person("zeinab").id, 3)


def test_searches_and_refusals_in_an_hour(session: Session, cast: Cast) -> None:
    fanta = cast.person("fanta").id
    with clock.at(NOON):
        for _ in range(2):
            record(session, "case.searched", actor=fanta, ids=[])
            record(session, "access.refused", actor=fanta, permission="case.view", record="x")
    assert rules(session) == []
    with clock.at(NOON):
        record(session, "case.searched", actor=fanta, ids=[])
        record(session, "access.refused", actor=fanta, permission="case.view", record="x")
    assert rules(session) == ["refused", "searches"]


def test_a_warning_at_sign_in_is_shown(session: Session, cast: Cast) -> None:
    with clock.at(NOON):
        record(session, "history.differed", cast.person("fanta").id, why="shorter", seen=9, size=3)
    assert rules(session) == ["warned"]


def test_a_redacted_entry_judges_nobody(session: Session, cast: Cast) -> None:
    for _ in range(3):
        looked(session, cast.person("fanta"), NOON, "team")
    size = sequence_all(session)
    assert rules(session) == ["others"]
    redact(session, [(0, size - 1)], "old")
    assert rules(session) == []


def test_the_page_says_who_what_and_what_to_ask(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    enter(client, cast.person("auditor"))
    now = clock.now().replace(hour=12, minute=0)
    for _ in range(31):
        looked(session, cast.person("fanta"), now - timedelta(days=1))
    page = client.page("/audit/unusual")
    assert "fanta a ouvert 31 dossiers en une heure" in page.text
    assert "Demandez-lui" in page.text
    assert "Parajuriste, Tombouctou" in page.text
    log = client.page(page.links["fanta"])
    assert log.text.count("fanta a regardé un dossier") == 31


def test_earlier_weeks_are_one_step_away_and_looking_is_an_act(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    enter(client, cast.person("auditor"))
    looked(session, cast.person("fanta"), NOON.replace(hour=23))
    day = (NOON + timedelta(days=9)).date().isoformat()
    page = client.page(f"/audit/unusual?until={day}")
    assert "Rien d’inhabituel" in page.text
    earlier = client.page(page.links["Les sept jours d’avant"])
    assert "fanta a ouvert des dossiers la nuit" in earlier.text
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "unusual.viewed"))
    assert len(acts.all()) == 2


@pytest.mark.parametrize("until", ["x", "1899-01-01", "9999-01-01", "%00"])
def test_a_day_of_no_use_shows_this_week(cast: Cast, client: StrictClient, until: str) -> None:
    enter(client, cast.person("auditor"))
    assert client.page(f"/audit/unusual?until={until}").heading == "Accès inhabituels"


def settings_with(tmp_path: Path, text: str) -> Settings:
    """The settings of a start with these limits in the environment."""
    make_keys(tmp_path)
    return Settings.from_environment({"CASEWORK_INSTANCE": str(tmp_path), "CASEWORK_UNUSUAL": text})


def test_the_limits_come_from_the_settings(tmp_path: Path) -> None:
    assert Limits(**settings_with(tmp_path, "").unusual) == Limits()
    found = Limits(**settings_with(tmp_path, "cases=12 night_from=20").unusual)
    assert (found.cases, found.night_from, found.night_until) == (12, 20, 5)


@pytest.mark.parametrize("text", ["cases", "cases=x", "cases=-1", "night_from=24", "people=3"])
def test_limits_that_cannot_be_read_stop_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadConfiguration, match="CASEWORK_UNUSUAL"):
        settings_with(tmp_path, text)
