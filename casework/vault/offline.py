"""The program of the recovery papers: one file, for an ordinary laptop without a network.

`check FILE` says whether a paper is still good, without rebuilding the key. `open FILE ANSWER`
takes two papers, compares the new coordinator's six words, and writes what the server takes back.
Needs Python 3.11 and the package `cryptography` only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from casework.errors import CaseworkError
from casework.vault.errors import BookMismatch, SealBroken
from casework.vault.primitives import fingerprint
from casework.vault.recovery import (
    Share,
    check_share,
    join_shares,
    read_share,
    recovery_words,
)
from casework.vault.recovery_files import Asked, readmit, recovered, words_to_compare
from casework.vault.suites import xwing_public

Ask = Callable[[str], str]
LABEL = "casework"
CHECKED = "recovery.checked"


def main(arguments: list[str] | None = None, ask: Ask = input) -> int:
    """Runs the command; returns 0, or 1 after one sentence that says what to do."""
    asked = parser().parse_args(arguments)
    try:
        if asked.act == "check":
            check(asked.marks, ask)
        else:
            open_team(asked.asked, asked.answer, ask)
    except (CaseworkError, OSError, ValueError) as error:
        tell(f"Nothing was written: {error}.")
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """The two commands."""
    made = argparse.ArgumentParser(prog="casework-recovery", description=__doc__)
    acts = made.add_subparsers(dest="act", required=True)
    one = acts.add_parser("check", help="is a paper still good?")
    one.add_argument("marks", type=Path, help="the file recovery.marks")
    other = acts.add_parser("open", help="bring a team back with two papers")
    other.add_argument("asked", type=Path, help="the file that `recovery export` wrote")
    other.add_argument("answer", type=Path, help="the file to write, for `recovery import`")
    return made


def tell(words: str) -> None:
    """One line for the person at the keyboard."""
    sys.stdout.write(words + "\n")


# A paper


def ask_paper(ask: Ask, which: str) -> Share:
    """A paper as somebody types it, asked again until it can be one."""
    while True:
        try:
            return typed_paper(ask(f"{which}: its number, then its 48 words, or its QR code: "))
        except SealBroken as wrong:
            tell(f"  {wrong}; look at the paper and type it again, the whole of it.")


def typed_paper(typed: str) -> Share:
    """The paper that a line gives: number and words, as read from its QR code or by hand; raises
    SealBroken."""
    number, _, words = typed.strip().removeprefix(LABEL).strip().partition(" ")
    if number not in ("1", "2", "3"):
        raise SealBroken("a paper begins with its number, 1, 2 or 3")
    return read_share(int(number), words)


def marks_in(path: Path) -> tuple[str, dict[int, str]]:
    """The print of the key and the marks of its pieces; raises SealBroken on another file."""
    found = json.loads(path.read_text())
    if not isinstance(found, Mapping) or found.get("format") != "casework-recovery-marks-1":
        raise SealBroken("this is another file")
    return str(found["recovery"]), {int(number): mark for number, mark in found["marks"].items()}


def check(path: Path, ask: Ask) -> None:
    """The paper is a good one of the present set; that it was looked at stands beside the marks.

    The key is not rebuilt: one paper cannot. Raises BookMismatch, SealBroken.
    """
    _, marks = marks_in(path)
    paper = ask_paper(ask, "The paper")
    check_share(paper, marks)
    with path.with_name(CHECKED).open("a") as notes:
        notes.write(f"{datetime.now(UTC):%Y-%m-%d} {paper.number}\n")
    tell(f"Paper {paper.number} is good. Put it back in its place; look again in a year.")


# A team


def open_team(asked_path: Path, answer_path: Path, ask: Ask) -> None:
    """The answer stands in a new file, after two papers and the words of the new coordinator.

    Raises SealBroken, BookMismatch, FileExistsError.
    """
    asked = Asked.read(asked_path.read_bytes())
    tell(f"Team: {asked.name}. It comes back by: {asked.handle} ({asked.role}).")
    one, other = ask_paper(ask, "First paper"), ask_paper(ask, "Second paper")
    seed = join_shares(one, other, asked.recovery)
    tell("The papers are good: " + " ".join(recovery_words(xwing_public(seed))))
    team = recovered(asked, seed)
    if not heard(asked, ask):
        raise BookMismatch("the words were not the same, so nobody was let in")
    answer = readmit(asked, team)
    with answer_path.open("xb") as file:
        file.write(answer.written())
    tell(f"Written. Its print, to compare by telephone: {fingerprint(answer.seed_box)[:16]}")


def heard(asked: Asked, ask: Ask) -> bool:
    """True when whoever sits here says that the new coordinator read the same six words."""
    tell("Call her on a number you know. She signs in and reads six words from her screen:")
    tell("    " + " ".join(words_to_compare(asked)))
    return ask("Were they the same six? Write yes or no: ").strip().lower() in ("yes", "oui")


if __name__ == "__main__":
    sys.exit(main())
