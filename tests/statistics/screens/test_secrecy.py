"""Nothing that managers and donors can reach tells more than was published, then or later."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casework.facts.actions import correct_fact, remove_fact, shuffle_facts
from casework.facts.dimensions import Dimensions
from casework.facts.models import Fact
from casework.programme.framework import (
    AWARENESS,
    BROADCASTS,
    MEETINGS,
    TRAINING,
    WITHOUT_FILE,
)
from casework.programme.models import Activity, Goal
from casework.statistics import queries
from casework.statistics.presentation import share
from casework.statistics.report import read_report
from casework.statistics.routes_reading import read_period
from tests.statistics.screens.conftest import CLOSED, LAST, OPEN, Programme, tell, write
from tests.statistics.screens.crawl import (
    METHOD,
    bytes_of,
    codes_of,
    crawl,
    first_catalogue,
    labels_of,
    programme_labels,
    strangers,
    words,
)
from tests.support.files import opened
from tests.support.strict_client import StrictClient

WATCHED = (CLOSED[0], LAST)
WOMAN = Dimensions("ML060208", "F", "18_59", "woman", "land")


def known(session: Session, period: str) -> set[int]:
    """Every number that may stand on the pages of a period or on those of the programme."""
    figures = queries.one_way(session, period)
    published = {
        value
        for tables in figures.values()
        for cells in tables.values()
        for value in cells.values()
    }
    found = published | set(changes(session)) | set(shares(figures)) | METHOD
    return found | set(sums(session)) | told(session) | promised(session)


def windows() -> Iterator[tuple[str, ...]]:
    """The runs of quarters that pages add up: all so far, and the last four."""
    for end in range(1, len(CLOSED) + 1):
        yield from (CLOSED[:end], CLOSED[max(0, end - 4) : end])


def sums(session: Session) -> Iterator[int]:
    """Published figures added up over the windows, the steps of a referral, and their shares."""
    quarters = {period: queries.one_way(session, period) for period in CLOSED}
    for window in windows():
        added: dict[tuple[str, str], Counter[tuple[str, ...]]] = {}
        for period in window:
            for kind, tables in quarters[period].items():
                for table, cells in tables.items():
                    added.setdefault((kind, table), Counter()).update(cells)
        yield from (value for cells in added.values() for value in cells.values())
        yield from parts_of(added)


def parts_of(added: dict[tuple[str, str], Counter[tuple[str, ...]]]) -> Iterator[int]:
    """The steps of a referral, and the shares that the pathway tells."""
    ends = added["referral", "referral_end"]
    steps = [sum(ends[code,] for code in STEPS[:number]) for number in range(1, 7)]
    yield from steps
    yield from percents((part, whole) for part in steps for whole in steps)
    yield from percents((ends[code,], steps[-1]) for code in STEPS)
    for place in (("referral", "answer"), ("closed", "closure"), ("incident", "care")):
        cells = added[place]
        whole = sum(value for cell, value in cells.items() if cell != ("not_rape",))
        yield from percents((value, whole) for value in cells.values())


STEPS = ("confirmed", "served", "no_action", "declined", "unanswered", "withdrawn")


def percents(pairs: Iterable[tuple[int, int]]) -> Iterator[int]:
    """The shares that may be shown of these parts of these wholes."""
    texts = (share(part, whole) for part, whole in pairs)
    yield from (int(text.split("\u00a0")[1]) for text in texts if text)


def told(session: Session) -> set[int]:
    """Every sum of what activities counted, over one quarter and over the windows."""
    rows = list(session.scalars(select(Activity)))
    found: set[int] = set()
    for window in (*windows(), *((quarter,) for quarter in CLOSED)):
        own = [row for row in rows if row.quarter in window]
        for groups in (one_by(row.kind for row in own), *(one_by(g) for g in groupings(own))):
            found |= {len(group) for group in groups}
        for kinds in ({row.kind} for row in own):
            found |= set(counted([row for row in own if row.kind in kinds]))
        for several in (AWARENESS, TRAINING, WITHOUT_FILE, BROADCASTS, MEETINGS):
            some = [row for row in own if row.kind in several]
            found |= {len(some), *counted(some)}
    for row in rows:
        found |= {row.before_percent or 0, row.after_percent or 0}
    return found | set(range(21))


def counted(rows: list[Activity]) -> Iterator[int]:
    """People, minutes, callers and services of some activities, and people by each group."""
    heads = [(row.commune, head.sex, head.age, head.people) for row in rows for head in row.heads]
    yield sum(people for *_, people in heads)
    for place in range(3):
        for code in {head[place] for head in heads}:
            yield sum(head[3] for head in heads if head[place] == code)
    for name in ("minutes", "callers", "services"):
        yield sum(getattr(row, name) or 0 for row in rows)
    marks = [[getattr(row, name) for row in rows] for name in ("before_percent", "after_percent")]
    for several in ([mark for mark in one if mark is not None] for one in marks):
        yield round(sum(several) / max(len(several), 1))


def groupings(rows: list[Activity]) -> Iterator[list[str]]:
    """The codes by which broadcasts are counted."""
    for name in ("commune", "theme", "language"):
        yield [getattr(row, name) for row in rows if row.kind in BROADCASTS]


def one_by(codes: Iterable[str]) -> list[list[str]]:
    """The codes in groups of equals."""
    several = sorted(codes)
    return [[code for code in several if code == one] for one in dict.fromkeys(several)]


def promised(session: Session) -> set[int]:
    """Baselines and targets, and what part of a target may be reached."""
    found = set()
    for goal in session.scalars(select(Goal)):
        found |= {number for number in (goal.baseline, goal.target) if number is not None}
    return found | set(range(0, 205, 5))


def changes(session: Session) -> Iterator[int]:
    """How the totals and the ends of referrals moved from quarter to quarter, from ten on."""
    along = [
        queries.over(session, kind, table, CLOSED)
        for kind in first_catalogue().kinds
        for table in ("total", "referral_end")
    ]
    for cells in along:
        for values in cells.values():
            yield from (value or 0 for value in values)
            moved = (abs((after or 0) - (before or 0)) for before, after in pairwise(values))
            yield from (by for by in moved if by >= 10)


def shares(figures: dict[str, dict[str, dict[tuple[str, ...], int]]]) -> Iterator[int]:
    """The shares of published totals of thirty and more."""
    for tables in figures.values():
        for cells in tables.values():
            found = (share(value, tables["total"][()]) for value in cells.values())
            yield from (int(text.split("\u00a0")[1]) for text in found if text)


def intervals(published: set[int]) -> set[int]:
    """The bounds that files state: four below and four above."""
    return {max(0, value - 4) for value in published} | {value + 4 for value in published}


@pytest.mark.parametrize("period", WATCHED)
def test_every_number_on_every_page_and_export_is_published_or_belongs_to_the_method(
    programme: Programme, period: str
) -> None:
    answers = crawl(programme.client("manager"), period, kinds=("served", "incident"))
    allowed = known(programme.session, period)
    with programme.app.test_request_context():
        labels = labels_of(first_catalogue(), "fr") | programme_labels("fr")
        allowed |= ticks(programme.session, period)
    wider = allowed | intervals(allowed)
    coded = labels | codes_of(first_catalogue())
    found = {
        address: strangers(words(r), *((allowed, labels) if is_page(r) else (wider, coded)))
        for address, r in answers.items()
    }
    kinds = {str(response.mimetype).rpartition("/")[2][:4] for response in answers.values()}
    assert kinds == {"html", "csv", "json", "pdf", "vnd."}
    assert not {address: numbers for address, numbers in found.items() if numbers}


def is_page(response: TestResponse) -> bool:
    """True for what states no interval of a figure."""
    return response.mimetype in ("text/html", "application/pdf")


def ticks(session: Session, period: str) -> set[int]:
    """The marks of the axes on paper, which the text of a PDF does not set apart."""
    page = read_period(session, period)
    assert page is not None
    report = read_report(session, page)
    axes = (*report.totals.axis, *report.pathway.steps.axis)
    return {int(mark.text) for mark in axes}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dossiers ouverts : 37", {37}),
        ("≈\u00a015, <5, T1 2025, 3e trimestre 2025, 15 avril 2025", set()),
        ("≈\u00a01\u202f235", {1235}),
        ("0 à 11 ans : 11", {11}),
        ("empreinte 0123456789ab 42", {42}),
        ("page 2 sur 3", {2, 3}),
    ],
)
def test_a_number_that_nobody_published_is_found(text: str, found: set[int]) -> None:
    assert strangers(text, {15, 5}, {"0 à 11 ans"}) == found


def live_on(programme: Programme) -> None:
    """A case is opened by the real acts, and facts of every kind happen, in the open quarter."""
    programme.session.rollback()
    before = facts_of(programme.session)
    opened(programme.session, programme.cast.person("zeinab"))
    assert facts_of(programme.session) > before
    for kind in first_catalogue().kinds:
        write(programme.session, kind, OPEN, random.Random(3))
    tell(programme.session, OPEN, random.Random(4))


def facts_of(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Fact)) or 0


def rewrite_history(programme: Programme) -> None:
    """Facts of closed quarters are corrected, removed, added late, and written in a new order."""
    session = programme.session
    ids = list(session.scalars(select(Fact.id).where(Fact.kind == "registered")))
    for fact_id in ids[:40]:
        correct_fact(session, fact_id, WOMAN)
    for fact_id in ids[40:80]:
        remove_fact(session, fact_id)
    for quarter in CLOSED:
        write(session, "served", quarter, random.Random(5))
        tell(session, quarter, random.Random(6))
    session.execute(update(Fact).where(Fact.quarter == CLOSED[0]).values(sex="M"))
    session.execute(delete(Fact).where(Fact.quarter == CLOSED[1]))
    shuffle_facts(session)


def test_a_case_in_the_open_quarter_changes_no_byte(
    programme: Programme, manager: StrictClient
) -> None:
    before = bytes_of(crawl(manager, LAST))
    live_on(programme)
    assert bytes_of(crawl(manager, LAST)) == before
    assert len(before) > 100


def test_what_is_changed_in_closed_quarters_changes_no_published_byte(
    programme: Programme, manager: StrictClient
) -> None:
    before = bytes_of(crawl(manager, *WATCHED, kinds=("served",)))
    rewrite_history(programme)
    assert bytes_of(crawl(manager, *WATCHED, kinds=("served",))) == before


def test_a_new_session_reads_the_same_bytes(programme: Programme) -> None:
    first = bytes_of(crawl(programme.client("donor"), LAST, kinds=("redress",)))
    live_on(programme)
    assert bytes_of(crawl(programme.client("donor"), LAST, kinds=("redress",))) == first


def test_a_page_that_counts_the_open_quarter_is_noticed(
    programme: Programme, manager: StrictClient
) -> None:
    programme.app.jinja_env.filters["period_name"] = lambda _: str(facts_of(programme.session))
    before = bytes_of(crawl(manager, LAST, kinds=("redress",)))
    live_on(programme)
    assert bytes_of(crawl(manager, LAST, kinds=("redress",))) != before


def test_before_the_first_close_a_case_changes_nothing_either(new_programme: Programme) -> None:
    client = new_programme.client("manager")
    before = bytes_of(crawl(client))
    live_on(new_programme)
    assert bytes_of(crawl(client)) == before
