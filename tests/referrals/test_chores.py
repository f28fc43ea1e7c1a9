"""What a job without keys does when a consent ends, and what it leaves to the owner."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.models import CaseAccess
from casework.referrals.chores import expire_grants, run_chores
from casework.referrals.workflow import State
from tests.support.cast import HEALTH, Cast
from tests.support.files import agree, opened, referred


def test_a_consent_that_ends_takes_the_box_away_without_any_key(
    session: Session, cast: Cast
) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity", days=30)
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    assert expire_grants(session) == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert expire_grants(session) == 1
        assert row.state == State.EXPIRED
        assert row.actor_id is None
        partner = select(CaseAccess).where(CaseAccess.kind == "partner")
        assert session.scalars(partner).all() == []
        ended = select(AuditEntry).where(AuditEntry.action == "grant.ended")
        assert len(session.scalars(ended).all()) == 1
        assert run_chores(session, zeinab.actor, zeinab.keyring) == 2
