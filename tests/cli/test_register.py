"""The register of processing follows from what the program declares, and from nothing else."""

from __future__ import annotations

from pathlib import Path

from casework.cases.fields import FIELDS, Section
from casework.consent.recipients import CODE_OF_SECTION
from casework.rights.retention import PROPOSED
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "register-of-processing.md"


def test_the_register_in_the_docs_is_what_the_program_declares(run: Run) -> None:
    said = run("processing")
    assert said.exit_code == 0, said.output
    assert said.output == PAGE.read_text(), (
        "run flask --app casework processing > docs/register-of-processing.md"
    )


def test_every_section_with_a_field_stands_in_it_once() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(CODE_OF_SECTION)
    assert {declared.section for declared in FIELDS} <= set(CODE_OF_SECTION)
    assert len({row.split("|")[1] for row in rows}) == len(rows)


def test_what_is_sensitive_is_said_so() -> None:
    rows = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    told = {row[1].strip(): row[4].strip() for row in rows}
    assert "santé" in told["Santé"]
    assert told["Identité"] == "non"
    assert Section.HEALTH in CODE_OF_SECTION


def test_the_durations_are_those_of_the_rule() -> None:
    text = PAGE.read_text()
    for number in PROPOSED.values():
        assert str(number) in text
