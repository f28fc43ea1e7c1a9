"""Which functions of the program a function may come to, as far as names tell: its own module's,
those it imports, and those of modules it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.architecture.source import ROOT, trees

Name = tuple[str, str]
"""A module and a function (or class, or table of functions) of it."""


@dataclass(slots=True)
class Program:
    """What each name refers to, and what is imported under which name in each module."""

    refers: dict[Name, set[str]] = field(default_factory=dict)
    attributes: dict[Name, set[tuple[str, str]]] = field(default_factory=dict)
    imported: dict[Name, Name] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)

    def steps(self, name: Name) -> Iterator[Name]:
        """The names that this one refers to directly."""
        module, _ = name
        for used in self.refers.get(name, ()):
            yield self.imported.get((module, used), (module, used))
        for base, used in self.attributes.get(name, ()):
            package, inner = self.imported.get((module, base), ("", ""))
            yield f"{package}.{inner}" if inner else package, used

    def reaches(self, start: Name, goals: frozenset[Name]) -> bool:
        """True where one of the goals may be come to from the start."""
        waiting, known = [start], {start}
        while waiting:
            name = waiting.pop()
            if name in goals:
                return True
            new = set(self.steps(name)) - known
            known |= new
            waiting += new
        return False


def read(root: Path = ROOT) -> Program:
    """The program as it stands in its files."""
    program = Program()
    for path, tree in trees(root):
        module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        program.modules.add(module)
        for statement in tree.body:
            note(program, module, statement)
    return program


def note(program: Program, module: str, statement: ast.stmt) -> None:
    """One statement of a module; imports inside functions count as the module's."""
    for node in ast.walk(statement):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                own = alias.asname or alias.name
                program.imported[module, own] = (node.module, alias.name)
    for name in defined(statement):
        nodes = list(ast.walk(statement))
        program.refers.setdefault((module, name), set()).update(
            node.id for node in nodes if isinstance(node, ast.Name) and node.id != name
        )
        program.attributes.setdefault((module, name), set()).update(
            (node.value.id, node.attr)
            for node in nodes
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        )


def defined(statement: ast.stmt) -> list[str]:
    """The names that a statement of a module gives a meaning to."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []
