"""The table of moves: complete, closed, and nobody can be left without an owner."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import codes
from casework.errors import InvalidTransition
from casework.referrals import workflow
from casework.referrals.workflow import By, Clock, Grant, Move, Side, State

CHOICES = st.lists(st.integers(0, 99), max_size=15)


def walk(choices: list[int]) -> Iterator[tuple[State, State | None, Move | None]]:
    """A life of a referral from its draft: at each step one of the moves its state knows."""
    state = State.DRAFT
    yield state, None, None
    for choice in choices:
        known = [move for start, move in workflow.TABLE if start is state]
        if not known:
            return
        move = known[choice % len(known)]
        after = workflow.next_state(state, move)
        yield after, state, move
        state = after


def reachable() -> set[State]:
    found, fresh = {State.DRAFT}, [State.DRAFT]
    while fresh:
        state = fresh.pop()
        after = {rule.to for (start, _), rule in workflow.TABLE.items() if start == state}
        fresh += after - found
        found |= after
    return found


def test_states_are_the_codes_of_the_list_without_the_derived_one() -> None:
    assert set(State) == set(codes.codes("statut_referencement")) - {"en_retard"}


def test_every_state_can_be_reached_from_a_draft() -> None:
    assert reachable() == set(State)


@given(CHOICES)
def test_no_open_state_lacks_a_side_that_owes_and_a_clock(choices: list[int]) -> None:
    for state, _, _ in walk(choices):
        is_open = state in workflow.OPEN
        assert is_open == (workflow.owed_by(state, receiver_has_account=True) is not None)
        assert is_open == (state in workflow.CLOCKS)


@given(CHOICES)
def test_without_an_account_the_sender_owes_every_open_act(choices: list[int]) -> None:
    for state, _, _ in walk(choices):
        side = workflow.owed_by(state, receiver_has_account=False)
        assert side == (Side.SENDER if state in workflow.OPEN else None)


@given(CHOICES)
def test_sections_are_never_disclosed_before_an_answer_of_the_receiver(choices: list[int]) -> None:
    answered = False
    for state, _, move in walk(choices):
        answered = answered or move in (Move.ACCEPT, Move.SERVE)
        if move in (Move.SEND, Move.CORRECT) and state is State.SENT:
            answered = False
        assert answered or not workflow.discloses(state)


def test_a_grant_is_out_from_sending_to_the_end_and_never_after() -> None:
    out = workflow.OPEN - {State.DRAFT}
    effects = {Grant.ISSUE: True, Grant.CONVERT: True, Grant.END: False}
    wrong = [
        (start, move)
        for (start, move), rule in workflow.TABLE.items()
        if effects.get(rule.grant, start in out) != (rule.to in out)
    ]
    assert wrong == []


def test_the_side_that_owes_can_always_make_a_move() -> None:
    quality = {Side.SENDER: By.SENDER, Side.RECEIVER: By.RECEIVER}
    stuck = [s for s, side in workflow.OWED_BY.items() if not workflow.moves(s, quality[side])]
    assert stuck == []


def test_a_sender_on_behalf_can_always_bring_a_waiting_receivers_answer() -> None:
    waiting = [s for s, side in workflow.OWED_BY.items() if side is Side.RECEIVER]
    assert [s for s in waiting if not workflow.moves(s, By.ON_BEHALF)] == []


def test_ended_referrals_know_only_corrections_with_a_reason() -> None:
    found = [
        (move, rule.reason) for (s, move), rule in workflow.TABLE.items() if s in workflow.TERMINAL
    ]
    assert set(found) == {(Move.CORRECT, True)}


@pytest.mark.parametrize("state", [State.CANCELLED, State.WITHDRAWN, State.EXPIRED])
def test_nothing_follows_a_cancelled_withdrawn_or_expired_referral(state: State) -> None:
    assert [move for start, move in workflow.TABLE if start is state] == []


def test_only_the_receiver_accepts_itself_or_through_a_member_on_its_behalf() -> None:
    who = {
        by for (_, move), rule in workflow.TABLE.items() if move is Move.ACCEPT for by in rule.by
    }
    assert who == {By.RECEIVER, By.ON_BEHALF}


def test_only_the_sending_side_confirms_for_the_person() -> None:
    assert workflow.rule(State.SERVED, Move.CONFIRM).by == {By.SENDER}


def test_withdrawing_is_possible_in_every_open_state_and_needs_no_reason() -> None:
    assert [s for s in workflow.OPEN if workflow.rule(s, Move.WITHDRAW).reason] == []


@pytest.mark.parametrize(
    "move", [Move.DECLINE, Move.REQUEST_INFO, Move.CORRECT, Move.CONTRADICT, Move.NO_ACTION]
)
def test_moves_that_disappoint_somebody_need_a_reason(move: Move) -> None:
    assert {rule.reason for (_, found), rule in workflow.TABLE.items() if found is move} == {True}


def test_only_the_system_lets_a_referral_expire_and_only_while_a_grant_is_out() -> None:
    starts = {
        s
        for (s, move), rule in workflow.TABLE.items()
        if move is Move.EXPIRE and rule.by == {By.SYSTEM}
    }
    assert starts == workflow.OPEN - {State.DRAFT}


def test_the_clock_started_by_a_move_is_the_clock_of_the_state_it_leads_to() -> None:
    wrong = [
        k for k, r in workflow.TABLE.items() if r.starts and r.starts != workflow.CLOCKS.get(r.to)
    ]
    assert wrong == []


def test_a_clock_goes_on_only_between_states_with_the_same_clock() -> None:
    clocks = workflow.CLOCKS
    carried = [
        (s, move)
        for (s, move), rule in workflow.TABLE.items()
        if rule.starts is None and rule.to in clocks and clocks[s] != clocks[rule.to]
    ]
    assert carried == []


def test_information_requested_stops_the_receivers_clock_and_starts_the_senders() -> None:
    assert workflow.rule(State.RECEIVED, Move.REQUEST_INFO).starts is Clock.REPLY


def test_an_impossible_move_is_refused() -> None:
    with pytest.raises(InvalidTransition):
        workflow.next_state(State.CONFIRMED, Move.ACCEPT)


def test_a_sender_cannot_accept_its_own_referral() -> None:
    with pytest.raises(InvalidTransition):
        workflow.next_state(State.SENT, Move.ACCEPT, By.SENDER)


def test_every_move_has_words() -> None:
    assert [move for move in Move if not str(workflow.MOVE_LABELS[move])] == []


def test_stored_moves_and_states_fit_their_columns() -> None:
    assert max(len(value) for value in [*State, *Move]) <= 20
