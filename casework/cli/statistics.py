"""Closing periods on the command line, and what a close goes by."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from casework.cli.ground import RULES, Refused, on_database, reading
from casework.facts.actions import set_calendar
from casework.facts.queries import programme_calendar
from casework.statistics.actions import close_quarter, draw_year, publish_year
from casework.statistics.blocks import Block
from casework.statistics.closing import NoCertificate
from casework.statistics.notes import add_erratum
from casework.statistics.planning import plan_volume
from casework.statistics.signing import signatures, waiting_quarters

PERIOD = re.compile(r"20\d\dQ[1-4]|(FY)?20\d\d")
MONTHS = {"january": 1, "april": 4, "july": 7, "october": 10}


def as_period(_context: object, _parameter: object, value: str) -> str:
    """The period as releases write it; raises click.BadParameter for anything else."""
    if not PERIOD.fullmatch(value.upper()):
        raise click.BadParameter("write a quarter such as 2026Q3, or a year such as 2026.")
    return value.upper()


@click.group("statistics")
def command() -> None:
    """The published figures."""


@command.command("close")
@click.argument("period", callback=as_period)
@on_database
def close(session: Session, period: str) -> None:
    """Draws the figures of a quarter or a year that is over, once and for ever."""
    try:
        digest = _quarter(session, period) if "Q" in period else _year(session, period)
    except NoCertificate:
        raise Refused(
            "these figures could not be proved safe to publish; run the command again, and tell "
            "the maintainers if it happens twice."
        ) from None
    click.echo(f"{period} is closed. Its figures bear the digest {digest}.")


@command.command("status")
@on_database
def status(session: Session) -> None:
    """Which quarters wait to be closed, from which day, and which teams have signed them."""
    waiting = waiting_quarters(session)
    for each in waiting:
        click.echo(f"{each.quarter} may close from {each.closes_on:%Y-%m-%d}.")
        _echo_signatures(session, each.quarter)
    if not waiting:
        click.echo("No quarter waits to be closed.")


@command.command("erratum")
@click.argument("period", callback=as_period)
@click.argument("note")
@on_database
def erratum(session: Session, period: str, note: str) -> None:
    """Puts a dated note beside the figures of a closed PERIOD; the figures stay."""
    add_erratum(session, period, note)
    click.echo(f"The note stands beside {period}. No figure changed.")


@command.command("plan")
@click.argument("kind")
@click.argument("volume", type=int)
@on_database
def plan(session: Session, kind: str, volume: int) -> None:
    """So many facts of a KIND are planned a year: decides which tables a year publishes."""
    begins = plan_volume(session, kind, volume)
    click.echo(f"{volume} a year are planned for {kind}, from {begins} on.")


@command.command("calendar")
@click.option("--year-starts-in", type=click.Choice(list(MONTHS)), help="October for some donors.")
@click.option("--delay", type=click.IntRange(0, 90), help="Days after a quarter's end.")
@click.option("--exact-headline/--no-exact-headline", default=None, help="B1 and B5 of a year.")
@on_database
def calendar(
    session: Session, year_starts_in: str | None, delay: int | None, exact_headline: bool | None
) -> None:
    """Shows how the programme counts time, after changing what is given."""
    now = programme_calendar(session)
    if now.go_live_on is None:
        raise Refused("the programme has not begun: run `flask --app casework init` first.")
    if (year_starts_in, delay, exact_headline) != (None, None, None):
        set_calendar(
            session,
            now.go_live_on,
            year_starts_in=MONTHS[year_starts_in] if year_starts_in else now.year_starts_in,
            delay_days=now.delay_days if delay is None else delay,
            exact_headline=now.exact_headline if exact_headline is None else exact_headline,
        )
    now = programme_calendar(session)
    begins = next(name for name, month in MONTHS.items() if month == now.year_starts_in)
    click.echo(
        f"The programme counts from {now.go_live_on}; its years begin in {begins}; a quarter "
        f"closes {now.delay_days} days after its end; exact headlines: "
        f"{'yes' if now.exact_headline else 'no'}."
    )


def _quarter(session: Session, quarter: str) -> str:
    digest = close_quarter(session, quarter)
    _echo_signatures(session, quarter)
    return digest


def _year(session: Session, year: str) -> str:
    """Drawn while others go on working; only the writing makes them wait."""
    with reading():
        blocks: Sequence[Block] = draw_year(session, year, progress=_tell)
        session.rollback()
    return publish_year(session, year, blocks)


def _tell(kind: str, done: int, whole: int) -> None:
    click.echo(f"{done} of {whole}: {kind}")


def _echo_signatures(session: Session, quarter: str) -> None:
    for each in signatures(session, quarter):
        said = f"signed on {each.signed_at:%Y-%m-%d}" if each.signed_at else "has not signed"
        click.echo(f"  {each.team}: {said}")


RULES.update(
    quarter_closed="this quarter is closed already; its figures never change.",
    quarter_not_over="this quarter is not over, or too little time was left for late records.",
    quarter_not_next="an earlier quarter is still open: close the quarters in their order.",
    year_closed="this year is closed already; its figures never change.",
    year_not_over="a quarter of this year is still open: close its four quarters first.",
    year_without_quarters="the programme closed no quarter at the beginning of this year.",
    period_not_closed="nothing is published for this period: a note stands beside figures only.",
    note_empty="write what is wrong, in words.",
    note_too_long="write at most 400 characters.",
    note_has_figures="write without digits: a figure beside rounded ones may undo them.",
    no_such_kind="the catalogue has no such kind; docs/statistics.md names them.",
    volume_out_of_range="plan between 0 and 10 million facts a year.",
    calendar_in_use="a quarter is closed: the beginning and the year of the programme stay.",
)
