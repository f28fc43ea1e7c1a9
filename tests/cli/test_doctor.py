"""The doctor says what is wrong and what to do, and nothing when all is well."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from casework import clock
from tests.cli.conftest import Run
from tests.support.cast import Cast


@pytest.fixture
def well(run: Run, cast: Cast, instance: Path) -> Path:
    """An installation with nothing wrong; returns its folder."""
    instance.chmod(0o700)
    (instance / "casework.db").chmod(0o600)
    run("jobs", "run")
    return instance


def test_a_sound_installation_is_told_so(run: Run, well: Path) -> None:
    result = run("doctor")
    assert (result.exit_code, result.output) == (0, "Everything looked at is as it should be.\n")


def said(run: Run) -> str:
    """What the doctor finds wrong."""
    result = run("doctor")
    assert result.exit_code == 1
    return result.output


def test_a_database_others_can_read_is_found(run: Run, well: Path) -> None:
    (well / "casework.db").chmod(0o644)
    assert said(run) == "Other users of this machine can open casework.db: run `chmod 600` on it.\n"


def test_a_timer_that_stopped_is_found(run: Run, well: Path) -> None:
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert "The jobs do not run" in said(run)


def test_a_boot_key_on_the_disk_is_found(run: Run, well: Path) -> None:
    (well / "boot.key").write_text("x")
    assert "remove it" in said(run)
