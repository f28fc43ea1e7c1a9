"""Teams and accounts as the administrator keeps them; no file anywhere."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.admin import actions, queries
from casework.errors import NotAllowed, NotVisible
from casework.people import accounts
from casework.people.models import Team, TeamKind, User, UserState
from casework.policy import Role
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.databases import on_both_databases
from tests.support.strict_client import StrictClient

CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b")


@pytest.fixture
def admin(cast: Cast, client: StrictClient) -> StrictClient:
    """The administrator's browser."""
    enter(client, cast.person("admin"))
    return client


def test_the_list_counts_the_members_of_each_team(
    cast: Cast, admin: StrictClient, session: Session
) -> None:
    aminata = cast.person("aminata")
    accounts.invite(session, aminata.actor, b"k" * 32, "awa", "A", Role.RELAY, aminata.team_id)
    lines = {line.team.name: line for line in queries.team_lines(session)}
    assert (lines["Goundam"].active, lines["Goundam"].waiting, lines["Goundam"].suspended) == (
        4,
        1,
        0,
    )
    page = admin.page("/admin/teams")
    assert page.heading == "Équipes"
    assert "4 équipes" in page.text


def test_a_team_of_the_programme_and_its_first_coordinator(
    cast: Cast, admin: StrictClient, session: Session
) -> None:
    form = admin.page(admin.page("/admin/teams").links["Créer une équipe"])
    team = admin.submit(form, "/new", kind="owner", name="Douékiré")
    assert "L’équipe est créée" in team.text
    assert "invitez un superviseur" in team.text
    invite = admin.page(team.links["Inviter quelqu’un"])
    page = admin.submit(invite, "/invitation", name="Sira", handle="sira", role="coordinator")
    assert CODE.search(page.text)
    assert "A un code" in admin.page(page.links["La personne a le code"]).text


def test_a_partners_team_bears_the_name_of_its_provider(
    cast: Cast, admin: StrictClient, session: Session
) -> None:
    form = admin.page("/admin/teams/new")
    court = str(cast.provider("Tribunal d’instance de Goundam"))
    page = admin.submit(form, "/new", kind="partner", provider=court)
    assert page.heading == "Tribunal d’instance de Goundam"
    made = session.scalars(select(Team).where(Team.name == page.heading)).one()
    assert (made.kind, str(made.provider_id)) == (TeamKind.PARTNER, court)
    assert court not in admin.page("/admin/teams/new").form("/new").choices["provider"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"kind": None, "name": "X"}, "Choisissez une réponse."),
        ({"kind": "owner", "name": ""}, "Écrivez le nom de l’équipe."),
        ({"kind": "owner", "name": "Goundam"}, "Une équipe a déjà ce nom"),
        ({"kind": "owner", "name": "x" * 121}, "trop long"),
        ({"kind": "partner", "name": "X"}, "Choisissez le prestataire."),
    ],
)
def test_what_a_team_lacks_is_said(
    admin: StrictClient, typed: dict[str, str | None], message: str
) -> None:
    page = admin.submit(admin.page("/admin/teams/new"), "/new", **typed)
    assert message in page.text
    assert page.form("/new").values["name"] == typed["name"]


def test_organisation_accounts_are_made_and_closed(
    cast: Cast, admin: StrictClient, session: Session, app: Flask
) -> None:
    form = admin.page(admin.page("/admin/accounts").links["Inviter pour l’organisation"])
    assert form.form("/new").choices["role"] == {"administrator", "manager", "donor", "auditor"}
    page = admin.submit(form, "/new", name="Salif", handle="salif", role="auditor")
    assert CODE.search(page.text)
    donor = new_client(app, session)
    enter(donor, cast.person("donor"))
    account = admin.page(admin.page("/admin/accounts").links["donor"])
    ask = admin.page(account.links["Fermer le compte"])
    assert "Le compte est fermé." in admin.submit(ask, "/closure").text
    assert donor.get("/account").status_code == 303
    assert session.get_one(User, cast.person("donor").id).state == UserState.ENDED


def test_a_member_of_a_team_is_not_closed_here(cast: Cast, admin: StrictClient) -> None:
    address = f"/admin/accounts/{cast.person('zeinab').id}"
    assert "Fermer le compte" not in admin.page(address).links
    page = admin.submit(admin.page(f"{address}/closure"), "/closure")
    assert "c’est son superviseur qui la retire" in page.text


def test_ones_own_account_is_not_closed(cast: Cast, admin: StrictClient) -> None:
    address = f"/admin/accounts/{cast.person('admin').id}"
    assert "Fermer le compte" not in admin.page(address).links
    assert admin.send(admin.page(f"{address}/closure"), "/closure").status_code == 403


def test_a_code_is_renewed_for_somebody_who_has_not_begun(
    cast: Cast, admin: StrictClient, session: Session
) -> None:
    aminata = cast.person("aminata")
    user, old = accounts.invite(
        session, aminata.actor, b"k" * 32, "awa", "A", Role.RELAY, aminata.team_id
    )
    page = admin.submit(admin.page(f"/admin/accounts/{user.id}"), "/code")
    new = CODE.search(page.text)
    assert new
    assert new.group() != old


@on_both_databases
def test_the_list_of_accounts_is_read_page_by_page(
    cast: Cast, session: Session, app: Flask
) -> None:
    for turn in range(2 * queries.PAGE):
        accounts.create_account(session, None, b"k" * 32, f"m{turn:03}", "M", Role.DONOR, None)
    session.flush()
    seen: list[str] = []
    after = None
    while True:
        lines, after = queries.accounts(session, b"k" * 32, after)
        assert len(lines) <= queries.PAGE
        seen += [line.handle for line in lines]
        if after is None:
            break
    every = session.scalars(select(User.handle).order_by(User.handle)).all()
    assert seen == list(every)


def test_the_second_page_of_accounts_names_nobody_in_its_address(
    cast: Cast, admin: StrictClient, session: Session
) -> None:
    for turn in range(queries.PAGE):
        accounts.create_account(session, None, b"k" * 32, f"m{turn:03}", "M", Role.DONOR, None)
    page = admin.page(admin.page("/admin/accounts").links["Page suivante"])
    assert re.fullmatch(r"/admin/accounts\?after=[0-9a-f-]{36}", page.address)
    assert "zeinab" in page.text


def test_unknown_records_are_not_there(cast: Cast, admin: StrictClient, session: Session) -> None:
    nobody = cast.team("Goundam").id
    for address in (f"/admin/accounts/{nobody}", f"/admin/accounts?after={nobody}"):
        assert admin.get(address).status_code == 404
    team = cast.person("zeinab").id
    for end in ("", "/invitation"):
        assert admin.get(f"/admin/teams/{team}{end}").status_code == 404
    with pytest.raises(NotVisible):
        queries.provider(session, nobody)


@pytest.mark.parametrize("handle", ["aminata", "mariam", "manager", "auditor"])
def test_only_the_administrator_makes_teams(cast: Cast, session: Session, handle: str) -> None:
    actor = cast.person(handle).actor
    with pytest.raises(NotAllowed):
        actions.add_owner_team(session, actor, "Another")
    with pytest.raises(NotAllowed):
        actions.add_partner_team(session, actor, cast.provider("Mairie de Goundam"))
