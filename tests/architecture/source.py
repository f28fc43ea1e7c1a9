"""Where the program's own files are; every checker here takes a folder, so that it can be tried."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def modules(root: Path = ROOT) -> list[Path]:
    """Every Python file of the program itself, without its tests and released migrations."""
    return sorted([*(root / "casework").rglob("*.py"), *root.glob("*.py")])


def templates(root: Path = ROOT) -> list[Path]:
    """Every page."""
    return sorted((root / "templates").rglob("*.html"))


def trees(root: Path = ROOT) -> Iterator[tuple[str, ast.Module]]:
    """The program's files by their name below the root, parsed."""
    for path in modules(root):
        yield str(path.relative_to(root)), ast.parse(path.read_text(encoding="utf-8"))


def in_git(root: Path = ROOT) -> list[Path]:
    """Every file that git holds or would take in."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    names = sorted({name for name in listed.decode().split("\0") if name})
    return [root / name for name in names if (root / name).is_file()]
