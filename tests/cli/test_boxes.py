"""Every box of the schema is compared with the log each night, or is listed with a reason."""

from __future__ import annotations

from importlib import import_module
from uuid import uuid4

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table, Uuid, update
from sqlalchemy.orm import Session

from casework import clock
from casework.app import TABLES
from casework.audit.boxes import Mismatch, compare_boxes
from casework.audit.log import record
from casework.audit.sequencer import sequence_all
from casework.cases.models import Draft
from casework.cli.boxes import KEYS, NOT_COMPARED, stored_boxes
from casework.db import Base
from casework.vault.primitives import fingerprint
from tests.support.cast import GOUNDAM, Cast
from tests.support.databases import on_both_databases

COMPARED = {f"{table}.{'key_box' if table == 'attachments' else 'box'}" for table in KEYS}


def uncovered(schema: MetaData) -> set[str]:
    """The columns of bytes that are neither compared nor in the list."""
    return {
        f"{table.name}.{column.name}"
        for table in schema.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    } - (COMPARED | NOT_COMPARED.keys())


@pytest.fixture
def schema() -> MetaData:
    """Every table of the program."""
    for package in TABLES:
        import_module(f"casework.{package}.models")
    return Base.metadata


def test_every_column_of_bytes_is_compared_or_has_its_reason(schema: MetaData) -> None:
    assert uncovered(schema) == set()


def test_a_new_box_that_nobody_thought_of_is_found() -> None:
    planted = MetaData()
    Table("notes", planted, Column("id", Uuid, primary_key=True), Column("box", LargeBinary))
    assert uncovered(planted) == {"notes.box"}


def draft(session: Session, cast: Cast) -> Draft:
    """A sheet handed in for Goundam."""
    row = Draft(
        team_id=cast.team(GOUNDAM).id,
        id=uuid4(),
        kind="lost-form",
        epoch=1,
        box=b"sealed to the team",
        received_on=clock.now(),
    )
    session.add(row)
    told = {"team": row.team_id, "draft": row.id, "kind": row.kind}
    record(session, "draft.received", None, **told, digest=fingerprint(row.box))
    session.commit()
    return row


def wrong(session: Session) -> list[Mismatch]:
    """What the nightly comparison finds."""
    sequence_all(session)
    return list(compare_boxes(session, stored_boxes(session)))


@on_both_databases
def test_a_draft_is_as_it_was_handed_in(session: Session, cast: Cast) -> None:
    draft(session, cast)
    assert wrong(session) == []


@on_both_databases
def test_a_draft_that_was_exchanged_is_found(session: Session, cast: Cast) -> None:
    row = draft(session, cast)
    session.execute(update(Draft).values(box=b"another one"))
    assert wrong(session) == [Mismatch(row.team_id, f"draft:{row.id}", "rolled_back")]


def test_a_draft_that_vanished_is_found(session: Session, cast: Cast) -> None:
    row = draft(session, cast)
    session.delete(row)
    assert [each.why for each in wrong(session)] == ["missing"]


def test_a_draft_that_was_opened_is_not_missed(session: Session, cast: Cast) -> None:
    row = draft(session, cast)
    record(session, "draft.opened", None, team=row.team_id, draft=row.id, kind=row.kind)
    session.delete(row)
    assert wrong(session) == []


def test_a_draft_slipped_in_is_found(session: Session, cast: Cast) -> None:
    row = draft(session, cast)
    record(session, "draft.opened", None, team=row.team_id, draft=row.id, kind=row.kind)
    assert [each.why for each in wrong(session)] == ["unlogged"]
