"""Acts of several people at once: one order of them explains the outcome, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from casework import clock
from casework.audit.models import AuditEntry
from casework.audit.sequencer import sequence, sequence_all
from casework.audit.stored import verify_database
from casework.cases import intake
from casework.cases.access import access_case
from casework.cases.field_kinds import Per
from casework.cases.models import CaseEntry, ContactTally
from casework.cases.sections import read_section, write_section
from casework.errors import InvalidTransition, StaleVersion
from casework.policy import Permission
from casework.referrals.access import access_referral
from casework.referrals.actions import Act, move
from casework.referrals.models import Referral, ReferralMove
from casework.referrals.workflow import TABLE, Move, State
from casework.web.transaction import is_overtaken
from tests.concurrency.races import Meeting, at_once, committed, errors
from tests.support.cast import HEALTH, Cast, Person
from tests.support.databases import on_both_databases
from tests.support.files import COMMUNE, agree, noted, opened, referred

OVERTAKEN = {StaleVersion, StaleDataError}
WRITERS, EACH = 8, 5


@pytest.fixture
def case_id(session: Session, cast: Cast) -> UUID:
    """A case of Goundam, with a plan in its first revision."""
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    write_section(session, zeinab.actor, case, "notes", {"action_plan": ""}, 0)
    found = case.id
    session.commit()
    return found


@on_both_databases
def test_of_two_writes_to_one_section_exactly_one_is_kept(
    app: Flask, session: Session, cast: Cast, case_id: UUID, database: str
) -> None:
    meeting = Meeting(database)

    def write(handle: str) -> str:
        def act(own: Session) -> None:
            who = cast.person(handle)
            case = access_case(own, who.actor, who.keyring, case_id, Permission.CASE_WRITE)
            read_section(own, case, "notes")
            meeting()
            write_section(own, who.actor, case, "notes", {"action_plan": handle}, 1)

        committed(app, act)
        return handle

    outcomes = at_once(partial(write, "zeinab"), partial(write, "ibrahim"))
    kept = [one for one in outcomes if isinstance(one, str)]
    assert len(kept) == 1
    assert errors(outcomes)[0] in OVERTAKEN
    zeinab = cast.person("zeinab")
    case = access_case(session, zeinab.actor, zeinab.keyring, case_id, Permission.CASE_WRITE)
    found = read_section(session, case, "notes")
    assert (found.value, found.revision) == ({"action_plan": kept[0]}, 2)


# One referral, two moves


@pytest.fixture
def referral_id(session: Session, cast: Cast) -> UUID:
    """A referral to the health centre, sent."""
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    found = referred(session, zeinab, case, cast.provider(HEALTH), "identity").id
    session.commit()
    return found


def moves_after_meeting(
    app: Flask, meeting: Meeting, referral_id: UUID, who: Person, wanted: Move
) -> Move:
    """The move, made by somebody who looked at the referral before she met the other."""

    def act(own: Session) -> None:
        by = (own, who.actor, who.keyring, referral_id)
        access_referral(*by, Permission.REFERRAL_VIEW)
        meeting()
        move(*by, wanted, Act(clock.today(), reason="autre"))

    committed(app, act)
    return wanted


@on_both_databases
@pytest.mark.parametrize(
    ("hers", "theirs"),
    [(Move.CANCEL, Move.ACCEPT), (Move.CANCEL, Move.DECLINE), (Move.WITHDRAW, Move.ACCEPT)],
)
def test_of_two_moves_that_exclude_each_other_one_is_made(
    app: Flask,
    session: Session,
    cast: Cast,
    referral_id: UUID,
    database: str,
    hers: Move,
    theirs: Move,
) -> None:
    step = partial(moves_after_meeting, app, Meeting(database), referral_id)
    outcomes = at_once(
        partial(step, cast.person("zeinab"), hers), partial(step, cast.person("mariam"), theirs)
    )
    made = [one for one in outcomes if isinstance(one, Move)]
    assert len(made) + len(errors(outcomes)) == 2
    assert all(is_refused(one) for one in outcomes if isinstance(one, Exception)), outcomes
    history = session.scalars(
        select(ReferralMove)
        .where(ReferralMove.referral_id == referral_id)
        .order_by(ReferralMove.recorded_at)
    ).all()
    assert legal([(each.from_state, each.move, each.to_state) for each in history])
    row = session.get_one(Referral, referral_id)
    assert {row.state} <= {each.to_state for each in history}
    assert len(history) == 1 + len(made)


def is_refused(error: Exception) -> bool:
    """True where the table refuses the move, or where the shell would try once more and it then
    would."""
    return isinstance(error, InvalidTransition | StaleVersion) or (
        isinstance(error, DBAPIError | StaleDataError) and is_overtaken(error)
    )


def legal(history: list[tuple[str, str, str]]) -> bool:
    """True when the moves, in some order, lead from a draft through the table of moves."""
    state, left = State.DRAFT, list(history)
    while left:
        fitting = [one for one in left if one[0] == state]
        if len(fitting) != 1 or TABLE[state, Move(fitting[0][1])].to != fitting[0][2]:
            return False
        left.remove(fitting[0])
        state = State(fitting[0][2])
    return True


def test_a_history_with_two_ways_out_of_one_state_is_found() -> None:
    sent = (State.DRAFT, Move.SEND, State.SENT)
    assert legal([sent, (State.SENT, Move.ACCEPT, State.ACCEPTED)])
    assert not legal(
        [
            sent,
            (State.SENT, Move.ACCEPT, State.ACCEPTED),
            (State.SENT, Move.CANCEL, State.CANCELLED),
        ]
    )


# Eight writers


def repeated(act: Callable[[int], Any]) -> list[Callable[[], None]]:
    """Eight writers, each of whom acts five times."""

    def writer(number: int) -> None:
        for turn in range(EACH):
            act(number * EACH + turn)

    return [partial(writer, number) for number in range(WRITERS)]


@on_both_databases
def test_eight_writers_lose_no_count(app: Flask, session: Session, cast: Cast) -> None:
    team_id = cast.person("zeinab").team_id
    assert team_id is not None

    def tally(_number: int) -> None:
        actor = cast.person("zeinab").actor
        committed(app, lambda own: intake.tally_contact(own, actor, team_id, COMMUNE, "autre"))

    assert errors(at_once(*repeated(tally))) == []
    assert session.scalar(select(ContactTally.people)) == WRITERS * EACH


@on_both_databases
def test_eight_writers_lose_no_entry_of_one_case(
    app: Flask, session: Session, cast: Cast, case_id: UUID
) -> None:
    people = [cast.person(handle) for handle in ("zeinab", "ibrahim", "aminata")]
    before = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    session.rollback()

    def note(number: int) -> None:
        who = people[number % len(people)]

        def act(own: Session) -> None:
            case = access_case(own, who.actor, who.keyring, case_id, Permission.CASE_WRITE)
            noted(own, who, case, Per.JOURNAL, nature="entretien", text=f"Note {number}")

        until_kept(lambda: committed(app, act))

    assert errors(at_once(*repeated(note))) == []
    assert session.scalar(select(func.count()).select_from(CaseEntry)) == WRITERS * EACH
    after = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    assert after - before >= WRITERS * EACH


def until_kept(act: Callable[[], Any], tries: int = 60) -> None:
    """The act is done, however often somebody else is faster."""
    for _ in range(tries):
        try:
            act()
        except (StaleVersion, StaleDataError):
            continue
        return
    raise AssertionError(f"somebody else was faster {tries} times")


@on_both_databases
def test_eight_writers_who_read_before_they_write_overwrite_nothing(
    app: Flask, session: Session, cast: Cast, case_id: UUID
) -> None:
    zeinab = cast.person("zeinab")

    def add(number: int) -> None:
        def act(own: Session) -> None:
            by = (own, zeinab.actor, zeinab.keyring, case_id)
            case = access_case(*by, Permission.CASE_WRITE)
            found = read_section(own, case, "notes")
            words = f"{found.value.get('action_plan', '')} {number}"
            value: dict[str, object] = {"action_plan": words}
            write_section(own, zeinab.actor, case, "notes", value, found.revision)

        until_kept(lambda: committed(app, act))

    assert errors(at_once(*repeated(add))) == []
    case = access_case(session, zeinab.actor, zeinab.keyring, case_id, Permission.CASE_WRITE)
    words = str(read_section(session, case, "notes").value["action_plan"])
    assert sorted(map(int, words.split())) == list(range(WRITERS * EACH))


# The log is put in order meanwhile


@on_both_databases
def test_every_entry_gets_its_place_while_others_are_written(
    app: Flask, session: Session, cast: Cast
) -> None:
    team_id = cast.person("zeinab").team_id
    assert team_id is not None
    actor = cast.person("zeinab").actor

    def write() -> None:
        for _ in range(20):
            committed(app, lambda own: intake.tally_contact(own, actor, team_id, COMMUNE, "autre"))

    def put_in_order() -> None:
        for _ in range(15):
            committed(app, lambda own: sequence(own, batch=7))

    assert errors(at_once(write, put_in_order, write, put_in_order, write)) == []
    committed(app, sequence_all)
    places = [place for place in session.scalars(select(AuditEntry.idx)) if place is not None]
    assert sorted(places) == list(range(len(places)))
    assert len(places) > 60
    report = verify_database(session)
    assert (report.problems, report.size) == ([], len(places))
