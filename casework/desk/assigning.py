"""A case changes hands, and with it what its worker owes on its referrals."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from casework.cases.access import OpenCase, access_case
from casework.cases.assignment import assign_case
from casework.policy import Actor, Permission
from casework.referrals.withdrawal import open_referrals
from casework.vault.keys import Keyring


def hand_over(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    to: UUID,
    reason: str = "",
    *,
    conflict: bool = False,
) -> OpenCase:
    """The member works on the case, and owes whatever the one before her owed on its referrals.

    Raises as `assign_case`.
    """
    before = access_case(session, actor, keyring, case_id, Permission.CASE_ASSIGN).row.assigned_to
    case = assign_case(session, actor, keyring, case_id, to, reason, conflict=conflict)
    for row in open_referrals(session, case.id):
        if row.actor_id == before:
            row.actor_id = to
    session.flush()
    return case
