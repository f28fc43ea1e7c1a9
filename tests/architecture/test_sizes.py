"""Nothing is too long to be read at one go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import sizes


def test_functions_and_files_are_short() -> None:
    assert not list(sizes.faults())


def plant(root: Path, source: str) -> list[str]:
    (root / "casework").mkdir()
    (root / "casework" / "planted.py").write_text(source)
    return list(sizes.faults(root))


def of_length(name: str, lines: int) -> str:
    return f"def {name}():\n" + "    x = 1\n" * (lines - 1)


def many(count: int, lines: int) -> str:
    return "".join(of_length(f"f{number}", lines) for number in range(count))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (many(20, 2) + of_length("long", 41), "long has 41 lines"),
        (many(20, 2) + '@blueprint.get("/")\n' + of_length("page", 13), "page has 13 lines"),
        (many(20, 2) + "x = 1\n" * 311, "351 lines"),
        (many(9, 8), "median function has 8"),
        (many(8, 2) + many(2, 21), "one function in ten"),
    ],
)
def test_what_is_too_long_is_found(tmp_path: Path, source: str, fault: str) -> None:
    found = plant(tmp_path, source)
    assert len(found) == 1
    assert fault in found[0]


def test_what_is_just_short_enough_is_not(tmp_path: Path) -> None:
    source = many(12, 7) + of_length("long", 40) + '@blueprint.get("/")\n' + of_length("page", 12)
    assert not plant(tmp_path, source)


def test_a_docstring_does_not_count(tmp_path: Path) -> None:
    long = 'def long():\n    """One.\n\n    Two.\n    """\n' + "    x = 1\n" * 39
    assert not plant(tmp_path, many(12, 2) + long)
