"""The beginning of a real installation: two administrators, a team, the key of the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.checkpoints import key_of
from casework.cli.ground import RULES, Refused, on_database, settings
from casework.facts.actions import set_calendar
from casework.people.accounts import create_account, create_team
from casework.people.models import TeamKind, User
from casework.policy import Role
from config import Settings

HANDLE = "handle (short, no spaces)"
NAME = "name, as colleagues say it"


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody of the first day, and the one-time code to hand over to her."""

    handle: str
    role: Role
    code: str


@click.command("init")
@click.option("--handle", prompt=f"First administrator: {HANDLE}")
@click.option("--name", prompt=f"First administrator: {NAME}")
@click.option("--second-handle", prompt=f"Second administrator: {HANDLE}")
@click.option("--second-name", prompt=f"Second administrator: {NAME}")
@click.option("--team", prompt="First team (for example: Goundam)")
@click.option("--coordinator-handle", prompt=f"Its coordinator: {HANDLE}")
@click.option("--coordinator-name", prompt=f"Its coordinator: {NAME}")
@on_database
def command(session: Session, /, team: str, **people: str) -> None:
    """Begins a real installation: the calendar, two administrators, a team with its coordinator."""
    refuse_begun(session)
    own = settings()
    set_calendar(session, own.go_live, delay_days=own.close_delay_days)
    team_id = create_team(session, None, TeamKind.OWNER, team.strip()).id
    invited = [
        welcome(session, own, people["handle"], people["name"], Role.ADMINISTRATOR),
        welcome(session, own, people["second_handle"], people["second_name"], Role.ADMINISTRATOR),
        welcome(
            session,
            own,
            people["coordinator_handle"],
            people["coordinator_name"],
            Role.COORDINATOR,
            team_id,
        ),
    ]
    click.echo("\n".join(said(own, invited)))


def welcome(
    session: Session,
    own: Settings,
    handle: str,
    name: str,
    role: Role,
    team_id: UUID | None = None,
) -> Invited:
    """The account waits for its person."""
    user, code = create_account(
        session,
        None,
        own.server_key,
        handle.strip().lower(),
        name.strip(),
        role,
        team_id,
        own.invitation_length,
    )
    return Invited(user.handle, role, code)


def said(own: Settings, invited: list[Invited]) -> Iterator[str]:
    """What the operator reads once, and hands on."""
    hours = int(own.invitation_length.total_seconds() // 3600)
    yield f"One-time codes, good for {hours} hours; each opens the page /activation once:"
    yield from (f"  {one.handle} ({one.role}): {one.code}" for one in invited)
    yield "Hand each over in person; they are shown only now."
    yield "The key under which this log signs, for whoever keeps its checkpoints:"
    yield f"  {key_of(own.log_name, own.log_key)}"
    if own.recovery_public is None:
        yield "There is no recovery key yet: a team that loses all its words loses its files."
        yield "Make one before the first file is opened: docs/recovery.md."


def refuse_begun(session: Session) -> None:
    """Raises Refused on a demonstration, and where somebody has an account already."""
    from casework.demonstration.load import is_demonstration

    if is_demonstration(session):
        raise Refused(
            "this database is a demonstration: name another one in DATABASE_URL or "
            "CASEWORK_INSTANCE for real work."
        )
    if session.scalar(select(User.id).limit(1)) is not None:
        raise Refused("this installation has begun: its administrator adds accounts on screen.")


RULES.update(
    handle_taken="somebody has this handle; choose another.",
    handle_malformed="a handle has plain letters and figures, and begins with a letter.",
)
