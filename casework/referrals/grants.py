"""What a partner may open: issued to compared keys only, ended for good, never wider than the
consent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.log import record
from casework.cases.access import OpenCase, exchange_section
from casework.cases.models import CaseAccess
from casework.cases.sections import rekey_section, section_version
from casework.errors import NotVisible, RuleBroken
from casework.people.models import Team
from casework.people.peers import present_peer
from casework.people.queries import team_book
from casework.policy import Actor
from casework.referrals.access import OpenReferral
from casework.referrals.models import Referral
from casework.vault.errors import BookMismatch, SignatureBroken
from casework.vault.grants import Grant, seal_grant, seal_grant_key
from casework.vault.keys import Keyring
from casework.vault.primitives import fingerprint

PARTNER = "partner"


def compared(session: Session, keyring: Keyring, from_team: UUID, to_team: UUID) -> bool:
    """True when the sender's book holds the receiver's present keys, as compared by voice."""
    try:
        expect_compared(session, keyring, from_team, to_team)
    except RuleBroken:
        return False
    return True


def expect_compared(
    session: Session, keyring: Keyring, from_team: UUID, to_team: UUID
) -> tuple[int, bytes]:
    """The receiver's epoch and public key as the sender's book has them.

    Raises RuleBroken('partner_not_compared') where the book does not know them: letter, telephone
    and accompaniment are never held back by this.
    """
    team = session.get_one(Team, to_team)
    _, book = team_book(session, keyring.team(from_team))
    try:
        peer = present_peer(session, book, to_team, team.provider_id)
    except (BookMismatch, SignatureBroken, NotVisible):
        raise RuleBroken("partner_not_compared") from None
    return peer.epoch, peer.kem


def issue_grant(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case: OpenCase,
    row: Referral,
    sections: Iterable[str],
    card: dict[str, object],
    expires_on: date | None,
) -> None:
    """The receiver holds a signed box with exactly these sections' keys; an earlier one is gone.

    Raises RuleBroken('partner_not_compared').
    """
    if row.to_team is None:
        return
    epoch, kem = expect_compared(session, keyring, row.from_team, row.to_team)
    names = sorted(sections)
    grant = Grant(
        sections={name: versioned(session, case, name) for name in names},
        exchange_key=case.key(exchange_section(row.id), 1),
        card=card,
    )
    box, signature = seal_grant(case.team, row.to_team, epoch, kem, case.id, row.id, grant)
    drop(session, row)
    session.add(access_row(row, row.to_team, epoch, box, signature, expires_on))
    session.flush()
    note_issue(session, actor, row, names, box)


def access_row(
    row: Referral, team_id: UUID, epoch: int, box: bytes, signature: bytes, expires_on: date | None
) -> CaseAccess:
    """The row that holds a grant until its receiver accepts."""
    return CaseAccess(
        team_id=team_id,
        case_id=row.case_id,
        referral_id=row.id,
        kind=PARTNER,
        epoch=epoch,
        form="hpke",
        revision=1,
        box=box,
        sig=signature,
        expires_on=expires_on,
    )


def note_issue(
    session: Session, actor: Actor, row: Referral, sections: list[str], box: bytes
) -> None:
    """The audit entry of a grant: to which team, of which sections, never to whom it belongs."""
    record(
        session,
        "grant.issued",
        actor=actor.user_id,
        case=row.case_id,
        referral=row.id,
        team=row.to_team,
        sections=sections,
        digest=fingerprint(box),
    )


def versioned(session: Session, case: OpenCase, name: str) -> tuple[int, bytes]:
    """The present version and key of a section."""
    version = section_version(session, case.id, name)
    return version, case.key(name, version)


def convert_grant(session: Session, actor: Actor, keyring: Keyring, referral: OpenReferral) -> None:
    """The accepted grant stands under the receiver's own key: cheap to open on every page."""
    access, grant = referral.access, referral.grant
    if access is None or grant is None or access.form == "sym":
        return
    team = keyring.team(access.team_id)
    access.revision += 1
    access.form, access.sig, access.epoch = "sym", None, team.epoch
    access.box = seal_grant_key(team, access.case_id, access.referral_id, access.revision, grant)
    session.flush()
    record(
        session,
        "grant.converted",
        actor=actor.user_id,
        case=access.case_id,
        referral=access.referral_id,
        team=access.team_id,
        digest=fingerprint(access.box),
    )


def drop(session: Session, row: Referral) -> bool:
    """The receiver's box is gone; returns whether there was one."""
    access = session.get(CaseAccess, (row.to_team, row.case_id, row.id)) if row.to_team else None
    if access is None:
        return False
    session.delete(access)
    session.flush()
    return True


def end_grant(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case: OpenCase,
    row: Referral,
    sections: Iterable[str],
) -> None:
    """The receiver opens nothing written from now on: its box is gone and what it held is re-keyed.

    The boxes of other partners who hold the same sections are issued anew with the new keys.
    """
    drop(session, row)
    held = [name for name in sorted(sections) if section_version(session, case.id, name)]
    digests: dict[str, str] = {}
    for name in held:
        digests |= rekey_section(session, actor, case, name)
    session.flush()
    note_end(session, actor, row, digests)


def note_end(session: Session, actor: Actor | None, row: Referral, boxes: dict[str, str]) -> None:
    """The audit entry of a receiver's box that is gone, and of what was sealed anew for it."""
    record(
        session,
        "grant.ended",
        actor=actor.user_id if actor else None,
        case=row.case_id,
        referral=row.id,
        team=row.to_team or row.from_team,
        boxes=boxes,
    )


def live_grants(session: Session, case_id: UUID, but: UUID) -> list[Referral]:
    """The referrals of the case, other than `but`, whose receiver still holds a box."""
    query = (
        select(Referral)
        .join(CaseAccess, CaseAccess.referral_id == Referral.id)
        .where(Referral.case_id == case_id, Referral.id != but, CaseAccess.kind == PARTNER)
        .order_by(Referral.id)
        .limit(200)
    )
    return list(session.scalars(query).all())
