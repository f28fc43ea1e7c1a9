"""New keys for a team, and all that its key seals under them: in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from casework.audit.log import record, record_each
from casework.cases.models import Case, CaseAccess
from casework.errors import CaseworkError, RuleBroken
from casework.people.models import Team
from casework.people.peers import present_peer
from casework.people.rotation import Rotation, rotate_keys
from casework.policy import Actor, Permission
from casework.referrals.disclosure import add_chore
from casework.referrals.models import Referral
from casework.vault.case_keys import reseal_owner_access
from casework.vault.errors import VaultError
from casework.vault.grants import open_grant, reseal_grant_key, seal_grant_key, sign_grant_again
from casework.vault.keys import Keyring, TeamKeys
from casework.vault.primitives import fingerprint

TABLE: Any = CaseAccess.__table__
ROWS = select(
    CaseAccess.team_id,
    CaseAccess.case_id,
    CaseAccess.referral_id,
    CaseAccess.kind,
    CaseAccess.form,
    CaseAccess.revision,
    CaseAccess.box,
    CaseAccess.sig,
    Referral.from_team,
).outerjoin(Referral, Referral.id == CaseAccess.referral_id)


def rotate_team(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    team_id: UUID,
    server_key: bytes,
    recovery_public: bytes | None,
    recovery_heard: str | None = None,
) -> TeamKeys:
    """The team works with new keys: its members, the recovery key, its book and every box by which
    it opens a case are under them; grants it sent are signed by them.

    The keys of the cases themselves stay. A box that opens no more is left as it is, and the log
    says so. Raises as `rotate_keys`.
    """
    session.flush()
    given = team_id, server_key, recovery_public, recovery_heard
    done = rotate_keys(session, actor, keyring, *given)
    fresh = list(sealed_anew(session, done))
    written = [values for values in fresh if values["b_box"] is not None]
    write_boxes(session, written)
    sign_grants_anew(session, done)
    record_each(session, "access.rekeyed", actor.user_id, map(entry, written))
    if len(written) < len(fresh):
        record(session, "check.failed", actor=actor.user_id, check="access")
    session.expire_all()
    return done.new


def sealed_anew(session: Session, done: Rotation) -> Iterator[dict[str, Any]]:
    """Each access row of the team with its box under the new key, None where it did not open."""
    seal = sealer(session, done)
    own = ROWS.where(CaseAccess.team_id == done.old.team_id).with_for_update(of=CaseAccess)
    for row in session.execute(own).all():
        try:
            box = seal(row)
        except CaseworkError:
            box = None
            if row.kind != "owner":
                add_chore(session, session.get_one(Referral, row.referral_id), "reissue")
        yield {
            "b_team": row.team_id,
            "b_case": row.case_id,
            "b_referral": row.referral_id,
            "b_epoch": done.new.epoch,
            "b_revision": row.revision + 1,
            "b_box": box,
        }


def sealer(session: Session, done: Rotation) -> Callable[[Any], bytes]:
    """What seals one access row under the new key; raises VaultError, NotVisible."""
    old, new = done.old, done.new

    def seal(row: Any) -> bytes:
        if row.kind == "owner":
            return reseal_owner_access(old, new, row.case_id, row.revision, row.box)
        if row.form == "sym":
            ids = row.case_id, row.referral_id
            return reseal_grant_key(old, new, *ids, row.revision, row.box)
        sender = present_peer(session, done.book, row.from_team, None)
        at = row.case_id, row.referral_id
        grant = open_grant(old, row.from_team, sender.sig, *at, row.box, row.sig or b"")
        return seal_grant_key(new, *at, row.revision + 1, grant)

    return seal


def write_boxes(session: Session, written: Sequence[dict[str, Any]]) -> None:
    """The rows hold the new boxes."""
    key = (
        (TABLE.c.team_id == bindparam("b_team"))
        & (TABLE.c.case_id == bindparam("b_case"))
        & (TABLE.c.referral_id == bindparam("b_referral"))
    )
    statement = (
        update(TABLE)
        .where(key)
        .values(
            epoch=bindparam("b_epoch"),
            form="sym",
            revision=bindparam("b_revision"),
            box=bindparam("b_box"),
            sig=None,
        )
    )
    if written:
        session.connection().execute(statement, list(written))


def sign_grants_anew(session: Session, done: Rotation) -> None:
    """Grants that wait for their receiver bear the signature of the new keys, where the old one
    was right."""
    rows = session.scalars(
        select(CaseAccess)
        .join(Case, Case.id == CaseAccess.case_id)
        .where(Case.owner_team == done.old.team_id, CaseAccess.form == "hpke")
        .where(CaseAccess.team_id != done.old.team_id)
    ).all()
    for row in rows:
        place = row.team_id, row.epoch, row.case_id, row.referral_id
        try:
            row.sig = sign_grant_again(done.old, done.new, *place, row.box, row.sig or b"")
        except VaultError:
            continue
    session.flush()


def entry(values: dict[str, Any]) -> dict[str, Any]:
    """What the log says of one box, so that the nightly comparison knows it."""
    name = f"access:{values['b_team']}:{values['b_referral']}"
    return {"case": values["b_case"], "boxes": {name: fingerprint(values["b_box"])}}


def rotate_due_teams(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    server_key: bytes,
    recovery_public: bytes | None,
) -> int:
    """A confirmer's chore: her teams from which somebody was removed have new keys. Returns how
    many.

    A team whose recovery key is another one by now waits for her to compare its words first.
    """
    held = actor.teams_with(Permission.MEMBER_CONFIRM) & keyring.teams.keys()
    due = session.scalars(
        select(Team.id).where(Team.id.in_(held), Team.rotation_due_at.is_not(None))
    ).all()
    done = 0
    for team_id in due:
        try:
            rotate_team(session, actor, keyring, team_id, server_key, recovery_public)
            done += 1
        except RuleBroken:
            continue
    return done
