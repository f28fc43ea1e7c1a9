"""The sequencer and the proofs it makes possible, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session, make_transient

from casework.audit import log
from casework.audit.checkpoints import Checkpoint, read_checkpoint
from casework.audit.models import AuditCheckpoint, AuditEntry, AuditNode
from casework.audit.proofs import (
    Fork,
    compare_checkpoint,
    entry_proof,
    issue_checkpoint,
    latest_note,
    prove_consistency,
    prove_inclusion,
    root_at,
)
from casework.audit.sequencer import LogBroken, sequence, sequence_all, tree_size
from casework.audit.stored import verify_database
from casework.audit.tree import EMPTY_ROOT, check_consistency, check_inclusion
from casework.vault.errors import SignatureBroken
from tests.audit.made import ACTOR, KEY, ORIGIN, SEED, forged, note, sign
from tests.support.databases import on_both_databases


def leaves(session: Session) -> list[bytes]:
    return list(
        session.scalars(
            select(AuditEntry.leaf_hash).where(AuditEntry.idx.is_not(None)).order_by(AuditEntry.idx)
        )
    )


def indexes(session: Session) -> list[int | None]:
    return list(session.scalars(select(AuditEntry.idx).order_by(AuditEntry.idx)))


@on_both_databases
def test_waiting_entries_get_neighbouring_indexes(log_session: Session) -> None:
    note(log_session, 9)
    sequence_all(log_session, batch=4)
    assert indexes(log_session) == list(range(13))


@on_both_databases
def test_batches_give_the_same_tree_as_one_step(log_session: Session) -> None:
    note(log_session, 30)
    while sequence(log_session, batch=7):
        log_session.commit()
    assert verify_database(log_session).ok


def test_entries_stand_in_the_order_they_arrived(log_session: Session) -> None:
    for revision in range(40):
        log.record(log_session, "team.rotated", ACTOR, team=ACTOR, epoch=revision)
    log_session.commit()
    sequence_all(log_session)
    bodies = log_session.scalars(select(AuditEntry.body).order_by(AuditEntry.idx))
    epochs = [int((body or b"").split(b'"epoch":')[1].split(b",")[0]) for body in bodies]
    assert epochs == list(range(40))


def test_the_finer_time_of_arrival_is_forgotten(log_session: Session) -> None:
    note(log_session, 3)
    sequence_all(log_session)
    assert set(log_session.scalars(select(AuditEntry.arrival))) == {None}


def test_a_late_commit_is_not_slipped_past(log_session: Session) -> None:
    late_id = log.record(log_session, "session.closed", ACTOR).id
    late = log_session.get_one(AuditEntry, late_id)
    log_session.expunge(late)
    make_transient(late)
    log_session.rollback()
    note(log_session, 4)
    sequence_all(log_session)
    log_session.add(late)
    log_session.commit()
    assert sequence(log_session) == 1


def test_nothing_waiting_changes_nothing(log_session: Session) -> None:
    note(log_session, 3)
    sequence_all(log_session)
    assert sequence(log_session) == 0


def test_a_rolled_back_batch_leaves_no_gap(log_session: Session) -> None:
    note(log_session, 8)
    sequence(log_session, batch=5)
    log_session.rollback()
    sequence_all(log_session)
    assert verify_database(log_session).ok


def in_threads(jobs: list[Callable[[], None]]) -> None:
    failures: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as failure:  # noqa: BLE001 - handed to the test below
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@on_both_databases
def test_writers_and_sequencers_at_once_leave_a_gapless_tree(engine: Engine) -> None:
    def write() -> None:
        for _ in range(12):
            with Session(engine) as session:
                log.record(session, "session.opened", ACTOR)
                session.commit()

    def number() -> None:
        for _ in range(8):
            with Session(engine) as session:
                sequence(session, batch=5)
                session.commit()

    in_threads([write, write, write, number, number])
    with Session(engine) as session:
        size = sequence_all(session)
        assert (size, verify_database(session).problems) == (36, [])


@on_both_databases
def test_proofs_from_the_database_verify(log_session: Session) -> None:
    note(log_session, 25)
    size = sequence_all(log_session)
    root = root_at(log_session, size)
    for index, leaf in enumerate(leaves(log_session)):
        check_inclusion(leaf, index, size, prove_inclusion(log_session, index, size), root)
    for old in range(1, size):
        path = prove_consistency(log_session, old, size)
        check_consistency(old, root_at(log_session, old), size, root, path)


def test_an_empty_log_has_the_empty_root(log_session: Session) -> None:
    assert (tree_size(log_session), root_at(log_session, 0)) == (0, EMPTY_ROOT)


def test_a_checkpoint_sequences_first(log_session: Session) -> None:
    note(log_session, 4)
    assert read_checkpoint(sign(log_session), KEY).size == 6


def test_an_unchanged_log_gives_its_checkpoint_again(log_session: Session) -> None:
    note(log_session, 4)
    first = sign(log_session)
    assert (sign(log_session), latest_note(log_session)) == (first, first)


def test_nothing_is_signed_over_a_rewritten_log(log_session: Session) -> None:
    note(log_session, 5)
    sign(log_session)
    log_session.execute(update(AuditNode).values(hash=bytes(32)))
    note(log_session, 1)
    with pytest.raises(LogBroken):
        issue_checkpoint(log_session, ORIGIN, SEED)


def test_nothing_is_signed_over_a_shortened_log(log_session: Session) -> None:
    note(log_session, 5)
    sign(log_session)
    log_session.execute(update(AuditCheckpoint).values(size=99, note=forged(99, bytes(32))))
    with pytest.raises(LogBroken):
        issue_checkpoint(log_session, ORIGIN, SEED)


def test_a_missing_stored_hash_is_said(log_session: Session) -> None:
    note(log_session, 5)
    size = sequence_all(log_session)
    log_session.execute(delete(AuditNode))
    with pytest.raises(LogBroken):
        prove_inclusion(log_session, 0, size)


def test_the_log_continues_a_checkpoint_that_was_kept(log_session: Session) -> None:
    note(log_session, 5)
    kept = sign(log_session)
    note(log_session, 5)
    sequence_all(log_session)
    assert compare_checkpoint(log_session, kept, KEY) is None


def test_a_restored_older_log_is_shorter_than_the_kept_checkpoint(log_session: Session) -> None:
    note(log_session, 4)
    sequence_all(log_session)
    assert compare_checkpoint(log_session, forged(50, bytes(32)), KEY) == Fork("shorter", 6)


def test_another_history_parts_after_the_last_common_checkpoint(log_session: Session) -> None:
    note(log_session, 4)
    sign(log_session)
    note(log_session, 4)
    sequence_all(log_session)
    assert compare_checkpoint(log_session, forged(9, bytes(32)), KEY) == Fork("differs", 6)


def test_a_checkpoint_with_a_forged_signature_is_no_witness(log_session: Session) -> None:
    note(log_session, 4)
    kept = sign(log_session).replace(b"\n6\n", b"\n5\n")
    with pytest.raises(SignatureBroken):
        compare_checkpoint(log_session, kept, KEY)


def test_the_proof_of_one_entry_is_a_text_to_keep(log_session: Session) -> None:
    note(log_session, 4)
    kept = sign(log_session)
    form, index, *rest = entry_proof(log_session, 3, KEY).split("\n")
    path_length = len(prove_inclusion(log_session, 3, 6))
    assert (form, index) == ("c2sp.org/tlog-proof@v1", "index 3")
    assert "\n".join(rest[path_length:]) == "\n" + kept.decode()


def test_a_checkpoint_is_stored_once_per_size(log_session: Session) -> None:
    note(log_session, 4)
    sign(log_session)
    sign(log_session)
    count = log_session.scalar(select(func.count()).select_from(AuditCheckpoint))
    assert count == 1


def test_the_checkpoint_tells_size_and_root(log_session: Session) -> None:
    note(log_session, 4)
    found = read_checkpoint(sign(log_session), KEY)
    assert found == Checkpoint(ORIGIN, 6, root_at(log_session, 6))
