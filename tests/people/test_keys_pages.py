"""Lost words, new keys, deputies and partners that begin anew, on the screens, in French."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from casework.people import members
from casework.people.models import MembershipRow, Team
from casework.people.queries import team_book, team_public
from casework.people.team_keys import keep_book
from casework.referrals.models import Referral
from tests.conftest import new_client
from tests.support.cast import GOUNDAM, HEALTH, TOMBOUCTOU, Cast, Person, enter
from tests.support.databases import on_both_databases
from tests.support.files import agree, opened, referred
from tests.support.html_rules import text_of
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b")


@pytest.fixture
def aminata(cast: Cast, client: StrictClient) -> Person:
    """The coordinator of Goundam, signed in with `client`."""
    enter(client, cast.person("aminata"))
    return cast.person("aminata")


@pytest.fixture
def admin(cast: Cast, app: Flask, session: Session) -> StrictClient:
    """The administrator's browser."""
    client = new_client(app, session)
    enter(client, cast.person("admin"))
    return client


def words_of(page: Page) -> list[str]:
    """The words in the numbered list of a page."""
    return [text_of(item) for item in next(page.document.all("ol")).iter("li")]


def code_on(page: Page) -> str:
    """The one-time code that a page shows."""
    found = CODE.search(page.text)
    assert found is not None, page.text
    return found.group()


def begun(client: StrictClient, code: str) -> tuple[str, Page]:
    """The new words of somebody with a code, and the page after she typed them back."""
    page = client.submit(client.page("/activation"), "/activation", code=code)
    words = " ".join(words_of(page))
    return words, client.submit(client.page("/activation/check"), "/check", words=words)


def signed_in(client: StrictClient, handle: str, words: str) -> None:
    """She signs in by the real form."""
    sent = client.send(client.page("/sign-in"), "/sign-in", handle=handle, passphrase=words)
    assert sent.headers["Location"] == "/", sent.headers["Location"]


# Lost words


@on_both_databases
def test_from_lost_words_to_the_next_sign_in_by_voice_alone(
    cast: Cast, client: StrictClient, app: Flask, session: Session, aminata: Person
) -> None:
    hers = new_client(app, session)
    enter(hers, cast.person("zeinab"))
    member = client.page(client.page("/team").links["Zeinab"])
    asked = client.page(member.links["Six mots perdus"])
    code = code_on(client.submit(asked, "/words"))
    assert hers.get("/account").status_code == 303, "her open session is over"
    words, waiting = begun(hers, code)
    member = client.page(f"/team/{aminata.team_id}/members/{cast.person('zeinab').id}")
    compare = client.page(member.links["Comparer de vive voix"])
    assert words_of(compare) == words_of(waiting)
    assert "La personne est confirmée" in client.submit(compare, "/confirmation", heard="y").text
    signed_in(hers, "zeinab", words)


def test_a_page_left_half_way_leaves_no_half_made_account(
    cast: Cast, client: StrictClient, app: Flask, session: Session, aminata: Person
) -> None:
    """She closes the page with her words: the code still works, and shows her new words."""
    asked = client.page(f"/team/{aminata.team_id}/members/{cast.person('zeinab').id}/words")
    code = code_on(client.submit(asked, "/words"))
    for _ in range(2):
        hers = new_client(app, session)
        page = hers.submit(hers.page("/activation"), "/activation", code=code)
        assert len(words_of(page)) == 6
    words, _ = begun(new_client(app, session), code)
    again = new_client(app, session)
    refused = again.submit(again.page("/activation"), "/activation", code=code)
    assert "Ce code ne marche pas" in refused.text or "code" in refused.text
    assert words


def test_somebody_who_waits_where_nobody_can_confirm_is_told_whom_to_call(
    cast: Cast, admin: StrictClient, app: Flask, session: Session
) -> None:
    oumar = cast.person("oumar")
    asked = admin.page(f"/admin/accounts/{oumar.id}/words")
    code = code_on(admin.submit(asked, "/words"))
    _, waiting = begun(new_client(app, session), code)
    assert f"personne dans l’équipe {TOMBOUCTOU} ne peut vous confirmer" in waiting.text


def test_somebody_suspended_sees_the_words_that_lift_it(
    cast: Cast, client: StrictClient, session: Session, aminata: Person, app: Flask
) -> None:
    zeinab = cast.person("zeinab")
    assert aminata.team_id is not None
    members.suspend_member(session, aminata.actor, aminata.team_id, zeinab.id)
    hers = new_client(app, session)
    page = hers.page("/sign-in")
    waiting = hers.submit(page, "/sign-in", handle="zeinab", passphrase=zeinab.words)
    compare = client.page(f"/team/{aminata.team_id}/members/{zeinab.id}/confirmation")
    assert words_of(waiting) == words_of(compare)


def test_an_administrator_voids_no_words_of_her_own(cast: Cast, admin: StrictClient) -> None:
    own = cast.person("admin").id
    assert "Six mots perdus" not in admin.page(f"/admin/accounts/{own}").links


# New keys


@on_both_databases
def test_new_keys_by_a_button_and_everybody_works_on(
    cast: Cast, client: StrictClient, app: Flask, session: Session, aminata: Person
) -> None:
    hers = new_client(app, session)
    enter(hers, cast.person("zeinab"))
    page = client.page(client.page("/team").links["Nouvelles clés pour l’équipe"])
    done = client.submit(page, "/keys")
    assert "L’équipe a de nouvelles clés" in done.text
    assert aminata.team_id is not None
    session.expire_all()
    assert team_public(session, aminata.team_id)[0] == 2
    assert hers.get("/cases").status_code == 200
    assert client.get("/cases").status_code == 200


@on_both_databases
def test_removing_somebody_changes_the_keys_in_the_same_request(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    page = client.page(f"/team/{aminata.team_id}/members/{cast.person('zeinab').id}/removal")
    client.submit(page, "/removal")
    assert aminata.team_id is not None
    session.expire_all()
    assert team_public(session, aminata.team_id)[0] == 2
    assert session.get_one(Team, aminata.team_id).rotation_due_at is None
    assert client.get("/cases").status_code == 200


def test_a_new_recovery_key_is_taken_only_after_its_words_were_heard(
    cast: Cast, client: StrictClient, app: Flask, session: Session, aminata: Person
) -> None:
    from casework.vault.recovery import recovery_words
    from casework.vault.suites import xwing_public

    public = xwing_public(bytes(range(32)))
    own = app.extensions["settings"]
    app.extensions["settings"] = own.with_changes(recovery_public=public)
    page = client.page(f"/team/{aminata.team_id}/keys")
    assert words_of(page) == list(recovery_words(public))
    refused = client.submit(page, "/keys")
    assert "après avoir entendu" in refused.text
    assert aminata.team_id is not None
    assert team_public(session, aminata.team_id)[0] == 1
    client.submit(refused, "/keys", heard="y")
    session.expire_all()
    assert team_public(session, aminata.team_id)[0] == 2


# Deputies and coming back


def test_a_team_with_one_confirmer_is_asked_for_a_deputy_until_it_has_one(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    enter(client, cast.person("oumar"))
    team = client.page("/team")
    assert "Une seule personne peut confirmer" in team.text
    form = client.page(team.links["Désigner un remplaçant"])
    done = client.submit(form, "/deputy", handle="aminata")
    assert "Le remplaçant est désigné" in done.text
    hers = new_client(app, session)
    enter(hers, cast.person("aminata"))
    read = words_of(hers.page("/account"))
    deputy = cast.person("aminata").id
    compare = client.page(f"/team/{cast.team(TOMBOUCTOU).id}/members/{deputy}/confirmation")
    assert words_of(compare) == read
    done = client.submit(compare, "/confirmation", heard="y")
    assert "Remplaçant : Aminata, de l’équipe Goundam" in done.text.replace("\u00a0", " ")
    assert "Une seule personne" not in done.text


def test_who_confirms_nobody_elsewhere_is_no_deputy(
    cast: Cast, client: StrictClient, aminata: Person
) -> None:
    form = client.page(f"/team/{aminata.team_id}/deputy")
    assert "choisissez le superviseur" in client.submit(form, "/deputy", handle="fanta").text


def test_the_name_of_somebody_who_left_is_hers_when_she_comes_back(
    cast: Cast, client: StrictClient, session: Session, aminata: Person
) -> None:
    gone = client.page(f"/team/{aminata.team_id}/members/{cast.person('zeinab').id}/removal")
    client.submit(gone, "/removal")
    form = client.page(f"/team/{aminata.team_id}/invitation")
    typed = {"name": "Zeinab", "handle": "zeinab", "role": "paralegal"}
    refused = client.submit(form, "/invitation", **typed)
    assert "Une personne qui est partie avait ce nom" in refused.text
    again = client.page(refused.links["La personne était déjà ici"])
    assert code_on(client.submit(again, "/return", **typed))


# Partners that were not compared


@pytest.mark.parametrize("handle", ["mariam", "adama"])
def test_a_receiver_that_has_not_compared_is_led_to_it_instead_of_an_error(
    cast: Cast, client: StrictClient, session: Session, handle: str
) -> None:
    row = uncompared(session, cast)
    enter(client, cast.person(handle))
    assert client.get("/desk").status_code == 200
    assert client.get("/referrals").status_code == 200
    page = client.page(f"/referrals/{row.id}")
    assert "n’a pas encore comparé six mots" in page.text
    compare = client.page(page.links["Les appeler et comparer les six mots"])
    client.submit(compare, "/comparison", heard="y")
    assert "Ce que vous pouvez faire" in client.page(f"/referrals/{row.id}").text


def uncompared(session: Session, cast: Cast) -> Referral:
    """A referral to the health centre, whose book knows no other team."""
    mariam, health = cast.person("mariam"), cast.team(HEALTH).id
    row = sent_by(session, cast)
    held, book = team_book(session, mariam.keyring.team(health))
    for peer in list(book.peers):
        book = book.without_peer(peer)
    keep_book(held, mariam.keyring.team(health), book)
    session.flush()
    return row


def sent_by(session: Session, cast: Cast) -> Referral:
    """A referral of Goundam to the health centre, not yet answered."""
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    case = opened(session, zeinab)
    agree(session, zeinab, case, provider, "identity")
    return referred(session, zeinab, case, provider, "identity")


# A partner begins anew


def test_an_administrator_is_led_through_a_new_beginning(
    cast: Cast, admin: StrictClient, app: Flask, session: Session
) -> None:
    health = cast.team(HEALTH).id
    assert "Recommencer l’équipe" not in admin.page(f"/admin/teams/{health}").links
    for handle in ("adama", "mariam"):
        asked = admin.page(f"/admin/accounts/{cast.person(handle).id}/words")
        admin.submit(asked, "/words")
    page = admin.page(admin.page(f"/admin/teams/{health}").links["Recommencer l’équipe"])
    assert "dix minutes" in page.text
    mariam = cast.person("mariam").id
    code = code_on(admin.submit(page, "/restart", user_id=str(mariam)))
    hers = new_client(app, session)
    words, done = begun(hers, code)
    assert "Votre compte est prêt" in done.text
    signed_in(hers, "mariam", words)
    partners = hers.page(hers.page("/team").links["Équipes du programme"])
    compare = hers.page(partners.links[GOUNDAM])
    owner = new_client(app, session)
    enter(owner, cast.person("aminata"))
    other = owner.page(f"/team/{cast.team(GOUNDAM).id}/partners/{health}/comparison")
    assert words_of(compare) == words_of(other)
    assert "Nouvelles clés" in owner.page(f"/team/{cast.team(GOUNDAM).id}/partners").text


def sent_anyway(admin: StrictClient, team_id: UUID, user_id: UUID) -> Page:
    """The page after a form that the screen does not offer was sent all the same."""
    token = admin.page("/admin/teams").form("/exit").values["csrf_token"]
    address = f"/admin/teams/{team_id}/restart"
    data = {"csrf_token": token, "user_id": str(user_id)}
    return Page.of(admin.post(address, data=data, follow_redirects=True))


@pytest.mark.parametrize(
    ("team", "by", "why"),
    [(TOMBOUCTOU, "oumar", "ne recommence pas"), (HEALTH, "mariam", "peut encore ouvrir")],
)
def test_a_team_that_works_or_holds_files_does_not_begin_anew(
    cast: Cast, admin: StrictClient, session: Session, team: str, by: str, why: str
) -> None:
    team_id, user_id = cast.team(team).id, cast.person(by).id
    before = session.get_one(MembershipRow, (team_id, user_id)).seed_box
    assert "Recommencer et créer le code" not in admin.page(f"/admin/teams/{team_id}/restart").text
    assert why in sent_anyway(admin, team_id, user_id).text
    session.expire_all()
    assert session.get_one(MembershipRow, (team_id, user_id)).seed_box == before
