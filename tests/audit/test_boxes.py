"""A box put back by somebody who writes to the database differs from what the log said last."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from casework.audit import log
from casework.audit.boxes import Boxes, Mismatch, compare_boxes
from casework.audit.sequencer import sequence_all
from tests.support.databases import on_both_databases

A, B = UUID(int=1), UUID(int=2**127)
ENTRY, CONSENT, TEAM, REFERRAL = UUID(int=11), UUID(int=12), UUID(int=13), UUID(int=14)


def digest(number: int) -> str:
    return f"{number:064x}"


def said(session: Session, action: str, **body: object) -> None:
    log.record(session, action, None, **body)
    session.commit()


def section(session: Session, case: UUID, revision: int) -> None:
    said(
        session,
        "section.written",
        case=case,
        section="identity",
        revision=revision,
        digest=digest(revision),
    )


def found(session: Session, tables: Boxes) -> list[Mismatch]:
    sequence_all(session)
    return list(compare_boxes(session, tables))


def sections(**by_case: int) -> Boxes:
    keys = {"a": A, "b": B}
    rows = [((keys[name], "identity"), digest(number)) for name, number in by_case.items()]
    return {"case_sections": rows}


@on_both_databases
def test_the_present_boxes_agree(log_session: Session) -> None:
    for case in (B, A):
        section(log_session, case, 1)
        section(log_session, case, 2)
    assert found(log_session, sections(a=2, b=2)) == []


@on_both_databases
def test_a_row_rolled_back_is_found(log_session: Session) -> None:
    for case in (B, A):
        section(log_session, case, 1)
        section(log_session, case, 2)
    assert found(log_session, sections(a=2, b=1)) == [
        Mismatch(B, "section:identity", "rolled_back")
    ]


def test_a_deleted_row_is_missing(log_session: Session) -> None:
    section(log_session, A, 1)
    assert found(log_session, sections()) == [Mismatch(A, "section:identity", "missing")]


def test_a_row_slipped_in_is_unlogged(log_session: Session) -> None:
    section(log_session, A, 1)
    assert found(log_session, sections(a=1, b=1)) == [Mismatch(B, "section:identity", "unlogged")]


def test_an_erased_case_has_no_boxes(log_session: Session) -> None:
    section(log_session, A, 1)
    said(log_session, "case.erased", case=A)
    assert found(log_session, sections()) == []


def test_a_row_of_an_erased_case_put_back_is_unlogged(log_session: Session) -> None:
    section(log_session, A, 1)
    said(log_session, "case.erased", case=A)
    assert [each.why for each in found(log_session, sections(a=1))] == ["unlogged"]


def test_tables_not_handed_in_are_not_missed(log_session: Session) -> None:
    section(log_session, A, 1)
    assert found(log_session, {"consents": []}) == []


ONE_BOX: list[tuple[str, dict[str, Any], str, tuple[UUID | str, ...]]] = [
    (
        "entry.written",
        {"section": "notes", "entry": ENTRY, "kind": "journal"},
        "case_entries",
        (A, ENTRY),
    ),
    ("outcome.recorded", {"section": "legal", "entry": ENTRY}, "case_entries", (A, ENTRY)),
    ("consent.recorded", {"consent": CONSENT, "kind": "sharing"}, "consents", (A, CONSENT)),
    ("consent.withdrawn", {"consent": CONSENT}, "consents", (A, CONSENT)),
    ("necessity.requested", {"consent": CONSENT}, "consents", (A, CONSENT)),
    ("necessity.confirmed", {"consent": CONSENT}, "consents", (A, CONSENT)),
    (
        "grant.issued",
        {"referral": REFERRAL, "team": TEAM, "sections": ["facts"]},
        "case_access",
        (TEAM, A, REFERRAL),
    ),
    ("grant.converted", {"referral": REFERRAL, "team": TEAM}, "case_access", (TEAM, A, REFERRAL)),
]


@pytest.mark.parametrize(("action", "body", "table", "key"), ONE_BOX, ids=[o[0] for o in ONE_BOX])
@pytest.mark.parametrize(("number", "expected"), [(5, []), (4, ["rolled_back"])])
def test_every_act_that_seals_a_box_binds_it(
    log_session: Session,
    action: str,
    body: dict[str, Any],
    table: str,
    key: tuple[UUID | str, ...],
    number: int,
    expected: list[str],
) -> None:
    said(log_session, action, case=A, digest=digest(5), **body)
    wrong = found(log_session, {table: [(key, digest(number))]})
    assert [each.why for each in wrong] == expected


def test_several_boxes_of_one_act_are_bound(log_session: Session) -> None:
    boxes = {"section:identity": digest(3), f"entry:{ENTRY}": digest(4)}
    said(log_session, "section.rekeyed", case=A, boxes=boxes)
    tables: Boxes = {
        "case_sections": [((A, "identity"), digest(3))],
        "case_entries": [((A, ENTRY), digest(1))],
    }
    assert found(log_session, tables) == [Mismatch(A, f"entry:{ENTRY}", "rolled_back")]


def test_an_ended_grant_put_back_is_unlogged(log_session: Session) -> None:
    grant = {"case": A, "referral": REFERRAL, "team": TEAM}
    said(log_session, "grant.converted", **grant, digest=digest(1))
    said(log_session, "grant.ended", **grant, boxes={})
    wrong = found(log_session, {"case_access": [((TEAM, A, REFERRAL), digest(1))]})
    assert [each.why for each in wrong] == ["unlogged"]
