"""The stage of the demonstration: directory, teams and staff, made by the real actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.demonstration.staff import ORGANISATION, OWNERS, PARTNERS, Worker, passphrase
from casework.directory.models import Provider
from casework.directory.seed import seed_directory
from casework.people import accounts, keyrings, members, team_keys
from casework.people.models import Team, TeamKind
from casework.policy import Actor
from casework.vault.keys import Keyring


@dataclass(frozen=True, slots=True)
class Player:
    """A member of staff who can act."""

    worker: Worker
    team_id: UUID | None
    actor: Actor
    keyring: Keyring = field(repr=False)

    @property
    def by(self) -> tuple[Actor, Keyring]:
        """What every action asks of whoever does it."""
        return self.actor, self.keyring


@dataclass(slots=True)
class Stage:
    """The database and everybody who plays on it."""

    session: Session
    players: dict[str, Player]
    teams: dict[str, UUID]

    def player(self, handle: str) -> Player:
        """The member of staff with this handle."""
        return self.players[handle]

    def answers_for(self, provider: Provider) -> Player | None:
        """The focal point of a provider's team; None where the provider has none."""
        team_id = self.teams.get(provider.name)
        found = (player for player in self.players.values() if player.team_id == team_id)
        return next(found, None) if team_id else None


def set_stage(session: Session, server_key: bytes, seed: int) -> Stage:
    """Directory, teams, accounts, and every pair of teams that works together compared by voice."""
    seed_directory(session, server_key)
    stage = Stage(session, {}, {})
    for name, workers in by_team(OWNERS).items():
        add_team(stage, server_key, seed, TeamKind.OWNER, name, workers)
    for name, workers in by_team(PARTNERS).items():
        add_team(stage, server_key, seed, TeamKind.PARTNER, name, workers)
    for worker in ORGANISATION:
        stage.players[worker.handle] = join(stage, server_key, seed, worker, None)
    compare_all(stage)
    return stage


def by_team(workers: tuple[Worker, ...]) -> dict[str, list[Worker]]:
    """The workers of each team, in the order they are written."""
    found: dict[str, list[Worker]] = {}
    for worker in workers:
        found.setdefault(worker.team or "", []).append(worker)
    return found


def add_team(
    stage: Stage, server_key: bytes, seed: int, kind: TeamKind, name: str, workers: list[Worker]
) -> None:
    """The team exists; its first member founded its keys and confirmed the others."""
    session = stage.session
    provider = session.scalars(select(Provider).where(Provider.name == name)).first()
    team = accounts.create_team(session, None, kind, name, provider.id if provider else None)
    stage.teams[name] = team.id
    first: Player | None = None
    for worker in workers:
        player = join(stage, server_key, seed, worker, team)
        if first is not None:
            members.confirm_member(session, *first.by, team.id, player.actor.user_id)
            session.flush()
            player = renewed(stage, player)
        first = first or player
        stage.players[worker.handle] = player


def join(stage: Stage, server_key: bytes, seed: int, worker: Worker, team: Team | None) -> Player:
    """An account invited and activated with the words that follow from the seed."""
    session, team_id = stage.session, team.id if team else None
    _, code = accounts.create_account(
        session, None, server_key, worker.handle, worker.name, worker.role, team_id
    )
    user, keys = accounts.take_up(session, code, passphrase(seed, worker.handle))
    session.flush()
    actor, keyring = keyrings.act_as(session, user.id, keys)
    return Player(worker, team_id, actor, keyring)


def renewed(stage: Stage, player: Player) -> Player:
    """The same person with the memberships and keys she has now."""
    actor, keyring = keyrings.act_as(stage.session, player.actor.user_id, player.keyring.user)
    return Player(player.worker, player.team_id, actor, keyring)


def compare_all(stage: Stage) -> None:
    """Every owner team and every partner team have heard each other's six words."""
    founders: dict[UUID, Player] = {}
    for player in stage.players.values():
        if player.team_id is not None:
            founders.setdefault(player.team_id, player)
    owners = [stage.teams[name] for name in by_team(OWNERS)]
    partners = [stage.teams[name] for name in by_team(PARTNERS)]
    for owner in owners:
        for partner in partners:
            for own, other in ((owner, partner), (partner, owner)):
                team_keys.compare_partner(stage.session, *founders[own].by, own, other)
                stage.session.flush()
