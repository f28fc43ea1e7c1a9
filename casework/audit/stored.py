"""Verification of the log where it stands: entries, searchable copies, stored tree, checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.audit.checkpoints import (
    Checkpoint,
    LogKey,
    NoteMalformed,
    NoteUnsigned,
    read_checkpoint,
)
from casework.audit.inspection import (
    Problem,
    Remark,
    Report,
    Walk,
    judge_checkpoints,
    judge_entries,
)
from casework.audit.models import AuditCheckpoint, AuditEntry, AuditNode
from casework.audit.sequencer import tree_size
from casework.audit.tree import Run, place
from casework.vault.errors import SignatureBroken

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Stored:
    """One sequenced entry as the database has it."""

    idx: int
    body: bytes | None
    leaf: bytes
    redacted_for: str | None
    action: str
    actor: UUID | None
    case: UUID | None
    at: datetime


def verify_database(
    session: Session, key: LogKey | None = None, kept: Sequence[bytes] = ()
) -> Report:
    """What the stored log proves. `kept` are notes of witnesses; without `key` no note is judged.

    Reads only and changes nothing; the report names the first index that can be bad.
    """
    report = Report()
    own = _checkpoints(report, list(session.scalars(_OWN_NOTES)), key, "audit_checkpoints")
    theirs = _checkpoints(report, kept, key, "--checkpoint")
    walk = Walk(each.size for each in (*own, *theirs))
    for rows in _in_order(session):
        if not _take(session, report, walk, rows):
            break
    _judge(session, report, walk, own, theirs)
    _remark(session, report, walk, own, theirs)
    return report


_OWN_NOTES = select(AuditCheckpoint.note).order_by(AuditCheckpoint.size)
_IN_ORDER = (
    select(
        AuditEntry.idx,
        AuditEntry.body,
        AuditEntry.leaf_hash,
        AuditEntry.redacted_for,
        AuditEntry.action,
        AuditEntry.actor_id,
        AuditEntry.case_id,
        AuditEntry.at,
    )
    .where(AuditEntry.idx.is_not(None))
    .order_by(AuditEntry.idx)
    .execution_options(yield_per=_AT_ONCE)
)


def _checkpoints(
    report: Report, notes: Sequence[bytes], key: LogKey | None, where: str
) -> list[Checkpoint]:
    if key is None:
        return []
    found = []
    for note in notes:
        try:
            found.append(read_checkpoint(note, key))
        except (NoteMalformed, NoteUnsigned, SignatureBroken):
            report.problems.append(Problem("note-refused", detail=where))
    return sorted(found, key=lambda each: each.size)


def _in_order(session: Session) -> Iterator[list[Stored]]:
    for rows in session.execute(_IN_ORDER).partitions():
        yield [Stored(row[0] or 0, *row[1:]) for row in rows]


def _take(session: Session, report: Report, walk: Walk, rows: list[Stored]) -> bool:
    """Reads on; False after a gap or a bad entry."""
    first = walk.tree.size
    whole = [row for offset, row in enumerate(rows) if row.idx == first + offset]
    for row in whole:
        if row.body is None:
            walk.note_redacted(row.idx, row.redacted_for or "")
        elif not _copies_agree(row, row.body):
            report.problems.append(Problem("copy", row.idx))
    runs = walk.take([row.body for row in whole], [row.leaf for row in whole])
    report.problems += _wrong_nodes(session, runs, first)
    if walk.bad is None and len(whole) < len(rows):
        report.problems.append(Problem("truncated", walk.tree.size))
    return walk.bad is None and len(whole) == len(rows)


def _copies_agree(row: Stored, body: bytes) -> bool:
    try:
        said = json.loads(body)
    except ValueError:
        return False
    return (said.get("action"), said.get("actor"), said.get("case"), said.get("at")) == (
        row.action,
        str(row.actor) if row.actor else None,
        str(row.case) if row.case else None,
        row.at.strftime("%Y-%m-%dT%H:%MZ"),
    )


def _wrong_nodes(session: Session, runs: Sequence[Run], first: int) -> Iterator[Problem]:
    """Compares finished subtrees with the stored ones: near ones by range, high ones by name."""
    computed = {
        place(run.level, run.first + offset): (each, (run.first + offset) << run.level)
        for run in runs
        for offset, each in enumerate(run.hashes)
    }
    inside = AuditNode.place.between(2 * first, 2 * first + 4 * _AT_ONCE)
    outside = AuditNode.place.in_([number for number in computed if number < 2 * first])
    rows = session.execute(select(AuditNode.place, AuditNode.hash).where(inside | outside))
    stored = {row.place: row.hash for row in rows}
    for number, (each, start) in sorted(computed.items()):
        if stored.get(number) != each:
            yield Problem("node", start)


def _judge(
    session: Session,
    report: Report,
    walk: Walk,
    own: Sequence[Checkpoint],
    theirs: Sequence[Checkpoint],
) -> None:
    report.size, report.root = walk.tree.size, walk.tree.root()
    report.problems += judge_entries(walk)
    report.problems += judge_checkpoints(walk, own, "checkpoint")
    report.problems += judge_checkpoints(walk, theirs, "witness")
    counted = tree_size(session)
    if walk.bad is None and counted != walk.tree.size:
        report.problems.append(Problem("size", walk.tree.size, str(counted)))


def _remark(
    session: Session,
    report: Report,
    walk: Walk,
    own: Sequence[Checkpoint],
    theirs: Sequence[Checkpoint],
) -> None:
    if report.ok:
        report.proved.append(Remark("entries"))
        report.proved += [Remark("checkpoints", str(len(own)))] if own else []
        report.proved += [Remark("witnesses", str(each.size)) for each in theirs]
    waiting = session.scalar(select(func.count()).where(AuditEntry.idx.is_(None)))
    redacted = sum(last - first + 1 for first, last, _ in walk.redacted)
    after = walk.tree.size - own[-1].size if own else 0
    for code, number in (("waiting", waiting), ("redacted", redacted), ("after", after)):
        if number and number > 0:
            report.unproved.append(Remark(code, str(number)))
    report.unproved += [] if own else [Remark("no-checkpoint")]
    report.unproved += [] if theirs else [Remark("no-witness")]
    report.unproved.append(Remark("truth"))
