"""A checkpoint that a witness kept, pasted as people paste: what the auditor reads."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.checkpoints import Checkpoint, issue, key_of, read_checkpoint
from casework.audit.log import record
from casework.audit.models import AuditEntry
from casework.audit.pasted import note_in
from casework.audit.proofs import issue_checkpoint
from casework.audit.sequencer import sequence_all
from tests.support.cast import Cast, enter, tables
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

NAME, SEED = "log.example/m+é".replace("+", "-"), b"l" * 32
NOTE = issue(Checkpoint(NAME, 1234, b"r" * 32), SEED)


@pytest.fixture
def auditor(cast: Cast, client: StrictClient) -> StrictClient:
    """The auditor's browser."""
    enter(client, cast.person("auditor"))
    return client


def grown(session: Session, acts: int) -> None:
    """So many more acts have their place."""
    for _ in range(acts):
        record(session, "statistics.viewed", actor=None, period=None)
    sequence_all(session)


@pytest.fixture
def kept(app: Flask, session: Session, cast: Cast) -> str:
    """What a witness keeps: the checkpoint of a log that then went on."""
    own = app.extensions["settings"]
    grown(session, 3)
    note = issue_checkpoint(session, own.log_name, own.log_key).decode()
    grown(session, 4)
    return note


def asked(auditor: StrictClient, text: str) -> Page:
    """The page after pasting the text."""
    return auditor.submit(auditor.page("/audit/comparison"), "/audit/comparison", note=text)


WAYS: dict[str, Callable[[str], str]] = {
    "as it was": lambda note: note,
    "windows line ends": lambda note: note.replace("\n", "\r\n"),
    "one line": lambda note: " ".join(note.split()),
    "no line ends at all": lambda note: note.replace("\n", ""),
    "quoted in a letter": lambda note: "Bonjour,\n> " + note.replace("\n", "\n> ") + "\nMerci",
    "wrapped at 20": lambda note: "\n".join(note[at : at + 20] for at in range(0, len(note), 20)),
    "a short dash": lambda note: note.replace("\u2014", "-"),
    "hard spaces": lambda note: note.replace(" ", "\u00a0") + "\u200b\ufeff",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_kept_checkpoint_is_read_however_it_was_pasted(
    auditor: StrictClient, kept: str, way: Callable[[str], str]
) -> None:
    page = asked(auditor, way(kept))
    assert "Le journal contient toujours" in page.text
    assert kept.split("\n")[1] in page.text


@given(st.data())
def test_white_space_anywhere_changes_nothing(data: st.DataObject) -> None:
    text = NOTE.decode()
    for _ in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(text)))
        text = (
            text[:at] + data.draw(st.sampled_from([" ", "\n", "\r\n", "\t", "\u00a0"])) + text[at:]
        )
    assert note_in(text, NAME) == NOTE
    assert read_checkpoint(note_in(text, NAME) or b"", key_of(NAME, SEED)).size == 1234


@given(st.text(max_size=300))
def test_other_text_holds_no_checkpoint(text: str) -> None:
    assert note_in(text, NAME) is None


def test_an_empty_text_and_a_text_without_a_checkpoint_are_said(
    auditor: StrictClient, kept: str
) -> None:
    assert "Collez ou écrivez" in asked(auditor, "").text
    assert "Aucun repère" in asked(auditor, "bonjour").text
    assert "Aucun repère" in asked(auditor, kept[:-30]).text


def test_an_enormous_text_is_refused_with_words(auditor: StrictClient, kept: str) -> None:
    assert "trop long" in asked(auditor, "A" * 400_000).text


def test_a_log_put_back_lacks_acts(auditor: StrictClient, kept: str, session: Session) -> None:
    log = {table.name: table for table in tables()}
    session.execute(log["audit_nodes"].delete())
    session.execute(log["audit_sequencer"].delete())
    session.execute(log["audit_entries"].delete())
    grown(session, 2)
    page = asked(auditor, kept)
    assert "Des actes manquent" in page.text
    assert "Le journal contient toujours" not in page.text


def test_another_history_is_a_fork(auditor: StrictClient, kept: str, session: Session) -> None:
    log = {table.name: table for table in tables()}
    for name in ("audit_nodes", "audit_sequencer", "audit_entries", "audit_checkpoints"):
        session.execute(log[name].delete())
    grown(session, int(kept.split("\n")[1]) + 9)
    page = asked(auditor, kept)
    assert "Il y a deux histoires" in page.text
    assert "acte 0" in page.text


def test_a_checkpoint_of_another_key_is_not_of_this_log(
    auditor: StrictClient, kept: str, app: Flask
) -> None:
    forged = issue(Checkpoint(app.extensions["settings"].log_name, 2, b"r" * 32), b"x" * 32)
    assert "n’est pas signé par ce journal" in asked(auditor, forged.decode()).text


def test_one_wrong_sign_of_the_number_is_noticed(auditor: StrictClient, kept: str) -> None:
    lines = kept.split("\n")
    lines[1] = str(int(lines[1]) + 1)
    assert "n’est pas signé par ce journal" in asked(auditor, "\n".join(lines)).text


def test_a_missing_hash_is_said_and_no_page_fails(
    auditor: StrictClient, kept: str, session: Session
) -> None:
    session.execute({table.name: table for table in tables()}["audit_nodes"].delete())
    assert "ne peut plus être lue" in asked(auditor, kept).text


def test_the_comparison_is_an_act_and_holds_no_text(
    auditor: StrictClient, kept: str, session: Session
) -> None:
    page = asked(auditor, kept)
    assert kept.split("\n")[2] not in page.address
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "checkpoint.compared")
    ).one()
    body = json.loads(entry.body or b"")
    assert (body["result"], str(body["size"])) == ("continued", kept.split("\n")[1])


def test_the_page_a_witness_gets_is_small_and_says_no_name(
    auditor: StrictClient, kept: str
) -> None:
    import gzip

    response = auditor.page("/audit/checkpoint").response
    assert len(gzip.compress(response.get_data())) <= 5_000
