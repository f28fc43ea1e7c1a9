"""Which templates are shown by something, and which are asked for though they do not exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import nodes

from tests.architecture.source import ROOT, templates, trees
from tests.architecture.words import ENVIRONMENT

SUFFIX = ".html"


def asked_for(root: Path = ROOT) -> dict[str, str]:
    """Patterns of the template names that anything asks for, each with one place that does."""
    found: dict[str, str] = {}
    for where, tree in trees(root):
        for node in ast.walk(tree):
            pattern = _pattern(node)
            if pattern.endswith(re.escape(SUFFIX)):
                found[pattern] = f"{where}:{getattr(node, 'lineno', 0)}"
    for path in templates(root):
        for constant in ENVIRONMENT.parse(path.read_text(encoding="utf-8")).find_all(nodes.Const):
            if isinstance(constant.value, str) and constant.value.endswith(SUFFIX):
                found[re.escape(constant.value)] = f"{path.relative_to(root)}:{constant.lineno}"
    return found


def _pattern(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(part) or "[^/]+" for part in node.values)
    return ""


def faults(root: Path = ROOT) -> Iterator[str]:
    """Templates that nothing shows, and names that lead to none."""
    patterns = asked_for(root)
    names = [str(path.relative_to(root / "templates")) for path in templates(root)]
    for name in names:
        if not any(re.fullmatch(pattern, name) for pattern in patterns):
            yield f"templates/{name}: nothing shows it"
    for pattern, where in patterns.items():
        if pattern != re.escape(SUFFIX) and not any(re.fullmatch(pattern, name) for name in names):
            yield f"{where}: there is no template {pattern}"
