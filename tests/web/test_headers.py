"""Headers: every answer of whatever kind carries the policy, and only static files are kept."""

from __future__ import annotations

from contextlib import closing

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casework.app import compose
from casework.web.headers import FIXED, policy
from config import Settings
from tests.conftest import new_client
from tests.support.cast import Cast, enter
from tests.support.strict_client import StrictClient
from tests.web.conftest import post, token_of

ADDRESSES = {
    "page": "/trial/form",
    "redirect of the router": "/trial//form",
    "page of another role": "/statistics",
    "no page": "/nowhere",
    "no record": "/cases/00000000-0000-0000-0000-000000000000",
    "defect": "/trial/failing/defect",
    "bad cookie": "/account",
    "static": "/static/casework.css",
    "no static": "/static/nothing.css",
    "outside static": "/static/../config.py",
}


def fixed(answer: TestResponse) -> dict[str, str | None]:
    """The headers that never change, as the answer has them."""
    return {name: answer.headers.get(name) for name in FIXED}


METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT")


def test_every_answer_carries_the_fixed_headers(zeinab: StrictClient) -> None:
    bare = []
    for kind, address in ADDRESSES.items():
        for method in METHODS:
            with closing(zeinab.open(address, method=method)) as answer:
                if fixed(answer) != FIXED:
                    bare.append((kind, method))
    assert bare == []


def test_the_answer_to_a_sign_in_and_to_a_stranger_carry_them_too(stranger: StrictClient) -> None:
    for answer in (stranger.get("/"), stranger.post("/sign-in"), stranger.get("/account")):
        assert answer.status_code == 303
        assert fixed(answer) == FIXED
        assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_but_static_files_may_be_kept(zeinab: StrictClient) -> None:
    kept = set()
    for kind, address in ADDRESSES.items():
        with closing(zeinab.get(address)) as answer:
            control = answer.headers["Cache-Control"]
        assert ("no-store" in control) is not ("immutable" in control)
        kept |= {kind} if "immutable" in control else set()
    assert kept == {"static"}


def test_a_static_file_sets_no_cookie_and_asks_for_none(stranger: StrictClient) -> None:
    with closing(stranger.get("/static/casework.css")) as answer:
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_static_file_that_is_unchanged_is_not_sent_again(stranger: StrictClient) -> None:
    with closing(stranger.get("/static/casework.css")) as first:
        known = {"If-None-Match": first.headers["ETag"]}
    with closing(stranger.get("/static/casework.css", headers=known)) as again:
        assert (again.status_code, again.get_data()) == (304, b"")
        assert "immutable" in again.headers["Cache-Control"]


def test_what_a_form_leads_to_may_not_be_kept(zeinab: StrictClient) -> None:
    answer = post(zeinab, "/trial/form", text="")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (303, "no-store")


def test_nothing_may_be_loaded_framed_or_sent_elsewhere() -> None:
    rules = dict(part.split(" ", 1) for part in policy().split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


@pytest.mark.parametrize(
    ("address", "forms"),
    [
        ("", "form-action 'self';"),
        ("https://meteo.example.org/bamako?d=1", "form-action 'self' https://meteo.example.org;"),
        ("http://127.0.0.1:8080/", "form-action 'self' http://127.0.0.1:8080;"),
    ],
)
def test_only_the_site_of_quick_exit_may_answer_a_form(address: str, forms: str) -> None:
    assert forms in policy(address)


# Hosts


def test_this_machines_own_names_are_answered(stranger: StrictClient) -> None:
    for host in ("127.0.0.1", "127.0.0.1:8000", "localhost", "localhost:8000"):
        assert stranger.get("/sign-in", headers={"Host": host}).status_code == 200, host


def test_another_host_is_refused_with_a_page_of_its_own(stranger: StrictClient) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "a b", "10.0.0.1", "[::1]"):
        answer = stranger.get("/sign-in", headers={"Host": host})
        assert answer.status_code == 400
        assert fixed(answer) == FIXED
        assert not host or host not in answer.get_data(as_text=True)


def test_the_names_of_the_deployment_are_answered_and_no_other(
    app: Flask, session: Session, cast: Cast
) -> None:
    own: Settings = app.extensions["settings"]
    named = compose(own.with_changes(trusted_hosts=("dossiers.example.org",)), check=False)
    client = new_client(named, session)
    ours = {"Host": "dossiers.example.org", "Origin": "https://dossiers.example.org"}
    assert client.get("/sign-in", headers=ours).status_code == 200
    assert client.post("/sign-in", headers=ours).status_code == 303
    assert client.get("/sign-in", headers={"Host": "127.0.0.1"}).status_code == 400


def test_a_forwarded_host_is_not_believed(
    zeinab: StrictClient, app: Flask, session: Session, cast: Cast
) -> None:
    enter(zeinab, cast.person("zeinab"))
    said = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "1.2.3.4", "Forwarded": "host=e"}
    answer = zeinab.post("/trial/form", data={"csrf_token": token_of(zeinab)}, headers=said)
    assert "evil" not in str(answer.headers)
