"""The first administrator of a real installation."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.cli.ground import RULES, Refused, on_database, settings
from casework.facts.actions import set_calendar
from casework.people.accounts import create_account
from casework.people.models import User
from casework.policy import Role


@click.command("init")
@click.option("--handle", prompt="Handle of the administrator (short, no spaces)")
@click.option("--name", prompt="Name, as colleagues say it")
@on_database
def command(session: Session, handle: str, name: str) -> None:
    """Begins a real installation: the calendar, and one administrator with a one-time code."""
    refuse_begun(session)
    own = settings()
    set_calendar(session, own.go_live, delay_days=own.close_delay_days)
    _user, code = create_account(
        session,
        None,
        own.server_key,
        handle.strip().lower(),
        name.strip(),
        Role.ADMINISTRATOR,
        None,
        own.invitation_length,
    )
    hours = int(own.invitation_length.total_seconds() // 3600)
    click.echo(f"One-time code, good for {hours} hours: {code}")
    click.echo("Hand it over in person; it is shown only now. It opens the page /activation.")


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


RULES.update(handle_taken="somebody has this handle; choose another.")
