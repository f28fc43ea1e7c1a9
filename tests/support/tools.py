"""The programs the tests need from the machine: found, installed where permitted, or asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

import pytest

FONTS = Path("/usr/share/fonts/truetype/noto")


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, the Debian package that brings it, and how to see that it is here."""

    package: str
    found: Callable[[], bool]


def chromium() -> Path | None:
    """Debian's Chromium, or None."""
    path = shutil.which("chromium", path="/usr/bin")
    return Path(path) if path else None


def postgresql() -> Path | None:
    """The folder of PostgreSQL's own programs, the newest version's; or None."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if folders:
        return folders[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def library(name: str) -> bool:
    """True where the machine has the shared library of that name."""
    return find_library(name) is not None


BROWSER = (
    Tool("chromium", lambda: chromium() is not None),
    Tool("fonts-noto-core", lambda: any(FONTS.glob("NotoSans-Regular.*"))),
)
DATABASE = (Tool("postgresql", lambda: postgresql() is not None),)
PAPER = (
    Tool("libpango-1.0-0", lambda: library("pango-1.0")),
    Tool("libpangoft2-1.0-0", lambda: library("pangoft2-1.0")),
    Tool("libharfbuzz-subset0", lambda: library("harfbuzz-subset")),
    Tool("poppler-utils", lambda: shutil.which("pdftotext") is not None),
)
TOOLS = BROWSER + DATABASE + PAPER


def missing(tools: tuple[Tool, ...] = TOOLS) -> list[str]:
    """The packages whose programs are not here."""
    return [tool.package for tool in tools if not tool.found()]


def permitted() -> list[str] | None:
    """The words before `apt-get` that may install a package here; None where nobody may."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    may = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0
    return [sudo, "-n"] if sudo and may else None


def install(packages: list[str], before: list[str]) -> None:
    """The packages are installed if the machine's own package lists have them."""
    quiet = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    subprocess.run([*quiet, "update"], stdout=subprocess.DEVNULL)
    wanted = [*quiet, "install", "--no-install-recommends", *packages]
    subprocess.run(wanted, stdout=subprocess.DEVNULL)


def sentence(packages: list[str]) -> str:
    """What to tell the person at the keyboard."""
    return f"Some tests need programs that are not here: apt-get install {' '.join(packages)}"


def say(words: str) -> None:
    """The person at the keyboard reads the words at once."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def demand(packages: list[str]) -> None:
    """Skips the test whose programs are missing; fails it where CI demands everything."""
    if packages:
        (pytest.fail if in_ci() else pytest.skip)(sentence(packages))


def in_ci() -> bool:
    """True where nothing may be left out."""
    return os.environ.get("CI") == "true"


def main() -> int:
    """Brings what is missing; returns 1 where CI demands everything and something is not here."""
    before = permitted()
    if missing() and before is not None:
        say(f"Installing {', '.join(missing())} (once; a minute or two)...")
        install(missing(), before)
    absent = missing()
    if absent:
        say(f"{sentence(absent)}.")
    return 1 if absent and in_ci() else 0


if __name__ == "__main__":
    raise SystemExit(main())
