"""Which public keys may be used where nobody's keys are open: those a keyholder vouched for.

What has no keys, such as a form posted on a session that is over, is sealed to a team's draft key.
A writer in the database could publish a draft key of her own; she cannot vouch for it.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.log import record
from casework.errors import NotVisible
from casework.people.keyrings import public_of
from casework.people.models import TeamKey
from casework.policy import Actor
from casework.vault.errors import BookMismatch
from casework.vault.keys import Keyring, TeamPublic
from casework.vault.server import check_vouched, vouch


def vouch_for_teams(session: Session, _actor: Actor, keyring: Keyring, server_key: bytes) -> int:
    """A keyholder's chore: the present keys of her teams are vouched for. Returns how many were
    not.

    Only keys that her own seeds give: whatever else stands in the table stays as it is.
    """
    rows = session.scalars(
        select(TeamKey)
        .where(TeamKey.team_id.in_(list(keyring.teams)), TeamKey.retired_on.is_(None))
        .order_by(TeamKey.team_id, TeamKey.epoch)
        .limit(200)
    ).all()
    fresh = [row for row in rows if not is_vouched(row, server_key) and is_held(row, keyring)]
    for row in fresh:
        row.vouched = vouch(server_key, row.team_id, row.epoch, public_of(row))
    return len(fresh)


def is_vouched(row: TeamKey, server_key: bytes) -> bool:
    """True where a keyholder vouched for exactly these keys."""
    try:
        check_vouched(server_key, row.team_id, row.epoch, public_of(row), row.vouched or b"")
    except BookMismatch:
        return False
    return True


def is_held(row: TeamKey, keyring: Keyring) -> bool:
    """True where the keyring's own seed gives these keys."""
    team = keyring.team(row.team_id)
    return row.epoch == team.epoch and public_of(row) == team.public


def vouched_public(session: Session, team_id: UUID, server_key: bytes) -> tuple[int, TeamPublic]:
    """The newest epoch and public keys of a team that a keyholder vouched for.

    A newer row that nobody vouched for is passed over, and the log says so. Raises NotVisible
    where there is none.
    """
    rows = session.scalars(
        select(TeamKey)
        .where(TeamKey.team_id == team_id, TeamKey.retired_on.is_(None))
        .order_by(TeamKey.epoch.desc())
        .limit(50)
    ).all()
    found = next((row for row in rows if is_vouched(row, server_key)), None)
    if found is None:
        raise NotVisible
    if found is not rows[0]:
        record(session, "check.failed", actor=None, check="team_rows")
    return found.epoch, public_of(found)
