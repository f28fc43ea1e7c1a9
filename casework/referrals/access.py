"""The only way to a referral, from either side: loaded, authorised and opened in one call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.access import OpenCase, exchange_section, open_case
from casework.cases.models import Case, CaseAccess, CaseEntry, CaseSection
from casework.cases.sections import Entry, Section, moment
from casework.errors import NotAllowed, NotVisible
from casework.people.peers import present_peer
from casework.people.queries import team_book
from casework.policy import Actor, Permission
from casework.referrals.models import Referral
from casework.referrals.workflow import Side, State, discloses
from casework.vault.case_keys import open_entry, open_section
from casework.vault.grants import Grant, open_grant, open_grant_key
from casework.vault.keys import Keyring


@dataclass(frozen=True, eq=False)
class OpenReferral:
    """A referral opened by a member of the sending or of the receiving team."""

    row: Referral
    side: Side
    exchange_key: bytes = field(repr=False)
    case: OpenCase | None = None
    grant: Grant | None = field(default=None, repr=False)
    access: CaseAccess | None = None
    stranger: bool = False

    @property
    def id(self) -> UUID:
        """The referral's id."""
        return self.row.id

    @property
    def state(self) -> State:
        """Where the referral stands."""
        return State(self.row.state)

    @property
    def section(self) -> str:
        """The section both sides write to."""
        return exchange_section(self.row.id)


def visible(actor: Actor, permission: Permission = Permission.REFERRAL_VIEW) -> ColumnElement[bool]:
    """The referrals the actor may see: sent by, or sent to, a team where she holds the permission.

    What was never sent, a draft or a cancelled one, is nobody's but the sender's.
    """
    teams = actor.teams_with(permission)
    received = Referral.to_team.in_(teams) & Referral.sent_at.is_not(None)
    return or_(Referral.from_team.in_(teams), received)


def access_referral(
    session: Session, actor: Actor, keyring: Keyring, referral_id: UUID, permission: Permission
) -> OpenReferral:
    """The referral, opened, when the actor's team sent or received it and she holds the permission.

    Raises NotVisible, NotAllowed; VaultError when a box, key or signature was tampered with.
    """
    row = session.scalars(
        select(Referral).where(Referral.id == referral_id, visible(actor))
    ).first()
    if row is None:
        raise NotVisible
    owner = actor.may_in(Permission.REFERRAL_VIEW, row.from_team)
    team_id = row.from_team if owner else row.to_team
    if team_id is None or not actor.may_in(permission, team_id):
        raise NotAllowed
    return (
        open_as_sender(session, keyring, row) if owner else open_as_receiver(session, keyring, row)
    )


def open_as_sender(session: Session, keyring: Keyring, row: Referral) -> OpenReferral:
    """The sender's view: through the case itself."""
    case = open_case(session, keyring, session.get_one(Case, row.case_id))
    key = case.key(exchange_section(row.id), 1)
    return OpenReferral(row, Side.SENDER, key, case=case)


def open_as_receiver(session: Session, keyring: Keyring, row: Referral) -> OpenReferral:
    """The receiver's view: through its grant, to the last day of the consent; afterwards nothing
    is left to open, nor before its own team has compared words with the sender's."""
    access = session.get(CaseAccess, (row.to_team, row.case_id, row.id))
    if access is None or is_over(access.expires_on):
        return OpenReferral(row, Side.RECEIVER, b"")
    if is_stranger(session, keyring, row.from_team, access.team_id, access.form):
        return OpenReferral(row, Side.RECEIVER, b"", stranger=True)
    grant = grant_of(session, keyring, row, access)
    return OpenReferral(row, Side.RECEIVER, grant.exchange_key, grant=grant, access=access)


def is_stranger(
    session: Session, keyring: Keyring, from_team: UUID, to_team: UUID, form: str
) -> bool:
    """True where a grant still bears a signature that the receiver cannot judge: its team never
    compared words with the sender's, or not since it began anew."""
    if form == "sym":
        return False
    return from_team not in team_book(session, keyring.team(to_team))[1].peers


def is_over(expires_on: date | None) -> bool:
    """True after the last day of a grant, whether or not the nightly job took its box away."""
    return expires_on is not None and expires_on < clock.today()


def grant_of(session: Session, keyring: Keyring, row: Referral, access: CaseAccess) -> Grant:
    """The grant in its present form: signed by the compared sender, or already under the team's
    own key."""
    team = keyring.team(access.team_id)
    if access.form == "sym":
        return open_grant_key(team, row.case_id, row.id, access.revision, access.box)
    _, book = team_book(session, team)
    peer = present_peer(session, book, row.from_team, None)
    return open_grant(
        team, row.from_team, peer.sig, row.case_id, row.id, access.box, access.sig or b""
    )


def exchange(session: Session, referral: OpenReferral) -> list[Entry]:
    """What both sides wrote to each other, oldest first (at most 500); nothing once the grant
    ended."""
    if not referral.exchange_key:
        return []
    rows = session.scalars(
        select(CaseEntry)
        .where(CaseEntry.case_id == referral.row.case_id, CaseEntry.section == referral.section)
        .order_by(CaseEntry.id)
        .limit(500)
    ).all()
    key = referral.exchange_key
    entries = [
        Entry(
            row.id,
            row.section,
            open_entry(key, row.case_id, row.section, row.id, row.version, row.revision, row.box),
            row.revision,
        )
        for row in rows
    ]
    return sorted(entries, key=moment)


def shared_sections(session: Session, referral: OpenReferral) -> dict[str, Section]:
    """What the receiver may read now: the granted sections after acceptance, nothing before."""
    if referral.grant is None or not discloses(referral.state):
        return {}
    rows = session.scalars(
        select(CaseSection).where(
            CaseSection.case_id == referral.row.case_id,
            CaseSection.section.in_(list(referral.grant.sections)),
        )
    ).all()
    return {row.section: opened(referral.grant, row) for row in rows if row.box}


def shared_entries(session: Session, referral: OpenReferral) -> list[Entry]:
    """The entries of the granted sections, oldest act first (at most 500); nothing before
    acceptance."""
    if referral.grant is None or not discloses(referral.state):
        return []
    rows = session.scalars(
        select(CaseEntry)
        .where(
            CaseEntry.case_id == referral.row.case_id,
            CaseEntry.section.in_(list(referral.grant.sections)),
        )
        .order_by(CaseEntry.id)
        .limit(500)
    ).all()
    return sorted((opened_entry(referral.grant, row) for row in rows), key=moment)


def opened_entry(grant: Grant, row: CaseEntry) -> Entry:
    """One entry of a granted section; raises SealBroken as `opened`."""
    _, key = grant.sections[row.section]
    place = (row.case_id, row.section, row.id, row.version, row.revision)
    return Entry(row.id, row.section, open_entry(key, *place, row.box), row.revision)


def opened(grant: Grant, row: CaseSection) -> Section:
    """One granted section; raises SealBroken when the grant's key is of an earlier version."""
    _, key = grant.sections[row.section]
    value = open_section(key, row.case_id, row.section, row.version, row.revision, row.box)
    return Section(value, row.version, row.revision)
