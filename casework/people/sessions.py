"""Sign-in is the unsealing: words open the person's seed, the seed opens her teams, a cookie
keeps both."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.people.limits import limit_sign_in
from casework.people.models import (
    MembershipRow,
    SessionRow,
    Team,
    TeamKind,
    User,
    UserState,
    UserUnlock,
)
from casework.people.profiles import open_profile
from casework.people.queries import confirmed_members, team_book, team_public
from casework.policy import Actor, Membership, Role
from casework.vault.errors import UnlockRefused, VaultError
from casework.vault.keys import Keyring, TeamKeys, UserKeys, check_pin, open_member_seed, pin
from casework.vault.passphrases import normalise
from casework.vault.session_boxes import (
    new_token,
    open_session,
    seal_session,
    session_id,
    session_key,
)
from casework.vault.unlocks import Unlock, burn_dummy, open_unlock
from casework.web.member import Expired, Member

KEYLESS_FOR = timedelta(hours=24)
TOUCH_EVERY = timedelta(seconds=60)


def sign_in(
    session: Session, secret: bytes, boot_key: bytes, handle: str, passphrase: str
) -> tuple[str, User]:
    """A session row exists whose box only the returned token opens.

    Raises UnlockRefused for an unknown handle, wrong words or an account that may not sign in,
    after
    the same work each time; RuleBroken('too_many_tries').
    """
    handle = handle.strip().lower()
    limit_sign_in(session, secret, handle)
    try:
        user, seed = unlock(session, secret, handle, passphrase)
    except VaultError:
        record(session, "session.refused", actor=None, why="words")
        raise UnlockRefused from None
    return start(session, boot_key, user.id, seed), user


def start(session: Session, boot_key: bytes, user_id: UUID, seed: bytes) -> str:
    """A session row exists whose box holds the person's keys; only the returned token opens it."""
    teams = open_teams(session, user_id, UserKeys(seed))
    token = new_token()
    now = clock.now()
    box = seal_session(token, boot_key, user_id, payload(seed, teams))
    row = SessionRow(id=session_id(token), user_id=user_id, created_at=now, seen_at=now, box=box)
    session.add(row)
    session.flush()
    record(session, "session.opened", actor=user_id)
    return token


def unlock(session: Session, secret: bytes, handle: str, passphrase: str) -> tuple[User, bytes]:
    """The account and its seed; raises UnlockRefused after the same work whatever was wrong."""
    found = session.execute(
        select(User, UserUnlock)
        .join(UserUnlock, UserUnlock.user_id == User.id)
        .where(User.handle == handle, User.state == UserState.ACTIVE)
        .where(UserUnlock.method == "passphrase")
    ).first()
    words = normalise(passphrase)
    if found is None:
        burn_dummy(secret, handle, words)
        raise UnlockRefused
    user, row = found
    stored = Unlock(kdf=row.kdf, salt=row.salt, check=row.check32, box=row.box)
    return user, open_unlock(user.id, "passphrase", stored, words)


def open_teams(session: Session, user_id: UUID, keys: UserKeys) -> dict[UUID, TeamKeys]:
    """The keys of every team the person is a confirmed member of, pins and books checked."""
    rows = session.scalars(
        select(MembershipRow).where(
            MembershipRow.user_id == user_id,
            MembershipRow.seed_box.is_not(None),
            MembershipRow.suspended_at.is_(None),
        )
    ).all()
    return {row.team_id: open_team(session, row, keys) for row in rows}


def open_team(session: Session, row: MembershipRow, keys: UserKeys) -> TeamKeys:
    """One team's keys from the member's box; raises VaultError when row, pin or book do not
    agree."""
    _, public = team_public(session, row.team_id, row.epoch)
    if row.pin is None:
        row.pin = pin(keys, row.team_id, row.epoch, public)
    else:
        check_pin(keys, row.team_id, row.epoch, public, row.pin)
    team = open_member_seed(keys, row.user_id, row.team_id, row.epoch, public, row.seed_box or b"")
    _, book = team_book(session, team)
    book.expect_members(confirmed_members(session, row.team_id))
    return team


def act_as(session: Session, user_id: UUID, keys: UserKeys) -> tuple[Actor, Keyring]:
    """The person as actions know her, from her opened keys: for commands, set-up and the
    demonstration, which have no session."""
    user = session.get_one(User, user_id)
    rows = session.execute(
        select(MembershipRow, Team.kind, Team.name)
        .join(Team, Team.id == MembershipRow.team_id)
        .where(MembershipRow.user_id == user_id)
        .where(MembershipRow.confirmed_at.is_not(None), MembershipRow.suspended_at.is_(None))
        .order_by(Team.kind, Team.name)
    ).all()
    memberships = tuple(
        Membership(row.team_id, kind, Role(row.role), row.epoch, name) for row, kind, name in rows
    )
    role = Role(user.organisation_role) if user.organisation_role else None
    keyring = Keyring(user_id, keys, open_teams(session, user_id, keys))
    return Actor(user_id, role, memberships), keyring


def payload(seed: bytes, teams: dict[UUID, TeamKeys]) -> bytes:
    """What the session box holds: the person's seed and each team's epoch and seed."""
    opened = {team_id.hex: [team.epoch, team.seed.hex()] for team_id, team in teams.items()}
    return json.dumps({"seed": seed.hex(), "teams": opened}).encode()


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
    rows = session.execute(MEMBER_ROWS.where(SessionRow.id == identifier)).all()
    if not rows or rows[0].state != UserState.ACTIVE:
        return None
    first = rows[0]
    key = session_key(token, boot_key)
    if first.box is None or is_over(first.created_at, first.seen_at, idle, length):
        return Expired(first.session_id, first.user_id, key)
    try:
        opened = json.loads(open_session(token, boot_key, first.user_id, first.box))
    except VaultError:
        return None
    return build_member(session, rows, opened, key, server_key)


def is_over(created_at: datetime, seen_at: datetime, idle: timedelta, length: timedelta) -> bool:
    """True after the idle time since last use, or the whole length since sign-in."""
    now = clock.now()
    return now - seen_at > idle or now - created_at > length


def build_member(
    session: Session, rows: Any, opened: dict[str, Any], key: bytes, server_key: bytes
) -> Member:
    """The member of this request from her rows and her opened session box."""
    first = rows[0]
    user = UserKeys(bytes.fromhex(opened["seed"]))
    active = [row for row in rows if row.confirmed_at is not None and row.suspended_at is None]
    teams = {
        row.team_id: team_of(session, row, user, opened) for row in active if row.role != Role.RELAY
    }
    actor = Actor(
        user_id=first.user_id,
        organisation_role=Role(first.organisation_role) if first.organisation_role else None,
        memberships=tuple(membership(row) for row in active),
    )
    return Member(
        actor=actor,
        session_id=first.session_id,
        session_key=key,
        keyring=Keyring(first.user_id, user, teams),
        handle=first.handle,
        name=open_profile(server_key, first.user_id, first.profile)["name"],
        language=first.language,
        stale=clock.now() - first.seen_at > TOUCH_EVERY,
    )


def membership(row: Row[Any]) -> Membership:
    """The membership as the policy sees it."""
    return Membership(row.team_id, row.kind, Role(row.role), row.epoch, row.team_name)


def team_of(session: Session, row: Row[Any], user: UserKeys, opened: dict[str, Any]) -> TeamKeys:
    """The team's keys from the session, or re-opened when the team has moved to another epoch."""
    epoch, seed = opened["teams"].get(row.team_id.hex, (None, ""))
    if epoch == row.epoch:
        return TeamKeys(row.team_id, epoch, bytes.fromhex(seed))
    return open_team(session, session.get_one(MembershipRow, (row.team_id, row.user_id)), user)


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
