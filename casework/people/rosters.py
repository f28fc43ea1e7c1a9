"""Who is in a team, as its coordinator sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.errors import NotVisible
from casework.people.models import Invitation, MembershipRow, Team, TeamKey, TeamKind, User
from casework.people.models import UserState as State
from casework.people.peers import with_present_peers
from casework.people.profiles import open_profile
from casework.people.queries import members_of, team_book
from casework.vault.keys import Keyring, TeamPublic


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person in a team: what she is called, her role, and where her membership stands."""

    user_id: UUID
    handle: str
    name: str = field(repr=False)
    role: str
    state: str

    @property
    def to_confirm(self) -> bool:
        """True when a coordinator can compare words with her now."""
        return self.state in ("waiting", "suspended")


def roster(session: Session, server_key: bytes, team_id: UUID) -> list[Colleague]:
    """Everybody in a team, by handle (at most 200)."""
    rows = members_of(session, team_id)
    usable = usable_codes(session, [user.id for _, user in rows])
    return [
        Colleague(
            user.id,
            user.handle,
            open_profile(server_key, user.id, user.profile)["name"],
            row.role,
            membership_state(row, user, user.id in usable),
        )
        for row, user in rows
    ]


def colleague(session: Session, server_key: bytes, team_id: UUID, user_id: UUID) -> Colleague:
    """One person in a team; raises NotVisible."""
    for one in roster(session, server_key, team_id):
        if one.user_id == user_id:
            return one
    raise NotVisible


def membership_state(row: MembershipRow, user: User, has_code: bool) -> str:
    """One of 'active', 'suspended', 'waiting', 'invited', 'code_over'.

    Somebody confirmed once who lost her words has a code, then waits, like a newcomer.
    """
    begins = user.state in (State.INVITED, State.PENDING)
    if row.suspended_at is not None and not begins:
        return "suspended"
    if row.confirmed_at is not None and not begins:
        return "active"
    return "waiting" if user.kem_pub is not None else account_state(user, has_code)


def account_state(user: User, has_code: bool) -> str:
    """Where an account stands, in the words of `labels.STATES`."""
    if user.state == State.INVITED:
        return "invited" if has_code else "code_over"
    return {State.PENDING: "waiting", State.SUSPENDED: "suspended", State.ENDED: "ended"}.get(
        State(user.state), "active"
    )


def usable_codes(session: Session, user_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the accounts whose one-time code can still be used."""
    found = session.scalars(
        select(Invitation.user_id)
        .where(Invitation.user_id.in_(user_ids), Invitation.used_at.is_(None))
        .where(Invitation.expires_at >= clock.now())
    )
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Peer:
    """Another team and what this team's book knows of its keys.

    `state` is 'compared' (also by keys that follow from the compared ones), 'changed' (it began
    anew), 'not_compared', or 'no_keys' (nobody there has begun yet).
    """

    team_id: UUID
    name: str
    state: str


def peers(session: Session, keyring: Keyring, team_id: UUID) -> list[Peer]:
    """The teams of the other kind, by name (at most 500): partners for an owner team, owner teams
    for a partner."""
    own = session.get_one(Team, team_id)
    other = TeamKind.PARTNER if own.kind == TeamKind.OWNER else TeamKind.OWNER
    newest = newest_keys(session, other)
    book = with_present_peers(session, team_book(session, keyring.team(team_id))[1])
    compared = {key: (peer.epoch, peer.public) for key, peer in book.peers.items()}
    rows = session.execute(
        select(Team.id, Team.name).where(Team.kind == other).order_by(Team.name).limit(500)
    ).all()
    return [
        Peer(row.id, row.name, peer_state(newest.get(row.id), compared.get(row.id))) for row in rows
    ]


def peer(session: Session, keyring: Keyring, team_id: UUID, other_id: UUID) -> Peer:
    """One of the teams on the other side that has keys; raises NotVisible."""
    for one in peers(session, keyring, team_id):
        if one.team_id == other_id and one.state != "no_keys":
            return one
    raise NotVisible


Known = tuple[int, TeamPublic]


def peer_state(published: Known | None, compared: Known | None) -> str:
    """How far two teams are; see `Peer`."""
    if published is None:
        return "no_keys"
    if compared is None:
        return "not_compared"
    return "compared" if published == compared else "changed"


def newest_keys(session: Session, kind: TeamKind) -> dict[UUID, Known]:
    """The present epoch and public keys of every team of a kind that has keys."""
    rows = session.scalars(
        select(TeamKey)
        .join(Team, Team.id == TeamKey.team_id)
        .where(Team.kind == kind, TeamKey.retired_on.is_(None))
        .order_by(TeamKey.team_id, TeamKey.epoch)
    )
    return {
        row.team_id: (row.epoch, TeamPublic(row.kem_pub, row.draft_pub, row.sig_pub))
        for row in rows
    }
