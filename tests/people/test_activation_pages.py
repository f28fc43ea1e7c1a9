"""From the one-time code to the first sign-in, on the screens, in French."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.people import accounts, activation, members
from casework.people.models import TeamKind, User, UserState
from casework.policy import Role
from casework.vault.passphrases import normalise
from config import Settings
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.html_rules import text_of
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
REFUSED = "/activation?refused=code_refused#errors"


def invited(session: Session, cast: Cast, role: Role = Role.PARALEGAL) -> str:
    """The code of a newcomer whom aminata, or for the organisation the administrator, invited."""
    by = cast.person("admin" if role == Role.DONOR else "aminata")
    own = b"k" * 32
    _, code = accounts.invite(session, by.actor, own, "nouvelle", "N", role, by.team_id)
    return code


def words_of(page: Page) -> list[str]:
    """The words in the numbered list of a page."""
    return [text_of(item) for item in next(page.document.all("ol")).iter("li")]


def to_words(client: StrictClient, code: str) -> Page:
    """The page that shows the words, after typing the code."""
    return client.submit(client.page("/activation"), "/activation", code=code)


def activated(client: StrictClient, code: str) -> tuple[str, Page]:
    """The words somebody wrote down, and the page after she typed them back."""
    words = " ".join(words_of(to_words(client, code)))
    return words, client.submit(client.page("/activation/check"), "/check", words=words)


def test_from_the_code_to_the_confirmation_and_the_first_sign_in(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    words, waiting = activated(client, invited(session, cast))
    assert waiting.heading == "Attendez la confirmation de votre superviseur"
    hers = words_of(waiting)
    assert normalise(" ".join(hers)) != normalise(words)

    coordinator = new_client(app, session)
    enter(coordinator, cast.person("aminata"))
    team = coordinator.page("/team")
    member = coordinator.page(team.links["nouvelle"])
    assert "À confirmer" in member.text
    compare = coordinator.page(member.links["Comparer de vive voix"])
    assert words_of(compare) == hers
    done = coordinator.submit(compare, "/confirmation", heard="y")
    assert "La personne est confirmée" in done.text

    page = client.page("/sign-in")
    answer = client.send(page, "/sign-in", handle="nouvelle", passphrase=words)
    assert answer.headers["Location"] == "/"
    assert "Goundam" in client.page("/account").text


def test_somebody_of_the_organisation_signs_in_at_once(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    words, page = activated(client, invited(session, cast, Role.DONOR))
    assert "Votre compte est prêt" in page.text
    assert client.get_cookie(activation.COOKIE) is None
    answer = client.send(page, "/sign-in", handle="nouvelle", passphrase=words)
    assert answer.headers["Location"] == "/"


def test_a_person_who_waits_finds_her_words_to_read_by_signing_in(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    words, waiting = activated(client, invited(session, cast))
    elsewhere = new_client(app, session)
    page = elsewhere.submit(
        elsewhere.page("/sign-in"), "/sign-in", handle="nouvelle", passphrase=words
    )
    assert page.heading == "Attendez la confirmation de votre superviseur"
    assert words_of(page) == words_of(waiting)


def test_a_team_that_has_nobody_yet_says_so(
    client: StrictClient, session: Session, app: Flask
) -> None:
    team = accounts.create_team(session, None, TeamKind.OWNER, "Nouvelle équipe")
    _, code = accounts.create_account(
        session, None, b"k" * 32, "nouvelle", "N", Role.PARALEGAL, team.id
    )
    _, page = activated(client, code)
    assert "Votre équipe n’a pas encore de superviseur ici" in page.text


# The words


def test_loading_the_page_again_shows_the_same_words(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    first = words_of(to_words(client, invited(session, cast)))
    assert words_of(client.page("/activation/words")) == first
    assert len(first) == 6


def test_typing_the_code_again_makes_other_words(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    code = invited(session, cast)
    assert words_of(to_words(client, code)) != words_of(to_words(client, code))


def test_four_letters_of_each_word_suffice(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    words = words_of(to_words(client, invited(session, cast)))
    short = "  ".join(word[:4].upper() for word in words)
    page = client.submit(client.page("/activation/check"), "/check", words=short)
    assert page.heading == "Attendez la confirmation de votre superviseur"


@pytest.mark.parametrize("typed", ["", "abaisser", "x\x00y", "abaisser " * 6])
def test_other_words_than_those_shown_make_no_account(
    cast: Cast, client: StrictClient, session: Session, typed: str
) -> None:
    to_words(client, invited(session, cast))
    page = client.submit(client.page("/activation/check"), "/check", words=typed)
    assert "Ce ne sont pas les six mots" in page.text
    user = session.scalars(select(User).where(User.handle == "nouvelle")).one()
    assert user.state == UserState.INVITED
    assert user.kem_pub is None


def test_the_words_stand_in_no_table_and_no_cookie(
    cast: Cast, client: StrictClient, session: Session, app: Flask, sqlite_url: str
) -> None:
    words, _ = activated(client, invited(session, cast))
    session.commit()
    dump = "\n".join(session.connection().connection.iterdump()).encode()
    assert b"nouvelle" in dump, "the search works"
    told = [word for word in words.split() if len(word) > 5]
    assert not [word for word in told if word.encode() in dump]


# Wrong turns


@pytest.mark.parametrize("typed", ["", "0000-0000-0000-0000", "x" * 200, "a\x00b", "é" * 16])
def test_a_wrong_code_gets_one_message_and_no_cookie(
    cast: Cast, client: StrictClient, typed: str
) -> None:
    answer = client.send(client.page("/activation"), "/activation", code=typed)
    assert answer.headers["Location"] == REFUSED
    assert client.get_cookie(activation.COOKIE) is None
    assert "Ce code ne marche pas" in client.page(REFUSED).text


def test_a_used_code_gets_the_same_message(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    code = invited(session, cast)
    activated(client, code)
    answer = client.send(client.page("/activation"), "/activation", code=code)
    assert answer.headers["Location"] == REFUSED


def test_a_code_whose_time_is_over_gets_the_same_message(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    code = invited(session, cast)
    with clock.at(clock.now() + timedelta(hours=73)):
        answer = client.send(client.page("/activation"), "/activation", code=code)
    assert answer.headers["Location"] == REFUSED


def test_a_code_renewed_while_she_reads_her_words_stops_her(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    words = " ".join(words_of(to_words(client, invited(session, cast))))
    page = client.page("/activation/check")
    user = session.scalars(select(User).where(User.handle == "nouvelle")).one()
    accounts.renew_code(session, cast.person("aminata").actor, user.id)
    answer = client.send(page, "/check", words=words)
    assert answer.headers["Location"] == REFUSED


def test_after_half_an_hour_the_cookie_opens_nothing(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with clock.at(NOON):
        to_words(client, invited(session, cast))
    with clock.at(NOON + timedelta(minutes=30)):
        assert client.get("/activation/words").status_code == 200
    with clock.at(NOON + timedelta(minutes=30, seconds=1)):
        page = client.page("/activation/words")
    assert "Une demi-heure est passée" in page.text


def test_without_the_cookie_there_are_no_words(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    to_words(client, invited(session, cast))
    stranger = new_client(app, session)
    for address in ("/activation/words", "/activation/check"):
        assert "refused=code_over" in stranger.get(address).headers["Location"]
    assert stranger.get("/activation/waiting").headers["Location"].startswith("/sign-in")


def test_a_made_up_cookie_opens_nothing(client: StrictClient) -> None:
    for text in ("x", "AAAA", "é", "A" * 500):
        client.set_cookie(activation.COOKIE, text, secure=True)
        assert client.get("/activation/words").status_code == 303


def test_a_member_removed_before_she_was_confirmed_cannot_go_on(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    code = invited(session, cast)
    aminata = cast.person("aminata")
    user = session.scalars(select(User).where(User.handle == "nouvelle")).one()
    assert aminata.team_id is not None
    members.remove_member(session, aminata.actor, aminata.keyring, aminata.team_id, user.id)
    answer = client.send(client.page("/activation"), "/activation", code=code)
    assert answer.headers["Location"] == REFUSED


def test_guessed_codes_are_noted_but_cannot_fill_the_log(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    with clock.at(NOON):
        for _ in range(activation.LOGGED_PER_WINDOW + 5):
            client.post("/activation", data={"code": "0000"})
    noted = session.scalars(select(AuditEntry.id).where(AuditEntry.action == "session.refused"))
    assert len(noted.all()) == activation.LOGGED_PER_WINDOW


# What the browser keeps


def test_the_cookie_is_for_this_host_only_and_says_nothing(
    cast: Cast, client: StrictClient, session: Session, app: Flask
) -> None:
    code = invited(session, cast)
    answer = client.send(client.page("/activation"), "/activation", code=code)
    given = answer.headers["Set-Cookie"]
    assert given.startswith("__Host-activation=")
    parts = {part.strip().lower() for part in given.split(";")[1:]}
    assert parts == {"secure", "httponly", "path=/", "samesite=strict"}
    own: Settings = app.extensions["settings"]
    value = given.split(";")[0].partition("=")[2]
    assert activation.opened(own.secret_key, value)["code"] == code.replace("-", "")
    assert code not in value


def test_no_page_of_the_way_carries_handle_or_code_in_its_address_or_title(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    code = invited(session, cast)
    pages = [to_words(client, code), client.page("/activation/check")]
    pages.append(client.submit(pages[-1], "/check", words=" ".join(words_of(pages[0]))))
    for page in pages:
        assert not re.search("nouvelle|" + code[:4], page.address + page.title)


def test_leaving_in_a_hurry_forgets_the_words(
    cast: Cast, client: StrictClient, session: Session
) -> None:
    page = to_words(client, invited(session, cast))
    client.send(page, "/exit")
    assert client.get_cookie(activation.COOKIE) is None
