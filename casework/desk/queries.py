"""What is due: for whoever must act, and for whoever must know that somebody does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record_view
from casework.cases.access import open_case
from casework.cases.alerts import Alert, waiting_alerts
from casework.cases.listing import OPEN_STATUSES, ROWS, Listed, drafts_of, listable, opened
from casework.cases.lost_forms import LostForm, waiting
from casework.cases.models import Case
from casework.consent.actions import SECTION, VERSION, list_consents
from casework.consent.models import ConsentRow
from casework.consent.records import NECESSITY, Consent, Standing
from casework.consent.rules import NECESSITY_DAYS
from casework.people.models import MembershipRow, User, UserState
from casework.policy import Actor, Permission
from casework.referrals.deadlines import DELAYS, SILENCE, Rung, Urgency
from casework.referrals.lines import Line
from casework.referrals.models import Referral, ReferralMove
from casework.referrals.owners import OWED_BY_RECEIVER
from casework.referrals.queries import received, sent
from casework.referrals.workflow import OPEN, State
from casework.vault.keys import Keyring

MOST, FEW = 50, 20
NEWS = timedelta(days=7)
ORDER = (Referral.due_at, Referral.id)
UNANSWERED = (State.SENT, State.RECEIVED)


@dataclass(frozen=True, slots=True)
class News:
    """A referral that somebody else has moved lately."""

    line: Line
    at: datetime

    def age(self) -> timedelta:
        """How long ago it moved."""
        return clock.now() - self.at


@dataclass(frozen=True, slots=True)
class Danger:
    """A ground of necessity, or a decision for a child, that waits for a second person."""

    case: Case
    consent: Consent


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who waits to be confirmed in a team."""

    team_id: UUID
    user_id: UUID
    since: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the first page of a working day shows."""

    referrals: list[Line]
    watched: list[Line]
    cases: list[Listed]
    watched_cases: list[Listed]
    news: list[News]
    dangers: list[Danger]
    newcomers: list[Newcomer]
    alerts: list[Alert]
    intakes: list[Listed]
    lost: list[LostForm] = field(repr=False)

    def staff(self) -> set[UUID | None]:
        """Everybody of the staff whom the page names."""
        lines = [line.actor_id for line in (*self.referrals, *self.watched)]
        cases = [listed.assigned_to for listed in self.watched_cases]
        asked = [UUID(str(one.consent.value["requested_by"])) for one in self.dangers]
        raised = [alert.raised_by for alert in self.alerts]
        return {*lines, *cases, *asked, *raised, *(one.user_id for one in self.newcomers)}


def desk_of(session: Session, actor: Actor, keyring: Keyring) -> Desk:
    """What is due for a member of an owner or partner team; the log says what was listed."""
    owed = owed_referrals(session, actor, keyring)
    watched = watched_referrals(session, actor, keyring)
    shown = {line.id for line in (*owed, *watched)}
    desk = Desk(
        referrals=owed,
        watched=watched,
        cases=due_cases(session, actor, keyring),
        watched_cases=late_cases(session, actor, keyring),
        news=[one for one in news(session, actor, keyring) if one.line.id not in shown],
        dangers=dangers(session, actor, keyring),
        newcomers=newcomers(session, actor),
        alerts=waiting_alerts(session, actor, keyring),
        intakes=drafts_of(session, actor, keyring),
        lost=waiting(session, actor, keyring),
    )
    note_lists(session, actor, desk)
    return desk


def note_lists(session: Session, actor: Actor, desk: Desk) -> None:
    """The log says which referrals and cases were shown."""
    told = [one.line for one in desk.news]
    lines = [line.id for line in (*desk.referrals, *desk.watched, *told)]
    cases = [one.id for one in (*desk.cases, *desk.watched_cases, *desk.intakes)]
    record_view(session, "referral.listed", actor.user_id, ids=lines)
    if cases:
        record_view(session, "case.listed", actor.user_id, ids=cases)


# Referrals


def owed_referrals(session: Session, actor: Actor, keyring: Keyring) -> list[Line]:
    """The referrals on which the actor owes the next act; in a partner team, every one that waits
    for the team. The first due first (at most 50 a side)."""
    hers = and_(Referral.state.in_(OPEN), Referral.actor_id == actor.user_id)
    waits = Referral.state.in_(OWED_BY_RECEIVER)
    found = sent(session, actor, keyring, hers, ORDER, MOST)
    found += received(session, actor, keyring, waits, ORDER, MOST)
    return sorted(found, key=moment_of)


def moment_of(line: Line) -> datetime:
    """When the owed act is due."""
    return line.due_at or clock.now()


def watched_referrals(session: Session, actor: Actor, keyring: Keyring) -> list[Line]:
    """What somebody else owes and has left: to the coordinators of the team once it is late or
    silent, to the worker of the case when the ladder has reached her (at most 50)."""
    found = sent(session, actor, keyring, neglected(actor), ORDER, MOST)
    return [line for line in found if must_know(actor, line)]


def neglected(actor: Actor) -> ColumnElement[bool]:
    """Open referrals of others, late or perhaps silent emergencies, that concern the actor."""
    now = clock.now()
    coordinated = Referral.from_team.in_(actor.teams_with(Permission.CASE_ASSIGN))
    silent = and_(
        Referral.state.in_(UNANSWERED),
        Referral.sent_at <= now - SILENCE,
        Referral.due_at <= now + DELAYS[Urgency.EMERGENCY],
    )
    return and_(
        Referral.state.in_(OPEN),
        Referral.actor_id != actor.user_id,
        or_(coordinated, Case.assigned_to == actor.user_id),
        or_(Referral.due_at < now, silent),
    )


def must_know(actor: Actor, line: Line) -> bool:
    """True once the silence has climbed to this person."""
    if actor.may_in(Permission.CASE_ASSIGN, line.from_team):
        return line.late or line.silent
    return line.silent or Rung.SENDER in line.told()


def news(session: Session, actor: Actor, keyring: Keyring) -> list[News]:
    """The referrals of the actor's cases that somebody else moved within a week, the last first (at
    most 20): so the sender is told of every move."""
    moved_at = func.max(ReferralMove.recorded_at)
    rows = session.execute(
        select(ReferralMove.referral_id, moved_at)
        .join(Case, Case.id == ReferralMove.case_id)
        .where(
            listable(actor),
            Case.assigned_to == actor.user_id,
            ReferralMove.recorded_at >= clock.now() - NEWS,
            ReferralMove.moved_by != actor.user_id,
        )
        .group_by(ReferralMove.referral_id)
        .order_by(moved_at.desc(), ReferralMove.referral_id)
        .limit(FEW)
    ).all()
    when = {row.referral_id: row[1] for row in rows}
    found = sent(session, actor, keyring, Referral.id.in_(list(when)), ORDER, FEW)
    return sorted((News(one, when[one.id]) for one in found), key=News.age)


# Cases


def due_cases(session: Session, actor: Actor, keyring: Keyring) -> list[Listed]:
    """The actor's own cases whose next step is due, the oldest first (at most 50)."""
    hers = and_(Case.assigned_to == actor.user_id, Case.next_step_on <= clock.today())
    return cases_where(session, actor, keyring, hers)


def late_cases(session: Session, actor: Actor, keyring: Keyring) -> list[Listed]:
    """The cases of others, in the teams the actor coordinates, whose next step is late (at most
    50)."""
    late = and_(
        Case.owner_team.in_(actor.teams_with(Permission.CASE_ASSIGN)),
        or_(Case.assigned_to != actor.user_id, Case.assigned_to.is_(None)),
        Case.next_step_on < clock.today(),
    )
    return cases_where(session, actor, keyring, late)


def cases_where(
    session: Session, actor: Actor, keyring: Keyring, wanted: ColumnElement[bool]
) -> list[Listed]:
    """The open cases that are `wanted`, the oldest step first (at most 50)."""
    query = ROWS.where(listable(actor), Case.status.in_(OPEN_STATUSES), wanted)
    rows = session.execute(query.order_by(Case.next_step_on, Case.id).limit(MOST)).all()
    return [opened(keyring, row) for row in rows]


# People


def dangers(session: Session, actor: Actor, keyring: Keyring) -> list[Danger]:
    """The grounds of necessity and the decisions for a child in the actor's teams that wait for
    somebody other than whoever asked; of what one worker decided in one case, the first.

    What was never changed and ends within seven days may be one: of these few, each is opened.
    """
    today = clock.today()
    rows = session.execute(
        select(Case, ConsentRow.id)
        .join(ConsentRow, ConsentRow.case_id == Case.id)
        .where(
            Case.owner_team.in_(actor.teams_with(Permission.NECESSITY_CONFIRM)),
            ConsentRow.revision == 1,
            ConsentRow.expires_on.between(today, today + timedelta(days=NECESSITY_DAYS)),
        )
        .order_by(ConsentRow.expires_on, ConsentRow.id)
        .limit(MOST)
    ).all()
    found = [Danger(case, consent_in(session, keyring, case, one)) for case, one in rows]
    first: dict[tuple[UUID, object], Danger] = {}
    for one in found:
        if waits_for(actor, one.consent):
            first.setdefault(about(one), one)
    return list(first.values())


def about(danger: Danger) -> tuple[UUID, object]:
    """What is judged in one go: a ground of necessity by itself, a worker's decisions together."""
    value = danger.consent.value
    apart = danger.consent.kind == NECESSITY
    return danger.case.id, danger.consent.id if apart else value["requested_by"]


def consent_in(session: Session, keyring: Keyring, row: Case, consent_id: UUID) -> Consent:
    """One consent of a case."""
    case = open_case(session, keyring, row)
    known = list_consents(session, case.id, case.key(SECTION, VERSION))
    return next(consent for consent in known if consent.id == consent_id)


def waits_for(actor: Actor, consent: Consent) -> bool:
    """True for what waits for a second person, and this one is another than the first."""
    waits = consent.state(clock.today()) is Standing.WAITING
    return waits and consent.value.get("requested_by") != str(actor.user_id)


def newcomers(session: Session, actor: Actor) -> list[Newcomer]:
    """Those who made their keys and wait to be confirmed in a team the actor may confirm for."""
    rows = session.execute(
        select(MembershipRow.team_id, User.id, User.created_at)
        .join(User, User.id == MembershipRow.user_id)
        .where(
            MembershipRow.team_id.in_(actor.teams_with(Permission.MEMBER_CONFIRM)),
            MembershipRow.confirmed_at.is_(None),
            User.kem_pub.is_not(None),
            User.state != UserState.ENDED,
        )
        .order_by(User.created_at, User.id)
        .limit(MOST)
    ).all()
    return [Newcomer(*row) for row in rows]
