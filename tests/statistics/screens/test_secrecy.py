"""Nothing that managers and donors can reach tells more than was published, then or later."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from casework.facts.actions import correct_fact, remove_fact, shuffle_facts
from casework.facts.dimensions import Dimensions
from casework.facts.models import Fact
from casework.statistics import queries
from casework.statistics.presentation import share
from tests.statistics.screens.conftest import CLOSED, LAST, OPEN, Programme, write
from tests.statistics.screens.crawl import (
    METHOD,
    bytes_of,
    codes_of,
    crawl,
    first_catalogue,
    labels_of,
    strangers,
    words,
)
from tests.support.files import opened
from tests.support.strict_client import StrictClient

WATCHED = (CLOSED[0], LAST)
WOMAN = Dimensions("ML060208", "F", "18_59", "woman", "land")


def known(session: Session, period: str) -> set[int]:
    """Every number that may stand on the pages of a period or on the first page."""
    figures = queries.one_way(session, period)
    published = {
        value
        for tables in figures.values()
        for cells in tables.values()
        for value in cells.values()
    }
    return published | set(changes(session)) | set(shares(figures)) | METHOD


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
def test_every_number_on_every_page_is_published_or_belongs_to_the_method(
    programme: Programme, period: str
) -> None:
    answers = crawl(programme.client("manager"), period)
    allowed = known(programme.session, period)
    with programme.app.test_request_context():
        labels = labels_of(first_catalogue(), "fr")
    pages = {a: r for a, r in answers.items() if not a.endswith(".csv")}
    files = {a: r for a, r in answers.items() if a.endswith(".csv")}
    coded, wider = labels | codes_of(first_catalogue()), allowed | intervals(allowed)
    found = {address: strangers(words(r), allowed, labels) for address, r in pages.items()}
    found |= {address: strangers(words(r), wider, coded) for address, r in files.items()}
    assert pages
    assert files
    assert not {address: numbers for address, numbers in found.items() if numbers}


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
    before = facts_of(programme.session)
    opened(programme.session, programme.cast.person("zeinab"))
    assert facts_of(programme.session) > before
    for kind in first_catalogue().kinds:
        write(programme.session, kind, OPEN, random.Random(3))


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
    session.execute(update(Fact).where(Fact.quarter == CLOSED[0]).values(sex="M"))
    session.execute(delete(Fact).where(Fact.quarter == CLOSED[1]))
    shuffle_facts(session)


def test_a_case_in_the_open_quarter_changes_no_byte(
    programme: Programme, manager: StrictClient
) -> None:
    before = bytes_of(crawl(manager, LAST))
    live_on(programme)
    assert bytes_of(crawl(manager, LAST)) == before


def test_what_is_changed_in_closed_quarters_changes_no_published_byte(
    programme: Programme, manager: StrictClient
) -> None:
    before = bytes_of(crawl(manager, *WATCHED))
    rewrite_history(programme)
    assert bytes_of(crawl(manager, *WATCHED)) == before


def test_a_new_session_reads_the_same_bytes(programme: Programme) -> None:
    first = bytes_of(crawl(programme.client("donor"), LAST))
    live_on(programme)
    assert bytes_of(crawl(programme.client("donor"), LAST)) == first


def test_a_page_that_counts_the_open_quarter_is_noticed(
    programme: Programme, manager: StrictClient
) -> None:
    programme.app.jinja_env.filters["period_name"] = lambda _: str(facts_of(programme.session))
    before = bytes_of(crawl(manager, LAST))
    live_on(programme)
    assert bytes_of(crawl(manager, LAST)) != before


def test_before_the_first_close_a_case_changes_nothing_either(new_programme: Programme) -> None:
    client = new_programme.client("manager")
    before = bytes_of(crawl(client))
    live_on(new_programme)
    assert bytes_of(crawl(client)) == before
