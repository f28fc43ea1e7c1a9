"""When a referral is due, when its silence is told, and who is reminded next.

Delays: 24 h emergency, 72 h urgent, 2 weeks normal (Inter-Agency Referral Form, by the domain
brief); an emergency is due at the earlier of 24 h and the end of the care window, and its silence
is shown to the sender and her coordinator after 2 h. The ladder climbs by itself at 1/2, 1, 3/2
and 2 times the delay. All moments are aware datetimes; nothing here reads the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from casework.referrals.workflow import Clock, Side


class Urgency(StrEnum):
    """How fast an answer is needed; the values are the codes of `priorite`."""

    EMERGENCY = "urgence"
    URGENT = "urgent"
    NORMAL = "normal"


class Rung(StrEnum):
    """Who is told next when nothing moves; always somebody who can sign in."""

    FOCAL_POINT = "focal_point"
    SECOND = "second"
    SENDER = "sender"
    COORDINATOR = "coordinator"


DELAYS: dict[Urgency, timedelta] = {
    Urgency.EMERGENCY: timedelta(hours=24),
    Urgency.URGENT: timedelta(hours=72),
    Urgency.NORMAL: timedelta(weeks=2),
}
SENDING_DELAYS: dict[Urgency, timedelta] = {
    Urgency.EMERGENCY: timedelta(hours=1),
    Urgency.URGENT: timedelta(hours=12),
    Urgency.NORMAL: timedelta(hours=48),
}
"""How long a draft may wait unsent: half a working day at most where it presses."""

CONFIRMATION_DELAY = timedelta(days=14)
"""After it a service without the person's word comes back to the paralegal (roadmap item 3)."""

SILENCE = timedelta(hours=2)
_LADDERS: dict[Side, tuple[Rung, Rung, Rung, Rung]] = {
    Side.RECEIVER: (Rung.FOCAL_POINT, Rung.SECOND, Rung.SENDER, Rung.COORDINATOR),
    Side.SENDER: (Rung.SENDER, Rung.SENDER, Rung.COORDINATOR, Rung.COORDINATOR),
}
_TIMES = (0.5, 1.0, 1.5, 2.0)


@dataclass(frozen=True, slots=True)
class Reminder:
    """At this moment, unless the referral moved, this one is told."""

    at: datetime
    rung: Rung


def delay(clock: Clock, urgency: Urgency) -> timedelta:
    """How long the clock runs for such an urgency."""
    if clock is Clock.CONFIRMATION:
        return CONFIRMATION_DELAY
    return (SENDING_DELAYS if clock is Clock.SENDING else DELAYS)[urgency]


def due_at(
    clock: Clock, urgency: Urgency, started_at: datetime, care_until: datetime | None = None
) -> datetime:
    """The moment by which the owed act is due.

    `care_until` is the end of the care window (`cases.deadlines.care_until`); it shortens an
    emergency until the service is given, but never to before the clock started.
    """
    due = started_at + delay(clock, urgency)
    if urgency is not Urgency.EMERGENCY or clock is Clock.CONFIRMATION or care_until is None:
        return due
    return max(started_at, min(due, care_until))


def silence_shown_at(urgency: Urgency, sent_at: datetime) -> datetime | None:
    """When an unanswered emergency is shown to sender and coordinator; None for the others."""
    return sent_at + SILENCE if urgency is Urgency.EMERGENCY else None


def is_silent(urgency: Urgency, clock: Clock, sent_at: datetime, now: datetime) -> bool:
    """True when an emergency got no answer within two hours of being sent."""
    shown_at = silence_shown_at(urgency, sent_at)
    return clock is Clock.ANSWER and shown_at is not None and now >= shown_at


def is_overdue(due: datetime, now: datetime) -> bool:
    """True once the due moment is past: the derived state `en_retard`."""
    return now > due


def ladder(side: Side, started_at: datetime, due: datetime) -> tuple[Reminder, ...]:
    """The four reminders from the start of a clock, oldest first."""
    span = due - started_at
    return tuple(
        Reminder(started_at + span * times, rung)
        for times, rung in zip(_TIMES, _LADDERS[side], strict=True)
    )


def reached(side: Side, started_at: datetime, due: datetime, now: datetime) -> tuple[Rung, ...]:
    """Everybody who has been told by now, each once, in the order of the ladder."""
    told = (step.rung for step in ladder(side, started_at, due) if step.at <= now)
    return tuple(dict.fromkeys(told))
