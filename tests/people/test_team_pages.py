"""The team on the screens of its coordinator and its focal point, in French."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.people import accounts
from casework.people.models import MembershipRow, TeamKind, User, UserState
from casework.policy import Role
from casework.vault.keys import UserKeys, new_seed
from casework.vault.passphrases import generate_passphrase
from config import Settings
from tests.conftest import new_client
from tests.support.cast import Cast, Person, enter
from tests.support.html_rules import text_of
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b")


@pytest.fixture
def aminata(cast: Cast, client: StrictClient) -> Person:
    """The coordinator of Goundam, signed in with `client`."""
    enter(client, cast.person("aminata"))
    return cast.person("aminata")


def words_of(page: Page) -> list[str]:
    """The words in the numbered list of a page."""
    return [text_of(item) for item in next(page.document.all("ol")).iter("li")]


def newcomer(session: Session, cast: Cast) -> User:
    """Somebody of Goundam who has her words and waits."""
    boss = cast.person("aminata")
    _, code = accounts.invite(
        session, boss.actor, b"k" * 32, "nouvelle", "N", Role.PARALEGAL, boss.team_id
    )
    return accounts.activate(session, code, generate_passphrase())


def test_the_page_shows_everybody_with_function_and_state(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    newcomer(session, cast)
    page = client.page("/team")
    assert page.heading == "Goundam"
    assert page.title == "Mon équipe — Casework"
    for words in ("Ibrahim", "Relais communautaire", "Superviseur", "À confirmer", "5 membres"):
        assert words in page.text


def test_she_finds_her_team_in_the_navigation(client: StrictClient, aminata: Person) -> None:
    assert client.page("/account").links["Mon équipe"] == "/team"


def test_an_invitation_shows_its_code_once(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    form = client.page(client.page("/team").links["Inviter un collègue"])
    page = client.submit(form, "/invitation", name="Awa Touré", handle="awa", role=Role.PARALEGAL)
    assert page.heading == "Code à usage unique"
    assert CODE.search(page.text)
    assert "awa" in page.text
    assert "held=" in page.address
    assert not CODE.search(page.address)
    back = client.page(page.links["La personne a le code"])
    assert "A un code" in back.text
    assert not CODE.search(back.text)


def test_the_code_is_not_there_for_another_session(
    cast: Cast, client: StrictClient, app: Flask, session: Session, aminata: Person
) -> None:
    form = client.page(f"/team/{aminata.team_id}/invitation")
    page = client.submit(form, "/invitation", name="Awa", handle="awa", role=Role.RELAY)
    other = new_client(app, session)
    enter(other, cast.person("admin"))
    assert other.get(page.address).status_code == 404


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"handle": "zeinab"}, "Quelqu’un a déjà ce nom de connexion"),
        ({"handle": "deux mots"}, "2 à 40 lettres simples"),
        ({"handle": ""}, "Écrivez un nom de connexion."),
        ({"name": ""}, "Écrivez le nom."),
        ({"name": "x" * 81}, "trop long"),
        ({"role": None}, "Choisissez une réponse."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: StrictClient, aminata: Person, typed: dict[str, str | None], message: str
) -> None:
    right: dict[str, str | None] = {"name": "Awa", "handle": "awa", "role": Role.RELAY}
    page = client.page(f"/team/{aminata.team_id}/invitation")
    back = client.submit(page, "/invitation", **right | typed)
    assert message in back.text
    for name, value in (right | typed).items():
        assert back.form("/invitation").values.get(name, "") == (value or "")


def test_a_role_of_the_other_side_is_not_offered(client: StrictClient, aminata: Person) -> None:
    page = client.page(f"/team/{aminata.team_id}/invitation")
    assert page.form("/invitation").choices["role"] == {"relay", "paralegal", "coordinator"}
    sent = page.form("/invitation").values | {"name": "A", "handle": "awa", "role": "agent"}
    answer = client.post(page.form("/invitation").action, data=sent)
    assert "held=" in answer.headers["Location"]


def test_somebody_with_an_account_joins_a_second_team(
    cast: Cast, client: StrictClient, app: Flask, session: Session
) -> None:
    coordinator, person = new_client(app, session), cast.person("ibrahim")
    enter(client, person)
    enter(coordinator, cast.person("oumar"))
    team = cast.team("Tombouctou").id
    form = coordinator.page(f"/team/{team}/addition")
    coordinator.submit(form, "/addition", handle="ibrahim", role=Role.PARALEGAL)
    one = f"/team/{team}/members/{person.id}/confirmation"
    refused = coordinator.submit(coordinator.page(one), "/confirmation", heard="y")
    assert "doit se connecter encore une fois" in refused.text
    hers = client.submit(client.page("/account"), "/language/en")
    assert words_of(hers) == words_of(coordinator.page(one))
    coordinator.submit(coordinator.page(one), "/confirmation", heard="y")
    assert "Tombouctou" in client.page("/account").text


# Comparing with a colleague


def test_words_are_not_confirmed_unheard(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    user = newcomer(session, cast)
    page = client.page(f"/team/{aminata.team_id}/members/{user.id}/confirmation")
    back = client.submit(page, "/confirmation")
    assert "Cochez seulement après avoir entendu" in back.text
    assert words_of(back) == words_of(page)
    session.expire_all()
    assert session.get_one(User, user.id).state == UserState.PENDING


def test_keys_exchanged_while_she_reads_send_her_back_to_new_words(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    user = newcomer(session, cast)
    page = client.page(f"/team/{aminata.team_id}/members/{user.id}/confirmation")
    stranger = UserKeys(new_seed()).public
    session.execute(update(User).where(User.id == user.id).values(kem_pub=stranger))
    back = client.submit(page, "/confirmation", heard="y")
    assert "Les clés ont changé entre-temps" in back.text
    assert words_of(back) != words_of(page)
    assert back.form("/confirmation").values.get("heard") is None


def test_confirming_twice_says_that_she_does_not_wait_any_more(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    user = newcomer(session, cast)
    address = f"/team/{aminata.team_id}/members/{user.id}/confirmation"
    page = client.page(address)
    client.submit(page, "/confirmation", heard="y")
    again = client.submit(page, "/confirmation", heard="y")
    assert again.heading == "nouvelle"
    assert "Actif" in again.text


def test_a_new_code_for_somebody_who_lost_hers(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    user = newcomer(session, cast)
    member = client.page(f"/team/{aminata.team_id}/members/{user.id}")
    page = client.submit(member, "/code")
    assert CODE.search(page.text)
    assert "A un code" in client.page(page.links["La personne a le code"]).text


def test_a_new_code_for_somebody_who_works_is_refused(
    cast: Cast, client: StrictClient, aminata: Person
) -> None:
    address = f"/team/{aminata.team_id}/members/{cast.person('zeinab').id}"
    token = client.page(address).form("/sign-out").values["csrf_token"]
    answer = client.post(f"{address}/code", data={"csrf_token": token}, follow_redirects=True)
    assert "n’attend plus d’être confirmée" in answer.get_data(as_text=True)


def test_suspending_and_lifting(
    cast: Cast, client: StrictClient, session: Session, app: Flask, aminata: Person
) -> None:
    zeinab = new_client(app, session)
    enter(zeinab, cast.person("zeinab"))
    address = f"/team/{aminata.team_id}/members/{cast.person('zeinab').id}"
    ask = client.page(client.page(address).links["Suspendre"])
    assert "Suspendu" in client.submit(ask, "/suspension").text
    assert zeinab.get("/account").status_code == 303
    page = client.page(client.page(address).links["Comparer de vive voix"])
    client.submit(page, "/confirmation", heard="y")
    assert zeinab.get("/account").status_code == 200


def test_removing(
    cast: Cast, client: StrictClient, session: Session, app: Flask, aminata: Person
) -> None:
    zeinab = new_client(app, session)
    enter(zeinab, cast.person("zeinab"))
    address = f"/team/{aminata.team_id}/members/{cast.person('zeinab').id}"
    ask = client.page(client.page(address).links["Retirer de l’équipe"])
    page = client.submit(ask, "/removal")
    assert "La personne n’est plus dans l’équipe." in page.text
    assert "Zeinab" not in page.text
    assert zeinab.get("/account").status_code == 303
    assert client.get(address).status_code == 404


def test_nothing_can_be_done_to_oneself(client: StrictClient, aminata: Person) -> None:
    own = f"/team/{aminata.team_id}/members/{aminata.id}"
    for end in ("", "/confirmation", "/suspension", "/removal"):
        assert client.get(own + end).status_code == 404


def test_nobody_is_confirmed_while_the_rows_of_the_team_do_not_agree(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    user = newcomer(session, cast)
    page = client.page(f"/team/{aminata.team_id}/members/{user.id}/confirmation")
    session.execute(
        update(MembershipRow)
        .where(MembershipRow.user_id == cast.person("zeinab").id)
        .values(role=Role.COORDINATOR)
    )
    back = client.submit(page, "/confirmation", heard="y")
    assert "changé dans votre équipe, en dehors de ce programme" in back.text
    session.expire_all()
    assert session.get_one(User, user.id).state == UserState.PENDING
    noted = session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "check.failed"))
    assert noted.all() == [aminata.id]


# Partners


def test_the_focal_point_compares_with_the_owner_team(
    cast: Cast, client: StrictClient, app: Flask, session: Session, aminata: Person
) -> None:
    accounts.create_team(session, None, TeamKind.PARTNER, "Mairie")
    partners = client.page(client.page("/team").links["Équipes des partenaires"])
    assert "Comparée" in partners.text
    assert "Personne n’y a encore commencé" in partners.text
    ours = client.page(partners.links["CSRéf Goundam"])
    other = new_client(app, session)
    enter(other, cast.person("mariam"))
    theirs = other.page(other.page("/team").links["Équipes du programme"])
    assert words_of(other.page(theirs.links["Goundam"])) == words_of(ours)


def test_a_new_partner_is_compared_on_the_screen(
    cast: Cast, client: StrictClient, session: Session, app: Flask, aminata: Person
) -> None:
    own: Settings = app.extensions["settings"]
    court = cast.provider("Tribunal d’instance de Goundam")
    team = accounts.create_team(session, None, TeamKind.PARTNER, "Tribunal", court)
    _, code = accounts.create_account(
        session, None, own.server_key, "greffier", "G", Role.FOCAL_POINT, team.id
    )
    accounts.activate(session, code, generate_passphrase())
    partners = f"/team/{aminata.team_id}/partners"
    assert "À comparer" in client.page(partners).text
    page = client.page(client.page(partners).links["Tribunal"])
    assert "Cochez seulement" in client.submit(page, "/comparison").text
    done = client.submit(page, "/comparison", heard="y")
    assert "Les mots sont comparés" in done.text
    assert "À comparer" not in done.text


def test_a_partner_without_keys_has_nothing_to_compare(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    team = accounts.create_team(session, None, TeamKind.PARTNER, "Mairie")
    address = f"/team/{aminata.team_id}/partners/{team.id}/comparison"
    assert client.get(address).status_code == 404


def test_a_colleague_or_a_team_of_somebody_else_is_not_there(
    cast: Cast, client: StrictClient, aminata: Person
) -> None:
    fanta = cast.person("fanta")
    assert client.get(f"/team/{aminata.team_id}/members/{fanta.id}").status_code == 404
    for end in ("", "/invitation", "/addition", "/partners"):
        assert client.get(f"/team/{fanta.team_id}{end}").status_code == 404
