"""No move of a referral happens before the one it follows; no history is out of order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.access import OpenCase
from casework.cases.closure import close_case, reopen_case
from casework.cases.field_kinds import Per
from casework.cases.follow_up import followed
from casework.cases.reception import received_on
from casework.consent.actions import list_consents
from casework.consent.records import SHARING
from casework.errors import InvalidTransition, NotVisible, RuleBroken
from casework.referrals.actions import Act, move
from casework.referrals.agreement import record_answer
from casework.referrals.deadlines import Urgency
from casework.referrals.drafting import Wish, draft_referral
from casework.referrals.models import Referral, ReferralMove
from casework.referrals.withdrawal import withdraw
from casework.referrals.workflow import By, Move, State
from tests.support.cast import HEALTH, Cast, Person
from tests.support.files import agree, answer, noted, opened, referred

BEHALF = {"source": "Mariam", "means": "telephone"}


def days_ago(days: int) -> date:
    """A day in the past."""
    return clock.today() - timedelta(days=days)


def moved_on(
    session: Session,
    who: Person,
    row: Referral,
    wanted: Move,
    on: date,
    by: By | None = None,
    **act: Any,
) -> None:
    """The person records a move of that day."""
    move(session, who.actor, who.keyring, row.id, wanted, Act(on, **act), by=by)


def sent_days_ago(session: Session, cast: Cast, days: int) -> tuple[Person, Referral, UUID]:
    """A referral sent some days ago, whose person agreed the same day: worker, row, consent."""
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    with clock.at(clock.now() - timedelta(days=days)):
        case = opened(session, zeinab)
        consent = agree(session, zeinab, case, provider, "identity")
        return zeinab, referred(session, zeinab, case, provider, "identity"), consent


def test_an_answer_is_not_before_the_sending(session: Session, cast: Cast) -> None:
    _, row, _ = sent_days_ago(session, cast, 4)
    mariam = cast.person("mariam")
    with pytest.raises(RuleBroken, match="before_last_move"):
        moved_on(session, mariam, row, Move.ACCEPT, days_ago(5))
    moved_on(session, mariam, row, Move.ACCEPT, days_ago(4))
    assert row.state == State.ACCEPTED


def test_an_answer_written_down_on_behalf_is_held_to_the_same_days(
    session: Session, cast: Cast
) -> None:
    zeinab, row, _ = sent_days_ago(session, cast, 4)
    with pytest.raises(RuleBroken, match="before_last_move"):
        moved_on(session, zeinab, row, Move.ACCEPT, days_ago(5), By.ON_BEHALF, **BEHALF)
    moved_on(session, zeinab, row, Move.ACCEPT, days_ago(2), By.ON_BEHALF, **BEHALF)
    with pytest.raises(RuleBroken, match="before_last_move"):
        moved_on(session, zeinab, row, Move.SERVE, days_ago(3), By.ON_BEHALF, **BEHALF)


def test_a_draft_is_not_sent_before_it_was_made(session: Session, cast: Cast) -> None:
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    case = opened(session, zeinab)
    agree(session, zeinab, case, provider, "identity")
    wish = Wish(provider, "sante", Urgency.URGENT, "electronic", sections=("identity",))
    row = draft_referral(session, zeinab.actor, zeinab.keyring, case.id, wish)
    with pytest.raises(RuleBroken, match="before_last_move"):
        moved_on(session, zeinab, row, Move.SEND, days_ago(1))
    moved_on(session, zeinab, row, Move.SEND, clock.today())


def test_a_withdrawal_told_late_keeps_its_day_and_ends_the_referral_after_its_last_move(
    session: Session, cast: Cast
) -> None:
    zeinab, row, consent = sent_days_ago(session, cast, 6)
    moved_on(session, cast.person("mariam"), row, Move.ACCEPT, days_ago(2))
    by = (session, zeinab.actor, zeinab.keyring, row.case_id, consent)
    taken_back = withdraw(*by, days_ago(4))
    assert taken_back.value["withdrawn_on"] == days_ago(4).isoformat()
    assert row.state == State.WITHDRAWN
    assert days_of_moves(session, row)[-1] == days_ago(2)


def days_of_moves(session: Session, row: Referral) -> list[date]:
    """The days of a referral's moves, in the order in which they were recorded."""
    left = {one.from_state: one for one in moves_of(session, row)}
    state, days = str(State.DRAFT), list[date]()
    while state in left:
        one = left.pop(state)
        state, days = one.to_state, [*days, one.happened_on]
    return days


def moves_of(session: Session, row: Referral) -> list[ReferralMove]:
    """The moves of a referral, in no order."""
    query = select(ReferralMove).where(ReferralMove.referral_id == row.id)
    return list(session.scalars(query).all())


# No history is out of order

KINDS = (
    "send",
    "accept",
    "behalf",
    "serve",
    "confirm",
    "note",
    "outcome",
    "step",
    "close",
    "reopen",
    "share",
    "withdraw",
)
TRIES = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-1, 9)), min_size=1, max_size=12)


class History:
    """A case on which acts of any day are tried; those that are accepted make its history."""

    def __init__(self, session: Session, cast: Cast) -> None:
        self.session, self.cast = session, cast
        self.zeinab, self.mariam = cast.person("zeinab"), cast.person("mariam")
        with clock.at(clock.now() - timedelta(days=6)):
            self.case = opened(session, self.zeinab)
            provider = cast.provider(HEALTH)
            self.consent = agree(session, self.zeinab, self.case, provider, "identity")
            wish = Wish(provider, "sante", Urgency.URGENT, "electronic", sections=("identity",))
            self.row = draft_referral(session, *self.by, self.case.id, wish)
        self.accepted = 0

    @property
    def by(self) -> tuple[Any, Any]:
        """Who acts for the team that owns the case."""
        return self.zeinab.actor, self.zeinab.keyring

    def attempt(self, kind: str, days: int) -> None:
        """One act of that day, accepted or refused."""
        on = days_ago(days)
        with suppress(RuleBroken, InvalidTransition, NotVisible):
            self.acts()[kind](on)
            self.session.flush()
            self.accepted += 1

    def acts(self) -> dict[str, Callable[[date], Any]]:
        """Every act, by its name."""
        s, row, behalf = self.session, self.row, By.ON_BEHALF
        return {
            "send": lambda on: moved_on(s, self.zeinab, row, Move.SEND, on),
            "accept": lambda on: moved_on(s, self.mariam, row, Move.ACCEPT, on),
            "behalf": lambda on: moved_on(s, self.zeinab, row, Move.ACCEPT, on, behalf, **BEHALF),
            "serve": lambda on: moved_on(s, self.mariam, row, Move.SERVE, on),
            "confirm": lambda on: moved_on(s, self.zeinab, row, Move.CONFIRM, on),
            "note": lambda on: self.write(on, Per.JOURNAL, nature="appel", text="…"),
            "outcome": lambda on: self.write(on, Per.OUTCOME, code="acte_ec", proof="acte"),
            "step": lambda on: self.write(on, Per.STEP, code="plainte"),
            "close": self.close,
            "reopen": self.reopen,
            "share": self.share,
            "withdraw": lambda on: withdraw(s, *self.by, self.case.id, self.consent, on),
        }

    def write(self, on: date, kind: Per, **value: Any) -> None:
        """An entry of that day."""
        noted(self.session, self.zeinab, self.case, kind, happened_on=on.isoformat(), **value)

    def close(self, on: date) -> None:
        """The case is closed, whatever is still open."""
        value: dict[str, object] = {
            "code": "besoins_satisfaits",
            "happened_on": on.isoformat(),
        }
        close_case(self.session, *self.by, self.case.id, value, 0)

    def reopen(self, on: date) -> None:
        """The case is open again."""
        value: dict[str, object] = {"text": "…", "happened_on": on.isoformat()}
        reopen_case(self.session, *self.by, self.case.id, value)

    def share(self, on: date) -> None:
        """She agrees to more, on that day."""
        value = answer(
            SHARING,
            given_on=on.isoformat(),
            recipient=str(self.cast.provider(HEALTH)),
            sections=["facts"],
            service="sante",
            by="personne",
            expires_on=days_ago(-90).isoformat(),
        )
        record_answer(self.session, *self.by, self.case.id, value)


def disorder(session: Session, case: OpenCase, row: Referral) -> list[str]:
    """What in a case's history happened before what it follows, in words for a failing test."""
    came = received_on(session, case)
    found = [] if days_of_moves(session, row) == sorted(days_of_moves(session, row)) else ["moves"]
    if len(days_of_moves(session, row)) != len(moves_of(session, row)):
        found.append("moves that follow from nothing")
    days: dict[str, list[str]] = {}
    for entry in followed(session, case):
        kind = str(entry.value["kind"])
        days.setdefault(kind, []).append(str(entry.value["happened_on"]))
        if kind != Per.STEP and str(entry.value["happened_on"]) < came.isoformat():
            found.append(f"{kind} before the reception")
    closings, openings = days.get(Per.CLOSURE, []), days.get(Per.REOPENING, [])
    turns = [day for pair in zip(closings, openings, strict=False) for day in pair]
    if turns != sorted(turns):
        found.append("closed and opened again")
    for consent in list_consents(session, case.id, case.key("consents", 1)):
        given = str(consent.value["given_on"])
        if consent.kind == SHARING and given < came.isoformat():
            found.append("shared before the reception")
        if str(consent.value.get("withdrawn_on", given)) < given:
            found.append("taken back before it was given")
    if max((day for each in days.values() for day in each), default="") > str(clock.today()):
        found.append("in the future")
    return found


@given(TRIES)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_history_of_accepted_acts_is_out_of_order(
    session: Session, cast: Cast, tries: list[tuple[str, int]]
) -> None:
    history = History(session, cast)
    for kind, days in tries:
        history.attempt(kind, days)
    assert disorder(session, history.case, history.row) == []
    session.rollback()


def test_a_history_out_of_order_would_be_found(session: Session, cast: Cast) -> None:
    history = History(session, cast)
    for kind, days in [("send", 4), ("accept", 3), ("note", 2), ("close", 1)]:
        history.attempt(kind, days)
    assert history.accepted == 4
    assert disorder(session, history.case, history.row) == []
    one = next(each for each in moves_of(session, history.row) if each.move == Move.ACCEPT)
    one.happened_on = days_ago(5)
    assert disorder(session, history.case, history.row) == ["moves"]
