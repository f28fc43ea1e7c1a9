"""The recovery key on the command line: made on paper, tried every year, used when a team of the
programme can be opened by nobody any more. docs/recovery.md tells it step by step."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from casework import clock
from casework.cli.ground import RULES, Refused, on_database, settings
from casework.cli.recovery_papers import pages
from casework.db import db
from casework.demonstration.load import is_demonstration
from casework.people.recovering import asked_for, readiness, take_back
from casework.people.team_keys import recovery_print
from casework.vault.keys import new_seed
from casework.vault.offline import CHECKED, marks_in
from casework.vault.passphrases import word_list
from casework.vault.recovery import (
    PAPERS,
    piece_marks,
    recovery_fingerprint,
    recovery_words,
    split_recovery,
)
from casework.vault.recovery_files import Answered
from casework.vault.suites import xwing_public
from config import Settings

PUBLIC, MARKS = "recovery.pub", "recovery.marks"
YEAR = timedelta(days=366)
CASEWORK = Path(__file__).resolve().parents[1]
START = "import sys\nfrom casework.vault.offline import main\nsys.exit(main())\n"
folder = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
written = click.Path(path_type=Path, dir_okay=False)


@click.group("recovery")
def command() -> None:
    """The recovery key: three papers of which any two bring a team back."""


@command.command("create")
@folder
def create(folder: Path) -> None:
    """Makes a recovery key and its three papers in a new folder. Run it without a network."""
    make_papers(folder)


@command.command("rotate")
@folder
def rotate(folder: Path) -> None:
    """Makes a new set of papers, when a keeper leaves or a paper is lost."""
    if settings().recovery_public is None:
        raise click.ClickException("There is no recovery key yet: run `recovery create` first.")
    make_papers(folder)
    click.echo("The old papers count until every team has new keys: see `recovery status`.")


def make_papers(place: Path) -> None:
    """Three pages to print, the public key and the marks stand in a new folder; the key itself
    nowhere."""
    try:
        place.mkdir(mode=0o700)
    except OSError:
        raise click.ClickException(f"{place} cannot be made: name a new folder.") from None
    seed = new_seed()
    shares, public = split_recovery(seed), xwing_public(seed)
    for number, text in pages(shares, public, clock.today()).items():
        keep((place / f"paper-{number}").with_suffix(".html"), text)
    marks = {str(number): mark for number, mark in piece_marks(shares).items()}
    fields = {"format": "casework-recovery-marks-1", "recovery": recovery_fingerprint(seed)}
    keep(place / MARKS, json.dumps(fields | {"marks": marks}) + "\n")
    keep(place / PUBLIC, public.hex() + "\n")
    click.echo(
        f"Print paper-1.html, paper-2.html and paper-3.html, then remove these files.\n"
        f"Put {PUBLIC} and {MARKS} into the instance folder and start the service again.\n"
        f"The six words of this key: {' '.join(recovery_words(public))}"
    )


def keep(path: Path, text: str) -> None:
    """A new file that its owner alone can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


@command.command("status")
@on_database
def status(session: Session) -> int:
    """Says which teams the present papers bring back; ends with 1 where one they do not."""
    present = recovery_print(settings().recovery_public)
    found = readiness(session)
    for one in found:
        click.echo(f"{one.name}: {said(one.recovery, present)}")
    return 0 if present and all(one.recovery == present for one in found) else 1


def said(recovery: str | None, present: str) -> str:
    """How far a team is."""
    if recovery is None:
        return "no paper brings it back: its coordinator makes new keys (My team)"
    return "ready" if recovery == present else "the old papers only: its coordinator makes new keys"


def papers(own: Settings) -> Iterator[str]:
    """The papers bring every team of the programme back, and each was looked at within a year."""
    try:
        teams = [] if is_demonstration(db.session()) else readiness(db.session())
    except SQLAlchemyError:
        return
    present = recovery_print(own.recovery_public)
    if teams and not present:
        yield "No recovery papers: run `recovery create` before more cases come (docs/recovery.md)."
    elif any(one.recovery != present for one in teams):
        yield "The recovery papers do not bring every team back: see `recovery status`."
    if teams and present and not looked_at(own.instance / CHECKED):
        yield "A recovery paper was not looked at for a year: «Yearly check» in docs/recovery.md."


def looked_at(notes: Path) -> bool:
    """True where each of the three papers was found good within the last year, or the set itself is
    no older than that."""
    marks = notes.with_name(MARKS)
    begun = datetime.fromtimestamp(marks.stat().st_mtime, UTC) if marks.exists() else None
    if begun is not None and clock.now() - begun < YEAR:
        return True
    words = notes.read_text().split() if notes.exists() else []
    last = dict(zip(words[1::2], map(date.fromisoformat, words[::2]), strict=False))
    return all(clock.today() - last.get(str(one), date.min) < YEAR for one in PAPERS)


@command.command("export")
@click.argument("file", type=written)
@click.option("--team", required=True, help="The name of the team.")
@click.option("--for", "handle", required=True, help="The handle of who brings it back.")
@on_database
def export(session: Session, file: Path, team: str, handle: str) -> None:
    """Writes what the keepers of the papers need to bring a team back."""
    asked = asked_for(session, team, handle)
    refuse_existing(file)
    file.write_bytes(asked.written())
    click.echo("Bring this file, and the program of `recovery tool`, to the keepers of two papers.")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@on_database
def take(session: Session, file: Path) -> None:
    """Takes back what the keepers' program wrote."""
    take_back(session, Answered.read(file.read_bytes()))
    click.echo("She signs in now, and makes new keys for the team (My team).")


def refuse_existing(file: Path) -> None:
    """Raises Refused rather than write over a file."""
    if file.exists():
        raise Refused(f"{file.name} exists already: name another file.")


@command.command("check")
@click.argument("marks", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def look(marks: Path) -> None:
    """Says whether one paper is still good, without rebuilding the key."""
    from casework.vault.offline import main

    marks_in(marks)
    raise SystemExit(main(["check", str(marks)], ask=lambda words: click.prompt(words.strip())))


@command.command("tool")
@click.argument("file", type=written)
def tool(file: Path) -> None:
    """Writes the keepers' program: one file that needs Python and `cryptography` only."""
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as archive:
        for name, source in sorted(sources().items()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), source)
    click.echo(f"On the laptop: python3 {file.name} open ASKED ANSWER")


def sources() -> dict[str, str]:
    """The files of the keepers' program: the vault, its errors, the list of words."""
    vault = (CASEWORK / "vault").glob("*.py")
    words = f"WORDS = {list(word_list())!r}\nclass Mnemonic:\n    def __init__(self, language):\n"
    return {f"casework/vault/{one.name}": one.read_text() for one in vault} | {
        "__main__.py": START,
        "casework/__init__.py": "",
        "casework/errors.py": (CASEWORK / "errors.py").read_text(),
        "mnemonic.py": words + "        self.wordlist = WORDS\n",
    }


RULES.update(
    team_unknown="no team has this name; look at `recovery status`.",
    no_recovery_box="no recovery paper was made for this team's keys, or it has none.",
    not_a_member="she must be a coordinator of this team who has taken up her account and waits: "
    "the administrator makes her a code first (Accounts, lost words).",
    answer_overtaken="the team changed since the file was written: export it again.",
)
