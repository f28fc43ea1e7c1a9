"""What only a keyholder can do, done a few at a time on her next POST; and what a keyless job
can do."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cases import counting
from casework.cases.access import exchange_section, open_case
from casework.cases.models import Case, CaseAccess
from casework.policy import Actor
from casework.referrals.access import OpenReferral
from casework.referrals.disclosure import add_chore, issue_anew, rekey
from casework.referrals.drafting import asked
from casework.referrals.grants import note_end
from casework.referrals.models import Chore, Referral, ReferralMove
from casework.referrals.owners import name_present_owners, wake_case
from casework.referrals.workflow import OPEN, Move, Side, State, rule
from casework.vault.keys import Keyring

AT_MOST = 50


def run_chores(session: Session, actor: Actor, keyring: Keyring) -> int:
    """Up to 50 waiting chores of the keyholder's teams are done, and every open referral of these
    teams names somebody who can sign in; returns how many chores."""
    if not keyring.teams:
        return 0
    session.flush()
    name_present_owners(session, list(keyring.teams))
    waiting = session.scalars(
        select(Chore)
        .where(Chore.team_id.in_(list(keyring.teams)))
        .order_by(Chore.created_at, Chore.id)
        .limit(AT_MOST)
    ).all()
    for chore in waiting:
        do(session, actor, keyring, chore)
        session.delete(chore)
    session.flush()
    return len(waiting)


def do(session: Session, actor: Actor, keyring: Keyring, chore: Chore) -> None:
    """Re-keys what an ended referral held, issues a box that had to wait, or brings the statistics
    of its case up to date."""
    case = open_case(session, keyring, session.get_one(Case, chore.case_id))
    if chore.kind == "recount":
        counting.recount(session, actor, case)
        return
    row = session.get_one(Referral, chore.referral_id)
    key = case.key(exchange_section(row.id), 1)
    referral = OpenReferral(row, Side.SENDER, key, case=case)
    wish = asked(session, referral)
    if chore.kind == "rekey":
        rekey(session, actor, keyring, case, row, wish["sections"])
    elif referral.state in OPEN:
        issue_anew(session, actor, keyring, referral, wish)


def expire_grants(session: Session) -> int:
    """Keyless job: boxes whose consent is over are gone, their referrals expired. Returns how
    many."""
    over = session.scalars(
        select(CaseAccess).where(CaseAccess.expires_on < clock.today()).limit(500)
    ).all()
    for access in over:
        row = session.get_one(Referral, access.referral_id)
        if State(row.state) in OPEN:
            expire(session, row)
        session.delete(access)
        note_end(session, None, row, {})
    session.flush()
    return len(over)


def expire(session: Session, row: Referral) -> None:
    """The referral is expired; its owner's next act re-keys and recounts."""
    before, found = State(row.state), rule(State(row.state), Move.EXPIRE)
    session.add(
        ReferralMove(
            id=uuid4(),
            case_id=row.case_id,
            referral_id=row.id,
            move=Move.EXPIRE,
            from_state=before,
            to_state=found.to,
            moved_by=None,
            happened_on=clock.today(),
            recorded_at=clock.now(),
        )
    )
    row.state, row.actor_id, row.due_at = found.to, None, None
    wake_case(session, row)
    add_chore(session, row, "rekey")
    add_chore(session, row, "recount")
    record(
        session,
        "referral.moved",
        actor=None,
        case=row.case_id,
        referral=row.id,
        from_state=str(before),
        to_state=str(found.to),
        on_behalf=False,
        boxes={},
    )
