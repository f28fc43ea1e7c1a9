"""What a coordinator needs to supervise her own team: its true workload, and proof for a verifier.

These are true counts, for the team alone: they never leave it, and no manager's page reads them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record_view
from casework.cases.access import open_case
from casework.cases.case_file import file_of
from casework.cases.counting import Wanted, counts, wanted_facts
from casework.cases.listing import OPEN_STATUSES
from casework.cases.models import Case, CaseStatus, ContactTally
from casework.errors import NotAllowed, NotVisible
from casework.facts.calendar import last_day, quarter_of
from casework.people.models import Team
from casework.policy import Actor, Permission
from casework.referrals.models import Referral
from casework.referrals.workflow import OPEN
from casework.statistics.labels import code_label, dimension_label, kind_label
from casework.statistics.queries import closed_period, fingerprints
from casework.vault.keys import Keyring

MONTHS = 6
SAMPLE, MOST_OPENED = 5, 60
PLAIN = ("age", "sex", "problem")
TOLD = ("service", "referral_end", "outcome", "document", "closure")
"""The details that a verifier can hold against papers; what happened to the person is none."""


@dataclass(frozen=True, slots=True)
class Worker:
    """What one member of the team carries today; None: nobody."""

    user_id: UUID | None
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class Workload:
    """The true numbers of one team on this day, by code."""

    team: Team
    workers: list[Worker]
    statuses: dict[str, int]
    referrals: dict[str, int]
    late_referrals: int
    opened: list[tuple[date, int]]
    heard: list[tuple[date, int]]

    def staff(self) -> set[UUID | None]:
        """Everybody whom the page names."""
        return {worker.user_id for worker in self.workers}


def own_team(session: Session, actor: Actor, team_id: UUID) -> Team:
    """A team that the actor supervises. Raises NotVisible for any other."""
    team = session.get(Team, team_id)
    if team is None or not actor.may_in(Permission.WORKLOAD_VIEW, team_id):
        raise NotVisible
    return team


def workload(session: Session, actor: Actor, team_id: UUID) -> Workload:
    """The workload of a team that the actor supervises; the log says that she looked."""
    team = own_team(session, actor, team_id)
    record_view(session, "workload.viewed", actor.user_id, team=team_id)
    return Workload(
        team=team,
        workers=workers(session, team_id),
        statuses=statuses(session, team_id),
        referrals=states(session, team_id),
        late_referrals=late_referrals(session, team_id),
        opened=opened_by_month(session, team_id),
        heard=heard_by_month(session, team_id),
    )


def workers(session: Session, team_id: UUID) -> list[Worker]:
    """Open cases and late steps of each member, who has most first."""
    late = func.sum(case((Case.next_step_on < clock.today(), 1), else_=0))
    rows = session.execute(
        select(Case.assigned_to, func.count(), late)
        .where(Case.owner_team == team_id, Case.status.in_(OPEN_STATUSES))
        .group_by(Case.assigned_to)
        .order_by(func.count().desc(), Case.assigned_to)
    ).all()
    return [Worker(user_id, count, int(due or 0)) for user_id, count, due in rows]


def statuses(session: Session, team_id: UUID) -> dict[str, int]:
    """How many cases stand in each state."""
    chosen = select(Case.status, func.count()).where(Case.owner_team == team_id)
    rows = session.execute(chosen.group_by(Case.status).order_by(Case.status)).all()
    return {row[0]: row[1] for row in rows}


def states(session: Session, team_id: UUID) -> dict[str, int]:
    """How many referrals that the team sent stand in each state."""
    chosen = select(Referral.state, func.count()).where(Referral.from_team == team_id)
    rows = session.execute(chosen.group_by(Referral.state).order_by(Referral.state)).all()
    return {row[0]: row[1] for row in rows}


def late_referrals(session: Session, team_id: UUID) -> int:
    """How many open referrals of the team are late."""
    late = select(func.count()).where(
        Referral.from_team == team_id,
        Referral.state.in_(OPEN),
        Referral.due_at < clock.now(),
    )
    return session.scalar(late) or 0


def opened_by_month(session: Session, team_id: UUID) -> list[tuple[date, int]]:
    """How many cases were opened in each of the last six months, this one included."""
    months = recent_months()
    days = session.scalars(
        select(Case.opened_on).where(
            Case.owner_team == team_id,
            Case.opened_on >= months[0],
            Case.status != CaseStatus.DRAFT,
        )
    )
    found = Counter(day.replace(day=1) for day in days)
    return [(month, found[month]) for month in months]


def heard_by_month(session: Session, team_id: UUID) -> list[tuple[date, int]]:
    """How many people were heard without a file in each of the last six months."""
    months = recent_months()
    rows = session.execute(
        select(ContactTally.month, func.sum(ContactTally.people))
        .where(ContactTally.team_id == team_id, ContactTally.month >= months[0])
        .group_by(ContactTally.month)
    ).all()
    found = {row[0]: int(row[1]) for row in rows}
    return [(month, found.get(month, 0)) for month in months]


def recent_months() -> list[date]:
    """The first days of the last six months, oldest first."""
    month = clock.today().replace(day=1)
    found = [month]
    while len(found) < MONTHS:
        month = (month - timedelta(days=1)).replace(day=1)
        found.append(month)
    return found[::-1]


# Proof for a verifier


@dataclass(frozen=True, slots=True)
class Proof:
    """One fact of a file in words: what was counted, in which month, with which details."""

    kind: str
    month: date
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One drawn file: the groups of the person it is about, and what it counts for."""

    groups: tuple[tuple[str, str], ...]
    proofs: tuple[Proof, ...]


def sample(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    team_id: UUID,
    quarter: str,
    verifier: str,
    number: int,
) -> list[Shown]:
    """What five files of the team stand for in a published quarter, without name, code or place.

    Which files follows from the published figures and from the number that the verifier says aloud:
    nobody can choose them. Only files whose people agreed to statistics are drawn. The log says who
    showed which files, and to what kind of verifier. Raises NotVisible for another team or a
    quarter that is not published, NotAllowed without the keys.
    """
    own_team(session, actor, team_id)
    if not actor.may_in(Permission.CASE_VIEW, team_id):
        raise NotAllowed
    shown = list(drawn(session, keyring, team_id, quarter, number))
    record_view(
        session,
        "evidence.shown",
        actor.user_id,
        team=team_id,
        period=f"{quarter[:4]}-{quarter[4:]}",
        verifier=verifier,
        ids=[case_id for case_id, _ in shown],
    )
    return [each for _, each in shown]


def drawn(
    session: Session, keyring: Keyring, team_id: UUID, quarter: str, number: int
) -> Iterator[tuple[UUID, Shown]]:
    """At most five files with facts in the quarter, in the order of the lot."""
    found = 0
    for case_id in by_lot(session, team_id, quarter, number)[:MOST_OPENED]:
        row = session.get_one(Case, case_id)
        opened = open_case(session, keyring, row)
        if not counts(session, opened):
            continue
        facts = wanted_facts(file_of(session, opened)).values()
        own = [each for each in facts if quarter_of(each.happened_on) == quarter]
        if own:
            yield case_id, Shown(groups(own[0]), tuple(map(proof, own)))
            found += 1
        if found == SAMPLE:
            return


def by_lot(session: Session, team_id: UUID, quarter: str, number: int) -> list[UUID]:
    """The team's cases up to the end of the quarter, in the order of the lot."""
    if closed_period(session, quarter) is None:
        raise NotVisible
    digest = fingerprints(session, [quarter])[quarter]
    ids = session.scalars(
        select(Case.id).where(
            Case.owner_team == team_id,
            Case.status != CaseStatus.DRAFT,
            Case.opened_on <= last_day(quarter),
        )
    ).all()
    return sorted(ids, key=lambda each: lot(digest, number, each))


def lot(digest: str, number: int, case_id: UUID) -> bytes:
    """The place of a case in the draw: the sha256 of the figures, the number and its id."""
    return hashlib.sha256(f"{digest}:{number}:{case_id}".encode()).digest()


def groups(fact: Wanted) -> tuple[tuple[str, str], ...]:
    """Under which groups the file counts; its place is left out."""
    place = fact.dimensions
    codes = zip(PLAIN, (place.age_group, place.sex, place.problem_group), strict=True)
    return tuple((dimension_label(name), code_label(name, code)) for name, code in codes)


def proof(fact: Wanted) -> Proof:
    """A fact in words, its day as its month."""
    known = ((name, code) for name, code in fact.detail.items() if name in TOLD)
    details = tuple(code_label(name, code) for name, code in known)
    return Proof(kind_label(str(fact.kind)), fact.happened_on.replace(day=1), details)
