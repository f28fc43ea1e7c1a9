"""A button tapped twice so fast that both requests are under way at once: one act, told as done
to both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.cases import closure, follow_up
from casework.cases.models import CaseEntry
from casework.consent import actions as consents
from casework.consent.models import ConsentRow
from casework.referrals import actions, drafting
from casework.referrals.deadlines import Urgency
from casework.referrals.drafting import Wish, draft_referral
from casework.referrals.models import Referral, ReferralMove
from tests.concurrency.races import Meeting, at_once, before
from tests.concurrency.test_forms_at_once import browser, twin
from tests.support.cast import HEALTH, Cast
from tests.support.databases import on_both_databases
from tests.support.files import agree, opened, referred
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

HOW = {"answer": "yes", "by": "personne", "mode": "oral_temoin", "language": "khq"}


@dataclass(frozen=True, slots=True)
class Tap:
    """A form to send twice: who has it, where both requests meet, which rows it adds, and what the
    page says afterwards."""

    handle: str
    form: Callable[[StrictClient, Session, Cast], tuple[Page, dict[str, Any]]]
    meet: tuple[Any, str]
    table: Any
    notice: str


def case_of(session: Session, cast: Cast) -> UUID:
    """A case that can be referred to the health centre."""
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    found = case.id
    session.commit()
    return found


def draft(session: Session, cast: Cast) -> Referral:
    """A draft that can be sent."""
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    wish = Wish(
        cast.provider(HEALTH), "sante", Urgency.NORMAL, "electronic", sections=("identity",)
    )
    return draft_referral(session, zeinab.actor, zeinab.keyring, case.id, wish)


def sending(client: StrictClient, session: Session, cast: Cast) -> tuple[Page, dict[str, Any]]:
    """The last page of a draft."""
    row = draft(session, cast).id
    session.commit()
    return client.page(f"/referrals/{row}/sending"), {}


def acceptance(client: StrictClient, session: Session, cast: Cast) -> tuple[Page, dict[str, Any]]:
    """The partner's yes."""
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity").id
    session.commit()
    return client.page(f"/referrals/{row}/acceptance"), {}


def drafting_one(client: StrictClient, session: Session, cast: Cast) -> tuple[Page, dict[str, Any]]:
    """The choice of a partner, which makes a draft."""
    service = client.page(f"/cases/{case_of(session, cast)}/referrals/new")
    page = client.submit(service, service="sante")
    return page, {"provider": str(cast.provider(HEALTH))}


def note(client: StrictClient, session: Session, cast: Cast) -> tuple[Page, dict[str, Any]]:
    """A new note."""
    page = client.page(f"/cases/{case_of(session, cast)}/journal")
    return page, {"nature": "appel", "text": "Elle a appelé."}


def closing(client: StrictClient, session: Session, cast: Cast) -> tuple[Page, dict[str, Any]]:
    """A closure."""
    page = client.page(f"/cases/{case_of(session, cast)}/closure")
    return page, {"code": "besoins_satisfaits"}


def answer(client: StrictClient, session: Session, cast: Cast) -> tuple[Page, dict[str, Any]]:
    """A new answer about statistics."""
    page = client.page(f"/cases/{case_of(session, cast)}/consents/new")
    return page, {**HOW, "kind": "c_stats"}


TAPS = {
    "sending": Tap("zeinab", sending, (actions, "check_act"), ReferralMove, "referral_sent"),
    "acceptance": Tap("mariam", acceptance, (actions, "check_act"), ReferralMove, "referral_moved"),
    "draft": Tap("zeinab", drafting_one, (drafting, "refuse_impossible"), Referral, "/request"),
    "note": Tap("zeinab", note, (follow_up, "refuse_impossible"), CaseEntry, "entry_kept"),
    "closure": Tap("zeinab", closing, (closure, "last_day"), CaseEntry, "case_closed"),
    "answer": Tap("zeinab", answer, (consents, "refuse_impossible"), ConsentRow, "answer_recorded"),
}


def how_many(session: Session, table: Any) -> int:
    """How many rows a table has."""
    session.rollback()
    found = session.scalar(select(func.count()).select_from(table)) or 0
    session.rollback()
    return found


@on_both_databases
@pytest.mark.parametrize("tap", list(TAPS))
def test_of_two_taps_at_once_one_act_is_kept_and_both_are_told_that_it_is_done(
    app: Flask,
    session: Session,
    cast: Cast,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    tap: str,
) -> None:
    one = TAPS[tap]
    client = browser(app, cast, one.handle)
    page, values = one.form(client, session, cast)
    known, meeting = how_many(session, one.table), Meeting(database)
    where, name = one.meet
    monkeypatch.setattr(where, name, before(meeting, getattr(where, name)))
    other = twin(client)
    answers = at_once(
        lambda: client.send(page, None, **values), lambda: other.send(page, None, **values)
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert [one.notice in answer.headers["Location"] for answer in answers] == [True, True]
    assert how_many(session, one.table) == known + 1
    assert meeting.met is (database == "postgresql")
