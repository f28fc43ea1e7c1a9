"""Who gets which page of accounts, teams and the log: role by page."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import new_client
from tests.support.cast import Cast, enter

KEEPERS = {"aminata", "mariam"}
COMPARERS = KEEPERS | {"adama"}
EVERYBODY = {"aminata", "ibrahim", "moussa", "mariam", "adama", "admin", "manager", "auditor"}
PAGES: dict[str, set[str]] = {
    "/account": EVERYBODY,
    "/team": COMPARERS,
    "/team/{own}": COMPARERS,
    "/team/{own}/partners": COMPARERS,
    "/team/{own}/partners/{peer}/comparison": COMPARERS,
    "/team/{own}/invitation": KEEPERS,
    "/team/{own}/addition": KEEPERS,
    "/team/{own}/members/{colleague}": KEEPERS,
    "/team/{own}/members/{colleague}/suspension": KEEPERS,
    "/team/{own}/members/{colleague}/removal": KEEPERS,
    "/admin/teams": {"admin"},
    "/admin/teams/new": {"admin"},
    "/admin/teams/{own}": {"admin"},
    "/admin/teams/{own}/invitation": {"admin"},
    "/admin/accounts": {"admin"},
    "/admin/accounts/new": {"admin"},
    "/admin/accounts/{colleague}": {"admin"},
    "/admin/accounts/{colleague}/closure": {"admin"},
    "/audit": {"auditor"},
    "/audit/checkpoint": {"auditor"},
    "/audit/comparison": {"auditor"},
    "/audit/unusual": {"auditor"},
    "/audit/files/{own}/readers": {"auditor"},
}
PUBLIC = ("/sign-in", "/activation", "/welcome")
OWN_TEAM = {"mariam": "CSRéf Goundam", "adama": "CSRéf Goundam"}
PLACES = {
    "aminata": {"Mon équipe"},
    "mariam": {"Mon équipe"},
    "adama": {"Mon équipe"},
    "admin": {"Équipes", "Comptes"},
    "auditor": {"Journal"},
    "ibrahim": set(),
    "moussa": set(),
    "manager": set(),
}


def address(page: str, cast: Cast, handle: str) -> str:
    """The page's address for this person: her own team, a colleague, a team on the other side."""
    own = OWN_TEAM.get(handle, "Goundam")
    colleague, peer = ("ibrahim", "CSRéf Goundam") if own == "Goundam" else ("adama", "Goundam")
    if handle == "ibrahim":
        colleague = "zeinab"
    if handle == "adama":
        colleague = "mariam"
    return page.format(
        own=cast.team(own).id, peer=cast.team(peer).id, colleague=cast.person(colleague).id
    )


@pytest.mark.parametrize("handle", sorted(EVERYBODY))
def test_each_page_answers_each_role_as_decided(
    cast: Cast, app: Flask, session: Session, handle: str
) -> None:
    client = new_client(app, session)
    enter(client, cast.person(handle))
    answers = {page: client.get(address(page, cast, handle)).status_code for page in PAGES}
    refused = {page: 404 if "{" in page else 403 for page in PAGES}
    assert answers == {
        page: 200 if handle in allowed else refused[page] for page, allowed in PAGES.items()
    }


@pytest.mark.parametrize("handle", sorted(EVERYBODY))
def test_the_navigation_offers_what_the_role_may_open(
    cast: Cast, app: Flask, session: Session, handle: str
) -> None:
    client = new_client(app, session)
    enter(client, cast.person(handle))
    links = client.page("/account").links
    ours = {"Mon équipe", "Équipes", "Comptes", "Journal"}
    assert ours & links.keys() == PLACES[handle]


@pytest.mark.parametrize("page", sorted(PAGES))
def test_nobody_who_is_not_signed_in_gets_further_than_sign_in(
    cast: Cast, app: Flask, session: Session, page: str
) -> None:
    answer = new_client(app, session).get(address(page, cast, "aminata"))
    assert answer.headers["Location"] == "/sign-in?notice=please_sign_in"


@pytest.mark.parametrize("page", PUBLIC)
def test_public_pages_open_to_everybody(app: Flask, session: Session, page: str) -> None:
    assert new_client(app, session).get(page).status_code == 200


def test_every_page_of_these_features_is_in_the_table(app: Flask) -> None:
    ours = ("team.", "admin.", "people.account")
    names = {"team_id": "own", "partner_id": "peer", "user_id": "colleague", "file_id": "own"}
    found = set()
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and rule.endpoint.startswith(ours):
            known = rule.rule
            for variable, name in names.items():
                known = known.replace(f"<uuid:{variable}>", f"{{{name}}}")
            found.add(known)
    waiting = "/team/{own}/members/{colleague}/confirmation"
    assert found == PAGES.keys() | {waiting}, "a confirmed colleague leads on: tested elsewhere"
