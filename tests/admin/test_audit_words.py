"""Every act of the log has words, in both languages, and shows nothing but what stands in its
body."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from casework.admin import audit_words
from casework.audit.vocabulary import ACTIONS, Kind

HOLE = re.compile(r"%\((\w+)\)s")
SAMPLES: dict[Kind, Any] = {
    Kind.ID: str(UUID(int=7)),
    Kind.IDS: [str(UUID(int=7)), str(UUID(int=8))],
    Kind.MAYBE_ID: None,
    Kind.CODE: "identity",
    Kind.CODES: ["identity", "x:00000000-0000-0000-0000-000000000007"],
    Kind.MAYBE_CODE: None,
    Kind.COUNT: 3,
    Kind.FLAG: True,
    Kind.PERIOD: "2026-Q1",
    Kind.MAYBE_PERIOD: None,
    Kind.DIGEST: "0" * 64,
    Kind.BOXES: {"section:identity": "0" * 64},
    Kind.RANGES: [[1, 2]],
}
NAMES = {str(UUID(int=7)): "zeinab"}


def test_every_act_of_the_log_has_words_and_no_other_has() -> None:
    assert audit_words.SENTENCES.keys() == ACTIONS.keys()


@pytest.mark.parametrize("action", ACTIONS)
def test_a_sentence_speaks_of_what_stands_in_the_body_only(app: Flask, action: str) -> None:
    with app.test_request_context():
        holes = set(HOLE.findall(str(audit_words.SENTENCES[action])))
    assert holes <= ACTIONS[action].keys()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("action", ACTIONS)
def test_every_body_can_be_said(app: Flask, action: str, language: str) -> None:
    body = {key: SAMPLES[kind] for key, kind in ACTIONS[action].items()}
    with app.test_request_context(), force_locale(language):
        said = audit_words.sentence(action, body, NAMES)
        in_general = audit_words.in_general(action)
    assert said
    assert in_general[0].isupper()
    assert not HOLE.search(said + in_general)
    assert "0" * 64 not in said
    assert str(UUID(int=8)) not in said


def test_french_and_english_differ(app: Flask) -> None:
    said = []
    for language in ("fr", "en"):
        with app.test_request_context(), force_locale(language):
            said.append([str(words) for words in audit_words.SENTENCES.values()])
    assert not set(said[0]) & set(said[1])


def test_ids_are_said_as_names_and_codes_as_labels(app: Flask) -> None:
    team = uuid4()
    body = {"user": str(UUID(int=7)), "team": str(team), "role": "paralegal", "epoch": 1}
    with app.test_request_context(), force_locale("fr"):
        said = audit_words.sentence("member.confirmed", body, NAMES | {str(team): "Goundam"})
    assert said == "a confirmé zeinab de vive voix comme Parajuriste\u00a0: Goundam"


@given(st.text(min_size=1, max_size=12))
def test_an_unknown_code_is_said_as_it_stands(code: str) -> None:
    for key in ("role", "from_state", "why", "check"):
        assert audit_words.shown(key, code, {}) in (code, str(audit_words.REASONS.get(code, code)))
