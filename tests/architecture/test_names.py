"""Names say what things are; nothing in git belongs to one machine; packages are pinned."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.architecture import names
from tests.architecture.source import ROOT, in_git

LISTS = ("requirements.txt", "requirements-dev.txt", "requirements-source.txt")


def test_every_name_says_something() -> None:
    assert not list(names.empty_names())


@pytest.mark.parametrize(
    "path", ["utils.py", "cases/helpers.py", "common/forms.py", "case_utils.py", "info.py"]
)
def test_an_empty_name_of_a_module_is_found(tmp_path: Path, path: str) -> None:
    (tmp_path / "casework" / path).parent.mkdir(parents=True)
    (tmp_path / "casework" / path).write_text("")
    assert len(list(names.empty_names(tmp_path))) == 1


def test_an_empty_name_of_a_class_is_found(tmp_path: Path) -> None:
    (tmp_path / "casework").mkdir()
    (tmp_path / "casework" / "cases.py").write_text("class CaseManager: ...\nclass Case: ...\n")
    assert list(names.empty_names(tmp_path)) == ["casework/cases.py:1: CaseManager says nothing"]


def test_no_file_in_git_belongs_to_one_machine() -> None:
    assert not list(names.of_one_machine(names.files_in_git()))


@pytest.mark.parametrize(
    "line",
    [
        "cd /" + "work/main",
        "PATH=/" + "home/awa/bin",
        "see '/" + "root/.cache'",
        "--index" + "-url https://example.org/simple",
        "https://files.python" + "hosted.org/packages/a.whl",
    ],
)
def test_what_belongs_to_one_machine_is_found(tmp_path: Path, line: str) -> None:
    path = tmp_path / "planted"
    path.write_text(f"fine\n{line}\n")
    assert list(names.of_one_machine([path], tmp_path)) == ["planted:2: belongs to one machine"]


def test_an_address_of_the_application_belongs_to_no_machine(tmp_path: Path) -> None:
    path = tmp_path / "planted"
    path.write_text('route("/home"), "teams/work/1", "/usr/bin/chromium", "network/root/"\n')
    assert not list(names.of_one_machine([path], tmp_path))


@pytest.mark.parametrize("name", LISTS)
def test_every_package_is_pinned_by_version_and_hash(name: str) -> None:
    assert not list(names.loose_requirements((ROOT / name).read_text()))


@pytest.mark.parametrize(
    "line",
    ["flask>=3.1", "flask==3.1.3", "-e .", "x @ git+https://x/y", "--extra-index" + "-url x"],
)
def test_a_loose_package_is_found(line: str) -> None:
    assert len(list(names.loose_requirements(f"{line}\n"))) == 1


def test_the_lists_hold_what_the_project_needs_and_nothing_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run, extras = project["dependencies"], project["optional-dependencies"]
    for_run, for_tests, from_source = (names.listed((ROOT / name).read_text()) for name in LISTS)
    assert for_run == names.needed(run)
    assert for_tests | from_source == names.needed([*run, *extras["dev"], *extras["source"]])
    assert not for_tests & from_source


def test_what_a_package_needs_is_needed_too() -> None:
    assert {"flask", "werkzeug", "jinja2", "markupsafe"} <= names.needed(["flask>=3.1"])
    assert "pytest" not in names.needed(["flask>=3.1"])
    assert names.listed("Flask-Babel==4.0.0 \\\n    --hash=sha256:0\n") == {"flask-babel"}


def test_the_instance_folder_keeps_only_its_readme_in_git() -> None:
    kept = [path for path in in_git() if path.is_relative_to(ROOT / "instance")]
    assert [path.name for path in kept] == ["README.md"]


@pytest.mark.parametrize("name", ["instance/casework.db", "instance/secret.key", "a/messages.mo"])
def test_secrets_and_what_is_made_stay_out_of_git(name: str) -> None:
    assert subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT).returncode == 0
