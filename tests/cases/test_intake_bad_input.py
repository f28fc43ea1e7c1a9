"""What nobody should send: a clear message or the right status, nothing lost, nothing revealed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casework.audit.models import AuditEntry
from casework.cases.models import CaseEntry, CaseSection
from tests.cases import intake_pages as walk
from tests.support.cast import Cast, enter
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

THREE_MEGABYTES = "a" * 3_000_000
NULL = "Had\x00jara"
BROKEN = b"\xff\xfe\xe9"
TEXTS: dict[str, str] = {
    "beneficiaries": "b1_relation",
    "names": "b1_given_name",
    "contact": "place",
    "facts": "g1_story",
    "circumstances": "g1_author_name",
    "health": "g1_health_note",
    "risk": "safety_plan",
}
"""One field to type in on each page of the intake."""

SECTION_TEXTS = {
    "identity": "b1_given_name",
    "contact": "place",
    "facts": "g1_story",
    "perpetrator": "g1_author_name",
    "health": "g1_health_note",
    "legal": "papers_held",
    "notes": "action_plan",
}


@pytest.fixture
def zeinab(client: StrictClient, cast: Cast) -> StrictClient:
    """The browser of a paralegal of Goundam."""
    enter(client, cast.person("zeinab"))
    return client


def addresses(case_id: UUID, told: dict[str, Any]) -> dict[str, str]:
    """Every page of questions about a case, by its name."""
    girl = told["identity"]["beneficiaries"][0]["id"]
    grievance = told["facts"]["grievances"][0]["id"]
    start = f"/cases/{case_id}/intake"
    of_item = {"names": girl, "grievance": grievance, "facts": grievance}
    of_item |= {"circumstances": grievance}
    pages = {name: f"{start}/{name}" for name in ("beneficiaries", "contact", "health", "risk")}
    return pages | {name: f"{start}/{name}/{item}" for name, item in of_item.items()}


@pytest.fixture
def pages(session: Session, cast: Cast) -> dict[str, str]:
    """The pages of an intake in which everything was told, by name."""
    case_id = walk.made(session, cast, is_open=False)
    return addresses(case_id, walk.told(session, cast, case_id))


@pytest.fixture
def sections(session: Session, cast: Cast) -> dict[str, str]:
    """The sections of an open case, by name."""
    case_id = walk.made(session, cast)
    return {name: f"/cases/{case_id}/sections/{name}" for name in SECTION_TEXTS}


def refused(client: StrictClient, answer: TestResponse) -> Page:
    """The page that a refused form leads back to."""
    assert answer.status_code == 303
    assert "held=" in answer.headers["Location"]
    return client.page(answer.headers["Location"].split("#")[0])


def sent(client: StrictClient, address: str, **typed: str) -> TestResponse:
    """The answer to the page's form with some fields typed over, whatever they hold."""
    form = client.page(address).form()
    for name, text in typed.items():
        assert name in form.names
        form.values[name] = text
    return client.post(address, data=form.values)


Sender = Callable[[StrictClient, str, str], TestResponse]


def with_null(client: StrictClient, address: str, name: str) -> TestResponse:
    """The form with a null byte in one field."""
    return sent(client, address, **{name: NULL})


def with_broken_text(client: StrictClient, address: str, name: str) -> TestResponse:
    """The form with bytes that are no UTF-8 in one field."""
    values = client.page(address).form().values
    pairs: list[tuple[str, str | bytes]] = [
        pair for pair in values.items(multi=True) if pair[0] != name
    ]
    kind = "application/x-www-form-urlencoded"
    return client.post(address, data=urlencode([*pairs, (name, BROKEN)]), content_type=kind)


@pytest.mark.parametrize("sender", [with_null, with_broken_text])
def test_signs_that_cannot_be_read_are_asked_again(
    zeinab: StrictClient, pages: dict[str, str], sender: Sender
) -> None:
    for name, field in TEXTS.items():
        page = refused(zeinab, sender(zeinab, pages[name], field))
        assert "Corrigez ce qui suit" in page.text, name


@pytest.mark.parametrize("sender", [with_null, with_broken_text])
def test_signs_that_cannot_be_read_are_asked_again_in_a_section(
    zeinab: StrictClient, sections: dict[str, str], sender: Sender
) -> None:
    for name, field in SECTION_TEXTS.items():
        page = refused(zeinab, sender(zeinab, sections[name], field))
        assert "Corrigez ce qui suit" in page.text, name


def test_three_megabytes_are_too_much_everywhere(
    zeinab: StrictClient, pages: dict[str, str]
) -> None:
    for name, field in TEXTS.items():
        answer = sent(zeinab, pages[name], **{field: THREE_MEGABYTES})
        assert answer.status_code == 413, name


def test_without_its_token_a_form_is_refused_everywhere(
    zeinab: StrictClient, pages: dict[str, str]
) -> None:
    others = ("/cases/new", walk.CONSENT, "/cases/new/contact", f"/lost-forms/{uuid4()}")
    start = pages["contact"].removesuffix("/contact")
    acts = (f"{start}/check", f"{start}/removal", f"{start}/consent")
    for address in (*pages.values(), *others, *acts):
        assert zeinab.post(address, data={"place": "x"}).status_code == 400, address


def test_another_teams_case_does_not_exist(
    zeinab: StrictClient, pages: dict[str, str], cast: Cast, session: Session
) -> None:
    before = written(session)
    token = zeinab.page(pages["contact"]).form().values["csrf_token"]
    enter(zeinab, cast.person("fanta"))
    token = zeinab.page("/cases/new").form("/cases/new").values["csrf_token"]
    start = pages["contact"].removesuffix("/contact")
    for address in (*pages.values(), start, f"{start}/check", f"{start}/removal"):
        assert zeinab.get(address).status_code == 404, address
        if address != start:
            assert zeinab.post(address, data={"csrf_token": token}).status_code == 404, address
    assert written(session) == before


def test_another_teams_sections_do_not_exist(
    zeinab: StrictClient, sections: dict[str, str], cast: Cast
) -> None:
    enter(zeinab, cast.person("fanta"))
    assert {zeinab.get(address).status_code for address in sections.values()} == {404}


def test_a_refused_look_stands_in_the_log(
    zeinab: StrictClient, pages: dict[str, str], cast: Cast, session: Session
) -> None:
    enter(zeinab, cast.person("fanta"))
    zeinab.get(pages["contact"])
    query = select(AuditEntry).where(AuditEntry.action == "access.refused")
    [entry] = session.scalars(query)
    assert entry.actor_id == cast.person("fanta").id


@pytest.mark.parametrize("who", ["moussa", "mariam", "manager", "admin", "auditor"])
def test_whoever_takes_no_intake_sees_none(
    zeinab: StrictClient, pages: dict[str, str], cast: Cast, who: str
) -> None:
    enter(zeinab, cast.person(who))
    assert {zeinab.get(address).status_code for address in pages.values()} == {404}
    assert zeinab.get("/cases/new").status_code == 403


def written(session: Session) -> int:
    """How many revisions of sections and entries there are."""
    session.expire_all()
    entries = session.scalar(select(func.count()).select_from(CaseEntry)) or 0
    return entries + (session.scalar(select(func.sum(CaseSection.revision))) or 0)


@pytest.mark.parametrize(
    ("day", "month", "year", "words"),
    [
        ("31", "2", "2026", "Ce jour n’existe pas"),
        ("1", "13", "2026", "Le mois"),
        ("1", "1", "2199", "n’est pas encore arrivée"),
        ("x", "1", "2026", "en chiffres"),
        ("1", "1", "26", "quatre chiffres"),
    ],
)
def test_an_impossible_date_is_asked_again_and_nothing_is_lost(
    zeinab: StrictClient, pages: dict[str, str], day: str, month: str, year: str, words: str
) -> None:
    boxes = {"day": day, "month": month, "year": year}
    typed = {f"g1_happened_on-{part}": text for part, text in boxes.items()}
    page = refused(zeinab, sent(zeinab, pages["facts"], **typed, g1_story="Deux hommes."))
    assert words in page.text
    shown = page.form().values
    assert [shown[name] for name in typed] == [day, month, year]
    assert shown["g1_story"] == "Deux hommes."


def test_a_code_nobody_offered_is_refused(zeinab: StrictClient, pages: dict[str, str]) -> None:
    page = refused(zeinab, sent(zeinab, pages["risk"], risk="enorme"))
    assert "une des réponses" in page.text
    assert "enorme" not in page.text


def test_a_commune_out_of_the_programme_is_refused(
    zeinab: StrictClient, pages: dict[str, str]
) -> None:
    page = refused(zeinab, sent(zeinab, pages["beneficiaries"], commune="ML999999"))
    assert "une des réponses" in page.text


def test_a_telephone_without_digits_is_asked_again(
    zeinab: StrictClient, pages: dict[str, str]
) -> None:
    page = refused(zeinab, sent(zeinab, pages["contact"], phone="chez Ali"))
    assert "76 12 34 56" in page.text


def test_a_row_with_a_forged_id_is_refused(zeinab: StrictClient, pages: dict[str, str]) -> None:
    assert sent(zeinab, pages["beneficiaries"], b1_id="../x").status_code == 400


def test_a_lost_revision_never_overwrites(
    zeinab: StrictClient, pages: dict[str, str], session: Session
) -> None:
    before = written(session)
    answer = sent(zeinab, pages["contact"], place="Kabara", revision_contact="")
    assert "held=" in answer.headers["Location"]
    assert written(session) == before


def test_a_forged_case_id_begins_nothing(zeinab: StrictClient) -> None:
    form = zeinab.page(walk.CONSENT).form()
    form.fill(dict(walk.FIRST_YES))
    form.values["case_id"] = "x"
    assert zeinab.post(walk.CONSENT, data=form.values).status_code == 404


def test_the_id_of_another_teams_case_begins_nothing(
    zeinab: StrictClient, cast: Cast, session: Session
) -> None:
    case_id = walk.case_of(walk.begun(zeinab))
    before = written(session)
    enter(zeinab, cast.person("fanta"))
    form = zeinab.page(walk.CONSENT).form()
    form.fill(dict(walk.FIRST_YES))
    form.values["case_id"] = str(case_id)
    assert zeinab.post(walk.CONSENT, data=form.values).status_code == 404
    assert written(session) == before


@pytest.mark.parametrize(
    "tail", ["intake/unknown", "intake/names", "intake/search", "sections/admin", "sections/x"]
)
def test_a_page_that_is_none_does_not_exist(zeinab: StrictClient, tail: str) -> None:
    case_id = walk.case_of(walk.with_girl(zeinab))
    assert zeinab.get(f"/cases/{case_id}/{tail}").status_code == 404


@pytest.mark.parametrize("name", ["names", "facts", "circumstances"])
def test_a_page_about_nobody_does_not_exist(zeinab: StrictClient, name: str) -> None:
    case_id = walk.case_of(walk.with_girl(zeinab))
    assert zeinab.get(f"/cases/{case_id}/intake/{name}/{uuid4()}").status_code == 404


def test_an_empty_first_page_says_what_is_missing(zeinab: StrictClient) -> None:
    page = zeinab.submit(zeinab.page(walk.CONSENT))
    links = [link.get("href") for link in page.document.all("a") if link.get("href", "")[:1] == "#"]
    assert links == ["#main", "#read_aloud", "#c_donnees-0", "#by-0", "#mode-0"]
    assert page.title.startswith("Erreur")
