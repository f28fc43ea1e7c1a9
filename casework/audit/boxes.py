"""Row rollback: each stored box against the digest in the last entry that tells of it. Keyless.

A thief with write access who puts last month's row back leaves a box whose digest the log has
since replaced. The features hand in their boxes, so that nothing is imported from them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.audit.vocabulary import ACTIONS, Kind

Boxes = Mapping[str, Iterable[tuple[tuple[UUID | str, ...], str]]]
"""By table: each row's primary key as stored and the hex sha256 of its box, ordered by case id;
drafts, which belong to no case yet, in any order."""
DRAFTS = "drafts"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One box that is not as the log left it: `why` is rolled_back, unlogged or missing. The box of
    a draft has its team in the place of a case."""

    case_id: UUID
    box: str
    why: str


OneCase = tuple[UUID | None, dict[str, str]]
_END: OneCase = (None, {})
_PREFIXES = {
    "case_sections": "section",
    "case_entries": "entry",
    "attachments": "attachment",
    "consents": "consent",
    "case_access": "access",
}
_NAMES: dict[str, Callable[..., tuple[UUID, str]]] = {
    "case_sections": lambda case, section: (case, f"section:{section}"),
    "case_entries": lambda case, entry: (case, f"entry:{entry}"),
    "attachments": lambda case, attachment: (case, f"attachment:{attachment}"),
    "consents": lambda case, consent: (case, f"consent:{consent}"),
    "case_access": lambda team, case, referral: (case, f"access:{team}:{referral}"),
}
_SINGLE: dict[str, Callable[[Mapping[str, object]], str]] = {
    "section.written": lambda body: f"section:{body['section']}",
    "entry.written": lambda body: f"entry:{body['entry']}",
    "outcome.recorded": lambda body: f"entry:{body['entry']}",
    "consent.recorded": lambda body: f"consent:{body['consent']}",
    "consent.withdrawn": lambda body: f"consent:{body['consent']}",
    "necessity.requested": lambda body: f"consent:{body['consent']}",
    "necessity.confirmed": lambda body: f"consent:{body['consent']}",
    "grant.issued": lambda body: f"access:{body['team']}:{body['referral']}",
    "grant.converted": lambda body: f"access:{body['team']}:{body['referral']}",
}
BOX_ACTS = sorted(
    {
        *_SINGLE,
        "case.erased",
        *(act for act, keys in ACTIONS.items() if Kind.BOXES in keys.values()),
    }
)
"""The acts that seal boxes of a case or take them away."""


def compare_boxes(session: Session, tables: Boxes) -> Iterator[Mismatch]:
    """Every box of these tables that is not as its last entry left it, case by case.

    Reads one case at a time, and all open drafts at once. A box without any entry is unlogged; one
    the log knows but that is gone without an erasure is missing. Only sequenced entries count:
    sequence first.
    """
    if DRAFTS in tables:
        yield from _drafts(session, tables[DRAFTS])
    tables = {name: rows for name, rows in tables.items() if name != DRAFTS}
    stored = _by_case(tables)
    logged = _logged(session, tuple(f"{_PREFIXES[table]}:" for table in tables))
    case, boxes = next(stored, _END)
    said_of, said = next(logged, _END)
    while case is not None or said_of is not None:
        at = min(each for each in (case, said_of) if each is not None)
        yield from _differences(at, boxes if case == at else {}, said if said_of == at else {})
        if case == at:
            case, boxes = next(stored, _END)
        if said_of == at:
            said_of, said = next(logged, _END)


def _by_case(tables: Boxes) -> Iterator[OneCase]:
    named = [_named(table, rows) for table, rows in tables.items()]
    for case, boxes in groupby(merge(*named), key=lambda each: each[0]):
        yield case, {name: digest for _, name, digest in boxes}


def _named(
    table: str, rows: Iterable[tuple[tuple[UUID | str, ...], str]]
) -> Iterator[tuple[UUID, str, str]]:
    for key, digest in rows:
        case, name = _NAMES[table](*key)
        yield case, name, digest


def _logged(session: Session, prefixes: tuple[str, ...]) -> Iterator[OneCase]:
    """What the log says each case's boxes are now, of the tables asked for."""
    rows = session.execute(
        select(AuditEntry.case_id, AuditEntry.body)
        .where(AuditEntry.case_id.is_not(None), AuditEntry.idx.is_not(None))
        .where(AuditEntry.body.is_not(None), AuditEntry.action.in_(BOX_ACTS))
        .order_by(AuditEntry.case_id, AuditEntry.idx)
        .execution_options(yield_per=1000)
    )
    for case, entries in groupby(rows, key=lambda row: row.case_id):
        now = _now(json.loads(row.body) for row in entries)
        yield case, {name: digest for name, digest in now.items() if name.startswith(prefixes)}


def _now(bodies: Iterable[Mapping[str, object]]) -> dict[str, str]:
    boxes: dict[str, str] = {}
    for body in bodies:
        action = str(body["action"])
        if action == "case.erased":
            boxes.clear()
        if action == "grant.ended":
            boxes.pop(f"access:{body['team']}:{body['referral']}", None)
        if action in _SINGLE:
            boxes[_SINGLE[action](body)] = str(body["digest"])
        several = body.get("boxes")
        boxes.update(several if isinstance(several, dict) else {})
    return boxes


def _differences(
    case: UUID, boxes: Mapping[str, str], said: Mapping[str, str]
) -> Iterator[Mismatch]:
    for name in sorted(boxes.keys() | said.keys()):
        if name not in said:
            yield Mismatch(case, name, "unlogged")
        elif name not in boxes:
            yield Mismatch(case, name, "missing")
        elif boxes[name] != said[name]:
            yield Mismatch(case, name, "rolled_back")


def _drafts(
    session: Session, rows: Iterable[tuple[tuple[UUID | str, ...], str]]
) -> Iterator[Mismatch]:
    """Drafts that were handed in and not opened yet, each under its team."""
    said: dict[UUID, dict[str, str]] = {}
    entries = session.scalars(
        select(AuditEntry.body)
        .where(AuditEntry.action.in_(("draft.received", "draft.opened")))
        .where(AuditEntry.idx.is_not(None), AuditEntry.body.is_not(None))
        .order_by(AuditEntry.idx)
        .execution_options(yield_per=1000)
    )
    for body in map(json.loads, filter(None, entries)):
        of_team = said.setdefault(UUID(body["team"]), {})
        of_team.pop(f"draft:{body['draft']}", None)
        if body["action"] == "draft.received":
            of_team[f"draft:{body['draft']}"] = body["digest"]
    stored: dict[UUID, dict[str, str]] = {}
    for (team, draft), digest in rows:
        stored.setdefault(UUID(str(team)), {})[f"draft:{draft}"] = digest
    for team in sorted(said.keys() | stored.keys()):
        yield from _differences(team, stored.get(team, {}), said.get(team, {}))
