"""The intake walked by name: what a paralegal answers, page after page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casework import clock
from casework.cases.access import access_case
from casework.cases.intake import begin_case, complete_intake, save_section
from casework.cases.sections import Value, read_sections
from casework.policy import Permission
from tests.support.cast import Cast
from tests.support.pages import Page, Values
from tests.support.strict_client import StrictClient

GOUNDAM = "ML060208"
CONSENT = "/cases/new/consent"
FIRST_YES = {"c_donnees": "yes", "read_aloud": "y", "by": "personne", "mode": "oral_temoin"}
AGREED = {"c_services": "yes", "c_stats": "yes", "c_rappel": "no", "c_legal": "not_yet"}
GIRL: dict[str, Values] = {
    "commune": GOUNDAM,
    "b1_sex": "F",
    "b1_age-years": "16",
    "b1_age-about": "1",
}
NAMES = {"b1_given_name": "Hadjara", "b1_father_name": "Walet Ahmed", "b1_family_name": "Touré"}
CONTACT = {"place": "Abaradjou", "phone": "76 12 34 56", "avoid": "son oncle"}


def sent(client: StrictClient, page: Page, **values: Values) -> TestResponse:
    """The bare answer to the form of a page, with these values filled in."""
    form = page.form()
    form.fill(values)
    return client.post(form.action, data=form.values)


def begun(client: StrictClient, **answers: str) -> Page:
    """The page of the agreements of a case just begun."""
    return client.submit(client.page(CONSENT), **FIRST_YES | answers)


def asked_who(client: StrictClient) -> Page:
    """The page that asks who needs help."""
    return client.submit(begun(client), **AGREED)


def with_girl(client: StrictClient) -> Page:
    """The page that asks the name of a girl of about sixteen."""
    return client.submit(asked_who(client), **GIRL)


def asked_what(client: StrictClient) -> Page:
    """The page that asks what happened to her."""
    page = client.submit(with_girl(client), **NAMES)
    return client.submit(page, **CONTACT)


def last_night() -> dict[str, Values]:
    """Answers for yesterday at night."""
    day = clock.today() - timedelta(days=1)
    parts = {"day": day.day, "month": day.month, "year": day.year}
    when: dict[str, Values] = {f"g1_happened_on-{name}": str(part) for name, part in parts.items()}
    return {**when, "g1_part_of_day": "nuit"}


def told_rape(client: StrictClient) -> Page:
    """The list of grievances after a rape of last night was told."""
    page = client.submit(asked_what(client), g1_gbv_acts=["vbg_viol", "vbg_psy"])
    page = client.submit(page, **last_night(), g1_story="Au puits.")
    return client.submit(page, g1_relations=["voisin"])


def told_birth(client: StrictClient) -> Page:
    """The list of grievances after a missing birth act was told."""
    page = client.submit(asked_what(client), g1_justice_type="ec_naissance")
    return client.submit(page)


def onwards(client: StrictClient, page: Page) -> Page:
    """The page after the list of grievances."""
    links = page.links
    return client.page(links.get("C’est tout : continuer") or links["That is all: continue"])


def walked(client: StrictClient) -> Page:
    """The last look at the answers about a rape of last night."""
    page = onwards(client, told_rape(client))
    page = client.submit(page, g1_injured="yes", safe_tonight="no")
    return client.submit(page, risk="eleve", urgency="urgence")


def opened(client: StrictClient) -> UUID:
    """The id of a case whose intake was walked to its end."""
    return case_of(client.submit(walked(client)))


def made(session: Session, cast: Cast, *, is_open: bool = True) -> UUID:
    """A case as the walk leaves it, made by the acts themselves; open, or still a draft."""
    zeinab, case_id = cast.person("zeinab"), uuid4()
    by = (session, zeinab.actor, zeinab.keyring)
    yes = {"kind": "c_donnees", "answer": "yes", "by": "personne", "mode": "oral_temoin"}
    today = clock.today().isoformat()
    assert zeinab.team_id is not None
    begin_case(*by, zeinab.team_id, case_id, [{**yes, "given_on": today}])
    girl, grievance = str(uuid4()), str(uuid4())
    age = {"years": 16, "as_of": today, "approximate": True}
    hers = {name.removeprefix("b1_"): text for name, text in NAMES.items()}
    told: dict[str, Value] = {
        "identity": {
            "commune": GOUNDAM,
            "beneficiaries": [{"id": girl, "sex": "F", "age": age, **hers}],
        },
        "contact": {"place": "Abaradjou", "phone": "76 12 34 56"},
        "facts": {"risk": "eleve", "grievances": [{"id": grievance, "gbv_acts": ["vbg_viol"]}]},
        "perpetrator": {"grievances": {grievance: {"relations": ["voisin"]}}},
        "health": {"grievances": {grievance: {"injured": True}}},
    }
    for section, value in told.items():
        save_section(*by, case_id, section, value, 0)
    if is_open:
        complete_intake(*by, case_id)
    session.commit()
    return case_id


def case_of(page: Page) -> UUID:
    """The case a page is about."""
    return case_at(page.address)


def case_at(address: str) -> UUID:
    """The case an address is about."""
    found = re.search(r"/cases/([0-9a-f-]{36})", address)
    assert found, address
    return UUID(found[1])


def told(session: Session, cast: Cast, case_id: UUID, who: str = "zeinab") -> dict[str, Any]:
    """What the sections of a case say, as a member of its team reads it."""
    person = cast.person(who)
    case = access_case(session, person.actor, person.keyring, case_id, Permission.CASE_VIEW)
    session.expire_all()
    return {name: section.value for name, section in read_sections(session, case).items()}
