"""The demonstration on the command line: loaded, listed, as on its first day."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from sqlalchemy.orm import Session

from casework.cli.ground import Refused, on_database


@click.group("demo")
def command() -> None:
    """The demonstration: invented people, real screens."""


@command.command("load")
@click.option("--cases", type=click.IntRange(1, 100_000), default=300, show_default=True)
@click.option("--seed", type=int, default=2026, show_default=True)
@on_database
def load(session: Session, cases: int, seed: int) -> None:
    """Fills an empty database with invented cases, and marks it as a demonstration for ever."""
    from casework.demonstration import load as demonstration

    if demonstration.is_demonstration(session):
        raise Refused("the demonstration is loaded already: `demo reset` starts it afresh.")
    if not demonstration.is_empty(session):
        raise Refused("this database is in use: the demonstration goes into an empty one only.")
    demonstration.load(session, echo=click.echo, cases=cases, seed=seed)


@command.command("reset")
@on_database
def reset(session: Session) -> None:
    """The demonstration is as on its first day; refused on any other database."""
    from casework.demonstration import load as demonstration

    if not demonstration.is_demonstration(session):
        raise Refused("this database is no demonstration: nothing of it is ever thrown away.")
    demonstration.reset(session, echo=click.echo)


@command.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
@on_database
def accounts(session: Session, as_json: bool) -> None:
    """Lists who can sign in to the demonstration, with their words."""
    from casework.demonstration import load as demonstration

    real = not demonstration.is_demonstration(session)
    found = [] if real else [asdict(account) for account in demonstration.accounts(session)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif real:
        click.echo("This is no demonstration: people sign in with their own words.")
    else:
        click.echo("\n".join(table(found)))


def table(found: list[dict[str, str]]) -> list[str]:
    """The accounts as lines in columns."""
    columns = ("handle", "role", "team", "name", "passphrase")
    rows = [dict(zip(columns, columns, strict=True)), *found]
    widths = {column: max(len(str(row[column])) for row in rows) for column in columns}
    return [
        "  ".join(str(row[column]).ljust(widths[column]) for column in columns).rstrip()
        for row in rows
    ]
