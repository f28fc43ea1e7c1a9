"""An expired session loses nothing: idle in mid-intake, sign in again, and everything is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.models import Draft
from tests.cases import intake_pages as walk
from tests.support.cast import Cast, enter, sign_in
from tests.support.databases import on_both_databases
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

AWAY = timedelta(minutes=20)
STORY = "Elle a dit : « c’était le soir »."


@pytest.fixture
def zeinab(client: StrictClient, cast: Cast) -> StrictClient:
    """The browser of a paralegal of Goundam."""
    enter(client, cast.person("zeinab"))
    return client


def facts_page(client: StrictClient) -> Page:
    """The page that asks when, where and how."""
    return client.submit(walk.asked_what(client), g1_gbv_acts=["vbg_viol"])


def waiting(session: Session) -> int:
    """How many forms wait for somebody."""
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Draft)) or 0


@on_both_databases
def test_idle_in_mid_intake_loses_nothing(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    page = facts_page(zeinab)
    answers = {**walk.last_night(), "g1_story": STORY, "g1_incident_place": "Au puits"}
    with clock.at(clock.now() + AWAY):
        answer = walk.sent(zeinab, page, **answers)
        assert answer.headers["Location"] == "/sign-in?notice=form_kept"
        sign_in(zeinab, cast.person("zeinab"))
        offer = zeinab.page("/lost-forms")
        assert "Quand, où, comment" in offer.text
        again = zeinab.submit(offer, "/lost-forms/")
        assert again.address.split("?")[0] == page.address.split("?")[0]
        shown = again.form().values
        assert {name: shown[name] for name in answers} == answers
        zeinab.submit(again)
    told = walk.told(session, cast, walk.case_of(page))
    assert told["facts"]["grievances"][0]["story"] == STORY


def test_even_the_first_yes_is_not_lost(zeinab: StrictClient, session: Session, cast: Cast) -> None:
    page = zeinab.page(walk.CONSENT)
    with clock.at(clock.now() + AWAY):
        walk.sent(zeinab, page, **walk.FIRST_YES, witness="Ramata")
        sign_in(zeinab, cast.person("zeinab"))
        again = zeinab.submit(zeinab.page("/lost-forms"), "/lost-forms/")
        assert again.form().values["witness"] == "Ramata"
        assert again.form().values["case_id"] == page.form().values["case_id"]
        assert zeinab.submit(again).heading == "Ce que la personne accepte"


def test_what_a_colleague_changed_meanwhile_is_shown_beside_it(
    zeinab: StrictClient, cast: Cast
) -> None:
    page = zeinab.submit(walk.with_girl(zeinab), **walk.NAMES)
    address = page.address.split("?")[0]
    with clock.at(clock.now() + AWAY):
        zeinab.send(page, place="Sankoré")
        enter(zeinab, cast.person("ibrahim"))
        zeinab.send(zeinab.page(address), place="Kabara")
        enter(zeinab, cast.person("zeinab"))
        again = zeinab.submit(zeinab.page("/lost-forms"), "/lost-forms/")
        compared = zeinab.submit(again)
    assert compared.heading == "Deux versions : choisissez"
    assert "Sankoré" in compared.text
    assert "Kabara" in compared.text


def test_a_lost_form_is_sealed_while_it_waits(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    page = zeinab.submit(walk.with_girl(zeinab), **walk.NAMES)
    with clock.at(clock.now() + AWAY):
        zeinab.send(page, place="Zzsankore")
    [draft] = session.scalars(select(Draft))
    assert b"Zzsankore" not in draft.box


def test_a_lost_form_is_offered_to_nobody_else(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    page = zeinab.submit(walk.with_girl(zeinab), **walk.NAMES)
    with clock.at(clock.now() + AWAY):
        zeinab.send(page, place="Sankoré")
        [draft] = session.scalars(select(Draft))
        enter(zeinab, cast.person("ibrahim"))
        offer = zeinab.page("/lost-forms")
        assert "Rien n’attend" in offer.text
        token = zeinab.page("/cases/new").form("/cases/new").values["csrf_token"]
        answer = zeinab.post(f"/lost-forms/{draft.id}", data={"csrf_token": token})
    assert answer.status_code == 404
    assert waiting(session) == 1


def test_a_lost_form_is_taken_up_once(zeinab: StrictClient, session: Session, cast: Cast) -> None:
    page = zeinab.submit(walk.with_girl(zeinab), **walk.NAMES)
    with clock.at(clock.now() + AWAY):
        zeinab.send(page, place="Sankoré")
        enter(zeinab, cast.person("zeinab"))
        offer = zeinab.page("/lost-forms")
        assert zeinab.send(offer, "/lost-forms/").status_code == 303
        assert zeinab.send(offer, "/lost-forms/").status_code == 404
    assert waiting(session) == 0


def test_a_form_nobody_signed_is_not_kept(zeinab: StrictClient, session: Session) -> None:
    page = zeinab.submit(walk.with_girl(zeinab), **walk.NAMES)
    form = page.form()
    form.values["csrf_token"] = "0" * 64
    with clock.at(clock.now() + AWAY):
        answer = zeinab.post(form.action, data=form.values)
    assert answer.headers["Location"] == "/sign-in?notice=session_expired"
    assert waiting(session) == 0
