"""What was posted on an expired session: sealed to the author's team, offered after she signs
in."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cases.models import Draft
from casework.errors import NotVisible
from casework.people.rotation import is_readable, keys_of_epoch
from casework.people.sessions import draft_team
from casework.people.vouching import vouched_public
from casework.policy import Actor
from casework.vault.drafts import open_draft, seal_draft
from casework.vault.keys import Keyring
from casework.vault.primitives import fingerprint
from casework.web.member import Expired

KIND = "lost-form"
NEVER_KEPT = frozenset(
    {"csrf_token", "passphrase", "pin", "pin_again", "lock_path", "code", "words"}
)


@dataclass(frozen=True, slots=True)
class LostForm:
    """A form that waits: the address it was posted to, and what it held."""

    id: UUID
    received_on: object
    path: str
    pairs: list[tuple[str, str]] = field(repr=False)


def keep(
    session: Session, server_key: bytes, found: Expired, path: str, pairs: list[tuple[str, str]]
) -> bool:
    """The form is a draft of its author's team; returns False when she is in no team with keys
    that a keyholder vouched for."""
    team_id = draft_team(session, found.user_id)
    if team_id is None:
        return False
    try:
        epoch, public = vouched_public(session, team_id, server_key)
    except NotVisible:
        return False
    draft_id = uuid4()
    kept = [[name, text] for name, text in pairs if name not in NEVER_KEPT]
    box = seal_draft(public.draft, team_id, epoch, draft_id, KIND, {"path": path, "form": kept})
    session.add(
        Draft(
            team_id=team_id,
            id=draft_id,
            kind=KIND,
            epoch=epoch,
            box=box,
            carried_by=found.user_id,
            received_on=clock.now(),
        )
    )
    record(
        session,
        "draft.received",
        actor=found.user_id,
        team=team_id,
        draft=draft_id,
        kind=KIND,
        digest=fingerprint(box),
    )
    return True


def waiting(session: Session, actor: Actor, keyring: Keyring) -> list[LostForm]:
    """The forms this very person lost, oldest first (at most 20)."""
    rows = session.scalars(
        select(Draft)
        .where(Draft.kind == KIND, Draft.carried_by == actor.user_id)
        .where(Draft.team_id.in_(list(keyring.teams)))
        .order_by(Draft.received_on, Draft.id)
        .limit(20)
    ).all()
    return [opened(session, keyring, row) for row in rows if is_readable(session, keyring, row)]


def opened(session: Session, keyring: Keyring, row: Draft) -> LostForm:
    """One lost form, opened with its team's keys of the epoch it was sealed to; raises
    VaultError."""
    team = keys_of_epoch(session, keyring.team(row.team_id), row.epoch)
    value = open_draft(team, row.id, KIND, row.box)
    pairs = [(str(name), str(text)) for name, text in value["form"]]  # type: ignore[attr-defined]
    return LostForm(row.id, row.received_on, str(value["path"]), pairs)


def take(session: Session, actor: Actor, keyring: Keyring, draft_id: UUID) -> LostForm:
    """The form is taken out of its draft, which is gone; raises NotVisible when it is not hers."""
    row = session.scalars(
        select(Draft).where(
            Draft.id == draft_id, Draft.kind == KIND, Draft.carried_by == actor.user_id
        )
    ).first()
    if row is None or row.team_id not in keyring.teams:
        raise NotVisible
    form = opened(session, keyring, row)
    session.delete(row)
    record(
        session,
        "draft.opened",
        actor=actor.user_id,
        team=row.team_id,
        draft=row.id,
        kind=KIND,
    )
    return form
