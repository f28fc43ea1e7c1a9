"""A quarter closes once, in order, after its end; what it published never changes (T6)."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.errors import RuleBroken
from casework.facts import groups
from casework.facts.actions import correct_fact, remove_fact, set_calendar, write_fact
from casework.facts.dimensions import Dimensions
from casework.facts.kinds import DETAILS, FactKind
from casework.statistics import yearly
from casework.statistics.actions import close_quarter, close_year
from casework.statistics.models import FrozenFigures, Release, StatCell
from casework.statistics.releases import altered_blocks, period_digest, stored_blocks

AFTER = datetime(2026, 4, 16, 12, tzinfo=UTC)
LATER = datetime(2026, 7, 16, 12, tzinfo=UTC)
COMMUNES = ("ML060204", "ML060205", "ML060208", "ML060501", "ML060503", "ML060506", "ML060101")


def dimensions(rng: random.Random) -> Dimensions:
    return Dimensions(
        rng.choice(COMMUNES),
        rng.choice(groups.SEX.groups),
        rng.choice(groups.AGE.groups),
        rng.choice(groups.CATEGORY.groups),
        rng.choice(groups.PROBLEM.groups),
    )


def register(session: Session, day: date, rng: random.Random, number: int = 60) -> list[UUID]:
    ids = (write_fact(session, FactKind.REGISTERED, day, dimensions(rng)) for _ in range(number))
    return [fact_id for fact_id in ids if fact_id]


@pytest.fixture
def open_year(session: Session, rng: random.Random) -> list[UUID]:
    set_calendar(session, date(2026, 1, 1))
    return register(session, date(2026, 2, 10), rng)


def everything(session: Session) -> list[str]:
    """Every byte that a release shows."""
    return [line for block in stored_blocks(session, ["2026Q1"]) for line in block.lines()]


@pytest.mark.usefixtures("open_year")
def test_a_closed_quarter_publishes_every_kind(session: Session) -> None:
    with clock.at(AFTER):
        close_quarter(session, "2026Q1")
    assert set(session.scalars(select(Release.kind))) == set(FactKind)


@pytest.mark.usefixtures("open_year")
def test_a_second_close_is_refused(session: Session) -> None:
    with clock.at(AFTER):
        close_quarter(session, "2026Q1")
        published = everything(session)
        with pytest.raises(RuleBroken, match="quarter_closed"):
            close_quarter(session, "2026Q1")
    assert everything(session) == published


@pytest.mark.usefixtures("open_year")
def test_even_a_close_behind_the_rules_back_fails_in_the_database(session: Session) -> None:
    with clock.at(AFTER):
        close_quarter(session, "2026Q1")
    twin = {"kind": "registered", "period": "2026Q1", "catalogue": "1", "digest": "0" * 64}
    session.add(Release(**twin, ended_on=AFTER.date(), closed_at=AFTER, bound=4, running_bound=9))
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2026, 4, 14)])
@pytest.mark.usefixtures("open_year")
def test_no_quarter_closes_before_its_end_and_the_delay(session: Session, day: date) -> None:
    with (
        clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)),
        pytest.raises(RuleBroken, match="quarter_not_over"),
    ):
        close_quarter(session, "2026Q1")


@pytest.mark.usefixtures("open_year")
def test_a_quarter_closes_on_day_fifteen(session: Session) -> None:
    with clock.at(datetime(2026, 4, 15, 8, tzinfo=UTC)):
        assert close_quarter(session, "2026Q1")


@pytest.mark.usefixtures("open_year")
def test_past_quarters_close_one_after_the_other(session: Session) -> None:
    with clock.at(LATER):
        with pytest.raises(RuleBroken, match="quarter_not_next"):
            close_quarter(session, "2026Q2")
        close_quarter(session, "2026Q1")
        close_quarter(session, "2026Q2")


@pytest.mark.usefixtures("open_year")
def test_the_log_keeps_the_fingerprint_of_the_block(session: Session) -> None:
    with clock.at(AFTER):
        digest = close_quarter(session, "2026Q1")
    session.flush()
    entry = session.scalars(select(AuditEntry).filter_by(action="statistics.closed")).one()
    assert entry.body is not None
    assert digest.encode() in entry.body
    assert period_digest(session, "2026Q1") == digest


def test_nothing_that_happens_later_changes_a_published_byte(
    session: Session, open_year: list[UUID], rng: random.Random
) -> None:
    with clock.at(AFTER):
        close_quarter(session, "2026Q1")
        published = everything(session)
        register(session, date(2026, 2, 3), rng, 20)
        remove_fact(session, open_year[0])
        correct_fact(session, open_year[1], dimensions(rng))
        session.expire_all()
        assert everything(session) == published
    with clock.at(LATER):
        close_quarter(session, "2026Q2")
    assert everything(session) == published


def test_corrections_of_a_closed_quarter_come_out_in_the_next(
    session: Session, open_year: list[UUID]
) -> None:
    with clock.at(AFTER):
        close_quarter(session, "2026Q1", rng=random.Random(1))
        for fact_id in open_year[:30]:
            remove_fact(session, fact_id)
    with clock.at(LATER):
        close_quarter(session, "2026Q2", rng=random.Random(2))
    blocks = [each for each in stored_blocks(session, ["2026Q2"]) if each.kind == "registered"]
    assert set(blocks[0].values.values()) == {0}


@pytest.mark.usefixtures("open_year")
def test_a_published_figure_cannot_be_changed_through_the_program(session: Session) -> None:
    with clock.at(AFTER):
        close_quarter(session, "2026Q1")
    cell = session.scalars(select(StatCell).limit(1)).one()
    cell.value = 1000
    with pytest.raises(FrozenFigures):
        session.flush()


@pytest.mark.usefixtures("open_year")
def test_a_figure_changed_behind_the_programs_back_is_found(session: Session) -> None:
    with clock.at(AFTER):
        close_quarter(session, "2026Q1")
    assert altered_blocks(session, "2026Q1") == []
    session.execute(
        text("UPDATE stat_cells SET value = value + 5 WHERE table_name = 'sex' AND cell = 'F'")
    )
    session.expire_all()
    assert set(altered_blocks(session, "2026Q1")) >= {"registered"}


def test_facts_in_other_places_count_as_elsewhere(session: Session) -> None:
    set_calendar(session, date(2026, 1, 1))
    away = Dimensions("ML060101", "F", "18_59", "woman", "land")
    for _ in range(20):
        write_fact(session, FactKind.REGISTERED, date(2026, 1, 5), away)
    with clock.at(AFTER):
        close_quarter(session, "2026Q1")
    block = next(b for b in stored_blocks(session, ["2026Q1"]) if b.kind == "registered")
    assert block.values["commune", ("elsewhere",)] == 20


def test_every_kind_of_fact_of_a_full_quarter_closes_within_a_second(
    session: Session, rng: random.Random
) -> None:
    set_calendar(session, date(2026, 1, 1))
    for kind in FactKind:
        for _ in range(500 // len(FactKind)):
            where = dimensions(rng)
            detail = {each.name: rng.choice(each.groups) for each in DETAILS[kind]}
            write_fact(session, kind, date(2026, 1, 5), *consistent(kind, where, detail))
    with clock.at(AFTER):
        begun = time.process_time()
        close_quarter(session, "2026Q1")
        assert time.process_time() - begun < 1


def consistent(
    kind: FactKind, where: Dimensions, detail: dict[str, str]
) -> tuple[Dimensions, dict[str, str]]:
    """Codes as the pathway gives them: core type follows the problem, care the core type."""
    if kind is FactKind.INCIDENT:
        core = {"sexual_violence": "vbg_viol", "other_gbv": "vbg_psy"}
        detail["core_type"] = core.get(where.problem_group, "non_vbg")
        detail["care"] = "in_time" if detail["core_type"] == "vbg_viol" else "not_rape"
    if detail.get("outcome") == "no_redress":
        detail["outcome"] = "papers"
    return where, detail


@pytest.fixture
def closed_year(session: Session, rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Four closed quarters of 2026, with people registered in the first two."""
    monkeypatch.setattr(yearly, "EXCHANGES", 100_000)
    set_calendar(session, date(2026, 1, 1))
    register(session, date(2026, 2, 10), rng)
    register(session, date(2026, 5, 10), rng)
    with clock.at(datetime(2027, 1, 20, tzinfo=UTC)):
        for number in (1, 2, 3, 4):
            close_quarter(session, f"2026Q{number}")
    return session


def test_a_year_closes_once_all_its_quarters_are(closed_year: Session) -> None:
    digest = close_year(closed_year, "2026")
    assert period_digest(closed_year, "2026") == digest
    with pytest.raises(RuleBroken, match="year_closed"):
        close_year(closed_year, "2026")


def test_a_closed_year_says_what_its_quarters_said(closed_year: Session) -> None:
    close_year(closed_year, "2026")
    year = next(b for b in stored_blocks(closed_year, ["2026"]) if b.kind == "registered")
    quarters = [
        b
        for b in stored_blocks(closed_year, [f"2026Q{n}" for n in (1, 2, 3, 4)])
        if b.kind == "registered"
    ]
    for place in quarters[0].values:
        assert year.values[place] == sum(block.values[place] for block in quarters)


@pytest.mark.usefixtures("open_year")
def test_a_year_with_an_open_quarter_does_not_close(session: Session) -> None:
    with clock.at(AFTER):
        close_quarter(session, "2026Q1")
        with pytest.raises(RuleBroken, match="year_not_over"):
            close_year(session, "2026")
