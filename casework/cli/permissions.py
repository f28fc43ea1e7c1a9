"""Writes docs/permissions.md from the program’s own table: `python -m casework.cli.permissions`."""

from __future__ import annotations

from pathlib import Path

from casework.policy import (
    ORGANISATION_ROLES,
    OWNER_ROLES,
    PARTNER_ROLES,
    PERMISSIONS,
    Permission,
    Role,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
P = Permission
MEANINGS: dict[Permission, str] = {
    P.DESK_VIEW: "sees « À faire »: what is due, oldest first",
    P.CASE_LIST: "lists and searches the cases of her team",
    P.CASE_VIEW: "opens a case of her team, or what was shared with it",
    P.CASE_CREATE: "takes an intake and opens a case",
    P.CASE_WRITE: "writes in a case: sections, follow-up, outcomes",
    P.CASE_ASSIGN: "gives a case to another member of the team",
    P.CASE_CLOSE: "closes a case with its reason",
    P.CASE_REOPEN: "opens a closed case again",
    P.CASE_ERASE: "erases a case for good",
    P.INTAKE_HAND_IN: "hands in a sealed intake that she cannot read back",
    P.CONSENT_RECORD: "records what the person agrees to, and takes it back",
    P.NECESSITY_CONFIRM: "asks for, or as the second person confirms, a ground of necessity",
    P.REFERRAL_SEND: "refers to a partner",
    P.REFERRAL_VIEW: "sees the referrals of her team, sent or received",
    P.REFERRAL_ACCEPT: "accepts or declines a referral",
    P.REFERRAL_REPORT: "reports steps and the service given",
    P.REFERRAL_ON_BEHALF: "records a partner’s answer on its behalf, with source, means and date",
    P.MEMBER_INVITE: "makes an account in her team",
    P.MEMBER_CONFIRM: "confirms, suspends and removes members of her team",
    P.PARTNER_COMPARE: "compares keys with a partner’s team by voice",
    P.DIRECTORY_VIEW: "reads the directory of providers",
    P.DIRECTORY_WRITE: "adds and corrects providers",
    P.ACCOUNT_ADMINISTER: "makes accounts and teams, for anybody",
    P.STATISTICS_VIEW: "sees the protected figures of closed quarters",
    P.ACTIVITY_WRITE: "writes down activities, radios and practices, without names",
    P.PROGRAMME_PLAN: "sets baselines and targets of the indicators",
    P.WORKLOAD_VIEW: "sees her team’s true workload, attests months, shows proof to a verifier",
    P.AUDIT_VIEW: "reads the audit log",
    P.PRACTICE_VIEW: "sees the guided exercises",
    P.ACCOUNT_VIEW: "sees her own account and open sessions",
}
GROUPS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("In an owner team", "Each right holds in that team only.", OWNER_ROLES),
    ("In a partner’s team", "Each right holds in that team only.", PARTNER_ROLES),
    (
        "In the organisation",
        "These roles exclude membership of any team: there is no key for them, hence no case.",
        ORGANISATION_ROLES,
    ),
)
INTRODUCTION = """# Who may do what

Made from `casework/policy.py` by `python -m casework.cli.permissions`; do not edit. What is not
ticked is refused; a person holds the rights of all her roles, each in its own team. A right is
necessary and never sufficient: without the team's key no case opens, whatever this table says, and
a partner's rights reach only what the person agreed to share with that partner.
"""


def page() -> str:
    """The whole page in Markdown."""
    return "\n".join([INTRODUCTION, *(part(*group) for group in GROUPS)])


def part(title: str, note: str, roles: frozenset[Role]) -> str:
    """One group of roles: a row for each permission that any of them holds."""
    columns = [role for role in Role if role in roles]
    held = [each for each in Permission if any(each in PERMISSIONS[role] for role in columns)]
    head = "| permission | she … | " + " | ".join(columns) + " |"
    line = "|---|---|" + "---|" * len(columns)
    return "\n".join(
        [f"## {title}", note, "", head, line, *(row(each, columns) for each in held), ""]
    )


def row(permission: Permission, roles: list[Role]) -> str:
    """One permission: its name, what it means, and a tick for each role that holds it."""
    ticks = ["✓" if permission in PERMISSIONS[role] else "" for role in roles]
    return f"| `{permission}` | {MEANINGS[permission]} | " + " | ".join(ticks) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
