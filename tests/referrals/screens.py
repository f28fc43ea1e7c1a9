"""What the screen tests of referrals begin with: browsers, and a case that can be referred."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from casework.cases.access import OpenCase
from casework.referrals.models import Referral
from tests.conftest import new_client
from tests.support.cast import HEALTH, Cast, Person, enter
from tests.support.files import agree, opened, referred
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

Enter = Callable[[str], StrictClient]


def browsers(app: Flask, session: Session, cast: Cast) -> Enter:
    """Opens a browser in which somebody of the cast is signed in."""

    def browser(handle: str) -> StrictClient:
        client = new_client(app, session)
        enter(client, cast.person(handle))
        return client

    return browser


def case_of(session: Session, worker: Person, **more: Any) -> OpenCase:
    """An open case about a birth that was never declared, with a health section."""
    return opened(session, worker, **{"health": {"grievances": {}}, **more})


def sent_to_health(session: Session, cast: Cast, *sections: str) -> Referral:
    """A referral of zeinab's to the health centre, sent on the screen."""
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    case = case_of(session, zeinab)
    shared = sections or ("identity",)
    agree(session, zeinab, case, provider, *shared)
    return referred(session, zeinab, case, provider, *shared)


def page_of(referral_id: UUID, noun: str = "") -> str:
    """The address of a referral, or of one of its moves."""
    return f"/referrals/{referral_id}" + (f"/{noun}" if noun else "")


def link(page: Page, words: str) -> str:
    """The address of the one link that begins with these words."""
    found = {address for text, address in page.links.items() if text.startswith(words)}
    assert len(found) == 1, f"{words!r}: {page.links}"
    return found.pop()
