"""Six words read aloud over both sides' keys, so that nobody in between can put in keys of her own.

Each side computes them from the keys it really holds, never from the same row of the database:
a row that somebody exchanged gives other words on the two telephones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.errors import NotVisible, RuleBroken
from casework.people.confirmers import confirmers
from casework.people.models import MembershipRow, Team, User, UserState
from casework.people.queries import has_keys, team_public
from casework.vault.keys import Keyring, UserKeys, comparison_words
from casework.vault.primitives import fingerprint


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one side reads aloud, and a mark of the keys it stands for, which the form sends back.

    `other` names the other side: a team where a person compares, else empty. `heard_by` is False
    where nobody on the other side can confirm today; `suspended` is True for somebody who has her
    words and is shut out of the team.
    """

    words: tuple[str, ...]
    mark: str
    other: str = ""
    heard_by: bool = True
    suspended: bool = False


def mark_of(ours: bytes, theirs: bytes) -> str:
    """SHA-256 in hexadecimal over both sides' public keys, the same for both sides."""
    return fingerprint(b"".join(sorted((ours, theirs))))


def compared(ours: bytes, theirs: bytes, other: str = "") -> Comparison:
    """The comparison of two sides' public keys; costs one slow hash the first time."""
    return Comparison(comparison_words(ours, theirs), mark_of(ours, theirs), other)


def expect_mark(mark: str | None, ours: bytes, theirs: bytes) -> None:
    """The keys are still those whose words were read; raises RuleBroken('words_changed')."""
    if mark is not None and mark != mark_of(ours, theirs):
        raise RuleBroken("words_changed")


def with_member(session: Session, keyring: Keyring, team_id: UUID, user_id: UUID) -> Comparison:
    """What a confirmer reads: her own team's keys and the waiting person's; raises NotVisible."""
    user = session.get(User, user_id)
    if user is None or user.kem_pub is None:
        raise NotVisible
    return compared(keyring.team(team_id).public.digest, user.kem_pub)


def of_waiting(session: Session, user_id: UUID, keys: UserKeys) -> Sequence[Comparison]:
    """What somebody who waits, or is suspended, reads, a comparison a team: her own keys and the
    team's."""
    shut = MembershipRow.confirmed_at.is_(None) | MembershipRow.suspended_at.is_not(None)
    rows = session.execute(
        select(Team.id, Team.name, MembershipRow.suspended_at, User.state)
        .join(MembershipRow, MembershipRow.team_id == Team.id)
        .join(User, User.id == MembershipRow.user_id)
        .where(MembershipRow.user_id == user_id, shut)
        .order_by(Team.name)
        .limit(20)
    ).all()
    return [
        replace(
            compared(team_public(session, row.id)[1].digest, keys.public, row.name),
            heard_by=bool(confirmers(session, row.id)),
            suspended=row.suspended_at is not None and row.state == UserState.ACTIVE,
        )
        for row in rows
        if has_keys(session, row.id)
    ]


def with_partner(session: Session, keyring: Keyring, team_id: UUID, partner_id: UUID) -> Comparison:
    """What one team reads to another: both teams' keys; raises NotAllowed, NotVisible."""
    _, theirs = team_public(session, partner_id)
    return compared(keyring.team(team_id).public.digest, theirs.digest)
