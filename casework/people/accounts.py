"""The life of an account: invited, activated with words shown once, confirmed by voice,
suspended, removed."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people.models import (
    Invitation,
    MembershipRow,
    SessionRow,
    Team,
    TeamKind,
    User,
    UserState,
    UserUnlock,
)
from casework.people.profiles import seal_profile
from casework.people.queries import has_keys, team_book, team_public
from casework.people.team_keys import found_team, keep_book
from casework.policy import OWNER_ROLES, PARTNER_ROLES, Actor, Permission, Role
from casework.vault.books import BookMember
from casework.vault.keys import Keyring, UserKeys, comparison_words, new_seed, seal_member_seed
from casework.vault.unlocks import create_unlock

CODE_BYTES = 10


def create_team(
    session: Session,
    actor_id: UUID | None,
    kind: TeamKind,
    name: str,
    provider_id: UUID | None = None,
) -> Team:
    """A team exists without keys: its first keyholder makes them when she activates her account."""
    team = Team(id=uuid4(), kind=kind, name=name, provider_id=provider_id, created_at=clock.now())
    session.add(team)
    session.flush()
    record(session, "team.created", actor=actor_id, team=team.id, kind=str(kind))
    return team


def may_invite(actor: Actor, team_id: UUID | None) -> bool:
    """Administrators invite anywhere; coordinators and focal points into their own team."""
    if actor.may(Permission.ACCOUNT_ADMINISTER):
        return True
    return team_id is not None and actor.may_in(Permission.MEMBER_INVITE, team_id)


def invite(
    session: Session,
    actor: Actor,
    server_key: bytes,
    handle: str,
    name: str,
    role: Role,
    team_id: UUID | None = None,
    valid_for: timedelta = timedelta(hours=72),
) -> tuple[User, str]:
    """An account waits for its person; returns it with the one-time code to hand over in person.

    Raises NotAllowed, or RuleBroken: 'handle_taken', 'role_not_of_team'.
    """
    if not may_invite(actor, team_id):
        raise NotAllowed
    return create_account(
        session, actor.user_id, server_key, handle, name, role, team_id, valid_for
    )


def create_account(
    session: Session,
    actor_id: UUID | None,
    server_key: bytes,
    handle: str,
    name: str,
    role: Role,
    team_id: UUID | None,
    valid_for: timedelta = timedelta(hours=72),
) -> tuple[User, str]:
    """The account and its invitation are stored; called by `invite`, and by set-up before
    anybody exists."""
    check_role(session, role, team_id)
    if session.scalar(select(User.id).where(User.handle == handle)) is not None:
        raise RuleBroken("handle_taken")
    user = User(
        id=uuid4(),
        handle=handle,
        organisation_role=None if team_id else role,
        state=UserState.INVITED,
        created_at=clock.now(),
    )
    user.profile = seal_profile(server_key, user.id, name)
    session.add(user)
    session.flush()
    if team_id:
        session.add(MembershipRow(team_id=team_id, user_id=user.id, role=role))
    record(session, "account.invited", actor=actor_id, user=user.id, role=str(role), team=team_id)
    return user, new_invitation(session, user.id, valid_for)


def check_role(session: Session, role: Role, team_id: UUID | None) -> None:
    """Raises RuleBroken('role_not_of_team') unless the role fits the kind of team, or no team."""
    kind = session.get_one(Team, team_id).kind if team_id else None
    fitting = {
        None: frozenset(Role) - OWNER_ROLES - PARTNER_ROLES,
        "owner": OWNER_ROLES,
        "partner": PARTNER_ROLES,
    }
    if role not in fitting[kind]:
        raise RuleBroken("role_not_of_team")


def new_invitation(session: Session, user_id: UUID, valid_for: timedelta) -> str:
    """A fresh one-time code for an account; every earlier one is void."""
    code = secrets.token_hex(CODE_BYTES)
    session.execute(delete(Invitation).where(Invitation.user_id == user_id))
    session.add(
        Invitation(
            id=uuid4(),
            user_id=user_id,
            code_hash=code_hash(code),
            expires_at=clock.now() + valid_for,
        )
    )
    return code


def code_hash(code: str) -> bytes:
    """What is stored of a one-time code: 80 random bits need no slow hash."""
    return hashlib.sha256(code.strip().lower().replace("-", "").encode()).digest()


def invited_user(session: Session, code: str) -> User:
    """The account a code opens; raises RuleBroken('code_refused') for any other, without saying
    why."""
    row = session.execute(
        select(Invitation, User)
        .join(User, User.id == Invitation.user_id)
        .where(Invitation.code_hash == code_hash(code))
    ).first()
    if row is None or row[0].used_at is not None or row[0].expires_at < clock.now():
        raise RuleBroken("code_refused")
    if row[1].state not in (UserState.INVITED, UserState.PENDING):
        raise RuleBroken("code_refused")
    return row[1]


def activate(
    session: Session, code: str, passphrase: str, recovery_public: bytes | None = None
) -> User:
    """The account has keys and opens with the passphrase; a team member then waits to be confirmed.

    The first keyholder of a team makes the team's keys and is active at once.
    Raises RuleBroken('code_refused').
    """
    return take_up(session, code, passphrase, recovery_public)[0]


def take_up(
    session: Session, code: str, passphrase: str, recovery_public: bytes | None = None
) -> tuple[User, UserKeys]:
    """Does what `activate` says, and returns the person's new keys too: set-up and the
    demonstration go on as her without stretching the words a second time."""
    user = invited_user(session, code)
    seed = new_seed()
    keys = UserKeys(seed)
    user.kem_pub = keys.public
    unlock = create_unlock(user.id, "passphrase", passphrase, seed)
    session.execute(delete(UserUnlock).where(UserUnlock.user_id == user.id))
    session.add(
        UserUnlock(
            user_id=user.id,
            method="passphrase",
            kdf=unlock.kdf,
            salt=unlock.salt,
            check32=unlock.check,
            box=unlock.box,
        )
    )
    use_invitation(session, user.id)
    user.state = (
        UserState.PENDING if first_steps(session, user, keys, recovery_public) else UserState.ACTIVE
    )
    record(session, "account.activated", actor=user.id, user=user.id)
    return user, keys


def use_invitation(session: Session, user_id: UUID) -> None:
    """The code works no second time."""
    row = session.scalars(select(Invitation).where(Invitation.user_id == user_id)).one()
    row.used_at = clock.now()


def first_steps(
    session: Session, user: User, keys: UserKeys, recovery_public: bytes | None
) -> bool:
    """Founds each of her teams that has no keys yet; returns True when somebody must still
    confirm her."""
    waiting = False
    for row in session.scalars(select(MembershipRow).where(MembershipRow.user_id == user.id)):
        row.seed_box = None
        if row.role in (Role.COORDINATOR, Role.FOCAL_POINT) and not has_keys(session, row.team_id):
            found_team(session, row, user, keys, recovery_public)
        else:
            waiting = True
    return waiting


def words_to_compare(session: Session, team_id: UUID, user_id: UUID) -> tuple[str, ...]:
    """Six words over the keys of the team and of the waiting person: both must read the same
    aloud."""
    user = session.get(User, user_id)
    if user is None or user.kem_pub is None:
        raise NotVisible
    _, public = team_public(session, team_id)
    return comparison_words(public.kem, user.kem_pub)


def confirm_member(
    session: Session, actor: Actor, keyring: Keyring, team_id: UUID, user_id: UUID
) -> None:
    """The person is in the team's book and, unless she is a relay, holds its seed; she can work.

    Raises NotAllowed, NotVisible, RuleBroken('not_waiting').
    """
    if not actor.may_in(Permission.MEMBER_CONFIRM, team_id):
        raise NotAllowed
    row = session.get(MembershipRow, (team_id, user_id))
    user = session.get(User, user_id)
    if row is None or user is None:
        raise NotVisible
    if user.kem_pub is None or row.confirmed_at is not None or user_id == actor.user_id:
        raise RuleBroken("not_waiting")
    team = keyring.team(team_id)
    book_row, book = team_book(session, team)
    keep_book(book_row, team, book.with_member(user_id, BookMember(user.kem_pub, row.role)))
    if row.role != Role.RELAY:
        row.seed_box = seal_member_seed(team, user_id, user.kem_pub)
    row.epoch = team.epoch
    row.confirmed_at = clock.now()
    user.state = UserState.ACTIVE
    record(
        session,
        "member.confirmed",
        actor=actor.user_id,
        team=team_id,
        user=user_id,
        role=row.role,
        epoch=team.epoch,
    )


def suspend_member(session: Session, actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """The person opens nothing of this team from her next request on; lifting needs no new
    words."""
    row = managed_membership(session, actor, team_id, user_id)
    row.suspended_at = clock.now()
    row.seed_box = None
    record(session, "member.suspended", actor=actor.user_id, team=team_id, user=user_id)


def remove_member(
    session: Session, actor: Actor, keyring: Keyring, team_id: UUID, user_id: UUID
) -> None:
    """The person is out of the team and its book; her sessions end; the next rotation changes
    the keys."""
    row = managed_membership(session, actor, team_id, user_id)
    team = keyring.team(team_id)
    book_row, book = team_book(session, team)
    keep_book(book_row, team, book.without_member(user_id))
    session.delete(row)
    session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
    record(session, "member.removed", actor=actor.user_id, team=team_id, user=user_id)


def managed_membership(
    session: Session, actor: Actor, team_id: UUID, user_id: UUID
) -> MembershipRow:
    """The membership row of somebody else in a team the actor may manage."""
    if not actor.may_in(Permission.MEMBER_CONFIRM, team_id) or user_id == actor.user_id:
        raise NotAllowed
    row = session.get(MembershipRow, (team_id, user_id))
    if row is None:
        raise NotVisible
    return row
