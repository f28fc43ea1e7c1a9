"""Lists of referrals, from both sides: one query, two boxes a row, the same rule as the point
check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from casework.audit.log import record_view
from casework.cases.access import OpenCase, exchange_section
from casework.cases.cards import full_name
from casework.cases.models import Case, CaseAccess, CaseEntry, CaseSection
from casework.directory.models import Provider
from casework.people.peers import present_peer
from casework.people.queries import team_book
from casework.policy import Actor, Permission
from casework.referrals.access import is_over, is_stranger, visible
from casework.referrals.disclosure import card_of
from casework.referrals.lines import Line
from casework.referrals.models import Referral
from casework.referrals.workflow import OPEN, Side, State, discloses
from casework.vault.case_keys import (
    OwnerAccess,
    exchange_key,
    open_entry,
    open_owner_access,
    open_section,
)
from casework.vault.grants import Grant, open_grant, open_grant_key
from casework.vault.keys import Keyring

PAGE = 20
MOST = 100
Place = tuple[datetime, UUID]
Found = Row[*tuple[Any, ...]]
IDENTITY = "identity"

COLUMNS = (
    Referral.id,
    Referral.case_id,
    Referral.from_team,
    Referral.to_team,
    Referral.provider_id,
    Referral.state,
    Referral.actor_id,
    Referral.due_at,
    Referral.sent_at,
    Case.code,
    Case.assigned_to,
    Provider.name.label("provider"),
    CaseAccess.revision,
    CaseAccess.box,
)
SENT = (
    select(
        *COLUMNS,
        CaseEntry.version.label("entry_version"),
        CaseEntry.revision.label("entry_revision"),
        CaseEntry.box.label("entry_box"),
    )
    .join(Case, Case.id == Referral.case_id)
    .join(Provider, Provider.id == Referral.provider_id)
    .join(
        CaseAccess,
        and_(
            CaseAccess.team_id == Referral.from_team,
            CaseAccess.case_id == Referral.case_id,
            CaseAccess.referral_id == Referral.case_id,
        ),
    )
    .join(
        CaseEntry,
        and_(CaseEntry.case_id == Referral.case_id, CaseEntry.id == Referral.id),
    )
)
"""What the sending team lists: the case's own box, and the entry that says what was asked."""

RECEIVED = (
    select(*COLUMNS, CaseAccess.form, CaseAccess.sig, CaseAccess.expires_on)
    .join(Case, Case.id == Referral.case_id)
    .join(Provider, Provider.id == Referral.provider_id)
    .outerjoin(
        CaseAccess,
        and_(
            CaseAccess.team_id == Referral.to_team,
            CaseAccess.case_id == Referral.case_id,
            CaseAccess.referral_id == Referral.id,
        ),
    )
)
"""What the receiving team lists: its grant, while it has one."""


# What people ask for


def list_open(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    after: Place | None = None,
    limit: int = PAGE,
) -> tuple[list[Line], Place | None]:
    """The next `limit` open referrals, the first due first, and where the page after them begins
    (or None)."""
    wanted: ColumnElement[bool] = Referral.state.in_(OPEN)
    if after is not None:
        moment, last = after
        later = Referral.due_at > moment
        same = and_(Referral.due_at == moment, Referral.id > last)
        wanted = and_(wanted, or_(later, same))
    order = (Referral.due_at, Referral.id)
    rows = [*sent(session, actor, keyring, wanted, order, limit + 1)]
    rows += received(session, actor, keyring, wanted, order, limit + 1)
    found = sorted(rows, key=when_due)
    shown = noted(session, actor, found[:limit])
    return shown, when_due(shown[-1]) if len(found) > limit else None


def list_over(session: Session, actor: Actor, keyring: Keyring, limit: int = MOST) -> list[Line]:
    """The referrals that are over, last sent first (at most 100)."""
    wanted = Referral.state.not_in(OPEN)
    order = (Referral.sent_at.desc().nulls_last(), Referral.id)
    found = [*sent(session, actor, keyring, wanted, order, limit)]
    found += received(session, actor, keyring, wanted, order, limit)
    return noted(session, actor, found[:limit])


def referrals_of_case(
    session: Session, actor: Actor, keyring: Keyring, case: OpenCase
) -> list[Line]:
    """Every referral of an open case, the first due first, then what is over (at most 100)."""
    wanted = Referral.case_id == case.id
    order = (Referral.due_at.is_(None), Referral.due_at, Referral.sent_at.desc(), Referral.id)
    return noted(session, actor, sent(session, actor, keyring, wanted, order, MOST))


def open_referral_count(session: Session, case_id: UUID) -> int:
    """How many referrals of a case are not over, drafts among them."""
    query = select(func.count()).select_from(Referral)
    found = session.scalar(query.where(Referral.case_id == case_id, Referral.state.in_(OPEN)))
    return found or 0


def when_due(line: Line) -> Place:
    """The place of an open referral in a list by due moment."""
    if line.due_at is None:
        raise ValueError("an open referral has a due moment")
    return line.due_at, line.id


def noted(session: Session, actor: Actor, lines: list[Line]) -> list[Line]:
    """The same lines; the log will say that they were shown."""
    record_view(session, "referral.listed", actor.user_id, ids=[line.id for line in lines])
    return lines


# From the sending side


def sent(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    wanted: ColumnElement[bool],
    order: Sequence[Any],
    limit: int,
) -> list[Line]:
    """The referrals sent by the actor's teams that are `wanted`, each opened through its case."""
    teams = actor.teams_with(Permission.REFERRAL_VIEW)
    query = SENT.where(visible(actor), Referral.from_team.in_(teams), wanted)
    rows = session.execute(query.order_by(*order).limit(limit)).all()
    return [sent_line(keyring, row) for row in rows]


def sent_line(keyring: Keyring, row: Found) -> Line:
    """A row of `SENT`; raises SealBroken when a box was exchanged."""
    team = keyring.team(row.from_team)
    owner = open_owner_access(team, row.case_id, row.revision, row.box)
    wish = wish_of(owner, row)
    card = card_of(owner.card, wish)
    return line_of(row, Side.SENDER, card, str(owner.card.get("name", "")))


def wish_of(owner: OwnerAccess, row: Found) -> dict[str, Any]:
    """What the referral of a row asks, out of the entry that bears its id."""
    key, section = exchange_key(owner.case_key, row.id), exchange_section(row.id)
    place = (row.case_id, section, row.id, row.entry_version, row.entry_revision)
    return open_entry(key, *place, row.entry_box)


def line_of(row: Found, side: Side, card: dict[str, Any], name: str) -> Line:
    """A row with what could be opened of it."""
    return Line(
        id=row.id,
        case_id=row.case_id,
        from_team=row.from_team,
        side=side,
        state=State(row.state),
        provider_id=row.provider_id,
        provider=row.provider,
        has_team=row.to_team is not None,
        actor_id=row.actor_id,
        due_at=row.due_at,
        sent_at=row.sent_at,
        worker_id=row.assigned_to,
        code=row.code,
        card=card,
        name=name,
    )


# From the receiving side


def received(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    wanted: ColumnElement[bool],
    order: Sequence[Any],
    limit: int,
) -> list[Line]:
    """The referrals sent to the actor's teams that are `wanted`; names only where they are
    disclosed."""
    teams = actor.teams_with(Permission.REFERRAL_VIEW)
    query = RECEIVED.where(visible(actor), Referral.from_team.not_in(teams), wanted)
    rows = session.execute(query.order_by(*order).limit(limit)).all()
    grants = grants_of(session, keyring, rows)
    names = disclosed_names(session, rows, grants)
    return [
        line_of(
            row,
            Side.RECEIVER,
            dict(grants[row.id].card) if row.id in grants else {},
            names.get(row.id, ""),
        )
        for row in rows
    ]


def grants_of(session: Session, keyring: Keyring, rows: Sequence[Found]) -> dict[UUID, Grant]:
    """The grants of the rows that still have one, from senders the team compared words with, by
    referral."""
    signers: dict[UUID, bytes] = {}
    pairs = {(row.from_team, row.to_team, row.form) for row in rows if row.box is not None}
    strangers = {pair for pair in pairs if is_stranger(session, keyring, *pair)}
    return {
        row.id: grant_in(session, keyring, row, signers)
        for row in rows
        if row.box is not None
        and not is_over(row.expires_on)
        and (row.from_team, row.to_team, row.form) not in strangers
    }


def grant_in(session: Session, keyring: Keyring, row: Found, signers: dict[UUID, bytes]) -> Grant:
    """One grant; `signers` keeps the compared signing key of each sending team."""
    team = keyring.team(row.to_team)
    if row.form == "sym":
        return open_grant_key(team, row.case_id, row.id, row.revision, row.box)
    if row.from_team not in signers:
        book = team_book(session, team)[1]
        signers[row.from_team] = present_peer(session, book, row.from_team, None).sig
    signer = signers[row.from_team]
    return open_grant(team, row.from_team, signer, row.case_id, row.id, row.box, row.sig or b"")


def disclosed_names(
    session: Session, rows: Sequence[Found], grants: dict[UUID, Grant]
) -> dict[UUID, str]:
    """The name of the first person of each accepted referral that shares identity, by referral."""
    named = [row for row in rows if row.id in grants and names_person(row, grants[row.id])]
    query = identities([row.case_id for row in named])
    sections = {section.case_id: section for section in session.scalars(query)}
    return {
        row.id: name_in(grants[row.id], sections[row.case_id])
        for row in named
        if row.case_id in sections
    }


def names_person(row: Found, grant: Grant) -> bool:
    """True when a referral discloses who the person is."""
    return discloses(State(row.state)) and IDENTITY in grant.sections


def identities(case_ids: Sequence[UUID]) -> Select[CaseSection]:
    """The identity sections of some cases."""
    return (
        select(CaseSection)
        .where(CaseSection.case_id.in_(case_ids), CaseSection.section == IDENTITY)
        .limit(MOST)
    )


def name_in(grant: Grant, row: CaseSection) -> str:
    """The name of the first person in an identity section; empty for a key since replaced."""
    version, key = grant.sections[IDENTITY]
    if version != row.version:
        return ""
    value: dict[str, Any] = open_section(
        key, row.case_id, IDENTITY, row.version, row.revision, row.box
    )
    people = value.get("beneficiaries") or [{}]
    return full_name(people[0])
