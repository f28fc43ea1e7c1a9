"""What an administrator does: teams; accounts are made and ended by `people`."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from casework.admin.queries import provider
from casework.errors import NotAllowed
from casework.people.accounts import create_team
from casework.people.models import Team, TeamKind
from casework.policy import Actor, Permission


def add_owner_team(session: Session, actor: Actor, name: str) -> Team:
    """A team of the programme exists; its first coordinator makes its keys.

    Raises NotAllowed, RuleBroken('team_name_taken').
    """
    expect_administrator(actor)
    return create_team(session, actor.user_id, TeamKind.OWNER, name)


def add_partner_team(session: Session, actor: Actor, provider_id: UUID) -> Team:
    """A provider has a team under its own name; its focal point makes the team's keys.

    Raises NotAllowed, NotVisible, RuleBroken: 'team_name_taken', 'provider_has_team'.
    """
    expect_administrator(actor)
    name = provider(session, provider_id).name
    return create_team(session, actor.user_id, TeamKind.PARTNER, name, provider_id)


def expect_administrator(actor: Actor) -> None:
    """Raises NotAllowed for everybody else."""
    if not actor.may(Permission.ACCOUNT_ADMINISTER):
        raise NotAllowed
