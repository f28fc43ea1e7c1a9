"""The sessions of signed-in browsers: who a cookie belongs to on this very request, and their
end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.db import reading_only
from casework.people.keyrings import note_mismatch, open_team, pin_waiting
from casework.people.models import MembershipRow, SessionRow, Team, TeamKind, User, UserState
from casework.people.profiles import open_profile
from casework.policy import Actor, Membership, Role
from casework.vault.errors import VaultError
from casework.vault.keys import Keyring, TeamKeys, UserKeys
from casework.vault.session_boxes import open_session, seal_session, session_id, session_key
from casework.web.member import Expired, Member

KEYLESS_FOR = timedelta(hours=24)
TOUCH_EVERY = timedelta(seconds=60)


def payload(actor: Actor, keyring: Keyring) -> bytes:
    """What the session box holds: the person's seed and, for each team she opened, the epoch, her
    role as the team's book has it, and the team's seed."""
    opened = {
        one.team_id.hex: [one.epoch, one.role, keyring.team(one.team_id).seed.hex()]
        for one in actor.memberships
        if one.team_id in keyring.teams
    }
    return json.dumps({"seed": keyring.user.seed.hex(), "teams": opened}).encode()


MEMBER_ROWS = (
    select(
        SessionRow.id.label("session_id"),
        SessionRow.created_at,
        SessionRow.seen_at,
        SessionRow.box,
        User.id.label("user_id"),
        User.handle,
        User.profile,
        User.state,
        User.language,
        User.organisation_role,
        MembershipRow.team_id,
        MembershipRow.role,
        MembershipRow.epoch,
        MembershipRow.suspended_at,
        MembershipRow.confirmed_at,
        Team.kind,
        Team.name.label("team_name"),
    )
    .join(User, User.id == SessionRow.user_id)
    .outerjoin(MembershipRow, MembershipRow.user_id == User.id)
    .outerjoin(Team, Team.id == MembershipRow.team_id)
    .order_by(Team.kind, Team.name)
)


def load_member(
    session: Session,
    token: str,
    boot_key: bytes,
    server_key: bytes,
    idle: timedelta,
    length: timedelta,
) -> Member | Expired | None:
    """Who the token belongs to: a member with her keys, an expired session, or nobody."""
    try:
        identifier = session_id(token)
    except (ValueError, VaultError):
        return None
    rows: Any = session.execute(MEMBER_ROWS.where(SessionRow.id == identifier)).all()
    if not rows or rows[0].state != UserState.ACTIVE:
        return None
    first = rows[0]
    key = session_key(token, boot_key)
    expired = Expired(first.session_id, first.user_id, key)
    if first.box is None or is_over(first.created_at, first.seen_at, idle, length):
        return expired
    try:
        opened = json.loads(open_session(token, boot_key, first.user_id, first.box))
    except VaultError:
        return expired
    found = build_member(session, rows, opened, key, server_key)
    if found is not None and not reading_only.get():
        keep_newer_keys(session, token, boot_key, opened, found)
        if any(row.team_id is not None and row.confirmed_at is None for row in rows):
            pin_waiting(session, found.actor.user_id, found.keyring.user)
    return found


def is_over(created_at: datetime, seen_at: datetime, idle: timedelta, length: timedelta) -> bool:
    """True after the idle time since last use, or the whole length since sign-in."""
    now = clock.now()
    return now - seen_at > idle or now - created_at > length


def build_member(
    session: Session,
    rows: Sequence[Row[Any]],
    opened: dict[str, Any],
    key: bytes,
    server_key: bytes,
) -> Member | None:
    """The member of this request from her rows and her opened session box; None when there is
    nothing left that she may do."""
    first = rows[0]
    user = UserKeys(bytes.fromhex(opened["seed"]))
    teams, memberships = active_teams(session, rows, user, opened["teams"])
    role = Role(first.organisation_role) if first.organisation_role else None
    if role is not None and first.team_id is not None:
        note_mismatch(session, first.user_id)
        return None
    if role is None and not memberships:
        return None
    return Member(
        actor=Actor(first.user_id, role, memberships),
        session_id=first.session_id,
        session_key=key,
        keyring=Keyring(first.user_id, user, teams),
        handle=first.handle,
        name=open_profile(server_key, first.user_id, first.profile)["name"],
        language=first.language,
        stale=clock.now() - first.seen_at > TOUCH_EVERY,
    )


def active_teams(
    session: Session, rows: Sequence[Row[Any]], user: UserKeys, opened: dict[str, Any]
) -> tuple[dict[UUID, TeamKeys], tuple[Membership, ...]]:
    """The keys and memberships she works with now; a team whose rows do not agree is left out and
    the log says so."""
    teams: dict[UUID, TeamKeys] = {}
    memberships = []
    for row in rows:
        if row.confirmed_at is None or row.suspended_at is not None:
            continue
        try:
            if row.role != Role.RELAY:
                teams[row.team_id] = team_of(session, row, user, opened)
            memberships.append(membership(row))
        except VaultError:
            note_mismatch(session, row.user_id)
    return teams, tuple(memberships)


def membership(row: Row[Any]) -> Membership:
    """The membership as the policy sees it."""
    return Membership(row.team_id, row.kind, Role(row.role), row.epoch, row.team_name)


def team_of(session: Session, row: Row[Any], user: UserKeys, opened: dict[str, Any]) -> TeamKeys:
    """The team's keys from the session; opened anew, with every check, where the row now says
    another epoch or role than at sign-in."""
    epoch, role, seed = opened.get(row.team_id.hex, (None, None, ""))
    if (epoch, role) == (row.epoch, row.role):
        return TeamKeys(row.team_id, epoch, bytes.fromhex(seed))
    return open_team(session, session.get_one(MembershipRow, (row.team_id, row.user_id)), user)


def keep_newer_keys(
    session: Session, token: str, boot_key: bytes, opened: dict[str, Any], found: Member
) -> None:
    """Where a team was opened anew, the session's box holds its new keys from now on."""
    fresh = payload(found.actor, found.keyring)
    if json.loads(fresh) == opened:
        return
    box = seal_session(token, boot_key, found.actor.user_id, fresh)
    session.execute(update(SessionRow).where(SessionRow.id == found.session_id).values(box=box))


def touch(session: Session, identifier: UUID, moment: datetime) -> None:
    """The session was used at this moment; written at most once a minute."""
    session.execute(
        update(SessionRow)
        .where(SessionRow.id == identifier, SessionRow.seen_at < moment - TOUCH_EVERY)
        .values(seen_at=moment)
    )


def sign_out(session: Session, identifier: UUID, actor_id: UUID | None) -> None:
    """The session is gone from the server; its cookie opens nothing any more."""
    session.execute(delete(SessionRow).where(SessionRow.id == identifier))
    record(session, "session.closed", actor=actor_id)


def forget(session: Session, token: str) -> None:
    """The row of a session that is over already is gone too."""
    try:
        identifier = session_id(token)
    except (ValueError, VaultError):
        return
    session.execute(delete(SessionRow).where(SessionRow.id == identifier))


def expire_sessions(session: Session, idle: timedelta, length: timedelta) -> int:
    """Keyless job: idle sessions lose their box, and a day later their row. Returns how many
    lost keys."""
    now = clock.now()
    emptied = session.execute(
        update(SessionRow)
        .where(SessionRow.box.is_not(None))
        .where((SessionRow.seen_at < now - idle) | (SessionRow.created_at < now - length))
        .values(box=None)
    )
    session.execute(delete(SessionRow).where(SessionRow.seen_at < now - KEYLESS_FOR))
    return int(getattr(emptied, "rowcount", 0))


def draft_team(session: Session, user_id: UUID) -> UUID | None:
    """The team a person's lost form is sealed to: her first owner team, else her first team."""
    row = session.execute(
        select(MembershipRow.team_id, Team.kind)
        .join(Team, Team.id == MembershipRow.team_id)
        .where(MembershipRow.user_id == user_id, MembershipRow.seed_box.is_not(None))
        .order_by(Team.kind == TeamKind.PARTNER, Team.name)
        .limit(1)
    ).first()
    return row.team_id if row else None
