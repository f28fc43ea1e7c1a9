"""Planned volumes, exact headlines, notes, the year of the programme: what a close goes by."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.errors import RuleBroken
from casework.facts.actions import set_calendar, write_fact
from casework.facts.dimensions import Dimensions
from casework.facts.kinds import FactKind
from casework.facts.models import Fact
from casework.facts.queries import next_to_close
from casework.statistics import yearly
from casework.statistics.actions import close_due, close_quarter, close_year, draw_year
from casework.statistics.models import FrozenFigures, Release
from casework.statistics.notes import add_erratum, errata, exact_headlines
from casework.statistics.planning import plan_volume, planned_catalogue
from casework.statistics.releases import altered_blocks, period_digest, stored_blocks

JANUARY = datetime(2027, 1, 20, 9, tzinfo=UTC)
WOMAN = Dimensions.from_codes("ML060208", "F", "25_59", {"femme"}, "suc_heritage")
GIRL = Dimensions.from_codes("ML060506", "F", "12_17", {"enfant"}, "vbg_viol")
QUARTERS = [f"2026Q{number}" for number in (1, 2, 3, 4)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yearly, "EXCHANGES", 2_000)


def helped(session: Session, day: date, count: int, who: Dimensions = WOMAN) -> None:
    for _ in range(count):
        write_fact(session, FactKind.SERVED, day, who, {"service": "health", "gbv": "no"})


def closed(session: Session, **calendar: object) -> Session:
    """Four closed quarters of 2026 with 150 women and girls helped."""
    set_calendar(session, date(2026, 1, 1), **calendar)  # type: ignore[arg-type]
    helped(session, date(2026, 2, 1), 80)
    helped(session, date(2026, 8, 1), 70, GIRL)
    with clock.at(JANUARY):
        for quarter in QUARTERS:
            close_quarter(session, quarter)
    return session


def test_a_plan_holds_from_the_next_year_of_which_no_quarter_is_closed(session: Session) -> None:
    closed(session)
    assert plan_volume(session, "served", 5_000) == "2027Q1"
    assert planned_catalogue(session, "2026Q4").kinds["served"].planned == 300
    assert planned_catalogue(session, "2027Q1").kinds["served"].planned == 5_000


def test_a_plan_made_before_the_first_close_holds_at_once(session: Session) -> None:
    set_calendar(session, date(2026, 5, 1))
    assert plan_volume(session, "served", 40) == "2026Q1"


def test_what_is_planned_and_not_what_is_found_decides_the_tables_of_a_year(
    session: Session,
) -> None:
    set_calendar(session, date(2026, 1, 1))
    plan_volume(session, "served", 100_000)
    with clock.at(JANUARY):
        for quarter in QUARTERS:
            close_quarter(session, quarter)
        close_year(session, "2026")
    block = next(b for b in stored_blocks(session, ["2026"]) if b.kind == "served")
    assert {table for table, _ in block.values} >= {"commune*sex*age", "category*service"}


def test_of_few_planned_facts_only_whole_years_are_published(session: Session) -> None:
    set_calendar(session, date(2026, 1, 1))
    plan_volume(session, "served", 40)
    helped(session, date(2026, 2, 1), 20)
    helped(session, date(2026, 8, 1), 18)
    with clock.at(JANUARY):
        for quarter in QUARTERS:
            close_quarter(session, quarter)
        close_year(session, "2026")
    quarterly = {block.kind for block in stored_blocks(session, QUARTERS)}
    assert "served" not in quarterly
    assert "registered" in quarterly
    block = next(b for b in stored_blocks(session, ["2026"]) if b.kind == "served")
    assert abs(block.values["total", ()] - 38) <= 4
    assert block.values["sex", ("F",)] == block.values["total", ()]


@pytest.mark.parametrize(
    ("kind", "volume", "rule"),
    [("nothing", 5, "no_such_kind"), ("served", -1, "volume_out_of_range")],
    ids=["unknown kind", "below zero"],
)
def test_a_plan_that_makes_no_sense_is_refused(
    session: Session, kind: str, volume: int, rule: str
) -> None:
    with pytest.raises(RuleBroken, match=rule):
        plan_volume(session, kind, volume)


def test_no_headline_is_exact_unless_the_programme_asks_for_it(session: Session) -> None:
    closed(session)
    with clock.at(JANUARY):
        close_year(session, "2026")
    assert exact_headlines(session, ["2026"]) == {}


def test_an_exact_headline_is_large_and_under_the_fingerprint(session: Session) -> None:
    closed(session, exact_headline=True)
    with clock.at(JANUARY):
        digest = close_year(session, "2026")
    assert exact_headlines(session, ["2026"]) == {"2026": {"served": 150}}
    assert period_digest(session, "2026") == digest
    assert altered_blocks(session, "2026") == []


def test_a_changed_headline_is_found(session: Session) -> None:
    closed(session, exact_headline=True)
    with clock.at(JANUARY):
        close_year(session, "2026")
    table = Release.metadata.tables["exact_headlines"]
    session.execute(table.update().values(value=155))
    session.expire_all()
    assert altered_blocks(session, "2026") == ["served"]


def test_a_note_stands_beside_figures_that_stay(session: Session) -> None:
    closed(session)
    before = period_digest(session, "2026Q1")
    with clock.at(JANUARY):
        add_erratum(session, "2026Q1", "Les fiches de deux relais sont\narrivées en retard.")
    (note,) = errata(session, ["2026Q1", "2026Q2"])
    assert note.note == "Les fiches de deux relais sont arrivées en retard."
    assert (note.period, note.noted_at) == ("2026Q1", JANUARY)
    assert period_digest(session, "2026Q1") == before
    session.flush()
    entries = session.scalars(select(AuditEntry).filter_by(action="statistics.corrected"))
    assert len(entries.all()) == 1


@pytest.mark.parametrize(
    ("period", "note", "rule"),
    [
        ("2026Q1", "It was 12 and not 15", "note_has_figures"),
        ("2026Q1", "C’était ٣", "note_has_figures"),
        ("2026Q1", "  ", "note_empty"),
        ("2026Q1", "a" * 401, "note_too_long"),
        ("2031Q1", "Late sheets", "period_not_closed"),
    ],
    ids=["figures", "other digits", "empty", "long", "nothing published"],
)
def test_a_note_that_could_undo_a_figure_is_refused(
    session: Session, period: str, note: str, rule: str
) -> None:
    closed(session)
    with pytest.raises(RuleBroken, match=rule):
        add_erratum(session, period, note)


def test_a_note_is_not_changed_afterwards(session: Session) -> None:
    closed(session)
    add_erratum(session, "2026Q1", "Late sheets")
    from casework.statistics.models import Erratum

    session.scalars(select(Erratum)).one().note = "Nothing"
    with pytest.raises(FrozenFigures):
        session.flush()


def test_quarters_close_by_themselves_once_their_delay_is_over(session: Session) -> None:
    set_calendar(session, date(2026, 1, 1))
    with clock.at(datetime(2026, 4, 14, 23, tzinfo=UTC)):
        assert close_due(session) == 0
    with clock.at(datetime(2026, 7, 15, 3, tzinfo=UTC)):
        assert close_due(session) == 2
        assert close_due(session) == 0
    assert next_to_close(session) == "2026Q3"


def test_a_fiscal_year_from_october_sums_its_own_quarters(session: Session) -> None:
    set_calendar(session, date(2025, 10, 1), year_starts_in=10)
    helped(session, date(2025, 11, 1), 60)
    helped(session, date(2026, 9, 1), 60)
    with clock.at(datetime(2026, 10, 20, tzinfo=UTC)):
        for quarter in ("2025Q4", *QUARTERS[:3]):
            close_quarter(session, quarter, rng=random.Random(1))
        close_year(session, "FY2026")
    block = next(b for b in stored_blocks(session, ["FY2026"]) if b.kind == "served")
    assert abs(block.values["total", ()] - 120) <= 9


def test_the_year_of_a_programme_stays_once_a_quarter_is_closed(session: Session) -> None:
    closed(session)
    with pytest.raises(RuleBroken, match="calendar_in_use"):
        set_calendar(session, date(2026, 1, 1), year_starts_in=10)
    set_calendar(session, date(2026, 1, 1), delay_days=20)


def test_a_year_before_the_first_quarter_is_refused(session: Session) -> None:
    set_calendar(session, date(2026, 4, 1))
    with clock.at(JANUARY):
        for quarter in QUARTERS[1:]:
            close_quarter(session, quarter)
        with pytest.raises(RuleBroken, match="year_without_quarters"):
            close_year(session, "2026")


def test_drawing_a_year_tells_each_kind_and_writes_nothing(session: Session) -> None:
    closed(session)
    told: list[tuple[str, int, int]] = []
    draw_year(session, "2026", progress=lambda kind, done, whole: told.append((kind, done, whole)))
    assert [kind for kind, _, _ in told] == [str(kind) for kind in FactKind]
    assert told[-1][1:] == (8, 8)
    assert not session.new
    assert stored_blocks(session, ["2026"]) == []


def test_facts_are_dropped_once_the_year_after_theirs_is_published(session: Session) -> None:
    closed(session)
    with clock.at(JANUARY):
        close_year(session, "2026")
    assert session.scalar(select(func.count()).select_from(Fact)) == 150
    helped(session, date(2027, 2, 1), 10)
    with clock.at(datetime(2028, 1, 20, 9, tzinfo=UTC)):
        for number in (1, 2, 3, 4):
            close_quarter(session, f"2027Q{number}")
        close_year(session, "2027")
    assert session.scalar(select(func.count()).select_from(Fact)) == 10


def test_facts_of_a_year_that_was_never_published_stay(session: Session) -> None:
    closed(session)
    with clock.at(datetime(2028, 1, 20, 9, tzinfo=UTC)):
        for number in (1, 2, 3, 4):
            close_quarter(session, f"2027Q{number}")
        close_year(session, "2027")
    assert session.scalar(select(func.count()).select_from(Fact)) == 150
