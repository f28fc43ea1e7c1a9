"""Every sealed box of every case with its digest, for the comparison with the log. Keyless."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.boxes import Boxes
from casework.cases.models import CaseAccess, CaseEntry, CaseSection
from casework.consent.models import ConsentRow
from casework.vault.primitives import fingerprint

KEYS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "case_access": (CaseAccess, ("team_id", "case_id", "referral_id")),
    "case_entries": (CaseEntry, ("case_id", "id")),
    "case_sections": (CaseSection, ("case_id", "section")),
    "consents": (ConsentRow, ("case_id", "id")),
}


def stored_boxes(session: Session) -> Boxes:
    """By table: each row's key and the digest of its box, in the order of the cases."""
    return {table: rows(session, table) for table in KEYS}


def rows(session: Session, table: str) -> Iterator[tuple[tuple[UUID | str, ...], str]]:
    """The keys and digests of one table, read a thousand at a time."""
    model, names = KEYS[table]
    columns = [getattr(model, name) for name in names]
    query = select(*columns, model.box).order_by(model.case_id, *columns)
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield tuple(row[:-1]), fingerprint(row[-1])
