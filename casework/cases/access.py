"""The only way to a case: loaded, authorised and opened in one call; the same rule filters
every list."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casework.cases.models import Case, CaseAccess
from casework.errors import NotAllowed, NotVisible
from casework.policy import Actor, Permission
from casework.vault.case_keys import (
    OwnerAccess,
    exchange_key,
    open_owner_access,
    seal_owner_access,
    section_key,
)
from casework.vault.errors import SealBroken
from casework.vault.keys import Keyring, TeamKeys

EXCHANGE = "x:"


@dataclass(frozen=True, eq=False)
class OpenCase:
    """A case opened by a member of the team that owns it."""

    row: Case
    access: CaseAccess
    team: TeamKeys = field(repr=False)
    owner: OwnerAccess = field(repr=False)

    @property
    def id(self) -> UUID:
        """The case's id."""
        return self.row.id

    @property
    def card(self) -> dict[str, object]:
        """What lists and search need: see `casework.cases.cards`."""
        return self.owner.card

    def key(self, section: str, version: int) -> bytes:
        """The key of one section in one version; of an exchange, the key shared with its
        partner."""
        if section.startswith(EXCHANGE):
            return exchange_key(self.owner.case_key, UUID(section.removeprefix(EXCHANGE)))
        return section_key(self.owner.case_key, section, version)


def exchange_section(referral_id: UUID) -> str:
    """The section in which one partner and the owner write to each other."""
    return EXCHANGE + str(referral_id)


def visible_cases(actor: Actor, permission: Permission = Permission.CASE_VIEW) -> Select[Case]:
    """The cases the actor may see under a permission: those of the teams where she holds it."""
    return select(Case).where(Case.owner_team.in_(actor.teams_with(permission)))


def access_case(
    session: Session, actor: Actor, keyring: Keyring, case_id: UUID, permission: Permission
) -> OpenCase:
    """The case, opened, when the actor may see it and holds the permission in its team.

    Raises NotVisible (another team's, or none), NotAllowed (visible, not granted), SealBroken.
    """
    row = session.scalars(visible_cases(actor).where(Case.id == case_id)).first()
    if row is None:
        raise NotVisible
    if not actor.may_in(permission, row.owner_team):
        raise NotAllowed
    return open_case(session, keyring, row)


def open_case(session: Session, keyring: Keyring, row: Case) -> OpenCase:
    """The case opened with the keyring's key of its owner team; raises SealBroken."""
    team = keyring.team(row.owner_team)
    access = session.get(CaseAccess, (row.owner_team, row.id, row.id))
    if access is None:
        raise SealBroken("the case has lost its key")
    return OpenCase(row, access, team, open_owner_access(team, row.id, access.revision, access.box))


def box_name(row: CaseAccess) -> str:
    """What the audit log calls the box of an access row."""
    return f"access:{row.team_id}:{row.referral_id}"


def seal_card(case: OpenCase, **changes: object) -> bool:
    """The card carries the changes; the access box is sealed anew under its next revision.

    Returns False, and nothing is sealed, when the card says so already.
    """
    if case.owner.card == case.owner.card | changes:
        return False
    case.owner.card.update(changes)
    case.access.revision += 1
    case.access.epoch = case.team.epoch
    case.access.box = seal_owner_access(case.team, case.id, case.access.revision, case.owner)
    return True
