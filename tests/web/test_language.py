"""The language of a page, and that choosing one never leads to another site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.utils import redirect

from casework.people.models import User
from casework.web.language import OWN_ADDRESS
from tests.support.strict_client import StrictClient
from tests.web.conftest import token_of, with_cookies

HERE = "https://localhost/sign-in"
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\x00/evil.example",
    "/\u2028/evil.example",
    "https://evil.example",
    "https:evil.example",
    "HTTPS://localhost@evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "",
    "?next=//evil.example",
    "/\u3000/evil.example",
    "/\uff0fevil.example",
    "/x\r\nSet-Cookie: a=b",
    "/a\\..\\..\\\\evil.example",
]


def leads_to(client: StrictClient, back: str | None) -> str:
    """Where choosing English from an address leads."""
    form = {} if back is None else {"back": back}
    answer = client.post("/language/en", data=form)
    assert answer.status_code == 303
    assert "Set-Cookie" in answer.headers
    return str(answer.headers["Location"])


def seen_by_browser(location: str) -> str:
    """The host a browser goes to: it drops tabs and line breaks, and turns backslashes."""
    plain = location.strip().translate(str.maketrans("\\", "/", "\t\n\r"))
    return urlsplit(urljoin(HERE, plain)).netloc


def test_choosing_a_language_never_leads_to_another_site(stranger: StrictClient) -> None:
    for back in ELSEWHERE:
        assert leads_to(stranger, back) == "/", repr(back)


def test_what_is_encoded_stays_encoded_or_is_not_followed(stranger: StrictClient) -> None:
    for back in ("%2F%2Fevil.example", "/%2F/evil.example", "/%5Cevil.example"):
        location = leads_to(stranger, back)
        assert location in ("/", back)
        assert seen_by_browser(location) == "localhost"


@given(st.text(alphabet=st.sampled_from("/\\\t\n\r .:@?#e%0\u2028é"), max_size=12))
def test_no_address_that_is_followed_leads_to_another_site(back: str) -> None:
    if OWN_ADDRESS.fullmatch(back):
        assert seen_by_browser(str(redirect(back).headers["Location"])) == "localhost"


def test_choosing_a_language_leads_back(stranger: StrictClient) -> None:
    for back in ("/", "/sign-in?notice=signed_out", "/cases?page=2&held=a#b", "/a/~b:c@d;e=(1)"):
        assert leads_to(stranger, back) == back


def test_without_an_address_the_first_page_follows(stranger: StrictClient) -> None:
    assert leads_to(stranger, None) == "/"


def test_the_form_of_a_page_leads_back_to_that_page(zeinab: StrictClient) -> None:
    page = zeinab.page("/trial/form?notice=x&held=1")
    answer = zeinab.send(page, "/language/en")
    assert answer.headers["Location"] == "/trial/form?notice=x&held=1"


def test_a_chosen_language_stays(stranger: StrictClient) -> None:
    assert stranger.page("/sign-in").document.root.get("lang") == "fr"
    leads_to(stranger, "/")
    page = stranger.page("/sign-in")
    assert (page.document.root.get("lang"), page.heading) == ("en", "Sign in")


def test_a_language_nobody_speaks_changes_nothing(stranger: StrictClient) -> None:
    for language in ("xx", "EN", "../fr", "e", "%00", "fr%0D%0A", "fr%20"):
        answer = stranger.post(f"/language/{language}", data={"back": "/sign-in"})
        assert answer.status_code in (303, 404, 405)
        assert "Set-Cookie" not in answer.headers


def test_a_cookie_nobody_gave_speaks_french(stranger: StrictClient) -> None:
    for cookie in ("xx", "", "<script>", "a" * 4000, "é", "en; x"):
        page = with_cookies(stranger, f"__Host-language={cookie}").page("/sign-in")
        spoken = "en" if cookie.startswith("en;") else "fr"
        assert page.document.root.get("lang") == spoken, cookie


def test_the_language_of_her_account_holds_until_another_is_chosen(
    zeinab: StrictClient, session: Session, app: Flask
) -> None:
    session.execute(update(User).values(language="en"))
    assert zeinab.page("/trial/form").document.root.get("lang") == "en"
    zeinab.post("/language/fr", data={"csrf_token": token_of(zeinab)})
    assert zeinab.page("/trial/form").document.root.get("lang") == "fr"


def test_choosing_a_language_needs_the_sessions_token(zeinab: StrictClient) -> None:
    assert zeinab.post("/language/en", data={}).status_code == 400


@pytest.mark.parametrize(
    ("named", "leads"),
    [
        ("https://localhost/cases?page=2#x", "/cases?page=2"),
        ("https://evil.example/cases", "/"),
        ("https://localhost//evil.example", "/"),
        ("https://[bad/", "/"),
        (None, "/"),
    ],
    ids=["ours", "another_site", "two_slashes", "nonsense", "none"],
)
def test_without_an_address_it_goes_back_to_the_page_the_browser_names(
    client: StrictClient, named: str | None, leads: str
) -> None:
    headers = {"Referer": named} if named else {}
    answer = client.post("/language/en", headers=headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads)
