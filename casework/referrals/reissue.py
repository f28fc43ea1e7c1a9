"""What a partner whose keys are lost held is shared again by those who shared it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.cases.models import CaseAccess
from casework.policy import Actor
from casework.referrals.disclosure import add_chore
from casework.referrals.grants import PARTNER, note_end
from casework.referrals.models import Referral
from casework.referrals.workflow import OPEN, State


def share_again(session: Session, actor: Actor, team_id: UUID) -> int:
    """The boxes that nobody in the team opens any more are gone; each open referral's is issued
    anew on its sender's next writing request, once the new keys are compared. Returns how many."""
    rows = session.execute(
        select(CaseAccess, Referral)
        .join(Referral, Referral.id == CaseAccess.referral_id)
        .where(CaseAccess.team_id == team_id, CaseAccess.kind == PARTNER)
    ).all()
    for access, referral in rows:
        session.delete(access)
        note_end(session, actor, referral, {})
        if State(referral.state) in OPEN:
            add_chore(session, referral, "reissue")
    session.flush()
    return len(rows)
