"""Verification of the log where it stands: entries, searchable copies, stored tree, checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.audit.bodies import hour_of
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
    told_redacted,
)
from casework.audit.models import AuditCheckpoint, AuditEntry, AuditNode
from casework.audit.sequencer import tree_size
from casework.audit.tree import Node, Run, place
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
    hour: int


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
    wrong: set[Node] = set()
    for rows in _in_order(session):
        if not _take(session, report, walk, wrong, rows):
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
        AuditEntry.hour,
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


def _take(
    session: Session, report: Report, walk: Walk, wrong: set[Node], rows: list[Stored]
) -> bool:
    """Reads on; False after a gap or a bad entry."""
    first = walk.tree.size
    whole = [row for offset, row in enumerate(rows) if row.idx == first + offset]
    for row in whole:
        if row.body is None:
            walk.note_redacted(row.idx, row.redacted_for or "")
        elif not _copies_agree(row, row.body):
            report.problems.append(Problem("copy", row.idx))
    runs = walk.take([row.body for row in whole], [row.leaf for row in whole])
    report.problems += _wrong_nodes(session, runs, first, wrong)
    if walk.bad is None and len(whole) < len(rows):
        report.problems.append(Problem("truncated", walk.tree.size))
    return walk.bad is None and len(whole) == len(rows)


def _copies_agree(row: Stored, body: bytes) -> bool:
    try:
        said = json.loads(body)
    except ValueError:
        return False
    told = (said.get("action"), said.get("actor"), said.get("case"), said.get("at"))
    return row.hour == hour_of(row.at) and told == (
        row.action,
        str(row.actor) if row.actor else None,
        str(row.case) if row.case else None,
        row.at.strftime("%Y-%m-%dT%H:%MZ"),
    )


def _wrong_nodes(
    session: Session, runs: Sequence[Run], first: int, wrong: set[Node]
) -> Iterator[Problem]:
    """Finished subtrees that differ from the stored ones, without those that hold another such."""
    stored = _stored_nodes(session, runs, first)
    for run in runs:
        for position, each in enumerate(run.hashes, run.first):
            if stored.get(place(run.level, position)) == each:
                continue
            wrong.add((run.level, position))
            below = {(run.level - 1, 2 * position), (run.level - 1, 2 * position + 1)}
            if not below & wrong:
                yield Problem("node", position << run.level)


def _stored_nodes(session: Session, runs: Sequence[Run], first: int) -> dict[int, bytes]:
    """The stored hashes of these subtrees: those that begin here by range, the higher by number."""
    earlier = [
        place(run.level, position)
        for run in runs
        for position in range(run.first, run.first + len(run.hashes))
        if place(run.level, position) < 2 * first
    ]
    here = AuditNode.place.between(2 * first, 2 * (first + _AT_ONCE))
    rows = session.execute(
        select(AuditNode.place, AuditNode.hash).where(here | AuditNode.place.in_(earlier))
    )
    return {row.place: row.hash for row in rows}


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
    report.unproved += told_redacted(walk)
    after = walk.tree.size - own[-1].size if own else 0
    for code, number in (("waiting", waiting), ("after", after)):
        if number and number > 0:
            report.unproved.append(Remark(code, str(number)))
    report.unproved += [] if own else [Remark("no-checkpoint")]
    report.unproved += [] if theirs else [Remark("no-witness")]
    report.unproved.append(Remark("truth"))
