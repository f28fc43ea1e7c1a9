"""What the pages for operators and data officers say is true of this very program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.databases import ROOT

DOCS = ROOT / "docs"
NAMED = re.compile(r"`(test_\w+)`")
DEFINED = re.compile(r"^def (test_\w+)\(", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
SETTING = re.compile(r"env\.get\(\"(\w+)\"|os\.environ\.get\(\"(\w+)\"")


def existing() -> set[str]:
    """The names of all tests."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for source in sources for name in DEFINED.findall(source)}


def promised(text: str) -> set[str]:
    """The tests a page refers to."""
    return set(NAMED.findall(text))


def pages() -> list[Path]:
    """Every page of the documentation."""
    return sorted(DOCS.rglob("*.md"))


def test_every_test_the_threat_model_names_exists() -> None:
    named = promised((DOCS / "threat-model.md").read_text(encoding="utf-8"))
    assert len(named) > 30
    assert named - existing() == set()


def test_a_test_that_does_not_exist_is_noticed() -> None:
    assert promised("holds (`test_of_something_nobody_wrote`)") - existing() == {
        "test_of_something_nobody_wrote"
    }


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("source", ["config.py", "casework/cli/setup.py", "gunicorn.conf.py"])
def test_every_setting_is_explained_to_operators(source: str) -> None:
    found = SETTING.findall((ROOT / source).read_text(encoding="utf-8"))
    names = {name for pair in found for name in pair if name}
    explained = (DOCS / "operations.md").read_text(encoding="utf-8")
    assert {name for name in names if f"`{name}`" not in explained} == set()


def test_every_command_is_explained_to_operators() -> None:
    from tests.cli.test_every_command import commands

    explained = (DOCS / "operations.md").read_text(encoding="utf-8")
    assert [words for words in commands() if f"`{' '.join(words)}" not in explained] == []


def test_every_decision_has_its_four_parts() -> None:
    parts = ("## Context", "## Options", "## Decision", "## Consequences")
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert pages
    lacking = [
        (page.name, part)
        for page in pages
        for part in parts
        if part not in page.read_text(encoding="utf-8")
    ]
    assert lacking == []
