"""How an account begins: invited with a one-time code, activated with words shown once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people.handles import check_handle, folded
from casework.people.invitations import invited_user, new_invitation, use_invitation
from casework.people.keyrings import pin_present
from casework.people.models import (
    MembershipRow,
    Team,
    TeamKind,
    User,
    UserState,
    UserUnlock,
)
from casework.people.profiles import seal_profile
from casework.people.queries import first_membership, has_keys
from casework.people.team_keys import found_team
from casework.policy import ORGANISATION_ROLES, OWNER_ROLES, PARTNER_ROLES, Actor, Permission, Role
from casework.vault.keys import UserKeys, new_seed
from casework.vault.known_teams import seal_known
from casework.vault.unlocks import create_unlock

WAITING = (UserState.INVITED, UserState.PENDING)
INVITATION = timedelta(hours=72)


# Teams and invitations


def create_team(
    session: Session,
    actor_id: UUID | None,
    kind: TeamKind,
    name: str,
    provider_id: UUID | None = None,
) -> Team:
    """A team exists without keys: its first keyholder makes them when she activates her account.

    Raises RuleBroken: 'team_name_taken', 'provider_has_team'.
    """
    if session.scalar(select(Team.id).where(Team.name == name)) is not None:
        raise RuleBroken("team_name_taken")
    if provider_id and session.scalar(select(Team.id).where(Team.provider_id == provider_id)):
        raise RuleBroken("provider_has_team")
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
    valid_for: timedelta = INVITATION,
) -> tuple[User, str]:
    """An account waits for its person; returns it with the one-time code to hand over in person.

    Raises NotAllowed, NotVisible for an unknown team, or RuleBroken: 'handle_taken',
    'handle_malformed', 'role_not_of_team'.
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
    valid_for: timedelta = INVITATION,
) -> tuple[User, str]:
    """The account and its invitation are stored; called by `invite`, and by set-up before
    anybody exists."""
    check_role(session, role, team_id)
    user = new_user(session, server_key, handle, name, None if team_id else role)
    if team_id:
        session.add(MembershipRow(team_id=team_id, user_id=user.id, role=role))
    record(session, "account.invited", actor=actor_id, user=user.id, role=str(role), team=team_id)
    return user, new_invitation(session, user.id, valid_for)


def new_user(
    session: Session, server_key: bytes, handle: str, name: str, organisation_role: Role | None
) -> User:
    """The row of a new account; raises RuleBroken: 'handle_taken', 'handle_left' (somebody who left
    had it), 'handle_malformed'."""
    handle = folded(handle)
    check_handle(handle)
    taken = session.scalar(select(User.state).where(User.handle == handle))
    if taken is not None:
        raise RuleBroken("handle_left" if taken == UserState.ENDED else "handle_taken")
    user = User(
        id=uuid4(),
        handle=handle,
        organisation_role=organisation_role,
        state=UserState.INVITED,
        created_at=clock.now(),
    )
    user.profile = seal_profile(server_key, user.id, name)
    session.add(user)
    session.flush()
    return user


def check_role(session: Session, role: Role, team_id: UUID | None) -> None:
    """Raises RuleBroken('role_not_of_team') unless the role fits the kind of team, or no team;
    NotVisible for an unknown team."""
    if role not in roles_for(session, team_id):
        raise RuleBroken("role_not_of_team")


def roles_for(session: Session, team_id: UUID | None) -> frozenset[Role]:
    """The roles that can be held in this team, or by somebody in no team; raises NotVisible."""
    if team_id is None:
        return ORGANISATION_ROLES
    team = session.get(Team, team_id)
    if team is None:
        raise NotVisible
    return OWNER_ROLES if team.kind == TeamKind.OWNER else PARTNER_ROLES


def join_team(session: Session, actor: Actor, team_id: UUID, handle: str, role: Role) -> User:
    """Somebody who has an account already waits to be confirmed in one more team.

    Raises NotAllowed, NotVisible, or RuleBroken: 'role_not_of_team', 'handle_unknown',
    'organisation_role' (it excludes membership of any team), 'already_member'.
    """
    if not may_invite(actor, team_id):
        raise NotAllowed
    check_role(session, role, team_id)
    user = session.scalars(select(User).where(User.handle == folded(handle))).first()
    if user is None or user.state == UserState.ENDED:
        raise RuleBroken("handle_unknown")
    if user.organisation_role is not None:
        raise RuleBroken("organisation_role")
    if session.get(MembershipRow, (team_id, user.id)) is not None:
        raise RuleBroken("already_member")
    session.add(MembershipRow(team_id=team_id, user_id=user.id, role=role))
    record(
        session, "account.invited", actor=actor.user_id, user=user.id, role=str(role), team=team_id
    )
    return user


def renew_code(
    session: Session, actor: Actor, user_id: UUID, valid_for: timedelta = INVITATION
) -> tuple[User, str]:
    """Somebody not yet confirmed has a new one-time code; the code and words she had are void.

    Raises NotAllowed, NotVisible, RuleBroken('not_waiting').
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotVisible
    row = first_membership(session, user_id)
    if not may_invite(actor, row.team_id if row else None):
        raise NotAllowed
    if user.state not in WAITING:
        raise RuleBroken("not_waiting")
    session.execute(delete(UserUnlock).where(UserUnlock.user_id == user_id))
    user.state, user.kem_pub = UserState.INVITED, None
    role, team_id = (row.role, row.team_id) if row else (user.organisation_role, None)
    record(
        session, "account.invited", actor=actor.user_id, user=user_id, role=str(role), team=team_id
    )
    return user, new_invitation(session, user_id, valid_for)


# Activation


def activate(
    session: Session, code: str, passphrase: str, recovery_public: bytes | None = None
) -> User:
    """The account has keys and opens with the passphrase; a team member then waits to be confirmed.

    The first keyholder of a team makes the team's keys and is active at once.
    Raises RuleBroken('code_refused'), UnlockRefused when the passphrase is not made of words of
    the list.
    """
    return take_up(session, code, passphrase, recovery_public)[0]


def take_up(
    session: Session, code: str, passphrase: str, recovery_public: bytes | None = None
) -> tuple[User, UserKeys]:
    """Does what `activate` says, and returns the person's new keys too: her browser shows their
    words, and the demonstration goes on as her."""
    user = invited_user(session, code)
    seed = new_seed()
    keys = UserKeys(seed)
    user.kem_pub = keys.public
    user.known = seal_known(keys, user.id, {})
    keep_unlock(session, user.id, passphrase, seed)
    use_invitation(session, user.id)
    waits = first_steps(session, user, keys, recovery_public)
    user.state = UserState.PENDING if waits else UserState.ACTIVE
    record(session, "account.activated", actor=user.id, user=user.id)
    return user, keys


def keep_unlock(session: Session, user_id: UUID, passphrase: str, seed: bytes) -> None:
    """The seed stands sealed under these words, and under no others."""
    unlock = create_unlock(user_id, "passphrase", passphrase, seed)
    session.execute(delete(UserUnlock).where(UserUnlock.user_id == user_id))
    session.add(
        UserUnlock(
            user_id=user_id,
            method="passphrase",
            kdf=unlock.kdf,
            salt=unlock.salt,
            check32=unlock.check,
            box=unlock.box,
        )
    )


def first_steps(
    session: Session, user: User, keys: UserKeys, recovery_public: bytes | None
) -> bool:
    """Founds each of her teams that has no keys yet; returns True when somebody must still
    confirm her."""
    waiting = False
    for row in session.scalars(select(MembershipRow).where(MembershipRow.user_id == user.id)):
        row.seed_box = row.pin = None
        if has_keys(session, row.team_id):
            pin_present(session, row, keys)
            waiting = True
        elif row.role in (Role.COORDINATOR, Role.FOCAL_POINT):
            found_team(session, row, user, keys, recovery_public)
        else:
            waiting = True
    return waiting
