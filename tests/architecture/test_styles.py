"""The stylesheet turns with the language, works on an old phone, and is light."""

from __future__ import annotations

import random

import pytest

from tests.architecture import styles


def test_no_sheet_breaks_a_rule() -> None:
    found = {path.name: styles.faults(path.read_text(encoding="utf-8")) for path in styles.sheets()}
    assert found
    assert not any(found.values()), found


def test_every_sheet_is_within_its_budget() -> None:
    for path in styles.sheets():
        assert not list(styles.faults_of_weight(path.read_text(encoding="utf-8"))), path.name


@pytest.mark.parametrize(
    "source",
    [
        "a { left: 0 }",
        "a { margin-left: 1em }",
        "a { border-right-width: 1px }",
        "a { border-top-left-radius: 1px }",
        "a { text-align: right }",
        "a { float: left }",
        "@media print { a { padding-right: 1em } }",
        "@media print { @media (min-width: 1em) { a { clear: left } } }",
        "@layer base { a { color: red } }",
        "@container (min-width: 1em) { a { color: red } }",
        "a { color: red; b { color: blue } }",
        "a { width: 10cqw }",
        "a { color: red } }",
    ],
)
def test_what_breaks_a_rule_is_found(source: str) -> None:
    assert len(styles.faults(source)) == 1


def test_logical_sides_are_fine() -> None:
    source = "a { margin-inline-start: 1em; text-align: start; inset-inline: 0 } .left { top: 0 }"
    assert not styles.faults(source)


def test_a_heavy_sheet_is_found() -> None:
    repeated = "a { color: red }\n" * 800
    drawn = "".join(random.Random(1).choices("abcdefghijklmnop", k=9_000))
    assert [" in brotli" in fault for fault in styles.faults_of_weight(repeated)] == [False]
    assert [" in brotli" in fault for fault in styles.faults_of_weight(drawn)] == [True]
