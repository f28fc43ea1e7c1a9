"""Opening a person's teams: nothing a changed, added or missing row says is taken on trust."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.log import record, record_view
from casework.db import reading_only
from casework.people.models import MembershipRow, Team, TeamKey, User
from casework.people.queries import checked_book, has_keys, team_public
from casework.policy import Actor, Membership, Role
from casework.vault.errors import BookMismatch, SignatureBroken, VaultError
from casework.vault.keys import (
    Keyring,
    TeamKeys,
    TeamPublic,
    UserKeys,
    check_pin,
    open_member_seed,
    pin,
    verify_team_key,
)
from casework.vault.known_teams import Known, open_known, seal_known


def act_as(session: Session, user_id: UUID, keys: UserKeys) -> tuple[Actor, Keyring]:
    """The person as actions know her, from her opened keys: for commands, set-up and the
    demonstration, which have no session."""
    user = session.get_one(User, user_id)
    opened = open_teams(session, user_id, keys)
    rows = session.execute(
        select(MembershipRow, Team.kind, Team.name)
        .join(Team, Team.id == MembershipRow.team_id)
        .where(MembershipRow.user_id == user_id, MembershipRow.confirmed_at.is_not(None))
        .where(MembershipRow.suspended_at.is_(None))
        .order_by(Team.kind, Team.name)
    ).all()
    memberships = tuple(
        Membership(row.team_id, kind, Role(row.role), row.epoch, name)
        for row, kind, name in rows
        if row.team_id in opened or row.role == Role.RELAY
    )
    role = Role(user.organisation_role) if user.organisation_role else None
    if role is not None and memberships_of(session, user_id):
        note_mismatch(session, user_id)
        return Actor(user_id, None, ()), Keyring(user_id, keys, {})
    return Actor(user_id, role, memberships), Keyring(user_id, keys, opened)


def memberships_of(session: Session, user_id: UUID) -> Sequence[MembershipRow]:
    """Every membership of a person, waiting and suspended ones too."""
    return session.scalars(
        select(MembershipRow)
        .where(MembershipRow.user_id == user_id)
        .order_by(MembershipRow.team_id)
        .limit(100)
    ).all()


def is_active(row: MembershipRow) -> bool:
    """True for a confirmed membership that is not suspended."""
    return row.confirmed_at is not None and row.suspended_at is None


def open_teams(session: Session, user_id: UUID, keys: UserKeys) -> dict[UUID, TeamKeys]:
    """The keys of every team the person works in; a team that cannot be trusted is left out and
    the log says so."""
    opened: dict[UUID, TeamKeys] = {}
    for row in memberships_of(session, user_id):
        if is_active(row) and row.role != Role.RELAY:
            try:
                opened[row.team_id] = open_team(session, row, keys)
            except VaultError:
                note_mismatch(session, user_id)
    return opened


def note_mismatch(session: Session, user_id: UUID) -> None:
    """The log says that rows about this person's team do not agree with what the team itself
    keeps."""
    note = record_view if reading_only.get() else record
    note(session, "check.failed", actor=user_id, check="team_rows")


def open_team(session: Session, row: MembershipRow, keys: UserKeys) -> TeamKeys:
    """One team's keys from the member's box.

    Raises VaultError when the membership, the team's public keys, the person's pin of them, or any
    confirmed member's row is not what the keys themselves and the team's book say, and when she
    never accepted this team.
    """
    if row.team_id not in known_teams(session, row.user_id, keys):
        raise BookMismatch("the person never accepted this team")
    public = trusted_public(session, row, keys)
    team = open_member_seed(keys, row.user_id, row.team_id, row.epoch, public, row.seed_box or b"")
    checked_book(session, team)
    return team


def trusted_public(session: Session, row: MembershipRow, keys: UserKeys) -> TeamPublic:
    """The team's public keys of the membership's epoch: those the person has pinned, or signed
    from epoch to epoch since the pinned ones. A team that began anew must be pinned anew.

    Pins them where they are newer. Raises BookMismatch, SignatureBroken.
    """
    chain = published(session, row.team_id, row.epoch)
    for key, older in zip(chain, [*chain[1:], None], strict=True):
        follows = continues(key, older)
        if is_pinned(row, key, keys):
            return pinned_anew(row, chain[0], keys)
        if not follows:
            break
    raise BookMismatch("the team's keys are not those the member has pinned")


def continues(key: TeamKey, older: TeamKey | None) -> bool:
    """True where the epoch before signed the key; False where the team begins with it, and it signs
    itself. Raises SignatureBroken for any other."""
    if older is not None and older.epoch == key.epoch - 1:
        try:
            expect_signed(older, key)
            return True
        except SignatureBroken:
            pass
    expect_signed(key, key)
    return False


def expect_signed(signer: TeamKey, key: TeamKey) -> None:
    """Raises SignatureBroken unless the one epoch signed the keys of the other."""
    verify_team_key(signer.sig_pub, key.team_id, key.epoch, public_of(key), key.prev_sig)


def published(session: Session, team_id: UUID, epoch: int) -> Sequence[TeamKey]:
    """The team's public keys of this epoch and before, newest first; raises BookMismatch when the
    epoch itself is missing."""
    rows = session.scalars(
        select(TeamKey)
        .where(TeamKey.team_id == team_id, TeamKey.epoch <= epoch)
        .order_by(TeamKey.epoch.desc())
        .limit(1000)
    ).all()
    if not rows or rows[0].epoch != epoch:
        raise BookMismatch("the team's keys of this epoch are missing")
    return rows


def public_of(key: TeamKey) -> TeamPublic:
    """The three public keys of a row."""
    return TeamPublic(kem=key.kem_pub, draft=key.draft_pub, sig=key.sig_pub)


def is_pinned(row: MembershipRow, key: TeamKey, keys: UserKeys) -> bool:
    """True when the person's pin stands for exactly these keys in this epoch."""
    try:
        check_pin(keys, row.team_id, key.epoch, public_of(key), row.pin or b"")
    except BookMismatch:
        return False
    return True


def pinned_anew(row: MembershipRow, newest: TeamKey, keys: UserKeys) -> TeamPublic:
    """The newest keys, which the person's pin stands for from now on; a reading request leaves the
    pin as it is."""
    public = public_of(newest)
    fresh = pin(keys, row.team_id, newest.epoch, public)
    if fresh != row.pin and not reading_only.get():
        row.pin = fresh
    return public


def pin_waiting(session: Session, user_id: UUID, keys: UserKeys) -> None:
    """The person will know the keys of each team she waits for again: they are those whose words
    she reads aloud. A team that she accepted once is known by the keys of then."""
    for row in memberships_of(session, user_id):
        if row.confirmed_at is None and row.pin is None and has_keys(session, row.team_id):
            try:
                pin_again(session, row, keys)
            except VaultError:
                note_mismatch(session, user_id)


def pin_again(session: Session, row: MembershipRow, keys: UserKeys) -> None:
    """The pin that the person's own box remembers of the team, or one of its present keys where she
    never met it. Raises SealBroken where her box was touched."""
    known = known_teams(session, row.user_id, keys)
    if row.team_id in known:
        row.pin = known[row.team_id][1]
    else:
        pin_present(session, row, keys)


def pin_present(session: Session, row: MembershipRow, keys: UserKeys) -> None:
    """The person's pin stands for the keys that the team publishes today."""
    epoch, public = team_public(session, row.team_id)
    accept(session, row, keys, epoch, public)


def accept(
    session: Session, row: MembershipRow, keys: UserKeys, epoch: int, public: TeamPublic
) -> None:
    """The person's pin stands for these keys, and her own box remembers that she accepted them."""
    row.pin = pin(keys, row.team_id, epoch, public)
    known = {**known_teams(session, row.user_id, keys), row.team_id: (epoch, row.pin)}
    session.get_one(User, row.user_id).known = seal_known(keys, row.user_id, known)


def known_teams(session: Session, user_id: UUID, keys: UserKeys) -> Known:
    """The teams she has ever accepted; raises SealBroken where the box was touched or emptied."""
    return open_known(keys, user_id, session.get_one(User, user_id).known or b"")
