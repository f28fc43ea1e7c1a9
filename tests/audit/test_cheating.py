"""Sixteen ways to cheat the log, by somebody who writes to the database and by somebody who also
holds the key it signs with: what each meets, and which meet nothing (docs/audit-formats.md)."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from casework.audit import log
from casework.audit.bodies import canonical, compose
from casework.audit.boxes import compare_boxes
from casework.audit.checkpoints import Checkpoint, issue, read_checkpoint
from casework.audit.models import AuditCheckpoint, AuditEntry, AuditNode, AuditSequencer
from casework.audit.proofs import compare_checkpoint, latest_note
from casework.audit.queries import broken_since, present_head
from casework.audit.redaction import redact
from casework.audit.sequencer import sequence_all
from casework.audit.stored import verify_database
from casework.audit.tree import Frontier, leaf_hash, place
from tests.audit.made import ACTOR, CASE, KEY, ORIGIN, OTHER_SEED, SEED, START, note, sign


@pytest.fixture
def kept(log_session: Session) -> bytes:
    """A log of 20 entries; the checkpoint over the first ten was given to a witness."""
    note(log_session, 7)
    found = sign(log_session)
    note(log_session, 7)
    sign(log_session)
    return found


def caught(session: Session, *notes: bytes) -> list[str]:
    """What `audit verify` says, with the witness's checkpoint where there is one."""
    session.commit()
    session.expire_all()
    return sorted({problem.code for problem in verify_database(session, KEY, notes).problems})


def changed(body: bytes) -> bytes:
    """The same act, by somebody else."""
    return canonical({**json.loads(body), "actor": str(CASE)})


def edit(session: Session, at: int, **values: Any) -> None:
    """The row of one entry holds other values."""
    session.execute(update(AuditEntry).where(AuditEntry.idx == at).values(**values))


def rewrite(session: Session, at: int) -> None:
    """One entry tells of somebody else, and everything that was computed from it fits."""
    body = changed(
        session.scalars(select(AuditEntry.body).where(AuditEntry.idx == at)).one() or b""
    )
    edit(session, at, body=body, leaf_hash=leaf_hash(body), actor_id=CASE)
    rebuild(session)


def rebuild(session: Session) -> Frontier:
    """The stored tree is that of the entries, however they came about."""
    leaves = session.scalars(
        select(AuditEntry.leaf_hash).where(AuditEntry.idx.is_not(None)).order_by(AuditEntry.idx)
    ).all()
    tree = Frontier()
    session.execute(delete(AuditNode))
    nodes = [
        {"place": place(run.level, run.first + offset), "hash": each}
        for run in tree.extend(leaves)
        for offset, each in enumerate(run.hashes)
    ]
    session.execute(insert(AuditNode), nodes)
    session.execute(update(AuditSequencer).values(size=tree.size))
    return tree


def sign_again(session: Session, seed: bytes = SEED) -> None:
    """The log's own checkpoints are exchanged for one over what the entries are now."""
    tree = rebuild(session)
    forged = issue(Checkpoint(ORIGIN, tree.size, tree.root()), seed)
    session.execute(delete(AuditCheckpoint))
    session.add(AuditCheckpoint(size=tree.size, note=forged, made_at=START))


# Somebody who writes to the database


def test_an_entry_that_tells_of_somebody_else_is_named(log_session: Session, kept: bytes) -> None:
    body = log_session.scalars(select(AuditEntry.body).where(AuditEntry.idx == 4)).one()
    edit(log_session, 4, body=changed(body or b""))
    assert "entry" in caught(log_session)


def test_a_tree_that_fits_the_false_entry_does_not_fit_the_checkpoint(
    log_session: Session, kept: bytes
) -> None:
    rewrite(log_session, 4)
    assert caught(log_session) == ["checkpoint-differs"]


def test_without_checkpoints_only_the_witness_notices(log_session: Session, kept: bytes) -> None:
    rewrite(log_session, 4)
    log_session.execute(delete(AuditCheckpoint))
    assert caught(log_session) == []
    assert caught(log_session, kept) == ["witness-differs"]


def test_entries_cut_off_the_end_are_missed_by_the_checkpoint(
    log_session: Session, kept: bytes
) -> None:
    log_session.execute(delete(AuditEntry).where(AuditEntry.idx >= 15))
    rebuild(log_session)
    assert caught(log_session) == ["checkpoint-shorter"]


def test_two_entries_in_another_order_are_named(log_session: Session, kept: bytes) -> None:
    for at, to in ((4, 99), (5, 4), (99, 5)):
        edit(log_session, at, idx=to)
    assert caught(log_session) != []


def test_an_entry_hidden_from_the_auditors_search_is_named(
    log_session: Session, kept: bytes
) -> None:
    for values in ({"actor_id": CASE}, {"case_id": ACTOR}, {"action": "team.created"}, {"hour": 1}):
        before = log_session.execute(
            select(*(getattr(AuditEntry, name) for name in values)).where(AuditEntry.idx == 4)
        ).one()
        edit(log_session, 4, **values)
        assert caught(log_session) == ["copy"], values
        edit(log_session, 4, **dict(zip(values, before, strict=True)))


def test_an_entry_emptied_as_if_it_were_too_old_is_named(log_session: Session, kept: bytes) -> None:
    edit(log_session, 4, body=None, redacted_for="retention")
    assert caught(log_session) == ["redaction"]


def test_a_box_put_back_with_the_log_as_it_is_is_found(log_session: Session, kept: bytes) -> None:
    boxes = {"case_sections": [((CASE, "identity"), "00" * 32)]}
    assert [each.why for each in compare_boxes(log_session, boxes)] == ["rolled_back"]


def test_an_entry_taken_away_before_it_has_its_place_is_missed_by_its_box_only(
    log_session: Session, kept: bytes
) -> None:
    """NOT CAUGHT by the log itself, within the second before an entry has its place: an act that
    sealed a box leaves the box, an act that only looked leaves nothing."""
    told = {"case": CASE, "section": "identity", "revision": 99, "digest": bytes(32)}
    log.record(log_session, "section.written", ACTOR, **told)
    log_session.execute(text("DELETE FROM audit_entries WHERE idx IS NULL"))
    sequence_all(log_session)
    assert caught(log_session, kept) == []
    boxes = {"case_sections": [((CASE, "identity"), "00" * 32)]}
    assert [each.why for each in compare_boxes(log_session, boxes)] == ["rolled_back"]


def test_what_no_checkpoint_covers_yet_can_be_rewritten_unless_a_browser_saw_it(
    log_session: Session, kept: bytes
) -> None:
    """NOT CAUGHT by the log itself, within the hour until the next checkpoint; a browser that
    signed in meanwhile notices."""
    note(log_session, 4)
    sequence_all(log_session)
    seen = present_head(log_session)
    rewrite(log_session, seen.size - 1)
    assert caught(log_session, kept) == []
    assert broken_since(log_session, seen, present_head(log_session)) == "differs"


def test_an_act_that_never_happened_can_be_added(log_session: Session, kept: bytes) -> None:
    """NOT CAUGHT: entries are not signed by the people they name."""
    body = canonical(compose("session.opened", CASE, START, {}))
    told = {"action": "session.opened", "actor_id": CASE, "at": START.replace(second=0)}
    hour = int(START.timestamp() // 3600)
    log_session.execute(
        insert(AuditEntry).values(
            id=uuid4(), arrival=1, hour=hour, body=body, leaf_hash=leaf_hash(body), **told
        )
    )
    sequence_all(log_session)
    assert caught(log_session, kept) == []


# Somebody who also holds the key of the log


def test_a_history_signed_anew_is_a_fork_to_the_witness(log_session: Session, kept: bytes) -> None:
    rewrite(log_session, 4)
    sign_again(log_session)
    assert caught(log_session) == []
    assert caught(log_session, kept) == ["witness-differs"]
    assert compare_checkpoint(log_session, kept, KEY) is not None


def test_a_history_signed_anew_after_the_witnessed_part_is_not_noticed(
    log_session: Session, kept: bytes
) -> None:
    """NOT CAUGHT: a witness answers for the entries that her checkpoint covers, and no later."""
    rewrite(log_session, read_checkpoint(kept, KEY).size + 1)
    sign_again(log_session)
    assert caught(log_session, kept) == []


def test_two_people_who_were_shown_two_histories_find_out_when_they_compare(
    log_session: Session, kept: bytes
) -> None:
    honest = latest_note(log_session)
    rewrite(log_session, 15)
    sign_again(log_session)
    other = latest_note(log_session)
    assert honest is not None
    assert other is not None
    assert caught(log_session, other) == []
    assert caught(log_session, honest) == ["witness-differs"]


def test_another_key_is_no_key_of_this_log(log_session: Session, kept: bytes) -> None:
    sign_again(log_session, OTHER_SEED)
    assert caught(log_session) == ["note-refused"]


def test_what_is_emptied_in_the_proper_way_is_told_for_ever(
    log_session: Session, kept: bytes
) -> None:
    """The content is gone, and nothing can undo that; that it was taken, where, when and for which
    reason stands in the log."""
    redact(log_session, [(4, 5)], "retention")
    sign(log_session)
    assert caught(log_session, kept) == []
    told = [body or b"" for body in log_session.scalars(select(AuditEntry.body))]
    assert [b'"ranges":[[4,5]]' in body for body in told].count(True) == 1
