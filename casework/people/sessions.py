"""The sessions of signed-in browsers: who a cookie belongs to on this very request, and their
end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, exists, select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.db import reading_only
from casework.people.keyrings import note_mismatch, open_team, pin_waiting
from casework.people.models import (
    FactorKind,
    MembershipRow,
    SessionRow,
    Team,
    TeamKey,
    TeamKind,
    User,
    UserFactor,
    UserState,
)
from casework.people.profiles import open_profile
from casework.policy import Actor, Membership, Role
from casework.vault.errors import VaultError
from casework.vault.keys import Keyring, TeamKeys, UserKeys
from casework.vault.locks import check_lock, seal_lock
from casework.vault.session_boxes import open_session, seal_session, session_id, session_key
from casework.web.member import Expired, Member

KEYLESS_FOR = timedelta(hours=24)
TOUCH_EVERY = timedelta(seconds=60)


def payload(
    actor: Actor, keyring: Keyring, pin: bytes | None = None, proved_at: datetime | None = None
) -> dict[str, Any]:
    """What the session box holds: the person's seed; for each team she opened, the epoch, her
    role as the team's book has it, and the team's seed; what came out of her PIN, where she has
    one; and the second at which she last gave her words (0 for never)."""
    opened = {
        one.team_id.hex: [one.epoch, one.role, keyring.team(one.team_id).seed.hex()]
        for one in actor.memberships
        if one.team_id in keyring.teams
    }
    return {
        "seed": keyring.user.seed.hex(),
        "teams": opened,
        "pin": (pin or b"").hex(),
        "proved": int(proved_at.timestamp()) if proved_at else 0,
    }


def boxes(
    token: str, boot_key: bytes, user_id: UUID, held: dict[str, Any]
) -> dict[str, bytes | None]:
    """The two boxes of a session row: the one her cookie opens and, where she has a PIN, the one
    her cookie and her PIN open together."""
    content, pin = json.dumps(held).encode(), bytes.fromhex(held["pin"])
    return {
        "box": seal_session(token, boot_key, user_id, content),
        "lock_box": seal_lock(token, boot_key, user_id, pin, content) if pin else None,
    }


MEMBER_ROWS = (
    select(
        SessionRow.id.label("session_id"),
        SessionRow.created_at,
        SessionRow.seen_at,
        SessionRow.box,
        SessionRow.lock_box,
        exists()
        .where(UserFactor.user_id == User.id, UserFactor.kind != FactorKind.PIN)
        .label("has_factor"),
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
    hold_still(session, identifier)
    rows: Any = session.execute(MEMBER_ROWS.where(SessionRow.id == identifier)).all()
    if not rows or rows[0].state != UserState.ACTIVE:
        return None
    first = rows[0]
    key = session_key(token, boot_key)
    expired = Expired(first.session_id, first.user_id, key)
    if first.box is None or is_over(first.created_at, first.seen_at, idle, length):
        return replace(expired, locked=can_reopen(first, token, boot_key, length))
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


def hold_still(session: Session, identifier: UUID) -> None:
    """While a request writes, the keys of its member's teams do not change: a rotation waits for
    it, and it for a rotation. SQLite lets one write at a time anyway."""
    if reading_only.get() or session.get_bind().dialect.name != "postgresql":
        return
    hers = select(SessionRow.user_id).where(SessionRow.id == identifier).scalar_subquery()
    session.execute(
        select(TeamKey.epoch)
        .join(MembershipRow, MembershipRow.team_id == TeamKey.team_id)
        .where(MembershipRow.user_id == hers, TeamKey.retired_on.is_(None))
        .with_for_update(read=True, of=TeamKey)
    )


def is_over(created_at: datetime, seen_at: datetime, idle: timedelta, length: timedelta) -> bool:
    """True after the idle time since last use, or the whole length since sign-in."""
    now = clock.now()
    return now - seen_at > idle or now - created_at > length


def can_reopen(row: Row[Any], token: str, boot_key: bytes, length: timedelta) -> bool:
    """True while a PIN reopens the session: there is one, it is not too old, and the server was
    not started anew meanwhile."""
    if row.lock_box is None or clock.now() - row.created_at > length:
        return False
    try:
        check_lock(token, boot_key, row.user_id, row.lock_box)
    except VaultError:
        return False
    return True


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
        has_factor=first.has_factor,
        has_pin=bool(opened["pin"]),
        proved_at=datetime.fromtimestamp(opened["proved"], UTC),
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
    fresh = payload(found.actor, found.keyring, bytes.fromhex(opened["pin"]), found.proved_at)
    if fresh != opened:
        write_boxes(session, token, boot_key, found, fresh)


def write_boxes(
    session: Session, token: str, boot_key: bytes, found: Member, held: dict[str, Any]
) -> None:
    """The session's boxes hold this from now on."""
    sealed = boxes(token, boot_key, found.actor.user_id, held)
    session.execute(update(SessionRow).where(SessionRow.id == found.session_id).values(**sealed))


def note_words(session: Session, token: str, boot_key: bytes, found: Member) -> None:
    """The session remembers, sealed, that the person gave her words just now."""
    row = session.get_one(SessionRow, found.session_id)
    held = json.loads(open_session(token, boot_key, found.actor.user_id, row.box or b""))
    proved = held | {"proved": int(clock.now().timestamp())}
    write_boxes(session, token, boot_key, found, proved)


def note_pin(
    session: Session, token: str, boot_key: bytes, found: Member, pin: bytes | None
) -> None:
    """This session locks and reopens with the PIN from now on, or with none; every other session
    of hers with none."""
    row = session.get_one(SessionRow, found.session_id)
    held = json.loads(open_session(token, boot_key, found.actor.user_id, row.box or b""))
    others = (SessionRow.user_id == found.actor.user_id, SessionRow.id != found.session_id)
    session.execute(update(SessionRow).where(*others).values(lock_box=None))
    write_boxes(session, token, boot_key, found, held | {"pin": (pin or b"").hex()})


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
    """Keyless job: idle sessions lose their box, old ones what a PIN would open, and a day later
    their row. Returns how many lost keys; the log tells of each."""
    now = clock.now()
    emptied = session.scalars(
        update(SessionRow)
        .where(SessionRow.box.is_not(None))
        .where((SessionRow.seen_at < now - idle) | (SessionRow.created_at < now - length))
        .values(box=None)
        .returning(SessionRow.user_id)
    ).all()
    for user_id in emptied:
        record(session, "session.expired", actor=user_id)
    old = SessionRow.created_at < now - length
    session.execute(update(SessionRow).where(old).values(lock_box=None))
    session.execute(delete(SessionRow).where(SessionRow.seen_at < now - KEYLESS_FOR))
    return len(emptied)


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
