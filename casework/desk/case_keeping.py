"""Until when a closed case is kept, as its page says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework import clock
from casework.cases.field_kinds import Per
from casework.desk.case_sheets import CaseSheet
from casework.rights.retention import PROPOSED, Kept, kept, told_of


@dataclass(frozen=True, slots=True)
class Keeping:
    """Until which day, None while a court may need it; why; and whether that day has come."""

    until: date | None
    reason: Any
    over: bool


def keeping(sheet: CaseSheet, months: Mapping[str, int]) -> Keeping | None:
    """How long the case is kept; None while it is open. `months` stand in the place of the
    proposals of `rights.retention`."""
    closures = acts(sheet, Per.CLOSURE)
    if not sheet.closed or not closures:
        return None
    values = sheet.values
    told = told_of(
        max(closures, key=lambda one: str(one["recorded_at"])),
        values.get("identity", {}).get("beneficiaries", []),
        values.get("facts", {}).get("grievances", []),
        acts(sheet, Per.STEP),
    )
    return shown(kept(told, {**PROPOSED, **months}))


def acts(sheet: CaseSheet, kind: Per) -> list[Mapping[str, Any]]:
    """The acts of one kind as they stand now."""
    standing = (one for one in sheet.told if not one.void)
    return [one.now.value for one in standing if one.now.value.get("kind") == kind]


def shown(found: Kept) -> Keeping:
    """The same as the page needs it."""
    over = found.until is not None and found.until <= clock.today()
    return Keeping(found.until, found.reason, over)
