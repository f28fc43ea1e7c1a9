"""What a stylesheet may not say: sides that a right-to-left page would need turned, new syntax that
makes an old phone drop the whole sheet; and what it may weigh."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
import tinycss2

from tests.architecture.source import ROOT

RAW_BYTES, SENT_BYTES = 12_000, 3_500
SIDED = re.compile(r"(^|-)(left|right)(-|$)")
TOO_NEW = frozenset({"layer", "container", "property", "scope"})
NEW_UNITS = frozenset({"cqw", "cqh", "cqi", "cqb", "cqmin", "cqmax"})


def sheets(root: Path = ROOT) -> list[Path]:
    """Every stylesheet."""
    return sorted((root / "casework" / "static").rglob("*.css"))


def faults(source: str) -> list[str]:
    """What is wrong with a sheet, one sentence a fault."""
    rules = tinycss2.parse_stylesheet(source, True, True)  # without comments and white space
    return [fault for rule in rules for fault in _faults_of_rule(rule)]


def _faults_of_rule(rule: Any) -> Iterator[str]:
    if rule.type == "error":
        yield f"line {rule.source_line}: {rule.message}"
    elif rule.type == "at-rule" and rule.lower_at_keyword in TOO_NEW:
        yield f"line {rule.source_line}: @{rule.at_keyword} is too new for an old phone"
    elif rule.type == "at-rule" and rule.lower_at_keyword in {"media", "supports"}:
        for inner in tinycss2.parse_rule_list(rule.content, True, True):
            yield from _faults_of_rule(inner)
    elif rule.content is not None:
        yield from _faults_of_block(rule.content)


def _faults_of_block(content: Any) -> Iterator[str]:
    for part in tinycss2.parse_blocks_contents(content, True, True):
        if part.type == "declaration":
            yield from _faults_of_declaration(part)
        else:
            yield f"line {part.source_line}: only declarations may stand in a rule: no nesting"


def _faults_of_declaration(part: Any) -> Iterator[str]:
    words = {token.lower_value for token in part.value if token.type == "ident"}
    if SIDED.search(part.lower_name) or words & {"left", "right"}:
        yield f"line {part.source_line}: {part.name} names a side: use inline-start or inline-end"
    units = {token.lower_unit for token in part.value if token.type == "dimension"}
    if units & NEW_UNITS:
        yield f"line {part.source_line}: {part.name} uses a unit too new for an old phone"


def faults_of_weight(source: str) -> Iterator[str]:
    """Whether a sheet is heavier than its budget, as a file and as sent."""
    raw = source.encode()
    if len(raw) > RAW_BYTES:
        yield f"{len(raw)} bytes, more than {RAW_BYTES}"
    if len(brotli.compress(raw)) > SENT_BYTES:
        yield f"{len(brotli.compress(raw))} bytes in brotli, more than {SENT_BYTES}"
