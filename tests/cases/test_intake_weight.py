"""What a page of the intake weighs on 2G: at most 5 kB, in one request."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import brotli
import pytest
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.form_steps import Stop, stops
from casework.cases.form_way import address
from casework.cases.intake import save_section
from tests.cases import intake_pages as walk
from tests.support.cast import Cast, enter
from tests.support.strict_client import StrictClient

LATER_PAGE = 5_000
SECTIONS = ("identity", "contact", "facts", "perpetrator", "health", "legal", "notes")


@pytest.fixture
def zeinab(client: StrictClient, cast: Cast) -> StrictClient:
    """The browser of a paralegal of Goundam."""
    enter(client, cast.person("zeinab"))
    return client


def weight(client: StrictClient, place: str) -> int:
    """Bytes of the page in brotli."""
    return len(brotli.compress(client.page(place).response.get_data()))


def addresses(client: StrictClient, told: dict[str, Any], case_id: UUID) -> list[str]:
    """Every page of one intake."""
    with client.application.test_request_context():
        way = [address(case_id, told, stop) for stop in (Stop("consent"), *stops(told))]
    return [*way, f"/cases/{case_id}/intake", f"/cases/{case_id}/intake/removal"]


def test_every_page_of_an_intake_fits_the_network(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    case_id = walk.made(session, cast, is_open=False)
    told = walk.told(session, cast, case_id)
    pages = ["/cases/new", walk.CONSENT, "/cases/new/contact", "/lost-forms"]
    for place in (*pages, *addresses(zeinab, told, case_id)):
        assert weight(zeinab, place) <= LATER_PAGE, place


def test_every_section_of_a_case_fits_the_network(
    zeinab: StrictClient, session: Session, cast: Cast
) -> None:
    case_id = walk.made(session, cast)
    for section in SECTIONS:
        assert weight(zeinab, f"/cases/{case_id}/sections/{section}") <= LATER_PAGE, section
    assert weight(zeinab, f"/cases/{case_id}/opening") <= LATER_PAGE


@pytest.mark.parametrize("is_open", [True, False])
def test_even_a_family_of_twenty_fits_the_network(
    zeinab: StrictClient, session: Session, cast: Cast, is_open: bool
) -> None:
    case_id, who = walk.made(session, cast, is_open=is_open), cast.person("zeinab")
    band = {"band": "5_11", "as_of": clock.today().isoformat()}
    family = [
        {"id": str(uuid4()), "sex": "F", "age": band, "given_name": f"Aïssa {number}"}
        for number in range(20)
    ]
    identity: dict[str, object] = {"commune": walk.GOUNDAM, "beneficiaries": family}
    save_section(session, who.actor, who.keyring, case_id, "identity", identity, 1)
    pages = ("sections/identity",) if is_open else ("intake/beneficiaries", "intake/check")
    for page in pages:
        assert weight(zeinab, f"/cases/{case_id}/{page}") <= LATER_PAGE, page
