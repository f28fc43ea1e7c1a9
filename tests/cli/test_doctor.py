"""The doctor says what is wrong and what to do, and nothing when all is well."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from casework import clock
from casework.cli import doctor, recovery
from tests.cli.conftest import Run
from tests.support.cast import Cast


@pytest.fixture
def well(
    run: Run, cast: Cast, instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An installation with nothing wrong; returns its folder."""
    instance.chmod(0o700)
    (instance / "casework.db").chmod(0o600)
    mounts, swaps = tmp_path / "mounts", tmp_path / "swaps"
    mounts.write_text("none / tmpfs rw 0 0\n")
    swaps.write_text("Filename Type Size\n")
    monkeypatch.setattr(doctor, "MOUNTS", mounts)
    monkeypatch.setattr(doctor, "SWAPS", swaps)
    monkeypatch.setattr(recovery, "readiness", lambda _session: [])
    run("jobs", "run")
    run("backup", "key", str(tmp_path / "key"))
    run("backup", "run", str(tmp_path / "backups"))
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


def test_swap_on_a_disk_is_found(run: Run, well: Path) -> None:
    doctor.SWAPS.write_text("Filename Type Size\n/dev/sda2 partition 4000\n")
    assert "run `swapoff -a`" in said(run)


def test_temporary_files_on_a_disk_are_found(run: Run, well: Path) -> None:
    doctor.MOUNTS.write_text("none / tmpfs rw 0 0\n/dev/sda1 /tmp ext4 rw 0 0\n")
    assert "Temporary files are written to a disk: mount /tmp as tmpfs" in said(run)


def test_a_clock_behind_the_log_is_found(run: Run, well: Path) -> None:
    with clock.at(clock.now() - timedelta(hours=3)):
        assert "clock is behind the last entry of the log" in said(run)


def test_a_day_without_backup_is_found(run: Run, well: Path) -> None:
    with clock.at(clock.now() + timedelta(hours=27)):
        assert "There is no backup of the last day" in said(run)
