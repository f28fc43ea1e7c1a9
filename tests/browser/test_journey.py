"""The main job from one end to the other, by keyboard, on a phone in French, at a desk in English.

The intake itself is walked in tests/cases/test_intake_browser.py; here the case is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.models import Case, CaseStatus
from casework.facts.actions import set_calendar
from casework.statistics.actions import close_quarter
from tests.browser.keyboard import Typist
from tests.support.cast import HEALTH, Cast
from tests.support.files import agree, opened

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Words:
    """What the person reads and presses, in her language."""

    language: str | None
    accept: str
    served: str
    confirmed: str
    refer: str
    outcome: str
    close: str
    sign_out: str
    answer: str
    ask: str


FRENCH = Words(
    language=None,
    accept="Accepter",
    served="Dire que le service est rendu",
    confirmed="La personne confirme le service",
    refer="Référer",
    outcome="Enregistrer une issue",
    close="Clôturer le dossier",
    sign_out="Se déconnecter",
    answer="Répondre au référencement",
    ask="Demander à la personne si elle a reçu le service",
)
ENGLISH = Words(
    language="English",
    accept="Accept",
    served="Say the service was given",
    confirmed="The person confirms the service",
    refer="Refer",
    outcome="Write an outcome",
    close="Close the case",
    sign_out="Sign out",
    answer="Answer the referral",
    ask="Ask the person whether she received the service",
)


def ready(session: Session, cast: Cast) -> UUID:
    """An open case whose person agreed that the health centre may know who she is."""
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity", "health")
    case_id = case.id
    session.commit()
    return case_id


def enter(typist: Typist, cast: Cast, handle: str, words: Words) -> None:
    """This person has signed in and reads her language."""
    typist.sign_in(cast.person(handle))
    if words.language and typist.page.locator("html").get_attribute("lang") != "en":
        typist.speak(words.language)


def refer(typist: Typist, cast: Cast, case_id: UUID, words: Words) -> None:
    """The case is referred to the health centre, with her name only."""
    typist.goto(f"/cases/{case_id}")
    typist.press(words.refer)
    typist.pick("service", "sante")
    typist.go_on()
    typist.tick("provider", str(cast.provider(HEALTH)))
    typist.go_on()
    typist.tick("urgency", "urgent")
    typist.tick("channel", "electronic")
    typist.go_on()
    typist.tick("sections", "identity")
    typist.go_on()
    typist.go_on()


def answer(typist: Typist, words: Words) -> None:
    """The midwife accepts and says that the service was given."""
    typist.goto("/desk")
    typist.press(words.answer)
    for step in (words.accept, words.served):
        typist.press(step)
        typist.go_on()


def finish(typist: Typist, case_id: UUID, words: Words) -> None:
    """The person confirms; the outcome is written with its proof; the case is closed."""
    typist.goto("/desk")
    typist.press(words.ask)
    typist.press(words.confirmed)
    typist.go_on()
    typist.goto(f"/cases/{case_id}")
    typist.press(words.outcome)
    typist.pick("code", "acte_ec")
    typist.tick("proof", "acte")
    typist.go_on()
    typist.goto(f"/cases/{case_id}/closure")
    typist.pick("code", "besoins_satisfaits")
    typist.go_on()


@pytest.mark.parametrize(("screen", "words"), [("phone", FRENCH), ("desk", ENGLISH)])
def test_the_journey_from_the_case_to_its_closure(
    screen: str,
    words: Words,
    request: pytest.FixtureRequest,
    live_server: str,
    cast: Cast,
    session: Session,
) -> None:
    page: Page = request.getfixturevalue(screen)
    case_id = ready(session, cast)
    typist = Typist(page, live_server)
    enter(typist, cast, "zeinab", words)
    refer(typist, cast, case_id, words)
    typist.press(words.sign_out)
    enter(typist, cast, "mariam", words)
    answer(typist, words)
    typist.press(words.sign_out)
    enter(typist, cast, "zeinab", words)
    finish(typist, case_id, words)
    assert session.get_one(Case, case_id).status == CaseStatus.CLOSED


def test_the_manager_reads_the_closed_quarter_and_the_auditor_the_log(
    desk: Page, live_server: str, cast: Cast, session: Session
) -> None:
    with clock.at(datetime(2026, 2, 3, 9, tzinfo=UTC)):
        set_calendar(session, datetime(2026, 1, 1, tzinfo=UTC).date())
        opened(session, cast.person("zeinab"))
    with clock.at(datetime(2026, 4, 20, 9, tzinfo=UTC)):
        close_quarter(session, "2026Q1")
    session.commit()
    typist = Typist(desk, live_server)
    enter(typist, cast, "manager", FRENCH)
    typist.goto("/statistics/2026Q1")
    assert "5" in desk.locator("main").inner_text()
    typist.press("Se déconnecter")
    enter(typist, cast, "auditor", FRENCH)
    assert desk.url.endswith("/audit")
