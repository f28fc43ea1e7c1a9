"""Imports run only down, and each contract was seen to notice a bad one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.support.servers import BIN

IGNORED = shutil.ignore_patterns("__pycache__", "static", "translations")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program beside its contracts, in a folder of its own."""
    folder = tmp_path_factory.mktemp("imports")
    shutil.copytree(ROOT / "casework", folder / "casework", ignore=IGNORED)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "lint-imports"), "--no-logo", "--no-cache", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@contextmanager
def planted(path: Path, line: str) -> Iterator[None]:
    """The line stands at the end of the file while the block runs."""
    before = path.read_bytes() if path.exists() else None
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    try:
        yield
    finally:
        path.unlink() if before is None else path.write_bytes(before)


def test_every_contract_is_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("contract", "path", "line", "said"),
    [
        ("layers", "people/planted.py", "import casework.cases.models", "casework.people.planted"),
        ("layers", "desk/planted.py", "import casework.admin.routes", "casework.desk.planted"),
        ("layers", "unlisted.py", "", "casework.unlisted"),
        ("statistics", "statistics/planted.py", "import casework.cases.models", "planted"),
        ("statistics", "statistics/planted.py", "import casework.consent", "planted"),
        (
            "statistics",
            "facts/models.py",
            "import casework.referrals.models",
            "casework.facts.models",
        ),
        ("manager", "statistics/routes.py", "import casework.facts.models", "casework.facts"),
        ("cryptography", "cases/planted.py", "import cryptography", "casework.cases.planted"),
        ("settings", "cases/planted.py", "import config", "casework.cases.planted"),
        ("flask", "cases/models.py", "from flask import g", "casework.cases.models -> flask"),
        ("flask", "vault/planted.py", "import flask_babel", "casework.vault.planted"),
        ("flask", "policy.py", "import werkzeug", "casework.policy"),
    ],
)
def test_a_bad_import_is_found(copy: Path, contract: str, path: str, line: str, said: str) -> None:
    with planted(copy / "casework" / path, line):
        done = lint(copy, "--contract", contract)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
    assert said in done.stdout
