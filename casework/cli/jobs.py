"""The keyless jobs on the command line, for a timer."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from casework.cli.ground import on_database, settings


@click.group("jobs")
def command() -> None:
    """The keyless jobs."""


@command.command("run")
@on_database
def run(session: Session) -> int:
    """Does every job that is due and that nobody has done; ends with 1 when one failed."""
    from casework.cli.keyless import run_due

    failed = 0
    for name, said in run_due(session, settings()):
        failed += said.startswith("failed")
        click.echo(f"{name}: {said}")
    return 1 if failed else 0
