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
    """Does every job that is due and that nobody has done; ends with 1 when one went wrong."""
    from casework.cli.keyless import run_due

    well = True
    for result in run_due(session, settings()):
        click.echo(f"{result.name}: {result.said}")
        well = well and result.well
    return 0 if well else 1
