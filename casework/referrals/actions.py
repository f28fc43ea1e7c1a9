"""Every move of a referral: permission, table, grant, owner, sealed entry, audit, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cases import counting
from casework.cases.models import CaseEntry
from casework.cases.sections import Value, digest_of
from casework.chronology import After, refuse_out_of_order
from casework.directory.models import Provider
from casework.errors import InvalidTransition, NotAllowed, RuleBroken, StaleVersion
from casework.policy import Actor, Permission
from casework.referrals.access import OpenReferral, access_referral, exchange
from casework.referrals.deadlines import Urgency
from casework.referrals.disclosure import add_chore, close_disclosure, disclose
from casework.referrals.drafting import asked, asked_in
from casework.referrals.drafting import refuse_impossible as check_possible
from casework.referrals.exchange import write_exchange
from casework.referrals.grants import convert_grant
from casework.referrals.models import Referral, ReferralMove
from casework.referrals.owners import owe, wake_case
from casework.referrals.workflow import By, Grant, Move, Rule, Side, State, discloses, rule
from casework.vault.keys import Keyring

UNHELPED = frozenset({State.DECLINED, State.NO_ACTION})
"""Ends after which the person still has no help: her case must not wait for its next step."""


@dataclass(frozen=True, slots=True)
class Act:
    """How a move came about: when, why, and for a move on behalf, from whom and by which means.

    `id` was made with the form: the same form sent twice makes the move once.
    """

    happened_on: date
    reason: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    source: str = field(default="", repr=False)
    means: str = ""
    id: UUID | None = None


def move(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    referral_id: UUID,
    wanted: Move,
    act: Act,
    shown_version: int | None = None,
    by: By | None = None,
) -> OpenReferral:
    """The referral has made the move, and names who must act next and by when.

    `by` is ON_BEHALF when a member of the sending team records the receiver's own act; then `act`
    says source and means. Raises NotVisible, NotAllowed, InvalidTransition, StaleVersion;
    RuleBroken: 'future_date', 'before_last_move', 'reason_missing', 'source_missing', 'no_consent',
    'partner_not_compared', 'nobody_to_act', and when sending 'case_closed', 'settlement_forbidden',
    'cadi_civil_only', 'provider_…'.
    """
    referral = access_referral(session, actor, keyring, referral_id, Permission.REFERRAL_VIEW)
    quality = by or (By.SENDER if referral.side is Side.SENDER else By.RECEIVER)
    check_permission(actor, referral, quality, wanted)
    found = rule(referral.state, wanted)
    if quality not in found.by or move_of(session, act.id) is not None:
        raise InvalidTransition(f"{referral.state}: {wanted} by {quality}")
    if shown_version is not None and referral.row.version != shown_version:
        raise StaleVersion
    check_act(found, quality, act)
    refuse_out_of_order(act.happened_on, After("before_last_move", last_day(session, referral)))
    return perform(session, actor, keyring, referral, wanted, found, act, quality)


def move_of(session: Session, move_id: UUID | None) -> ReferralMove | None:
    """The move that a form with this id has made already; None where it has made none."""
    return session.get(ReferralMove, move_id) if move_id else None


def check_permission(actor: Actor, referral: OpenReferral, quality: By, wanted: Move) -> None:
    """Raises NotAllowed unless the actor may act in this quality in the team she acts for."""
    answers = wanted in (Move.ACCEPT, Move.DECLINE)
    needed = {
        By.SENDER: Permission.REFERRAL_SEND,
        By.ON_BEHALF: Permission.REFERRAL_ON_BEHALF,
        By.RECEIVER: Permission.REFERRAL_ACCEPT if answers else Permission.REFERRAL_REPORT,
    }.get(quality)
    row = referral.row
    team = row.to_team if quality is By.RECEIVER else row.from_team
    side = Side.RECEIVER if quality is By.RECEIVER else Side.SENDER
    if (
        needed is None
        or team is None
        or side is not referral.side
        or not actor.may_in(needed, team)
    ):
        raise NotAllowed


def check_act(found: Rule, quality: By, act: Act) -> None:
    """Raises RuleBroken when the reason or the source is missing."""
    if found.reason and not act.reason:
        raise RuleBroken("reason_missing")
    if quality is By.ON_BEHALF and not (act.source and act.means):
        raise RuleBroken("source_missing")


def last_day(session: Session, referral: OpenReferral) -> date:
    """The day of the referral's last move; of a draft, the day on which it was written."""
    query = select(func.max(ReferralMove.happened_on))
    moved = session.scalar(query.where(ReferralMove.referral_id == referral.id))
    return moved or date.fromisoformat(asked(session, referral)["happened_on"])


def perform(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    referral: OpenReferral,
    wanted: Move,
    found: Rule,
    act: Act,
    quality: By,
) -> OpenReferral:
    """State, grant, owner, row of the move, sealed entry and audit entry, in that order."""
    row, before, written = referral.row, referral.state, exchange(session, referral)
    wish = asked_in(written)
    if found.grant is Grant.ISSUE:
        refuse_impossible(session, referral, wish)
    number = sum(entry.value["kind"] == "move" for entry in written)
    entry = write_move(session, actor, referral, wanted, found, act, quality, number)
    row.state = found.to
    stamp(row, found, clock.now())
    apply_grant(session, actor, keyring, referral, found, wish)
    owe(session, row, Urgency(wish["urgency"]), found.starts, clock.now(), care_until(wish))
    if found.to in UNHELPED:
        wake_case(session, row)
    session.flush()
    record(
        session,
        "referral.moved",
        actor=actor.user_id,
        case=row.case_id,
        referral=row.id,
        from_state=str(before),
        to_state=str(found.to),
        on_behalf=quality is By.ON_BEHALF,
        boxes=digest_of(entry),
    )
    follow(session, actor, referral)
    return referral


def stamp(row: Referral, found: Rule, now: datetime) -> None:
    """Keeps the moments of sending and of the first answer."""
    if found.to is State.SENT:
        row.sent_at = now
        row.answered_at = None
    elif found.to in (State.ACCEPTED, State.DECLINED, State.SERVED) and row.answered_at is None:
        row.answered_at = now


def refuse_impossible(session: Session, referral: OpenReferral, wish: dict[str, Any]) -> None:
    """Raises RuleBroken when the directory or the law no longer allows what a draft asks."""
    if referral.case is not None:
        provider = session.get_one(Provider, referral.row.provider_id)
        check_possible(session, referral.case, provider, wish["service"], wish["grievance"])


def care_until(wish: dict[str, Any]) -> datetime | None:
    """The end of the care window, where the sender knew one."""
    text = wish.get("care_until")
    return datetime.fromisoformat(text) if text else None


def write_move(
    session: Session,
    actor: Actor,
    referral: OpenReferral,
    wanted: Move,
    found: Rule,
    act: Act,
    quality: By,
    number: int,
) -> CaseEntry:
    """The row of the move, and the sealed entry of the same id with reason, source and means."""
    row, now, move_id = referral.row, clock.now(), act.id or uuid4()
    session.add(
        ReferralMove(
            id=move_id,
            case_id=row.case_id,
            referral_id=row.id,
            move=wanted,
            from_state=row.state,
            to_state=found.to,
            moved_by=actor.user_id,
            on_behalf=quality is By.ON_BEHALF,
            happened_on=act.happened_on,
            recorded_at=now,
        )
    )
    value: Value = {
        "kind": "move",
        "number": number,
        "move": str(wanted),
        "to": str(found.to),
        "happened_on": act.happened_on.isoformat(),
        "recorded_at": now.isoformat(),
        "recorded_by": str(actor.user_id),
        "on_behalf": quality is By.ON_BEHALF,
        "reason": act.reason,
        "note": act.note,
        "source": act.source,
        "means": act.means,
    }
    return write_exchange(session, referral, value, move_id)


def apply_grant(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    referral: OpenReferral,
    found: Rule,
    wish: dict[str, Any],
) -> None:
    """Issues, converts or ends the receiver's box as the table says."""
    match found.grant:
        case Grant.ISSUE:
            disclose(session, actor, keyring, referral, wish)
        case Grant.END:
            close_disclosure(session, actor, keyring, referral, wish)
        case _ if referral.side is Side.RECEIVER and discloses(found.to):
            convert_grant(session, actor, keyring, referral)
        case _:
            pass


def follow(session: Session, actor: Actor, referral: OpenReferral) -> None:
    """Statistics follow at once for the owner; after a partner's move, on the owner's next act."""
    if referral.case is None:
        add_chore(session, referral.row, "recount")
    else:
        counting.recount(session, actor, referral.case)
