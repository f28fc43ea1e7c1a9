"""The sheet and the script stay light, work in both directions, and open on an old phone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
import tinycss2

import casework

STATIC = Path(casework.__file__).parent / "static"
SHEET = (STATIC / "casework.css").read_text()
SCRIPT = (STATIC / "quickexit.js").read_text()
ICON = (STATIC / "icon.svg").read_text()
RAW_BYTES, WIRE_BYTES, SCRIPT_BYTES = 12_000, 3_500, 2_000
SIDES = frozenset({"left", "right"})
PHYSICAL = re.compile(r"(^|-)(left|right|top|bottom|width|height)(-|$)")
STILL_LOGICAL = frozenset({"line-height", "border-width"})
TOO_NEW = re.compile(
    r":is\(|:where\(|:has\(|:not\([^()]*,|@layer|@container|@scope|@property|color-mix\(|oklch\("
    r"|\b\d+(cq[wihb]|[dsl]v[hwib])\b|aspect-ratio|[<>]=|&"
)
LOGICAL_WIDTHS = re.compile(r"border(-block|-inline)?(-start|-end)?-width")
AA_TEXT = 4.5


def blocks(rules: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Every selector (or at-rule) with its declarations, those inside media queries too."""
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword == "media":
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield from blocks(inner)
        elif rule.content is not None:
            name = tinycss2.serialize(rule.prelude).strip() or "@" + rule.lower_at_keyword
            yield name, tinycss2.parse_blocks_contents(rule.content, True, True)


def declarations(sheet: str) -> Iterator[tuple[str, Any]]:
    """Every declaration with its selector; an error or a nested rule comes as it is."""
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    for selector, content in blocks(rules):
        for item in content:
            yield selector, item


def faults(sheet: str) -> list[str]:
    """What an Arabic page or an old phone could not stand, one sentence each."""
    found = [f"{match} is too new" for match in TOO_NEW.findall(without_comments(sheet))]
    for selector, item in declarations(sheet):
        if item.type != "declaration":
            found.append(f"{selector}: not a declaration")
        elif PHYSICAL.search(item.name) and not is_logical(item.name):
            found.append(f"{selector}: {item.name} names a side")
        elif SIDES & words(item.value):
            found.append(f"{selector}: the value of {item.name} names a side")
    return found


def is_logical(name: str) -> bool:
    """True for `line-height` and widths of borders, which name no side."""
    return name in STILL_LOGICAL or bool(LOGICAL_WIDTHS.fullmatch(name))


def words(value: list[Any]) -> set[str]:
    """The bare words of a value, those inside functions too."""
    own = {token.lower_value for token in value if token.type == "ident"}
    inner = [words(token.arguments) for token in value if token.type == "function"]
    return own.union(*inner)


def without_comments(sheet: str) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)


def test_the_sheet_has_only_logical_properties_of_old_phones() -> None:
    assert faults(SHEET) == []


@pytest.mark.parametrize(
    "planted",
    [
        "p{margin-left:1rem}",
        "p{text-align:right}",
        "p{width:2rem}",
        "p{padding-top:2rem}",
        "@media print{p{float:left}}",
        "p{background:linear-gradient(to right,#fff,#000)}",
        "p{color:red;b{color:blue}}",
        "@layer base{p{color:red}}",
        "p:has(b){color:red}",
        "a:is(b,i){color:red}",
        "p{inline-size:10cqi}",
        "p{block-size:100dvh}",
        "@media (width >= 40em){p{color:red}}",
    ],
)
def test_the_check_sees_a_planted_fault(planted: str) -> None:
    assert faults(SHEET + planted) != []


def test_the_sheet_is_within_its_budget() -> None:
    assert len(SHEET.encode()) <= RAW_BYTES
    assert len(brotli.compress(SHEET.encode())) <= WIRE_BYTES


def test_the_script_is_within_its_budget() -> None:
    assert len(SCRIPT.encode()) <= SCRIPT_BYTES


def test_the_script_feeds_no_text_to_the_page() -> None:
    sinks = r"innerHTML|outerHTML|insertAdjacent|\.write|\beval\b|Function\(|setTimeout|\.src\b"
    assert not re.search(sinks, SCRIPT)


def test_sheet_and_icon_load_nothing() -> None:
    assert not re.search(r"url\(|@import|@font-face|https?:", SHEET)
    assert re.findall(r"https?://[^\"]+", ICON) == ["http://www.w3.org/2000/svg"]


def test_nothing_moves() -> None:
    names = {item.name for _, item in declarations(SHEET)}
    assert not [name for name in names if re.match("transition|animation|scroll-behavior", name)]


def test_arabic_has_taller_lines_than_the_body_rule_sets() -> None:
    heights = [(s, text(item)) for s, item in declarations(SHEET) if item.name == "line-height"]
    taller = [selector for selector, height in heights if height == "1.75"]
    assert taller == ["[lang=ar],[lang=ar] body"]


def text(item: Any) -> str:
    return str(tinycss2.serialize(item.value)).strip()


def colours() -> dict[str, str]:
    """The named colours of the sheet."""
    named = {item.name: text(item) for s, item in declarations(SHEET) if s == ":root"}
    return {name.removeprefix("--"): value for name, value in named.items()}


def luminance(colour: str) -> float:
    """Relative luminance between 0 and 1 (WCAG 2.2, «relative luminance»)."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    line = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, «contrast ratio»)."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("ink", "paper"),
        ("ink", "mist"),
        ("ink", "sun"),
        ("soft", "paper"),
        ("soft", "card"),
        ("teal", "paper"),
        ("teal", "mist"),
        ("card", "teal"),
        ("card", "deep"),
        ("card", "red"),
        ("red", "blush"),
        ("edge", "card"),
    ],
)
def test_words_stand_out_from_their_ground(front: str, back: str) -> None:
    assert contrast(colours()[front], colours()[back]) >= AA_TEXT


def painted() -> list[tuple[str, str, str]]:
    """Every rule that sets its own words on its own ground: selector, front, back."""
    own: dict[str, dict[str, str]] = {}
    for selector, item in declarations(SHEET):
        if item.name in ("color", "background"):
            own.setdefault(selector, {})[item.name] = plain_colour(text(item))
    pairs = [(s, has.get("color", ""), has.get("background", "")) for s, has in own.items()]
    return [pair for pair in pairs if pair[1].startswith("#") and pair[2].startswith("#")]


def plain_colour(value: str) -> str:
    name = re.fullmatch(r"var\(--(\w+)\)", value)
    return colours()[name[1]] if name else value


@pytest.mark.parametrize(("selector", "front", "back"), painted())
def test_each_rule_with_words_and_ground_is_readable(selector: str, front: str, back: str) -> None:
    assert contrast(front, back) >= AA_TEXT, selector


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#fff") < AA_TEXT < contrast("#767676", "#fff")
