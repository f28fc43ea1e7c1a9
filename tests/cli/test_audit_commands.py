"""The log verified where it stands, and written out for somebody who trusts nobody."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from casework.audit.models import AuditCheckpoint, AuditEntry
from casework.audit.verify import verify_export
from casework.cases.models import CaseSection
from tests.cli.conftest import Run
from tests.support.cast import Cast
from tests.support.databases import on_both_databases
from tests.support.files import opened


@on_both_databases
def test_an_honest_log_and_its_boxes_are_verified(run: Run, session: Session, cast: Cast) -> None:
    opened(session, cast.person("zeinab"))
    result = run("audit", "verify", "--language", "en")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("VERIFIED")
    assert "Boxes: all as the log says." in result.output


def test_what_waited_has_its_place_afterwards(run: Run, session: Session, cast: Cast) -> None:
    run("audit", "verify")
    assert session.scalars(select(AuditEntry).where(AuditEntry.idx.is_(None))).all() == []


def test_an_entry_that_was_changed_is_named(run: Run, session: Session, cast: Cast) -> None:
    run("audit", "verify")
    session.execute(
        update(AuditEntry).where(AuditEntry.idx == 3).values(body=b'{"action":"nothing"}')
    )
    result = run("audit", "verify", "--language", "en")
    assert result.exit_code == 1
    assert "First index that can be bad: 3" in result.output


def test_a_section_put_back_to_an_older_box_is_named(
    run: Run, session: Session, cast: Cast
) -> None:
    case = opened(session, cast.person("zeinab"))
    session.execute(update(CaseSection).values(box=b"the box of last month"))
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert f"Case {case.id}, box section:identity: it is not the one" in result.output


def test_a_case_whose_rows_were_deleted_is_named(run: Run, session: Session, cast: Cast) -> None:
    opened(session, cast.person("zeinab"))
    session.execute(text("DELETE FROM case_sections"))
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "the log tells of it, and it is gone" in result.output


def test_a_broken_order_of_the_log_is_reported_and_never_repaired(
    run: Run, session: Session, cast: Cast
) -> None:
    run("audit", "verify")
    session.execute(text("UPDATE audit_sequencer SET size = size - 1"))
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_a_stranger_verifies_what_was_exported(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    result = run("audit", "export", str(tmp_path / "log"))
    assert result.exit_code == 0, result.output
    assert verify_export(tmp_path / "log").ok


def test_an_export_is_itself_an_act_in_the_log(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    run("audit", "export", str(tmp_path / "log"))
    exported = select(AuditEntry).where(AuditEntry.action == "audit.exported")
    assert len(session.scalars(exported).all()) == 1


def test_an_export_never_writes_over_files(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = run("audit", "export", str(tmp_path))
    assert result.exit_code == 1
    assert "not empty" in result.output
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["mine.txt"]


def test_a_kept_checkpoint_shows_that_yesterday_was_put_back(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    run("audit", "export", str(tmp_path / "log"))
    kept = tmp_path / "log" / "checkpoint.txt"
    session.execute(text("DELETE FROM audit_entries"))
    session.execute(text("DELETE FROM audit_nodes"))
    session.execute(text("DELETE FROM audit_sequencer"))
    session.execute(text("DELETE FROM audit_checkpoints"))
    result = run("audit", "verify", "--checkpoint", str(kept), "--language", "en")
    assert result.exit_code == 1
    assert "ROLLBACK" in result.output


def test_a_signed_checkpoint_of_the_present_log_is_kept(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    run("audit", "export", str(tmp_path / "log"))
    note = session.scalars(select(AuditCheckpoint.note)).one()
    assert (tmp_path / "log" / "checkpoint.txt").read_bytes() == note


@on_both_databases
def test_the_log_continues_a_checkpoint_that_was_kept(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    run("audit", "export", str(tmp_path / "log"))
    run("audit", "export", str(tmp_path / "later"))
    result = run("audit", "compare", str(tmp_path / "log" / "checkpoint.txt"))
    assert result.exit_code == 0, result.output
    assert result.output.startswith("The log continues this checkpoint")


def test_a_log_that_is_shorter_than_the_kept_checkpoint_is_a_rollback(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    run("audit", "export", str(tmp_path / "log"))
    session.execute(text("DELETE FROM audit_entries"))
    session.execute(text("DELETE FROM audit_sequencer"))
    result = run("audit", "compare", str(tmp_path / "log" / "checkpoint.txt"))
    assert result.exit_code == 1
    assert result.output.startswith("ROLLBACK")


def test_another_history_of_the_same_length_is_a_fork(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    run("audit", "export", str(tmp_path / "log"))
    session.execute(text("UPDATE audit_entries SET leaf_hash = zeroblob(32)"))
    session.execute(text("UPDATE audit_nodes SET hash = zeroblob(32)"))
    result = run("audit", "compare", str(tmp_path / "log" / "checkpoint.txt"))
    assert result.exit_code == 1
    assert result.output.startswith("FORK")


def test_a_checkpoint_that_the_log_did_not_sign_is_refused(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    run("audit", "export", str(tmp_path / "log"))
    kept = tmp_path / "log" / "checkpoint.txt"
    size, rest = kept.read_text().split("\n")[1:3]
    kept.write_text(kept.read_text().replace(f"\n{size}\n{rest}", f"\n{int(size) + 1}\n{rest}"))
    result = run("audit", "compare", str(kept))
    assert result.exit_code == 1
    assert "did not sign" in result.output


def test_what_old_entries_said_goes_and_what_living_files_need_stays(
    run: Run, session: Session, cast: Cast, tmp_path: Path
) -> None:
    case = opened(session, cast.person("zeinab"))
    session.execute(update(AuditEntry).values(hour=0))
    with_content = select(AuditEntry.id).where(AuditEntry.body.is_not(None))
    before = len(session.scalars(with_content).all())
    result = run("audit", "redact", "2000-01-01")
    assert result.exit_code == 0, result.output
    kept = session.scalars(with_content.where(AuditEntry.case_id == case.id)).all()
    left = session.scalars(with_content.where(AuditEntry.action != "audit.redacted")).all()
    assert 0 < len(kept) == len(left) < before
    run("audit", "export", str(tmp_path / "log"))
    assert verify_export(tmp_path / "log").ok
    assert "Boxes: all as the log says." in run("audit", "verify").output


def test_nothing_is_emptied_within_a_year(run: Run, session: Session, cast: Cast) -> None:
    result = run("audit", "redact", "2999-01-01")
    assert result.exit_code == 1
    assert "at least a year" in result.output
