"""Closing a period on the command line."""

from __future__ import annotations

import re

import click
from sqlalchemy.orm import Session

from casework.cli.ground import RULES, Refused, on_database
from casework.statistics.actions import close_quarter
from casework.statistics.closing import NoCertificate

QUARTER = re.compile(r"20\d\dQ[1-4]")


def as_quarter(_context: object, _parameter: object, value: str) -> str:
    """The quarter as releases write it; raises click.BadParameter for anything else."""
    if not QUARTER.fullmatch(value.upper()):
        raise click.BadParameter("write a quarter such as 2026Q3.")
    return value.upper()


@click.group("statistics")
def command() -> None:
    """The published figures."""


@command.command("close")
@click.argument("quarter", callback=as_quarter)
@on_database
def close(session: Session, quarter: str) -> None:
    """Draws the figures of a QUARTER that is over, once and for ever."""
    try:
        digest = close_quarter(session, quarter)
    except NoCertificate:
        raise Refused(
            "these figures could not be proved safe to publish; run the command again, and tell "
            "the maintainers if it happens twice."
        ) from None
    click.echo(f"{quarter} is closed. Its figures bear the digest {digest}.")


RULES.update(
    quarter_closed="this quarter is closed already; its figures never change.",
    quarter_not_over="this quarter is not over, or too little time was left for late records.",
    quarter_not_next="an earlier quarter is still open: close the quarters in their order.",
)
