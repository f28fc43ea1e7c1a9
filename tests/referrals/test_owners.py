"""No open referral is ever without somebody who can sign in and a moment: whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.assignment import assign_case
from casework.errors import CaseworkError
from casework.people import members
from casework.people.queries import active_keyholders
from casework.referrals.chores import expire_grants, run_chores
from casework.referrals.models import Referral
from casework.referrals.workflow import OPEN, TABLE, By, Move, Side, State, owed_by
from tests.referrals.screens import case_of, sent_to_health
from tests.support.cast import COURT, GOUNDAM, HEALTH, Cast, Person
from tests.support.files import agree, moved, referred

MANAGED = {
    "aminata": ("aminata", GOUNDAM),
    "ibrahim": ("aminata", GOUNDAM),
    "zeinab": ("aminata", GOUNDAM),
    "mariam": ("mariam", HEALTH),
    "adama": ("mariam", HEALTH),
}
"""Who may suspend or remove each of them, and in which team."""

QUALITIES = {By.SENDER: "aminata", By.ON_BEHALF: "aminata", By.RECEIVER: "mariam"}
LINES = sorted(
    {(move, by) for (_, move), rule in TABLE.items() for by in rule.by} - {(Move.EXPIRE, By.SYSTEM)}
)
PEOPLE = ("ibrahim", "zeinab", "adama")
STARTS: tuple[tuple[Move, ...], ...] = (
    (),
    (Move.REQUEST_INFO,),
    (Move.ACCEPT,),
    (Move.ACCEPT, Move.SERVE),
    (Move.DECLINE,),
)
"""What the partner has done already when the acts begin."""

ACTS = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(LINES)),
    st.tuples(st.sampled_from(["suspend", "remove", "restore"]), st.sampled_from(PEOPLE)),
    st.tuples(st.just("assign"), st.sampled_from(["aminata", "ibrahim", "zeinab"])),
    st.tuples(st.just("days"), st.integers(0, 5)),
)


def faults(session: Session) -> Iterator[str]:
    """Every open referral that nobody can act on, or that has no moment."""
    for row in session.scalars(select(Referral)):
        if State(row.state) not in OPEN:
            continue
        able = {*active_keyholders(session, row.from_team)}
        able |= {*active_keyholders(session, row.to_team)} if row.to_team else set()
        if row.actor_id not in able:
            yield f"{row.state}: nobody who can sign in"
        if row.due_at is None:
            yield f"{row.state}: no moment"


def do(session: Session, cast: Cast, row: Referral, act: tuple[str, Any]) -> None:
    """One act of somebody, and at its end, as after every POST, the chores of her teams."""
    kind, about = act
    by = cast.person("aminata")
    if kind == "move":
        wanted, quality = about
        by = cast.person(QUALITIES[quality])
        told = {"reason": "autre", "source": "Le greffier", "means": "telephone"}
        moved(session, by, row, wanted, quality, **told)
    elif kind == "assign":
        to = cast.person(about).id
        assign_case(session, by.actor, by.keyring, row.case_id, to)
    else:
        by = cast.person(MANAGED[about][0])
        manage(session, cast, by, kind, about)
    run_chores(session, by.actor, by.keyring)


def manage(session: Session, cast: Cast, by: Person, kind: str, handle: str) -> None:
    """Somebody is suspended, let in again, or removed."""
    team_id, user_id = cast.team(MANAGED[handle][1]).id, cast.person(handle).id
    if kind == "suspend":
        members.suspend_member(session, by.actor, team_id, user_id)
    elif kind == "restore":
        members.confirm_member(session, by.actor, by.keyring, team_id, user_id)
    else:
        members.remove_member(session, by.actor, by.keyring, team_id, user_id)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(start=st.sampled_from(STARTS), acts=st.lists(ACTS, min_size=1, max_size=12))
def test_no_open_referral_lacks_a_person_or_a_moment(
    session: Session, cast: Cast, start: tuple[Move, ...], acts: list[tuple[str, Any]]
) -> None:
    session.rollback()
    row = sent_to_health(session, cast)
    for wanted in start:
        moved(session, cast.person("mariam"), row, wanted, reason="capacite")
    days = 0
    for act in acts:
        days += act[1] if act[0] == "days" else 0
        with clock.at(clock.now() + timedelta(days=days)):
            expire_grants(session)
            attempt(session, cast, row, act)
            assert list(faults(session)) == []
    session.rollback()


def attempt(session: Session, cast: Cast, row: Referral, act: tuple[str, Any]) -> None:
    """The act is done whole, or refused and not at all, as a request would have it."""
    try:
        with session.begin_nested():
            if act[0] != "days":
                do(session, cast, row, act)
    except CaseworkError:
        session.expire_all()


@pytest.mark.parametrize("how", ["suspend", "remove"])
def test_whoever_is_gone_hands_over_on_the_very_request(
    session: Session, cast: Cast, how: str
) -> None:
    row = sent_to_health(session, cast)
    mariam, adama = cast.person("mariam"), cast.person("adama")
    row.actor_id = adama.id
    due = row.due_at
    manage(session, cast, mariam, how, "adama")
    run_chores(session, mariam.actor, mariam.keyring)
    assert (row.actor_id, row.due_at) == (mariam.id, due)


def test_the_senders_part_follows_whoever_works_on_the_case(session: Session, cast: Cast) -> None:
    row = sent_to_health(session, cast)
    mariam, aminata = cast.person("mariam"), cast.person("aminata")
    for wanted in (Move.ACCEPT, Move.SERVE):
        moved(session, mariam, row, wanted)
    assert row.actor_id == cast.person("zeinab").id
    to = cast.person("ibrahim").id
    assign_case(session, aminata.actor, aminata.keyring, row.case_id, to)
    run_chores(session, aminata.actor, aminata.keyring)
    assert row.actor_id == to


def test_a_partner_left_by_everybody_is_answered_for_by_the_sender_until_somebody_is_back(
    session: Session, cast: Cast
) -> None:
    row = sent_to_health(session, cast)
    team_id, zeinab = cast.team(HEALTH).id, cast.person("zeinab")
    boxes = {}
    for member in members_rows(session, team_id):
        boxes[member.user_id], member.seed_box = member.seed_box, None
    session.flush()
    run_chores(session, zeinab.actor, zeinab.keyring)
    assert row.actor_id == zeinab.id
    for member in members_rows(session, team_id):
        member.seed_box = boxes[member.user_id]
    session.flush()
    run_chores(session, zeinab.actor, zeinab.keyring)
    assert row.actor_id == cast.person("mariam").id


def members_rows(session: Session, team_id: Any) -> list[Any]:
    """The membership rows of a team."""
    from casework.people.models import MembershipRow

    query = select(MembershipRow).where(MembershipRow.team_id == team_id)
    return list(session.scalars(query))


def test_a_partner_without_an_account_is_answered_for_by_the_sender(
    session: Session, cast: Cast
) -> None:
    zeinab, court = cast.person("zeinab"), cast.provider(COURT)
    case = case_of(session, zeinab)
    agree(session, zeinab, case, court, "identity")
    row = referred(session, zeinab, case, court, service="etat_civil", channel="letter")
    assert owed_by(State.SENT, receiver_has_account=False) is Side.SENDER
    assert row.actor_id == zeinab.id


def test_the_checker_sees_an_orphan(session: Session, cast: Cast) -> None:
    row = sent_to_health(session, cast)
    assert list(faults(session)) == []
    row.actor_id = cast.person("fanta").id
    assert len(list(faults(session))) == 1
    row.actor_id, row.due_at = cast.person("mariam").id, None
    assert len(list(faults(session))) == 1
