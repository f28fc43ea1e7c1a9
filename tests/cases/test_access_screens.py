"""Every address of a case is 404 to whoever is not of its team, whatever she asks."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.cases.field_kinds import Per
from casework.cases.models import Case, CaseEntry
from tests.cases.test_access import STRANGERS
from tests.support.cast import Cast, enter
from tests.support.files import noted, opened
from tests.support.strict_client import StrictClient

PLACES = (
    "",
    "/story",
    "/journal",
    "/step",
    "/service",
    "/outcome",
    "/closure",
    "/reopening",
    "/erasure",
    "/assignment",
)
POSTED = PLACES[2:]
TYPED = {"code": "soins", "nature": "appel", "text": "…", "proof": "pv", "case_code": "0"}


def token(client: StrictClient) -> str:
    """The token every form of this session carries."""
    return client.page("/account").form("/exit").values["csrf_token"]


@pytest.mark.parametrize("handle", STRANGERS)
def test_every_address_of_the_case_is_unknown_to_a_stranger(
    session: Session, cast: Cast, client: StrictClient, handle: str
) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    made = noted(session, zeinab, case, Per.JOURNAL, nature="appel", text="…")
    enter(client, cast.person(handle))
    sent = {**TYPED, "csrf_token": token(client)}
    correction = f"/entries/{made}/correction"
    for place in (*PLACES, correction):
        assert client.get(f"/cases/{case.id}{place}").status_code == 404, place
    for place in (*POSTED, correction):
        client.post(f"/cases/{case.id}{place}", data=sent, follow_redirects=True)
        answer = client.post(f"/cases/{case.id}{place}", data=sent, follow_redirects=True)
        assert answer.status_code == 404, place
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(CaseEntry)) == 1
    assert session.get_one(Case, case.id).status == "en_suivi"


def test_a_case_that_does_not_exist_answers_like_one_that_is_hidden(
    session: Session, cast: Cast, client: StrictClient
) -> None:
    hidden = opened(session, cast.person("zeinab"))
    enter(client, cast.person("fanta"))
    answers = [client.get(f"/cases/{one}") for one in (hidden.id, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].get_data() == answers[1].get_data()


def test_a_stranger_who_looked_for_the_case_is_in_the_log(
    session: Session, cast: Cast, client: StrictClient
) -> None:
    case, fanta = opened(session, cast.person("zeinab")), cast.person("fanta")
    enter(client, fanta)
    client.get(f"/cases/{case.id}")
    session.rollback()
    rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "access.refused"))
    assert [row.actor_id for row in rows] == [fanta.id]


def test_a_form_without_its_token_changes_nothing(
    session: Session, cast: Cast, client: StrictClient
) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    enter(client, zeinab)
    answer = client.post(f"/cases/{case.id}/closure", data={"code": "besoins_satisfaits"})
    assert answer.status_code == 400
    session.expire_all()
    assert session.get_one(Case, case.id).status == "ouvert"
