"""The log as the auditor reads it: newest first, page by page, by act, person and file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.admin.audit_entries import PAGE
from casework.audit.log import record
from casework.audit.models import AuditEntry
from casework.audit.pages import Wanted, newest
from casework.audit.proofs import issue_checkpoint
from casework.audit.sequencer import sequence_all
from casework.cases.case_codes import new_code
from casework.cases.models import Case
from casework.errors import NotVisible
from tests.support.cast import Cast, enter
from tests.support.databases import on_both_databases
from tests.support.html_rules import text_of
from tests.support.strict_client import StrictClient

LATER = datetime(2046, 3, 2, 12, 0, tzinfo=UTC)


def a_case(session: Session, cast: Cast) -> Case:
    """A bare row of a case of Goundam, and two acts about it."""
    zeinab = cast.person("zeinab")
    case = Case(id=uuid4(), code=new_code(), owner_team=zeinab.team_id, opened_on=clock.today())
    session.add(case)
    session.flush()
    record(session, "case.viewed", actor=zeinab.id, case=case.id, sections=["identity"], grounds=[])
    record(session, "case.reopened", actor=zeinab.id, case=case.id, boxes={})
    return case


@pytest.fixture
def auditor(cast: Cast, client: StrictClient) -> StrictClient:
    """The auditor's browser."""
    enter(client, cast.person("auditor"))
    return client


def test_acts_are_sentences_with_who_and_what_she_is(
    cast: Cast, auditor: StrictClient, session: Session
) -> None:
    a_case(session, cast)
    page = auditor.page("/audit")
    assert "zeinab a regardé un dossier (Identité)" in page.text
    assert "Parajuriste, Goundam" in page.text
    assert "admin a activé son compte avec le code à usage unique" in page.text


def test_no_case_code_and_no_name_of_staff_is_shown(
    cast: Cast, auditor: StrictClient, session: Session
) -> None:
    case = a_case(session, cast)
    text = auditor.page("/audit").document.source
    assert case.code not in text
    assert case.id.hex[:8] in text
    assert "Maitre Cisse" not in text


def test_an_act_of_which_the_hour_is_kept_shows_no_minute(
    cast: Cast, auditor: StrictClient, session: Session
) -> None:
    with clock.at(datetime(2026, 3, 12, 14, 25, tzinfo=UTC)):
        a_case(session, cast)
        record(session, "session.closed", cast.person("zeinab").id)
    page = auditor.page("/audit")
    assert "12 mars 2026, entre 14:00 et 15:00" in page.text
    assert "12 mars 2026, 14:25" in page.text
    assert "12 mars 2026, 14:00" not in page.text


def test_looking_is_an_act_itself(cast: Cast, auditor: StrictClient, session: Session) -> None:
    auditor.page("/audit?act=session.opened")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.viewed")).one()
    body = json.loads(entry.body or b"")
    assert entry.actor_id == cast.person("auditor").id
    assert (body["act"], body["person"], body["case"]) == ("session.opened", None, None)


@pytest.mark.parametrize("spoken", [False, True])
def test_a_typed_case_code_becomes_an_id_in_the_address(
    cast: Cast, auditor: StrictClient, session: Session, spoken: bool
) -> None:
    case = a_case(session, cast)
    typed = f"{case.code[:4]}-{case.code[4:]}".lower() if spoken else case.code
    page = auditor.submit(auditor.page("/audit"), "/audit", case=typed)
    assert case.code not in page.address
    assert str(case.id) in page.address
    assert "a rouvert un dossier" in page.text
    assert "a activé son compte" not in page.text
    views = session.scalars(
        select(AuditEntry.case_id).where(AuditEntry.action == "audit.viewed")
    ).all()
    assert views == [None, case.id]


def test_a_typed_handle_becomes_an_id_in_the_address(
    cast: Cast, auditor: StrictClient, session: Session
) -> None:
    a_case(session, cast)
    page = auditor.submit(auditor.page("/audit"), "/audit", person="Zéinab")
    assert "zeinab" not in page.address
    assert str(cast.person("zeinab").id) in page.address
    assert "aminata" not in page.text
    assert page.form("/audit").values["person"] == "zeinab"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"person": "nobody"}, "Personne n’a ce nom de connexion"),
        ({"case": "AAAA-AAAA"}, "Aucun dossier n’a ce code"),
        ({"case": "not a code"}, "Aucun dossier n’a ce code"),
        ({"case": "x" * 21}, "trop long"),
    ],
)
def test_what_cannot_be_found_is_said(
    cast: Cast, auditor: StrictClient, typed: dict[str, str], message: str
) -> None:
    page = auditor.submit(auditor.page("/audit"), "/audit", **typed)
    assert message in page.text
    assert page.form("/audit").values[next(iter(typed))] == next(iter(typed.values()))


def test_acts_of_one_kind(cast: Cast, auditor: StrictClient) -> None:
    page = auditor.submit(auditor.page("/audit"), "/audit", act="team.created")
    main = next(page.document.all("main"))
    (listed,) = (one for one in main.iter("ul") if one.get("class") == "tasks")
    acts = [text_of(item) for item in listed.iter("li")]
    assert len(acts) == 4
    assert all("A créé l’équipe" in act or "a créé l’équipe" in act for act in acts)


@pytest.mark.parametrize(
    "address",
    ["/audit?act=unknown", "/audit?person=x", "/audit?case=%00", "/audit?before=nothing"],
)
def test_a_made_up_question_shows_everything(auditor: StrictClient, address: str) -> None:
    assert "a activé son compte" in auditor.page(address).text


def test_an_unknown_place_is_not_there(auditor: StrictClient) -> None:
    assert auditor.get(f"/audit?before={uuid4()}").status_code == 404


def fill(session: Session, cast: Cast, count: int, after: int = 0) -> list[UUID]:
    """So many acts of fanta, an hour apart, later than all others and `after` hours after that;
    their ids, newest first."""
    found = []
    for turn in range(count):
        with clock.at(LATER + timedelta(hours=after + turn)):
            entry = record(session, "session.closed", actor=cast.person("fanta").id)
            session.flush()
            found.append(entry.id)
    return found[::-1]


def paged(session: Session, wanted: Wanted) -> list[UUID]:
    """Every entry, read page by page."""
    found: list[UUID] = []
    before = None
    while True:
        entries = newest(session, wanted, before)
        found += [entry.id for entry in entries[:PAGE]]
        if len(entries) <= PAGE:
            return found
        before = found[-1]


@on_both_databases
@pytest.mark.parametrize("placed", [0, 60, 130])
def test_pages_show_every_act_once_newest_first(cast: Cast, session: Session, placed: int) -> None:
    sequence_all(session)
    fanta = cast.person("fanta").id
    wanted = Wanted(person=fanta)
    before = paged(session, wanted)
    first = fill(session, cast, placed)
    sequence_all(session)
    rest = fill(session, cast, 130 - placed, placed)
    assert paged(session, wanted) == [*rest, *first, *before]


def test_a_page_goes_on_where_it_stood_though_acts_get_their_place_meanwhile(
    cast: Cast, session: Session
) -> None:
    every = fill(session, cast, PAGE + 10)
    wanted = Wanted(act="session.closed")
    first = newest(session, wanted)[:PAGE]
    sequence_all(session)
    session.expire_all()
    rest = newest(session, wanted, first[-1].id)
    assert [entry.id for entry in [*first, *rest]] == every


def test_the_page_leads_on_to_older_acts(
    cast: Cast, auditor: StrictClient, session: Session
) -> None:
    fill(session, cast, PAGE + 3)
    page = auditor.submit(auditor.page("/audit"), "/audit", person="fanta")
    older = auditor.page(page.links["Page suivante"])
    assert older.text.count("a fermé sa session") == 3
    assert "Page suivante" not in older.links


def test_an_entry_unknown_to_the_log_raises(cast: Cast, session: Session) -> None:
    with pytest.raises(NotVisible):
        newest(session, Wanted(), uuid4())


def test_the_checkpoint_is_shown_as_it_was_signed(
    cast: Cast, auditor: StrictClient, session: Session
) -> None:
    assert "Aucun repère" in auditor.page("/audit/checkpoint").text
    note = issue_checkpoint(session, "casework.example/log", b"l" * 32)
    page = auditor.page("/audit/checkpoint")
    for line in note.decode().split("\n"):
        assert line in page.text
    assert page.document.source.count("<svg") == 1


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-03-02", "2026-03-02", 1),
        ("2026-03-02", "2026-03-04", 3),
        ("2026-03-03", None, 4),
        (None, "2026-03-03", 2),
        ("2027-01-01", None, 0),
    ],
)
def test_a_period_holds_both_its_days(
    cast: Cast,
    auditor: StrictClient,
    session: Session,
    since: str | None,
    until: str | None,
    expected: int,
) -> None:
    days = [datetime(2026, 3, day, hour, 59, tzinfo=UTC) for day, hour in DAYS_AND_HOURS]
    for moment in days:
        with clock.at(moment):
            record(session, "session.closed", actor=cast.person("fanta").id)
    sequence_all(session)
    asked = "&".join(f"{name}={day}" for name, day in (("since", since), ("until", until)) if day)
    page = auditor.page(f"/audit?act=session.closed&{asked}")
    assert page.text.count("fanta a fermé sa session") == expected


DAYS_AND_HOURS = [(2, 0), (3, 23), (4, 0), (5, 12), (6, 7)]


def test_the_form_of_a_period_leads_to_its_days(cast: Cast, auditor: StrictClient) -> None:
    days = {"since-day": "2", "since-month": "3", "since-year": "2026"}
    page = auditor.submit(auditor.page("/audit"), "/audit", **days)
    assert "since=2026-03-02" in page.address
    assert page.form("/audit").values["since-day"] == "2"
    assert "Aucun" in page.text or "a activé" in page.text


def test_a_period_that_ends_before_it_begins_is_refused(cast: Cast, auditor: StrictClient) -> None:
    days = {f"since-{part}": text for part, text in zip(PARTS, ("5", "3", "2026"), strict=True)}
    days |= {f"until-{part}": text for part, text in zip(PARTS, ("4", "3", "2026"), strict=True)}
    page = auditor.submit(auditor.page("/audit"), "/audit", **days)
    assert "Ce jour est avant le premier" in page.text


PARTS = ("day", "month", "year")


@pytest.mark.parametrize("address", ["since=0001-01-01", "until=9999-12-31", "since=x", "until="])
def test_a_day_of_no_calendar_shows_everything(auditor: StrictClient, address: str) -> None:
    assert "a activé son compte" in auditor.page(f"/audit?{address}").text


def test_the_data_officer_reads_who_opened_a_file_by_its_code(
    cast: Cast, auditor: StrictClient, session: Session
) -> None:
    case = a_case(session, cast)
    zeinab, ibrahim = cast.person("zeinab").id, cast.person("ibrahim").id
    for who in (zeinab, zeinab, ibrahim):
        seen = {"sections": ["identity"], "grounds": ["team"]}
        record(session, "case.viewed", actor=who, case=case.id, **seen)
    page = auditor.submit(auditor.page("/audit"), "/audit", case=case.code)
    readers = auditor.page(page.links["Qui a ouvert ce dossier"])
    assert "zeinab — Parajuriste, Goundam 3 fois" in readers.text
    assert "ibrahim — Parajuriste, Goundam une fois" in readers.text
    assert case.code not in readers.address + readers.document.source
    acts = session.scalars(select(AuditEntry.case_id).where(AuditEntry.action == "readers.viewed"))
    assert acts.all() == [case.id]
