"""Giving a case to somebody, on the screen of the coordinator."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from casework.cases.access import OpenCase
from casework.cases.models import Case
from tests.support.cast import Cast, enter
from tests.support.files import opened
from tests.support.strict_client import StrictClient


@pytest.fixture
def case(session: Session, cast: Cast) -> OpenCase:
    """A case of zeinab's."""
    return opened(session, cast.person("zeinab"))


@pytest.fixture
def reader(client: StrictClient, cast: Cast) -> StrictClient:
    """The coordinator's browser."""
    enter(client, cast.person("aminata"))
    return client


def test_those_who_can_open_the_case_are_offered_and_no_relay(
    reader: StrictClient, cast: Cast, case: OpenCase
) -> None:
    offered = reader.page(f"/cases/{case.id}/assignment").form().choices["to"]
    able = {str(cast.person(handle).id) for handle in ("aminata", "ibrahim", "zeinab")}
    assert offered == able


def test_the_case_changes_hands_and_says_why(
    session: Session, reader: StrictClient, cast: Cast, case: OpenCase
) -> None:
    ibrahim = cast.person("ibrahim")
    form = reader.page(f"/cases/{case.id}/assignment")
    page = reader.submit(form, to=str(ibrahim.id), reason="Zeinab est en congé.")
    assert "Le dossier est confié à cette personne." in page.text
    assert "Zeinab est en congé." in page.text
    session.expire_all()
    assert session.get_one(Case, case.id).assigned_to == ibrahim.id


def test_a_conflict_of_interest_is_shown_the_next_time(
    reader: StrictClient, cast: Cast, case: OpenCase
) -> None:
    form = reader.page(f"/cases/{case.id}/assignment")
    reader.submit(form, to=str(cast.person("ibrahim").id), conflict="y")
    text = reader.page(f"/cases/{case.id}/assignment").text
    assert "ZeinabConflit d’intérêts noté dans ce dossier" in text


def test_with_a_conflict_the_case_goes_to_somebody_else(
    reader: StrictClient, cast: Cast, case: OpenCase
) -> None:
    form = reader.page(f"/cases/{case.id}/assignment")
    page = reader.submit(form, to=str(cast.person("zeinab").id), conflict="y")
    assert "le dossier va à quelqu’un d’autre" in page.text


def test_nobody_chosen_is_said(reader: StrictClient, case: OpenCase) -> None:
    page = reader.submit(reader.page(f"/cases/{case.id}/assignment"))
    assert "Choisissez une personne." in page.text


def test_a_paralegal_is_not_offered_to_give_cases(
    client: StrictClient, cast: Cast, case: OpenCase
) -> None:
    enter(client, cast.person("zeinab"))
    assert f"/cases/{case.id}/assignment" not in client.page(f"/cases/{case.id}").links.values()
    assert client.get(f"/cases/{case.id}/assignment").status_code == 404
