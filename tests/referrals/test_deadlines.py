"""Due dates, silence and the ladder of reminders."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import codes
from casework.referrals import deadlines
from casework.referrals.deadlines import Rung, Urgency
from casework.referrals.workflow import CLOCKS, OPEN, Clock, Side, State

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
EARLIEST, LATEST = (datetime(year, 1, 1) for year in (2020, 2040))  # noqa: DTZ001  (naive bounds)
MOMENTS = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))


def test_urgencies_are_the_codes_of_the_list() -> None:
    assert tuple(Urgency) == codes.codes("priorite")


@given(st.sampled_from(sorted(OPEN)), st.sampled_from(Urgency), MOMENTS)
def test_every_open_state_is_due_after_it_began(
    state: State, urgency: Urgency, moment: datetime
) -> None:
    assert deadlines.due_at(CLOCKS[state], urgency, moment) > moment


@pytest.mark.parametrize(
    ("urgency", "hours"), [(Urgency.EMERGENCY, 24), (Urgency.URGENT, 72), (Urgency.NORMAL, 336)]
)
def test_an_answer_is_due_by_its_urgency(urgency: Urgency, hours: int) -> None:
    assert deadlines.due_at(Clock.ANSWER, urgency, START) == START + hours * HOUR


def test_an_emergency_is_due_when_the_care_window_closes_first() -> None:
    closes = START + 7 * HOUR
    assert deadlines.due_at(Clock.ANSWER, Urgency.EMERGENCY, START, closes) == closes


def test_a_long_care_window_does_not_stretch_an_emergency() -> None:
    due = deadlines.due_at(Clock.ANSWER, Urgency.EMERGENCY, START, START + 60 * HOUR)
    assert due == START + 24 * HOUR


def test_a_closed_care_window_makes_an_emergency_due_at_once() -> None:
    assert deadlines.due_at(Clock.ANSWER, Urgency.EMERGENCY, START, START - HOUR) == START


def test_a_service_waits_fourteen_days_for_the_persons_word_whatever_the_urgency() -> None:
    due = deadlines.due_at(Clock.CONFIRMATION, Urgency.EMERGENCY, START, START + HOUR)
    assert due == START + timedelta(days=14)


@pytest.mark.parametrize(("minutes", "silent"), [(119, False), (120, True)])
def test_an_emergency_is_silent_after_two_hours(minutes: int, silent: bool) -> None:
    now = START + timedelta(minutes=minutes)
    assert deadlines.is_silent(Urgency.EMERGENCY, Clock.ANSWER, START, now) is silent


def test_an_answered_emergency_is_not_silent() -> None:
    assert not deadlines.is_silent(Urgency.EMERGENCY, Clock.SERVICE, START, START + 9 * HOUR)


def test_an_urgent_referral_is_late_before_it_is_silent() -> None:
    assert deadlines.silence_shown_at(Urgency.URGENT, START) is None


def test_the_ladder_climbs_at_half_once_one_and_a_half_and_twice_the_delay() -> None:
    climbed = deadlines.ladder(Side.RECEIVER, START, START + 72 * HOUR)
    assert [(step.rung, (step.at - START) / HOUR) for step in climbed] == [
        (Rung.FOCAL_POINT, 36),
        (Rung.SECOND, 72),
        (Rung.SENDER, 108),
        (Rung.COORDINATOR, 144),
    ]


def test_what_the_sender_owes_reaches_its_coordinator() -> None:
    assert deadlines.reached(Side.SENDER, START, START + HOUR, START + 3 * HOUR) == (
        Rung.SENDER,
        Rung.COORDINATOR,
    )


@given(st.sampled_from(Side), MOMENTS, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_reminders_never_come_before_the_one_below(
    side: Side, start: datetime, span: timedelta
) -> None:
    moments = [step.at for step in deadlines.ladder(side, start, start + span)]
    assert moments == sorted(moments)


@given(st.sampled_from(Side), MOMENTS, st.timedeltas(HOUR, timedelta(days=60)))
def test_the_coordinator_knows_in_the_end_whoever_owed(
    side: Side, start: datetime, span: timedelta
) -> None:
    assert Rung.COORDINATOR in deadlines.reached(side, start, start + span, start + 2 * span)


def test_being_on_time_to_the_second_is_not_late() -> None:
    assert not deadlines.is_overdue(START, START)
