"""The log where it stands: every row that was touched is noticed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from casework.audit import stored
from casework.audit.bodies import canonical
from casework.audit.inspection import Report
from casework.audit.models import AuditCheckpoint, AuditEntry, AuditNode, AuditSequencer
from casework.audit.sequencer import sequence_all
from casework.audit.stored import verify_database
from casework.audit.tree import leaf_hash
from tests.audit.made import KEY, OTHER_SEED, forged, grown, note, sign
from tests.support.databases import on_both_databases


def codes(report: Report) -> list[str]:
    return [problem.code for problem in report.problems]


def change(session: Session, index: int, **values: Any) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.idx == index).values(**values))
    session.commit()


@on_both_databases
def test_an_untouched_log_verifies(log_session: Session) -> None:
    grown(log_session)
    report = verify_database(log_session, KEY)
    assert (report.problems, report.size) == ([], 31)


def test_an_empty_log_verifies(log_session: Session) -> None:
    assert verify_database(log_session, KEY).ok


def test_reading_changes_nothing(log_session: Session) -> None:
    note(log_session, 3)
    verify_database(log_session, KEY)
    waiting = select(func.count()).where(AuditEntry.idx.is_(None))
    assert log_session.scalar(waiting) == 4


@on_both_databases
def test_an_edited_body_is_named(log_session: Session) -> None:
    grown(log_session)
    change(log_session, 20, body=canonical({"action": "session.opened"}))
    report = verify_database(log_session, KEY)
    assert (report.first_bad, "entry" in codes(report)) == (20, True)


def test_a_body_rewritten_with_its_leaf_contradicts_tree_and_checkpoint(
    log_session: Session,
) -> None:
    grown(log_session)
    body = canonical({"action": "session.opened"})
    change(log_session, 20, body=body, leaf_hash=leaf_hash(body))
    found = codes(verify_database(log_session, KEY))
    assert {"node", "checkpoint-differs"} <= set(found)


@on_both_databases
def test_a_deleted_entry_is_named(log_session: Session) -> None:
    grown(log_session)
    log_session.execute(delete(AuditEntry).where(AuditEntry.idx == 13))
    assert verify_database(log_session, KEY).first_bad == 13


def test_entries_deleted_from_the_end_are_missed(log_session: Session) -> None:
    grown(log_session)
    log_session.execute(delete(AuditEntry).where(AuditEntry.idx >= 28))
    report = verify_database(log_session, KEY)
    assert (set(codes(report)), report.first_bad) == ({"checkpoint-shorter", "size"}, 28)


def test_two_exchanged_entries_are_named(log_session: Session) -> None:
    grown(log_session)
    for old, new in ((14, 999), (15, 14), (999, 15)):
        change(log_session, old, idx=new)
    assert verify_database(log_session, KEY).first_bad == 14


@pytest.mark.parametrize(
    "values", [{"action": "session.closed"}, {"actor_id": UUID(int=1)}, {"case_id": UUID(int=1)}]
)
def test_a_searchable_copy_that_lies_is_named(log_session: Session, values: dict[str, Any]) -> None:
    grown(log_session)
    change(log_session, 12, **values)
    report = verify_database(log_session, KEY)
    assert (codes(report), report.first_bad) == (["copy"], 12)


def test_a_changed_stored_hash_is_named(log_session: Session) -> None:
    grown(log_session)
    log_session.execute(update(AuditNode).where(AuditNode.place == 33).values(hash=bytes(32)))
    report = verify_database(log_session, KEY)
    assert (codes(report), report.first_bad) == (["node"], 16)


@pytest.mark.parametrize("pieces", [1, 2, 8, 1000])
def test_every_stored_hash_is_looked_at_whatever_the_pieces(
    log_session: Session, pieces: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "_AT_ONCE", pieces)
    query = stored._IN_ORDER.execution_options(yield_per=pieces)
    monkeypatch.setattr(stored, "_IN_ORDER", query)
    grown(log_session)
    for each in log_session.scalars(select(AuditNode.place)).all():
        log_session.execute(update(AuditNode).where(AuditNode.place == each).values(hash=bytes(32)))
        assert codes(verify_database(log_session)) == ["node"]
        log_session.rollback()


def test_an_emptied_body_without_a_redaction_is_named(log_session: Session) -> None:
    grown(log_session)
    change(log_session, 17, body=None, redacted_for="retention")
    report = verify_database(log_session, KEY)
    assert (codes(report), report.first_bad) == (["redaction"], 17)


def test_a_forged_checkpoint_is_refused(log_session: Session) -> None:
    grown(log_session)
    log_session.execute(
        update(AuditCheckpoint)
        .where(AuditCheckpoint.size == 24)
        .values(note=forged(24, bytes(32), OTHER_SEED))
    )
    assert codes(verify_database(log_session, KEY)) == ["note-refused"]


def test_a_size_that_lies_is_said(log_session: Session) -> None:
    grown(log_session)
    log_session.execute(update(AuditSequencer).values(size=30))
    assert codes(verify_database(log_session, KEY)) == ["size"]


@on_both_databases
def test_a_restored_yesterday_is_a_rollback_to_a_witness(log_session: Session) -> None:
    grown(log_session)
    report = verify_database(log_session, KEY, [forged(40, bytes(32))])
    assert (codes(report), report.first_bad) == (["witness-shorter"], 31)


def test_another_history_is_a_fork_to_a_witness(log_session: Session) -> None:
    grown(log_session)
    report = verify_database(log_session, KEY, [forged(26, bytes(32))])
    assert codes(report) == ["witness-differs"]


def test_what_waits_and_what_is_unsigned_is_said(log_session: Session) -> None:
    note(log_session, 4)
    sign(log_session)
    note(log_session, 2)
    sequence_all(log_session)
    log_session.commit()
    note(log_session, 1)
    said = {remark.code: remark.detail for remark in verify_database(log_session, KEY).unproved}
    assert (said["after"], said["waiting"]) == ("3", "1")
