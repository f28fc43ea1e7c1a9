"""At the end of retention bodies go, leaves stay, and the log says which and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit import formats
from casework.audit.export import export_log
from casework.audit.log import Recorded
from casework.audit.models import AuditEntry
from casework.audit.redaction import ranges_of_case, redact, spans
from casework.audit.sequencer import sequence_all
from casework.audit.stored import verify_database
from casework.audit.verify import verify_export
from tests.audit.made import ACTOR, CASE, KEY, note, sign
from tests.support.databases import on_both_databases


def redact_case(session: Session) -> Recorded:
    note(session, 8)
    sign(session)
    entry = redact(session, ranges_of_case(session, CASE), "retention", ACTOR)
    session.commit()
    sign(session)
    return entry


@on_both_databases
def test_the_tree_still_verifies(log_session: Session) -> None:
    redact_case(log_session)
    assert verify_database(log_session, KEY).ok


def test_the_export_still_verifies(log_session: Session, tmp_path: Path) -> None:
    redact_case(log_session)
    export_log(log_session, tmp_path / "export", KEY)
    assert verify_export(tmp_path / "export").ok


def test_the_case_is_nowhere_left(log_session: Session, tmp_path: Path) -> None:
    redact_case(log_session)
    export_log(log_session, tmp_path / "export", KEY)
    written = (tmp_path / "export" / formats.ENTRIES).read_text()
    stored = log_session.scalars(select(AuditEntry.case_id)).all()
    assert (str(CASE) in written, CASE in stored) == (False, False)


def test_before_the_redaction_the_case_was_there(log_session: Session, tmp_path: Path) -> None:
    note(log_session, 8)
    sign(log_session)
    export_log(log_session, tmp_path / "export", KEY)
    assert str(CASE) in (tmp_path / "export" / formats.ENTRIES).read_text()


def test_the_log_says_which_and_why(log_session: Session) -> None:
    entry = redact_case(log_session)
    body = json.loads(entry.body or b"")
    assert (body["reason"], body["ranges"]) == ("retention", [[2, 2], [5, 5], [8, 8], [11, 11]])


def test_a_redaction_is_never_redacted(log_session: Session) -> None:
    entry = redact_case(log_session)
    redact(log_session, [(0, 99)], "retention")
    log_session.commit()
    kept = log_session.get(AuditEntry, entry.id)
    assert kept is not None
    assert kept.body == entry.body


def test_what_waits_is_not_redacted(log_session: Session) -> None:
    note(log_session, 2)
    sequence_all(log_session)
    note(log_session, 2)
    assert ranges_of_case(log_session, CASE) == [(2, 2)]


@pytest.mark.parametrize("ranges", [[], [(3, 2)], [(-1, 2)]])
def test_a_range_goes_from_first_to_last(
    log_session: Session, ranges: list[tuple[int, int]]
) -> None:
    with pytest.raises(ValueError, match="range"):
        redact(log_session, ranges, "retention")


@given(st.sets(st.integers(0, 60)))
def test_ranges_cover_exactly_the_indexes(indexes: set[int]) -> None:
    found = [index for first, last in spans(indexes) for index in range(first, last + 1)]
    assert found == sorted(indexes)
