"""Everything that is measured, in one run: a table on the screen and in `results.md`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import acts, shares
from benchmarks.ground import LARGE, SEARCHED, SMALL, Ground, ground, grown
from benchmarks.search import MISSPELT, misspelt
from benchmarks.shares import Measured

RESULTS = Path(__file__).with_name("results.md")
HEAD = (
    "| what | ms | ms of the processor | crypto | database | templates | the rest |\n"
    "|---|---|---|---|---|---|---|"
)


def measured(small: Ground, many: Ground) -> Iterator[Measured]:
    """Each act, in the order of a working day."""
    yield shares.measure("sign in", acts.sign_in(small, small.cast.person("aminata")), times=3)
    yield shares.measure("list of 50, opened", acts.list_of_fifty(small))
    yield shares.measure("page of the list (20)", acts.list_page(small))
    yield shares.measure("page of a case", acts.open_case(small))
    yield shares.measure("refer", acts.refer(small))
    name = f"new keys for a team of {SEARCHED} cases"
    yield shares.measure(name, acts.rotate(many, many.cast.person("oumar")), times=3)
    for words in MISSPELT:
        name = f"search among {SEARCHED} cases ({len(words.split())} words)"
        yield shares.measure(name, misspelt(many, words), times=8)


def ratios(small: Ground, large: Ground) -> Iterator[tuple[str, float]]:
    """How an act of the same team costs more when everybody else has more cases."""
    yield "list of 50", shares.ratio(acts.list_of_fifty(large), acts.list_of_fifty(small))
    yield "page of a case", shares.ratio(acts.open_case(large), acts.open_case(small))


def row(one: Measured) -> str:
    """One line of the table."""
    cells = " | ".join(f"{share:.0%}" for share in one.shares.values())
    return f"| {one.name} | {one.clock:.1f} | {one.processor:.1f} | {cells} |"


def report(lines: list[str], compared: list[tuple[str, float]]) -> str:
    """The page of results."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite."
    return "\n".join(
        [
            "# What a request costs, and of what",
            "",
            f"Measured by `make bench` on {machine}",
            "Medians; shares of the processor's time. A referral is measured without its commit; a",
            "search opens every card of the team.",
            "",
            HEAD,
            *lines,
            "",
            f"| {LARGE} cases in the system against {SMALL}, same team | ratio |",
            "|---|---|",
            *(f"| {name} | {ratio:.2f} |" for name, ratio in compared),
            "",
        ]
    )


def main() -> int:
    """Measures, prints, writes."""
    with TemporaryDirectory() as folder:
        small = ground(Path(folder) / "small")
        many = grown(small, Path(folder) / "many", SEARCHED)
        large = grown(small, Path(folder) / "large", LARGE - SMALL)
        lines = [row(one) for one in measured(small, many)]
        text = report(lines, list(ratios(small, large)))
    RESULTS.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
