"""Referring and what is due, on a phone and at a desk: nothing in the way, nothing too wide."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from casework.referrals.deadlines import Urgency
from casework.referrals.drafting import ELECTRONIC, Wish, draft_referral
from casework.referrals.workflow import Move
from tests.referrals.screens import sent_to_health
from tests.support.browser import barriers, overflow
from tests.support.cast import HEALTH, Cast, Person
from tests.support.files import moved

pytestmark = pytest.mark.browser
SENDER = (
    "/desk",
    "/referrals",
    "/referrals/{sent}",
    "/referrals/{sent}/acceptance",
    "/referrals/{sent}/letter",
    "/referrals/{draft}/request",
    "/referrals/{draft}/sharing",
    "/referrals/{draft}/sending",
    "/cases/{case}/referrals/new",
    "/cases/{case}/consents",
    "/cases/{case}/consents/new",
    "/cases/{case}/consents/sharing/{provider}",
    "/cases/{case}/necessity/{provider}",
)
RECEIVER = ("/desk", "/referrals", "/referrals/{sent}", "/referrals/{accepted}")


def sign_in(page: Page, address: str, person: Person) -> None:
    """The person is signed in on this page."""
    page.goto(f"{address}/sign-in")
    page.locator("[name=handle]").fill(person.handle)
    page.locator("[name=passphrase]").fill(person.words)
    page.locator("main").get_by_role("button").click()
    page.wait_for_url(lambda reached: "sign-in" not in reached)


@pytest.fixture
def places(session: Session, cast: Cast) -> dict[str, str]:
    """A referral sent, one accepted, and a draft for an emergency."""
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    sent, accepted = (sent_to_health(session, cast, "identity", "health") for _ in range(2))
    moved(session, cast.person("mariam"), accepted, Move.ACCEPT)
    wish = Wish(provider, "sante_urgence", Urgency.EMERGENCY, ELECTRONIC, sections=("identity",))
    draft = draft_referral(session, zeinab.actor, zeinab.keyring, sent.case_id, wish)
    found = {"sent": sent.id, "accepted": accepted.id, "draft": draft.id, "case": sent.case_id}
    session.commit()
    return {name: str(one) for name, one in {**found, "provider": provider}.items()}


@pytest.mark.parametrize("width", ["phone", "desk"])
@pytest.mark.parametrize(("handle", "addresses"), [("zeinab", SENDER), ("mariam", RECEIVER)])
def test_every_page_is_free_of_barriers_and_fits_the_screen(
    request: pytest.FixtureRequest,
    live_server: str,
    cast: Cast,
    places: dict[str, str],
    width: str,
    handle: str,
    addresses: tuple[str, ...],
) -> None:
    page: Page = request.getfixturevalue(width)
    sign_in(page, live_server, cast.person(handle))
    for address in addresses:
        answer = page.goto(live_server + address.format(**places))
        assert answer is not None
        assert answer.status == 200, address
        assert barriers(page) == [], address
        assert overflow(page) == 0, address
