"""Who works on a case: a member of its team, given by the coordinator."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.access import OpenCase
from casework.cases.assignment import assign_case, in_conflict, staff_names
from casework.cases.closure import close_case
from casework.cases.follow_up import followed
from casework.cases.sections import Value
from casework.desk.assigning import hand_over
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.referrals.workflow import Move
from tests.support.cast import HEALTH, Cast, Person
from tests.support.files import CANARY, agree, moved, opened, referred


@pytest.fixture
def aminata(cast: Cast) -> Person:
    """The coordinator of Goundam."""
    return cast.person("aminata")


def give(
    session: Session, who: Person, case: OpenCase, to: Person, reason: str = "", **how: bool
) -> OpenCase:
    """`who` gives the case to `to`."""
    return assign_case(session, who.actor, who.keyring, case.id, to.id, reason, **how)


def test_a_case_is_given_to_a_member_of_the_team(
    session: Session, cast: Cast, aminata: Person
) -> None:
    case, ibrahim = opened(session, cast.person("zeinab")), cast.person("ibrahim")
    assert give(session, aminata, case, ibrahim).row.assigned_to == ibrahim.id
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.assigned"))
    assert str(ibrahim.id).encode() in (entry.body or b"")


@pytest.mark.parametrize("handle", ["moussa", "fanta", "mariam", "admin"])
def test_nobody_who_cannot_open_it_is_given_the_case(
    session: Session, cast: Cast, aminata: Person, handle: str
) -> None:
    case = opened(session, cast.person("zeinab"))
    with pytest.raises(RuleBroken, match="not_in_team"):
        give(session, aminata, case, cast.person(handle))


@pytest.mark.parametrize("handle", ["zeinab", "ibrahim", "oumar", "fanta", "mariam", "admin"])
def test_only_the_teams_coordinator_gives_cases(session: Session, cast: Cast, handle: str) -> None:
    case = opened(session, cast.person("zeinab"))
    with pytest.raises((NotVisible, NotAllowed)):
        give(session, cast.person(handle), case, cast.person("ibrahim"))


def test_why_it_was_given_stands_sealed_in_the_journal_and_not_in_the_log(
    session: Session, cast: Cast, aminata: Person
) -> None:
    case = opened(session, cast.person("zeinab"))
    give(session, aminata, case, cast.person("ibrahim"), CANARY)
    assert [entry.value["text"] for entry in followed(session, case)] == [CANARY]
    bodies = b"".join(row.body or b"" for row in session.scalars(select(AuditEntry)))
    assert b"Canari" not in bodies


def test_who_is_too_close_is_remembered(session: Session, cast: Cast, aminata: Person) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    give(session, aminata, case, cast.person("ibrahim"), conflict=True)
    assert in_conflict(followed(session, case)) == {zeinab.id}


def test_a_conflict_of_interest_never_leaves_the_case_where_it_is(
    session: Session, cast: Cast, aminata: Person
) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    with pytest.raises(RuleBroken, match="conflict_of_interest"):
        give(session, aminata, case, zeinab, conflict=True)


def test_a_closed_case_is_given_to_nobody(session: Session, cast: Cast, aminata: Person) -> None:
    case = opened(session, cast.person("zeinab"))
    value: Value = {"code": "accord_mutuel", "happened_on": clock.today().isoformat()}
    close_case(session, aminata.actor, aminata.keyring, case.id, value, 0)
    with pytest.raises(RuleBroken, match="case_closed"):
        give(session, aminata, case, cast.person("ibrahim"))


def test_what_is_owed_on_its_referrals_goes_with_the_case(
    session: Session, cast: Cast, aminata: Person
) -> None:
    zeinab, ibrahim = cast.person("zeinab"), cast.person("ibrahim")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    waiting = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    mariam = cast.person("mariam")
    for wanted in (Move.ACCEPT, Move.SERVE):
        moved(session, mariam, row, wanted)
    assert row.actor_id == zeinab.id
    hand_over(session, aminata.actor, aminata.keyring, case.id, ibrahim.id)
    assert (row.actor_id, waiting.actor_id) == (ibrahim.id, mariam.id)


def test_names_of_staff_are_opened_for_those_asked_only(
    session: Session, cast: Cast, server_key: bytes
) -> None:
    zeinab = cast.person("zeinab")
    assert staff_names(session, server_key, [zeinab.id, None]) == {zeinab.id: "Zeinab"}
    assert staff_names(session, server_key, [None]) == {}


@pytest.fixture
def server_key(app: object) -> bytes:
    """The key under which the application seals the names of staff."""
    key: bytes = app.extensions["settings"].server_key  # type: ignore[attr-defined]
    return key
