"""From the case to the person's own word: both sides on their screens, in French."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.referrals.models import Referral
from casework.referrals.workflow import State
from tests.referrals.screens import Enter, case_of, link
from tests.support.cast import HEALTH, Cast
from tests.support.files import CANARY
from tests.support.pages import Page
from tests.support.strict_client import StrictClient


def referral_at(page: Page, suffix: str) -> str:
    """The address of the referral whose page ends in a suffix."""
    path = page.response.request.path
    assert path.endswith(suffix), path
    return path.removesuffix(suffix)


def refer(client: StrictClient, cast: Cast, case_id: object) -> str:
    """The paralegal refers the case to the health centre, asking the person on the way."""
    page = client.page(f"/cases/{case_id}/referrals/new")
    page = client.submit(page, service="sante")
    page = client.submit(page, provider=str(cast.provider(HEALTH)))
    address = referral_at(page, "/request")
    page = client.submit(page, urgency="urgent", channel="electronic")
    assert "Rien ne peut encore être partagé avec ce partenaire." in page.text
    page = client.page(page.links["Lui demander et noter sa réponse"])
    page = client.submit(page, sections=["identity", "health"])
    assert "identité, santé" in page.text
    page = client.submit(page, answer="yes", by="personne", mode="oral_temoin", language="khq")
    assert page.response.request.path == f"{address}/sharing"
    page = client.submit(page, sections=["identity"])
    page = client.submit(page)
    assert "C’est envoyé." in page.text
    return address


def test_a_referral_goes_from_the_case_to_the_persons_own_word(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    case = case_of(session, cast.person("zeinab"))
    zeinab, mariam = browser_of("zeinab"), browser_of("mariam")
    address = refer(zeinab, cast, case.id)
    waiting = mariam.page("/desk")
    assert CANARY not in waiting.text
    before = mariam.page(link(waiting, "Répondre au référencement"))
    assert CANARY not in before.text
    after = mariam.submit(mariam.page(before.links["Accepter"]))
    assert CANARY in after.text
    served = mariam.submit(mariam.page(after.links["Dire que le service est rendu"]))
    assert "Service rendu" in served.text
    own = zeinab.page("/desk")
    asked = zeinab.page(link(own, "Demander à la personne si elle a reçu le service"))
    assert asked.response.request.path == address
    over = zeinab.submit(zeinab.page(asked.links["La personne confirme le service"]))
    assert "Confirmé par la personne" in over.text
    session.expire_all()
    assert session.scalars(select(Referral.state)).one() == State.CONFIRMED
    assert CANARY not in mariam.page(address).text
