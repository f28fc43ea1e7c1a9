"""How long functions and files are. Docstrings and decorators do not count, comments do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.architecture.source import ROOT, modules, trees

LONGEST, LONGEST_ROUTE, LONGEST_FILE = 40, 12, 350
MEDIAN, NINETIETH = 7, 20
VERBS = frozenset({"route", "get", "post", "put", "patch", "delete"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Measured:
    """A function, where it stands, and its length in lines."""

    where: str
    name: str
    lines: int
    is_route: bool


def measure(function: Function, where: str) -> Measured:
    """The length from `def` to the last line, without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    place = f"{where}:{function.lineno}"
    return Measured(place, function.name, lines, any(map(_is_route, function.decorator_list)))


def _is_route(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in VERBS


def functions(root: Path = ROOT) -> list[Measured]:
    """Every function of the program, those inside others too."""
    return [
        measure(node, where)
        for where, tree in trees(root)
        for node in ast.walk(tree)
        if isinstance(node, Function)
    ]


def faults(root: Path = ROOT) -> Iterator[str]:
    """What is too long, one sentence a fault."""
    found = functions(root)
    for one in found:
        limit = LONGEST_ROUTE if one.is_route else LONGEST
        if one.lines > limit:
            yield f"{one.where}: {one.name} has {one.lines} lines, more than {limit}"
    for path in modules(root):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            yield f"{path.relative_to(root)}: {lines} lines, more than {LONGEST_FILE}"
    yield from _faults_of_all([one.lines for one in found])


def _faults_of_all(lengths: list[int]) -> Iterator[str]:
    if median(lengths) > MEDIAN:
        yield f"the median function has {median(lengths)} lines, more than {MEDIAN}"
    if quantiles([*lengths, *lengths], n=10)[8] > NINETIETH:
        yield f"one function in ten has more than {NINETIETH} lines"
