"""Words that a person would see though nobody translated them, in templates and in the program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from casework.cli.catalogues import KEYWORDS
from tests.architecture.source import ROOT, trees

ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"^[A-ZÀ-Ý][\w’' -]*[a-zà-ÿ]|[a-zà-ÿ][.?!:…]$")
SAME_EVERYWHERE = frozenset({"PDF", "CSV", "SMS", "QR", "kB"})
SPOKEN = frozenset({"alt", "aria-description", "aria-label", "label", "placeholder", "title"})
SILENT_CALLS = frozenset({"asset", "url_for", "super", "self"})
SPEAKING_CALLS = frozenset({"flash", "StopValidation", "ValidationError"})
SPEAKING_ARGUMENTS = frozenset({"description", "label", "message"})


class Reader(HTMLParser):
    """Collects what a page says by itself, with the lines."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[int, str]] = []

    def handle_data(self, data: str) -> None:
        """Keeps the text between tags."""
        line = self.getpos()[0] + len(data) - len(data.lstrip("\n"))
        self.said.append((line, data.strip()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps the text of the attributes that are shown or read out."""
        given = dict(attrs)
        button = given.get("type") in {"submit", "button", "reset"}
        shown = SPOKEN | ({"value"} if tag == "input" and button else set())
        shown |= {"content"} if given.get("name") == "description" else set()
        self.said += [(self.getpos()[0], given[name] or "") for name in shown if name in given]


def bare_words(source: str) -> list[str]:
    """The words of a template that stand outside the catalogues, with their lines."""
    reader = Reader()
    reader.feed(_without_expressions(source))
    reader.close()
    written = [(line, text) for line, text in reader.said if _speaks(text)]
    return [f"line {line}: {text!r}" for line, text in [*written, *_bare_constants(source)]]


def _speaks(text: str) -> bool:
    return any(word not in SAME_EVERYWHERE for word in WORD.findall(text))


def _without_expressions(source: str) -> str:
    """The HTML of a template alone, every piece on the line where it stood."""
    html, translated = "", False
    tokens = [token for token in ENVIRONMENT.lex(source) if token[1] != "whitespace"]
    for before, (line, kind, text) in zip([(0, "", ""), *tokens], tokens, strict=False):
        if before[1] == "block_begin" and text in {"trans", "endtrans"}:
            translated = text == "trans"
        elif kind == "data" and not translated:
            html += "\n" * (line - 1 - html.count("\n")) + text
    return html


def _bare_constants(source: str) -> Iterator[tuple[int, str]]:
    tree = ENVIRONMENT.parse(source)
    for output in tree.find_all(nodes.Output):
        for constant in _alternatives(output.nodes):
            if _is_sentence(constant.value):
                yield constant.lineno, constant.value
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in SILENT_CALLS | set(KEYWORDS):
            continue
        for given in [*call.args, *(pair.value for pair in call.kwargs)]:
            if isinstance(given, nodes.Const) and _is_sentence(given.value):
                yield given.lineno, given.value


def _alternatives(given: list[nodes.Expr]) -> Iterator[nodes.Const]:
    for node in given:
        if isinstance(node, nodes.Const):
            yield node
        elif isinstance(node, nodes.CondExpr):
            yield from _alternatives([node.expr1, *([node.expr2] if node.expr2 else [])])


def _is_sentence(value: object) -> bool:
    return isinstance(value, str) and bool(SENTENCE.search(value))


def bare_words_in_program(root: Path = ROOT) -> Iterator[str]:
    """Labels and messages given as plain text instead of through the catalogues."""
    for where, tree in trees(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from (f"{where}:{line}: {text!r}" for line, text in _said_by(node))


def _said_by(call: ast.Call) -> Iterator[tuple[int, str]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in SPEAKING_CALLS or name.endswith("Field"):
        named = [pair.value for pair in call.keywords if pair.arg in SPEAKING_ARGUMENTS]
        for given in [*call.args[:1], *named]:
            if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value:
                yield given.lineno, given.value


def unknown_names(root: Path = ROOT) -> Iterator[str]:
    """Names under which a translating function is imported though no extraction knows them."""
    for where, tree in trees(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "casework.i18n":
                for alias in node.names:
                    name = alias.asname or alias.name
                    if "gettext" in alias.name and name not in KEYWORDS:
                        yield f"{where}:{node.lineno}: {alias.name} is called {name}"
