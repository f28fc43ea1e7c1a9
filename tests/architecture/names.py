"""Names that say nothing, and addresses that belong to one machine only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT, in_git, modules, trees

EMPTY_WORDS = "util|utils|helper|helpers|common|manager|managers|data|info|misc"
EMPTY_MODULE = re.compile(rf"({EMPTY_WORDS})|\w+_(util|utils|helper|helpers|manager)")
EMPTY_CLASS = re.compile(r"\w*(Utils?|Helpers?|Managers?)")
OF_ONE_MACHINE = re.compile(
    r"(?<![\w.])/(work|root|home/\w+|Users/\w+)/"
    r"|(?<!emit-)(index-url|find-links|trusted-host)\b"
    r"|\b(pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org)"
)
PINNED = re.compile(r"^[\w.-]+(\[[\w,-]+\])?==\S+( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def empty_names(root: Path = ROOT) -> Iterator[str]:
    """Modules, folders and classes whose name says nothing about what they hold."""
    for path in modules(root):
        parts = (*path.relative_to(root).parts[:-1], path.stem)
        yield from (
            f"{path.relative_to(root)}: {part} says nothing"
            for part in parts
            if EMPTY_MODULE.fullmatch(part)
        )
    for where, tree in trees(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and EMPTY_CLASS.fullmatch(node.name):
                yield f"{where}:{node.lineno}: {node.name} says nothing"


def of_one_machine(paths: list[Path], root: Path = ROOT) -> Iterator[str]:
    """Lines that name a folder of one machine or the address of a package registry."""
    for path in paths:
        text = path.read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if OF_ONE_MACHINE.search(line):
                yield f"{path.relative_to(root)}:{number}: belongs to one machine"


def loose_requirements(text: str) -> Iterator[str]:
    """Lines of a list of packages that are neither a pinned package nor its hash."""
    for number, line in enumerate(text.splitlines(), 1):
        if not PINNED.match(line) and not HASH.match(line):
            yield f"line {number}: neither pinned nor a hash"


def files_in_git(root: Path = ROOT) -> list[Path]:
    """Every file of the project, but for the lists of words with which this module looks."""
    return [path for path in in_git(root) if path != Path(__file__)]


def listed(text: str) -> set[str]:
    """The packages of a list that this machine and this Python would install."""
    pinned = [line.removesuffix("\\").strip() for line in text.splitlines() if "==" in line]
    wanted = [Requirement(line) for line in pinned]
    return {canonicalize_name(one.name) for one in wanted if _applies(one)}


def needed(requirements: list[str]) -> set[str]:
    """The packages named, and every package that they need here, whatever the depth."""
    seen: set[tuple[str, str]] = set()
    waiting = [(line, "") for line in requirements]
    while waiting:
        line, extra = waiting.pop()
        one = Requirement(line)
        if (line, extra) not in seen and _applies(one, extra):
            seen.add((line, extra))
            below = distribution(one.name).requires or []
            waiting += [(line, asked) for line in below for asked in ("", *one.extras)]
    return {canonicalize_name(Requirement(line).name) for line, _extra in seen}


def _applies(requirement: Requirement, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})
