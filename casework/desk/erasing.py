"""A case is erased, and the person gets a dated paper that says what was destroyed.

The paper bears the code of the case and no name. Nothing keeps it: it waits under the member's own
session for some minutes, to be printed; afterwards nobody can tell which code the erased case bore.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.closure import erase_case, erase_mistake
from casework.cases.models import Attachment, CaseEntry, CaseSection
from casework.consent.models import ConsentRow
from casework.desk.case_sheets import CaseSheet
from casework.policy import Actor, Permission
from casework.referrals.models import Referral
from casework.vault.keys import Keyring

PAPER = "certificate"
KEYS_KEPT = timedelta(days=14)
"""How long a copy of the keys is kept in case of a fault: afterwards nobody opens an old copy."""
COPIES_KEPT = timedelta(days=365)
"""How long sealed copies are kept; without the keys they are noise."""
COUNTED: dict[str, Any] = {
    "sections": CaseSection,
    "entries": CaseEntry,
    "consents": ConsentRow,
    "referrals": Referral,
    "files": Attachment,
}


def destroy(session: Session, actor: Actor, keyring: Keyring, sheet: CaseSheet) -> dict[str, Any]:
    """Nothing of the case is left but its entries in the log; returns what the paper says.

    Raises NotVisible, NotAllowed; RuleBroken('too_late_to_erase').
    """
    paper = certificate(session, actor, sheet)
    act = erase_case if Permission.CASE_ERASE in sheet.may else erase_mistake
    act(session, actor, keyring, sheet.case.id)
    return paper


def certificate(session: Session, actor: Actor, sheet: CaseSheet) -> dict[str, Any]:
    """What the paper says: code, day, team, and how many pieces of each sort were destroyed."""
    row, today = sheet.case.row, clock.today()
    teams = {one.team_id: one.team_name for one in actor.memberships}
    return {
        "code": row.code,
        "team": teams.get(row.owner_team, ""),
        "erased_on": today.isoformat(),
        "keys_gone_on": (today + KEYS_KEPT).isoformat(),
        "copies_gone_on": (today + COPIES_KEPT).isoformat(),
        "pieces": inventory(session, sheet.case.id),
    }


def inventory(session: Session, case_id: UUID) -> dict[str, int]:
    """How many sections, entries, answers about consent, referrals and files a case has."""
    return {name: how_many(session, table, case_id) for name, table in COUNTED.items()}


def how_many(session: Session, table: Any, case_id: UUID) -> int:
    """How many rows of a table belong to a case."""
    query = select(func.count()).select_from(table).where(table.case_id == case_id)
    return session.scalar(query) or 0


def keys_gone_on() -> date:
    """The day after which nobody opens a copy of a case erased today."""
    return clock.today() + KEYS_KEPT
