"""One referral as lists and desks show it: what it is, who must act, how long it has waited."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from casework import clock
from casework.referrals.deadlines import Rung, Urgency, delay, is_overdue, is_silent, reached
from casework.referrals.workflow import CLOCKS, OWED_BY, Side, State


@dataclass(frozen=True, slots=True)
class Line:
    """One referral of a list. `card` has the keys of `disclosure.card_of`, and is empty for a
    receiver once all is over; `name` is empty for whoever may not know it."""

    id: UUID
    case_id: UUID
    from_team: UUID
    side: Side
    state: State
    provider_id: UUID
    provider: str
    has_team: bool
    actor_id: UUID | None
    due_at: datetime | None
    sent_at: datetime | None
    worker_id: UUID | None
    code: str
    card: dict[str, Any] = field(repr=False)
    name: str = field(repr=False, default="")

    @property
    def late(self) -> bool:
        """True once the owed act is past its moment."""
        return self.due_at is not None and is_overdue(self.due_at, clock.now())

    @property
    def urgency(self) -> Urgency | None:
        """How fast an answer was wanted, where that can be read."""
        return Urgency(self.card["urgency"]) if self.card else None

    @property
    def silent(self) -> bool:
        """True for an emergency that nobody answered within two hours."""
        running = CLOCKS.get(self.state)
        if self.urgency is None or self.sent_at is None or running is None:
            return False
        return is_silent(self.urgency, running, self.sent_at, clock.now())

    @property
    def owed_by(self) -> Side | None:
        """Whose act the state waits for, None once it is over."""
        return OWED_BY.get(self.state)

    @property
    def to_fetch(self) -> bool:
        """True when the sending team must fetch the answer of a partner without an account."""
        return self.owed_by is Side.RECEIVER and not self.has_team

    def told(self) -> tuple[Rung, ...]:
        """Who has been told by now that it waits, in the order of the ladder."""
        if self.due_at is None or self.urgency is None or self.owed_by is None:
            return ()
        started = self.due_at - delay(CLOCKS[self.state], self.urgency)
        side = Side.SENDER if self.to_fetch else self.owed_by
        return reached(side, started, self.due_at, clock.now())
