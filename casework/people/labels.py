"""What people call the functions and the states of accounts."""

from __future__ import annotations

from typing import Any

from casework.i18n import lazy_gettext as _l
from casework.people.models import TeamKind
from casework.policy import Role

ROLES: dict[str, Any] = {
    Role.RELAY: _l("Community relay"),
    Role.PARALEGAL: _l("Paralegal"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.FOCAL_POINT: _l("Focal point"),
    Role.SECOND: _l("Second"),
    Role.AGENT: _l("Agent"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.MANAGER: _l("Manager"),
    Role.DONOR: _l("Donor"),
    Role.AUDITOR: _l("Auditor"),
}
ROLE_HINTS: dict[str, Any] = {
    Role.RELAY: _l("Hands in what she was told and runs errands; opens no file."),
    Role.PARALEGAL: _l("Receives people, opens files, refers and follows up."),
    Role.COORDINATOR: _l("Does this too, follows the whole team and confirms its members."),
    Role.FOCAL_POINT: _l("Receives referrals, answers them and confirms colleagues."),
    Role.SECOND: _l("Receives referrals; answers when the focal point does not."),
    Role.AGENT: _l("Receives referrals and reports what was done."),
    Role.ADMINISTRATOR: _l("Keeps accounts, teams and the directory; opens no file."),
    Role.MANAGER: _l("Sees protected statistics only."),
    Role.DONOR: _l("Sees protected statistics only."),
    Role.AUDITOR: _l("Sees who did what; opens no file."),
}
TEAM_KINDS: dict[str, Any] = {
    TeamKind.OWNER: _l("Team of the programme"),
    TeamKind.PARTNER: _l("Team of a partner"),
}
STATES: dict[str, tuple[str, Any]] = {
    "invited": ("new", _l("Has a code")),
    "code_over": ("late", _l("Code is over")),
    "waiting": ("wait", _l("To be confirmed")),
    "active": ("run", _l("Active")),
    "suspended": ("stop", _l("Suspended")),
    "ended": ("stop", _l("Closed")),
}
"""Each state of an account or a membership: the shape of its tag, and its words."""


def role_label(role: str | None) -> Any:
    """What people call a role; empty for none."""
    return ROLES.get(role or "", "")
