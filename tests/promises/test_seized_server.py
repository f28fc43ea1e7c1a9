"""Promises 1, 2 and 8: a seized disk gives up no name, with or without a cookie that was valid."""

from __future__ import annotations

import logging
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.field_kinds import Per
from casework.people import sessions
from casework.people.models import SessionRow
from casework.referrals.exchange import write_message
from casework.referrals.workflow import Move
from tests.promises.canaries import CANARIES, NAME, NOTE, PHONE, traces
from tests.support.cast import HEALTH, Cast, sign_in
from tests.support.files import agree, moved, noted, opened, referred, woman
from tests.support.strict_client import StrictClient


def full_scenario(session: Session, cast: Cast) -> None:
    """A case whose every part holds a canary: opened, referred, answered, followed."""
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(
        session,
        zeinab,
        people=[woman(given_name=NAME, nickname=NAME)],
        contact={"phone": PHONE, "place": NOTE},
        health={"grievances": {}, "note": NOTE},
        notes={"safety_plan": NOTE},
    )
    agree(session, zeinab, case, cast.provider(HEALTH), "identity", "contact")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity", "contact")
    write_message(session, mariam.actor, mariam.keyring, row.id, NOTE)
    moved(session, mariam, row, Move.ACCEPT, note=NOTE)
    noted(session, zeinab, case, Per.JOURNAL, nature="entretien", text=f"{NAME} {PHONE} {NOTE}")
    session.commit()


def test_a_dump_with_everybody_signed_out_holds_no_canary(
    session: Session, cast: Cast, instance: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        full_scenario(session, cast)
    log = tmp_path / "log.txt"
    log.write_text(caplog.text)
    assert (instance / "casework.db-wal").exists(), "the search must cover the write-ahead log"
    assert traces([instance, log]) == []


def test_the_search_finds_a_canary_written_in_plain(
    session: Session, cast: Cast, instance: Path
) -> None:
    for canary in CANARIES:
        session.execute(text("UPDATE providers SET hours = :word"), {"word": canary})
        session.commit()
        assert traces([instance], [canary]) != [], canary


def test_a_session_left_open_holds_no_canary_either(
    session: Session, cast: Cast, client: StrictClient, instance: Path
) -> None:
    full_scenario(session, cast)
    sign_in(client, cast.person("zeinab"))
    client.get("/desk")
    assert traces([instance]) == []


def test_a_valid_cookie_opens_nothing_after_a_restart(
    session: Session, cast: Cast, client: StrictClient, app: Flask
) -> None:
    sign_in(client, cast.person("zeinab"))
    cookie = client.get_cookie("__Host-session")
    assert cookie is not None
    own = app.extensions["settings"]
    limits = (own.server_key, timedelta(minutes=15), timedelta(hours=10))
    before = sessions.load_member(session, cookie.value, own.boot_key, *limits)
    assert before is not None, "positive control: with the boot key the cookie opens"
    after = sessions.load_member(session, cookie.value, secrets.token_bytes(32), *limits)
    assert getattr(after, "keyring", None) is None


def test_the_session_row_alone_opens_nothing(
    session: Session, cast: Cast, client: StrictClient
) -> None:
    zeinab = cast.person("zeinab")
    sign_in(client, zeinab)
    box = session.query(SessionRow).one().box
    assert box is not None
    for keys in zeinab.keyring.teams.values():
        assert keys.seed not in box
    assert clock.now() is not None


def test_an_upload_of_five_megabytes_leaves_no_plaintext_file(
    cast: Cast, client: StrictClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    made: list[str] = []
    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, lambda *_a, _n=name, **_k: made.append(_n))
    note = (NOTE.encode() * 130_000)[: 5 * 1024 * 1024]
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="handle"\r\n\r\nx\r\n',
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="p.jpg"\r\n\r\n',
        note,
        b"\r\n--b--\r\n",
    )
    answer = client.post(
        "/sign-in", data=b"".join(parts), content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code == 303
    assert made == []
    assert list(spool.iterdir()) == []
