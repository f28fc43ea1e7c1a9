"""The day a person came: nothing that was done for her happened before it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from casework import clock
from casework.cases.access import OpenCase
from casework.cases.sections import read_section
from casework.chronology import After


def received_on(session: Session, case: OpenCase) -> date:
    """The day of the registration, or the earlier one on which the intake was begun."""
    begun = str(read_section(session, case, "admin").value["recorded_at"])
    return min(case.row.opened_on, clock.local(datetime.fromisoformat(begun)).date())


def after_reception(session: Session, case: OpenCase, rule: str = "before_reception") -> After:
    """The floor of whatever was done for her."""
    return After(rule, received_on(session, case))
