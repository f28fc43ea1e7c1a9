"""Lists of cases: exactly those she may see, each once, last opened first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.access import access_case
from casework.cases.listing import OPEN_STATUSES, Filter, Listed, drafts_of, list_cases
from casework.cases.models import Case, CaseAccess, CaseStatus
from casework.errors import NotAllowed, NotVisible
from casework.policy import Actor, Membership, Permission, Role
from casework.vault.errors import SealBroken
from casework.vault.keys import Keyring
from tests.support.cast import GOUNDAM, HEALTH, TOMBOUCTOU, Cast, Person
from tests.support.databases import on_both_databases
from tests.support.files import opened
from tests.support.many_cases import add_cases

TEAMS = (GOUNDAM, TOMBOUCTOU, HEALTH)
TODAY = date(2026, 3, 2)
MOST_PAGES = 20

lister = st.sampled_from((Role.PARALEGAL, Role.COORDINATOR))
memberships = st.dictionaries(st.sampled_from(TEAMS), lister | st.sampled_from(list(Role)))
population = st.lists(
    st.tuples(
        st.sampled_from((GOUNDAM, TOMBOUCTOU)),
        st.sampled_from(list(CaseStatus)),
        st.integers(0, 3),
        st.sampled_from((None, -1, 0, 1)),
        st.booleans(),
    ),
    max_size=12,
)
wanted = st.builds(
    Filter, closed=st.booleans(), mine=st.booleans(), late=st.sampled_from((None, TODAY))
)
property_of = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def everybody(cast: Cast) -> Keyring:
    """A keyring with the keys of both owner teams and of a partner, so that only the rule keeps
    a case back."""
    holders = (cast.person("aminata"), cast.person("oumar"), cast.person("mariam"))
    keys = {team: keys for one in holders for team, keys in one.keyring.teams.items()}
    first = holders[0].keyring
    return Keyring(first.user_id, first.user, keys)


def actor_with(cast: Cast, held: dict[str, Role]) -> Actor:
    """Somebody who holds these roles in these teams."""
    return Actor(
        cast.person("zeinab").id,
        None,
        tuple(
            Membership(cast.team(name).id, cast.team(name).kind, role, 1, name)
            for name, role in held.items()
        ),
    )


def populate(session: Session, cast: Cast, keyring: Keyring, cases: list[Any]) -> list[Case]:
    """These cases and no others stand in the database."""
    session.execute(delete(CaseAccess))
    session.execute(delete(Case))
    worker, rng = cast.person("zeinab").id, Random(1)
    for team, status, age, step, mine in cases:
        add_cases(
            session,
            keyring.team(cast.team(team).id),
            worker if mine else None,
            1,
            rng,
            status=status,
            opened_on=TODAY - timedelta(age),
            next_step_on=None if step is None else TODAY + timedelta(step),
        )
    return list(session.query(Case).all())


def pages(
    session: Session, actor: Actor, keyring: Keyring, chosen: Filter, limit: int
) -> Iterator[list[Listed]]:
    """Every page of a list, in order; fails where they never end."""
    after = None
    for _ in range(MOST_PAGES):
        rows, after = list_cases(session, actor, keyring, chosen, after, limit)
        yield rows
        if after is None:
            return
    raise AssertionError("the pages never end")


def may_see(session: Session, actor: Actor, keyring: Keyring, case_id: UUID) -> bool:
    """What the point check says about one case."""
    try:
        access_case(session, actor, keyring, case_id, Permission.CASE_LIST)
    except (NotVisible, NotAllowed):
        return False
    return True


def fits(case: Case, chosen: Filter, worker: UUID) -> bool:
    """What a filter means, said without SQL."""
    statuses = (CaseStatus.CLOSED,) if chosen.closed else OPEN_STATUSES
    late = case.next_step_on is not None and case.next_step_on < TODAY
    return (
        case.status in statuses
        and (not chosen.mine or case.assigned_to == worker)
        and (chosen.late is None or late)
    )


@property_of
@given(held=memberships, cases=population, chosen=wanted, limit=st.integers(1, 4))
def test_a_list_shows_exactly_what_the_point_check_admits(
    session: Session,
    cast: Cast,
    everybody: Keyring,
    held: dict[str, Role],
    cases: list[Any],
    chosen: Filter,
    limit: int,
) -> None:
    actor = actor_with(cast, held)
    known = populate(session, cast, everybody, cases)
    shown = [row.id for page in pages(session, actor, everybody, chosen, limit) for row in page]
    admitted = {
        case.id
        for case in known
        if fits(case, chosen, actor.user_id) and may_see(session, actor, everybody, case.id)
    }
    assert len(shown) == len(set(shown))
    assert set(shown) == admitted
    session.rollback()


@property_of
@given(cases=population, limit=st.integers(1, 4))
def test_pages_follow_each_other_from_the_last_opened(
    session: Session, cast: Cast, everybody: Keyring, cases: list[Any], limit: int
) -> None:
    actor = actor_with(cast, {GOUNDAM: Role.COORDINATOR, TOMBOUCTOU: Role.COORDINATOR})
    populate(session, cast, everybody, cases)
    found = list(pages(session, actor, everybody, Filter(), limit))
    assert all(len(page) == limit for page in found[:-1])
    days = [row.opened_on for page in found for row in page]
    assert all(before >= after for before, after in pairwise(days))
    session.rollback()


@on_both_databases
def test_pages_neither_repeat_nor_lose_a_case_of_the_same_day(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    made = add_cases(
        session, team_of(zeinab), zeinab.id, 45, Random(2), opened_on=TODAY, status="ouvert"
    )
    shown = [
        row.id
        for page in pages(session, zeinab.actor, zeinab.keyring, Filter(), 20)
        for row in page
    ]
    assert sorted(shown) == sorted(made)


def team_of(person: Person) -> Any:
    """The keys of her team."""
    assert person.team_id is not None
    return person.keyring.team(person.team_id)


def test_a_swapped_box_stops_the_list(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    add_cases(session, team_of(zeinab), zeinab.id, 2, Random(3))
    one, other = session.query(CaseAccess).all()
    one.box = other.box
    session.flush()
    with pytest.raises(SealBroken):
        list_cases(session, zeinab.actor, zeinab.keyring, Filter())


def test_what_was_listed_stands_in_the_log_as_ids_only(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    (made,) = add_cases(session, team_of(zeinab), zeinab.id, 1, Random(4))
    list_cases(session, zeinab.actor, zeinab.keyring, Filter())
    (noted,) = session.info["views"]
    assert noted["action"] == "case.listed"
    assert str(made).encode() in noted["body"]


def test_a_step_due_today_is_not_late(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    today = clock.today()
    add_cases(session, team_of(zeinab), zeinab.id, 1, Random(5), next_step_on=today)
    late, _ = list_cases(session, zeinab.actor, zeinab.keyring, Filter(late=today))
    assert late == []


def test_an_unfinished_intake_is_its_authors_only(session: Session, cast: Cast) -> None:
    zeinab, ibrahim = cast.person("zeinab"), cast.person("ibrahim")
    add_cases(session, team_of(zeinab), zeinab.id, 1, Random(6), status=CaseStatus.DRAFT)
    assert len(drafts_of(session, zeinab.actor, zeinab.keyring)) == 1
    assert drafts_of(session, ibrahim.actor, ibrahim.keyring) == []


def test_a_case_opened_by_the_real_acts_is_listed_with_its_card(
    session: Session, cast: Cast
) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    (row,), after = list_cases(session, zeinab.actor, zeinab.keyring, Filter(mine=True))
    assert (row.id, row.card["name"], after) == (case.id, case.card["name"], None)
