"""How fast a case must go, in words: as somebody chose, or as it follows from what was told."""

from __future__ import annotations

from casework import clock, codes
from casework.cases.deadlines import suggested_urgency
from casework.cases.form_sheets import Values, grievances_of
from casework.i18n import gettext as _


def chosen_urgency(values: Values) -> str:
    """The code that somebody chose; empty where nobody did."""
    return str(values.get("facts", {}).get("urgency") or "")


def urgency_in_words(values: Values) -> str:
    """The urgency that was chosen; where nobody chose, the one that follows, and that it does."""
    if chosen := chosen_urgency(values):
        return codes.label("priorite", chosen)
    facts, health = values.get("facts", {}), values.get("health", {})
    proposed = suggested_urgency(grievances_of(values), facts, health, clock.now())
    return str(_("Proposed: %(urgency)s", urgency=codes.label("priorite", proposed.urgency)))
