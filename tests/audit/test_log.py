"""One entry an act, exact keys, no room for words about people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit import log
from casework.audit.bodies import canonical, compose
from casework.audit.models import AuditEntry
from casework.audit.tree import leaf_hash
from casework.audit.vocabulary import ACTIONS, TO_THE_MINUTE, Kind
from tests.audit.made import ACTOR, CASE, START

RESERVED = {"action", "actor", "at", "salt"}


class Ground(StrEnum):
    TEAM = "team"


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def said(entry: AuditEntry) -> dict[str, object]:
    assert entry.body is not None
    found: dict[str, object] = json.loads(entry.body)
    return found


def composed(action: str, **values: object) -> dict[str, object]:
    return {**compose(action, ACTOR, START, values)}


def test_an_entry_joins_the_transaction_of_its_act(log_session: Session) -> None:
    log.record(log_session, "session.opened", ACTOR)
    log_session.rollback()
    assert count(log_session) == 0


def test_a_committed_entry_has_the_leaf_hash_of_its_body(log_session: Session) -> None:
    log.record(log_session, "case.erased", ACTOR, case=CASE)
    log_session.commit()
    entry = log_session.scalars(select(AuditEntry)).one()
    assert entry.body is not None
    assert entry.leaf_hash == leaf_hash(entry.body)


def test_the_searchable_copies_are_those_of_the_body(log_session: Session) -> None:
    recorded = log.record(log_session, "case.erased", ACTOR, case=CASE)
    entry = log_session.get_one(AuditEntry, recorded.id)
    body = said(entry)
    assert (entry.action, str(entry.actor_id), str(entry.case_id)) == (
        body["action"],
        body["actor"],
        body["case"],
    )


def test_a_view_is_written_only_when_flushed(log_session: Session) -> None:
    log.record_view(log_session, "case.viewed", ACTOR, case=CASE, sections=["facts"], grounds=[])
    log_session.commit()
    assert count(log_session) == 0


def test_flushed_views_commit_once(log_session: Session) -> None:
    log.record_view(log_session, "case.listed", ACTOR, ids=[CASE])
    log_session.rollback()
    log.flush_views(log_session)
    log.flush_views(log_session)
    log_session.commit()
    assert count(log_session) == 1


def test_an_unknown_action_raises() -> None:
    with pytest.raises(ValueError, match="no action"):
        composed("case.gossiped", case=CASE)


@pytest.mark.parametrize("values", [{}, {"case": CASE, "name": "x"}, {"cases": CASE}])
def test_a_wrong_key_raises(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="keys"):
        composed("case.erased", **values)


def test_a_wrong_key_raises_in_a_view_before_the_page(log_session: Session) -> None:
    with pytest.raises(ValueError, match="keys"):
        log.record_view(log_session, "case.listed", ACTOR, ids=[], words="a search")


@pytest.mark.parametrize(
    "value",
    [
        "Fatoumata Cissé",
        "fatoumata cisse",
        "76123456",
        "76.12.34.56",
        "22376123456",
        "+22376123456",
        "a@b.example",
        "",
        "a" * 25,
        "x\n",
    ],
)
def test_a_code_holds_no_name_number_or_address(value: str) -> None:
    with pytest.raises(ValueError, match="reason is not a CODE"):
        composed("case.closed", case=CASE, boxes={}, reason=value)


@given(st.text(min_size=1).filter(lambda text: not text.isascii() or " " in text))
def test_a_code_never_holds_free_text(text: str) -> None:
    with pytest.raises(ValueError, match="reason is not a CODE"):
        composed("case.closed", case=CASE, boxes={}, reason=text)


def test_the_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(ValueError, match="reason") as refused:
        composed("case.closed", case=CASE, boxes={}, reason="Fatoumata Cissé")
    assert "Fatoumata" not in str(refused.value)


def test_a_section_of_one_referral_is_a_code() -> None:
    name = f"x:{UUID(int=2**127 - 1)}"
    body = composed("case.viewed", case=CASE, sections=[name], grounds=[Ground.TEAM])
    assert (body["sections"], body["grounds"]) == ([name], ["team"])


def test_sets_are_written_in_no_telling_order() -> None:
    ids = {uuid4() for _ in range(9)}
    assert composed("case.listed", ids=ids)["ids"] == sorted(map(str, ids))


def test_lists_keep_the_order_they_were_shown_in() -> None:
    ids = [UUID(int=3), UUID(int=1), UUID(int=2)]
    assert composed("case.listed", ids=ids)["ids"] == [str(each) for each in ids]


def test_a_digest_may_come_as_bytes() -> None:
    body = composed("statistics.closed", period="2026-Q1", digest=b"\xab" * 32)
    assert body["digest"] == "ab" * 32


@pytest.mark.parametrize(
    "boxes", [{"identity": "00" * 32}, {"section:identity": "00"}, {"entry:Fatou": "00" * 32}, []]
)
def test_boxes_have_known_names_and_whole_digests(boxes: object) -> None:
    with pytest.raises(ValueError, match="boxes is not a BOXES"):
        composed("section.rekeyed", case=CASE, boxes=boxes)


def test_most_acts_are_kept_to_the_hour() -> None:
    assert composed("case.erased", case=CASE)["at"] == "2026-03-04T10:00Z"


def test_a_refused_sign_in_is_kept_to_the_minute() -> None:
    assert composed("session.refused", why="words")["at"] == "2026-03-04T10:47Z"


def test_the_column_is_as_coarse_as_the_body(log_session: Session) -> None:
    with clock.at(START):
        log.record(log_session, "case.erased", ACTOR, case=CASE)
    log_session.commit()
    at = log_session.scalars(select(AuditEntry.at)).one()
    assert at == datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_every_body_has_sixteen_fresh_bytes_of_salt() -> None:
    salts = {str(composed("session.closed")["salt"]) for _ in range(100)}
    assert (len(salts), {len(bytes.fromhex(salt)) for salt in salts}) == (100, {16})


def test_canonical_writing_is_sorted_ascii_without_spaces() -> None:
    assert canonical({"b": [1, None], "a": True}) == b'{"a":true,"b":[1,null]}'


def test_an_entry_cannot_be_changed_through_the_model(log_session: Session) -> None:
    log.record(log_session, "session.opened", ACTOR)
    entry = log_session.scalars(select(AuditEntry)).one()
    entry.action = "session.closed"
    with pytest.raises(RuntimeError, match="only grows"):
        log_session.flush()


def test_an_entry_cannot_be_deleted_through_the_model(log_session: Session) -> None:
    log.record(log_session, "session.opened", ACTOR)
    entry = log_session.scalars(select(AuditEntry)).one()
    log_session.delete(entry)
    with pytest.raises(RuntimeError, match="only grows"):
        log_session.flush()


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_fits_its_column(action: str) -> None:
    noun, _, participle = action.partition(".")
    assert noun
    assert participle
    assert len(action) <= 40


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_no_key_hides_a_part_of_every_body(action: str) -> None:
    assert not RESERVED & ACTIONS[action].keys()


@pytest.mark.parametrize("action", sorted(name for name in ACTIONS if name.startswith("fact.")))
def test_a_fact_is_never_tied_to_a_case_or_an_id(action: str) -> None:
    assert not {Kind.ID, Kind.IDS, Kind.MAYBE_ID, Kind.BOXES} & set(ACTIONS[action].values())


def test_only_known_acts_are_kept_to_the_minute() -> None:
    assert ACTIONS.keys() >= TO_THE_MINUTE
