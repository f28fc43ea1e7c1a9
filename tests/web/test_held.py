"""What was typed and refused waits sealed, for its author only, for twenty minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from wtforms import PasswordField

from casework import clock
from casework.people import forms as people_forms
from casework.people.models import SessionRow
from casework.vault.server import seal_under
from casework.web import forms
from casework.web import held as shelf
from casework.web.forms import NEVER_HELD, BaseForm
from casework.web.gate import mark_of
from casework.web.member import Member
from casework.web.models import HeldForm
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.files import opened
from tests.support.strict_client import StrictClient
from tests.web.conftest import post
from tests.web.trials import CANARY

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECRET = "abaisser zinc fragile ombre pluie toit"


def sent_back(client: StrictClient, **words: str) -> str:
    """Where a refused form leads."""
    answer = post(client, "/trial/form", **words)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def boxes(session: Session) -> list[bytes]:
    """Everything that waits, as the database has it."""
    session.rollback()
    return list(session.scalars(select(HeldForm.box)))


def test_a_refused_form_comes_back_with_what_was_typed(zeinab: StrictClient) -> None:
    page = zeinab.page(sent_back(zeinab, text=CANARY + "x" * 50))
    assert page.form("/trial/form").values["text"] == CANARY + "x" * 50
    assert "Shorter." in page.text


def test_the_address_tells_nothing_of_what_was_typed(zeinab: StrictClient) -> None:
    address = sent_back(zeinab, text=CANARY + "x" * 50)
    assert address.startswith("/trial/form?held=")
    UUID(address.removeprefix("/trial/form?held=").removesuffix("#errors"))


def test_a_rule_that_refuses_says_so_on_the_page(zeinab: StrictClient) -> None:
    page = zeinab.page(sent_back(zeinab, text="rule"))
    assert page.form("/trial/form").values["text"] == "rule"
    assert "avenir" in page.text


def test_what_waits_is_sealed(zeinab: StrictClient, session: Session) -> None:
    sent_back(zeinab, text=CANARY + "x" * 50)
    (box,) = boxes(session)
    assert CANARY.encode() not in box


def test_a_secret_is_neither_held_nor_shown_again(zeinab: StrictClient, app: Flask) -> None:
    address = sent_back(zeinab, text="", passphrase=SECRET)
    page = zeinab.page(address)
    assert page.form("/trial/form").values["passphrase"] == ""
    assert SECRET not in page.document.source


def test_a_secret_is_not_in_what_was_sealed(
    zeinab: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed: list[object] = []

    def look(*parts: Any, value: dict[str, object]) -> bytes:
        sealed.append(value)
        return seal_under(*parts, value=value)

    monkeypatch.setattr(shelf, "seal_under", look)
    sent_back(zeinab, text="", passphrase=SECRET)
    assert sealed == [{"form": [("text", "")], "rule": None}]


def all_forms(kind: type[BaseForm] = BaseForm) -> Iterator[type[BaseForm]]:
    """Every form class of the program."""
    for one in kind.__subclasses__():
        yield one
        yield from all_forms(one)


def is_covered(field: object) -> bool:
    """True for a declared field whose letters the screen covers."""
    drawn = getattr(field, "kwargs", {}).get("render_kw") or {}
    return "secret" in drawn.get("class", "") or getattr(field, "field_class", 0) is PasswordField


def test_no_form_of_the_program_has_a_secret_that_could_be_held(app: Flask) -> None:
    secrets = {
        name
        for form in all_forms()
        if form.__module__.startswith("casework.")
        for name, field in vars(form).items()
        if is_covered(field)
    }
    assert secrets
    assert secrets <= NEVER_HELD


def test_words_and_codes_of_activation_are_asked_where_nothing_is_held(app: Flask) -> None:
    for endpoint in ("activation.take_code", "activation.activate"):
        view = app.view_functions[endpoint]
        mark = mark_of(view)
        assert mark is not None
        assert mark.public
        assert "sent_back" not in view.__code__.co_names
    assert {"code"} < set(vars(people_forms.CodeForm))


# Whose, and how long


@pytest.fixture
def waiting(zeinab: StrictClient) -> str:
    """The address of a form that Zeinab was sent back to."""
    return sent_back(zeinab, text=CANARY + "x" * 50)


def test_a_colleague_of_the_same_team_does_not_see_it(
    waiting: str, app: Flask, session: Session, cast: Cast
) -> None:
    ibrahim = new_client(app, session)
    enter(ibrahim, cast.person("ibrahim"))
    assert CANARY not in ibrahim.page(waiting).text


def test_her_own_session_on_another_machine_does_not_see_it(
    waiting: str, app: Flask, session: Session, cast: Cast
) -> None:
    other = new_client(app, session)
    enter(other, cast.person("zeinab"))
    assert other.page(waiting).form("/trial/form").values["text"] == ""


def test_it_cannot_be_moved_to_another_session_in_the_database(
    waiting: str, app: Flask, session: Session, cast: Cast
) -> None:
    ibrahim = new_client(app, session)
    enter(ibrahim, cast.person("ibrahim"))
    his = session.scalars(
        select(SessionRow.id).where(SessionRow.user_id == cast.person("ibrahim").id)
    ).one()
    session.execute(update(HeldForm).values(session_id=his))
    assert ibrahim.page(waiting).form("/trial/form").values["text"] == ""


def test_it_cannot_stand_under_another_id(
    waiting: str, zeinab: StrictClient, session: Session
) -> None:
    moved = uuid4()
    session.execute(update(HeldForm).values(id=moved))
    address = f"/trial/form?held={moved}"
    assert zeinab.page(address).form("/trial/form").values["text"] == ""


@pytest.mark.parametrize(("minutes", "kept"), [(19, True), (20, True), (21, False)])
def test_it_waits_twenty_minutes(
    zeinab: StrictClient, session: Session, minutes: int, kept: bool
) -> None:
    with clock.at(NOON):
        session.execute(update(SessionRow).values(seen_at=NOON, created_at=NOON))
        address = sent_back(zeinab, text=CANARY + "x" * 50)
    with clock.at(NOON + timedelta(minutes=10)):
        zeinab.page("/trial/form")
    with clock.at(NOON + timedelta(minutes=minutes)):
        page = zeinab.page(address)
    assert (CANARY in page.document.source) is kept


def test_what_is_over_is_swept_away(zeinab: StrictClient, session: Session) -> None:
    with clock.at(clock.now() - timedelta(minutes=21)):
        session.execute(update(SessionRow).values(seen_at=clock.now(), created_at=clock.now()))
        sent_back(zeinab, text="")
        assert len(boxes(session)) == 1
    session.execute(update(SessionRow).values(seen_at=clock.now(), created_at=clock.now()))
    sent_back(zeinab, text="")
    assert len(boxes(session)) == 1


def test_signing_out_takes_it_along(waiting: str, zeinab: StrictClient, session: Session) -> None:
    assert len(boxes(session)) == 1
    post(zeinab, "/sign-out")
    assert boxes(session) == []


@pytest.mark.parametrize(
    "held", ["", "x", "%00", pytest.param(str(uuid4()), id="unknown"), "{}", "a" * 5000, "%FF%FE"]
)
def test_an_id_of_nothing_is_an_empty_form(zeinab: StrictClient, held: str) -> None:
    page = zeinab.page(f"/trial/form?held={held}")
    assert page.form("/trial/form").values["text"] == ""


def test_a_held_search_is_not_taken_for_a_form(
    zeinab: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hold_another(session: Session, member: Member, value: dict[str, object]) -> UUID:
        return shelf.hold(session, member, {"query": CANARY})

    monkeypatch.setattr(forms, "hold", hold_another)
    assert CANARY not in zeinab.page(sent_back(zeinab, text="")).document.source


def test_a_refused_closure_keeps_the_reason_that_was_chosen(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    case_id = opened(session, cast.person("zeinab")).id
    address = f"/cases/{case_id}/closure"
    typed: dict[str, Any] = {"code": "besoins_satisfaits", "happened_on-day": "32"}
    answer = zeinab.send(zeinab.page(address), address, **typed)
    assert answer.headers["Location"].startswith(f"{address}?held=")
    kept = zeinab.page(answer.headers["Location"]).form(address).values
    assert (kept["code"], kept["happened_on-day"]) == ("besoins_satisfaits", "32")
