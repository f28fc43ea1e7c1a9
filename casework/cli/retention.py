"""How many closed files have reached the end of their time, in counts only."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from casework import codes
from casework.cli.ground import on_database, settings


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Count only; this command never destroys anything.")
@on_database
def command(session: Session, dry_run: bool) -> int:
    """Says for each reason of closure how many files may be destroyed today and within a year.

    Without a team's keys more cannot be told: what stands in a file may keep it longer. A
    coordinator sees it on the page of the file and erases it there.
    """
    from casework.rights import queries
    from casework.rights.retention import PROPOSED

    if not dry_run:
        click.echo("Nothing is destroyed from here: a coordinator erases a file on its own page.")
        click.echo("For the counts: flask --app casework retention --dry-run")
        return 1
    counts = queries.dry_run(session, {**PROPOSED, **settings().retention})
    click.echo(f"{'reason of closure':<44}{'closed':>8}{'over':>8}{'in a year':>11}")
    for one in counts:
        label = (
            codes.label("motif_cloture", one.reason, "en")
            if one.reason
            else "(the log tells it no more)"
        )
        click.echo(f"{label[:43]:<44}{one.closed:>8}{one.over:>8}{one.soon:>11}")
    total = [sum(getattr(one, name) for one in counts) for name in ("closed", "over", "soon")]
    click.echo(f"{'all':<44}{total[0]:>8}{total[1]:>8}{total[2]:>11}")
    return 0
