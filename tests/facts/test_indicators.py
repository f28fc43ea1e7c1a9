"""The table of indicators in the docs: each is there once, and reads what really exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casework.facts.kinds import DETAILS, FactKind

TEXT = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if re.match(r"\| [AB]\d \|", line)
]
NAMED = {row[0]: row for row in ROWS}


def test_each_indicator_stands_in_the_table_once() -> None:
    expected = [f"A{number}" for number in range(1, 6)] + [f"B{number}" for number in range(1, 10)]
    assert [row[0] for row in ROWS] == expected


def test_each_says_kind_unit_day_and_where_it_is_read() -> None:
    assert {len(row) for row in ROWS} == {6}
    assert all(all(row) for row in ROWS)


def test_every_kind_of_fact_serves_an_indicator() -> None:
    kinds = {kind for row in ROWS for kind in re.findall(r"`(\w+)`", row[2])}
    assert kinds == {str(kind) for kind in FactKind}


@pytest.mark.parametrize("indicator", [f"B{number}" for number in range(1, 10)])
def test_what_an_indicator_reads_is_a_detail_of_its_kind(indicator: str) -> None:
    row = NAMED[indicator]
    kinds = [FactKind(kind) for kind in re.findall(r"`(\w+)`", row[2])]
    known = {each.name for kind in kinds for each in DETAILS[kind]}
    codes = {code for kind in kinds for each in DETAILS[kind] for code in each.groups}
    read = set(re.findall(r"`(\w+)`", row[5]))
    assert read <= known | codes
    assert read or "total" in row[5]


def test_activities_are_never_facts() -> None:
    assert all(NAMED[f"A{number}"][2].startswith("none") for number in range(1, 6))


def test_the_tables_of_the_gbvims_read_dimensions_of_incidents() -> None:
    part = TEXT.split("**GBVIMS tables**")[1].split("**Protection Cluster classes**")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| ")][1:]
    read = {name for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    assert read == {"core_type", "elapsed", "care", "sex", "age", "category"}
