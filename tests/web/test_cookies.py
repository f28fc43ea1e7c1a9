"""The session cookie: what the browser is told of it, and that browsers' own rules keep it.

RFC 6265bis: a name that begins with `__Host-` is only kept with Secure, the path / and no domain; a
Secure cookie is only kept from, and sent to, a place the browser trusts. Chromium, Firefox and curl
trust 127.0.0.1 without TLS; over plain http to any other address the cookie would vanish.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from casework.web import cookies
from tests.support.cast import Cast, sign_in
from tests.support.servers import HOST
from tests.support.strict_client import StrictClient
from tests.web.conftest import post

TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


def attributes(line: str) -> dict[str, str]:
    """Everything a Set-Cookie line says, by lower-case name; the cookie itself under `cookie`."""
    first, *others = line.split("; ")
    pairs = (part.partition("=") for part in others)
    return {"cookie": first} | {name.lower(): value for name, _, value in pairs}


def told(answer: TestResponse | Response, name: str) -> dict[str, str]:
    """What the answer says of one cookie."""
    lines = answer.headers.getlist("Set-Cookie")
    (line,) = [line for line in lines if line.startswith(f"{name}=")]
    return attributes(line)


def signing_in(client: StrictClient, cast: Cast) -> TestResponse:
    """The answer to the right words."""
    person, page = cast.person("zeinab"), client.page("/sign-in")
    return client.send(page, "/sign-in", handle=person.handle, passphrase=person.words)


def test_the_session_cookie_is_the_strictest_there_is(cast: Cast, client: StrictClient) -> None:
    found = told(signing_in(client, cast), cookies.NAME)
    assert cookies.NAME.startswith("__Host-")
    cookie = found.pop("cookie")
    assert re.fullmatch(r"__Host-session=[A-Za-z0-9_-]{43}", cookie)
    assert found == {"secure": "", "httponly": "", "path": "/", "samesite": "Strict"}


def test_each_sign_in_gives_another_cookie(cast: Cast, client: StrictClient) -> None:
    first = told(signing_in(client, cast), cookies.NAME)["cookie"]
    assert told(signing_in(client, cast), cookies.NAME)["cookie"] != first


@pytest.mark.parametrize("address", ["/sign-out", "/exit"])
def test_leaving_takes_cookie_and_cache_away_and_nothing_else(
    zeinab: StrictClient, address: str
) -> None:
    answer = post(zeinab, address)
    found = told(answer, cookies.NAME)
    assert (found["cookie"], found["max-age"]) == ("__Host-session=", "0")
    assert {"secure", "path"} <= set(found)
    assert "domain" not in found
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_the_language_is_remembered_for_a_year(stranger: StrictClient) -> None:
    answer = stranger.post("/language/en", data={"back": "/"})
    found = told(answer, cookies.LANGUAGE)
    assert found["max-age"] == str(365 * 24 * 3600)
    assert {"secure", "httponly", "path"} <= set(found)
    assert "domain" not in found


def test_nothing_is_ever_kept_in_flasks_own_session(zeinab: StrictClient, app: Flask) -> None:
    with app.test_request_context("/"):
        session = app.session_interface.open_session(app, app.request_class({}))
        assert not session
    lines = zeinab.get("/trial/form").headers.getlist("Set-Cookie")
    assert lines == []


def test_a_signed_cookie_of_flask_login_opens_nothing(stranger: StrictClient, cast: Cast) -> None:
    stranger.set_cookie("remember_token", f"{cast.person('zeinab').id.hex}|0", secure=True)
    stranger.set_cookie("session", "eyJfdXNlcl9pZCI6IjEifQ.x.y", secure=True)
    assert stranger.get("/trial/looking").status_code == 303


# Over real connections, without TLS, on 127.0.0.1


def ask(address: str, method: str, path: str, body: str = "", cookie: str = "") -> Response:
    """The answer over a connection of its own, as a Werkzeug response."""
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname or HOST, place.port, timeout=20)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body or None, headers | ({"Cookie": cookie} if cookie else {}))
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return Response(text, answer.status, answer.getheaders())


def test_a_person_signs_in_and_out_over_plain_http_on_this_machine(
    cast: Cast, live_server: str
) -> None:
    person = cast.person("zeinab")
    words = urlencode({"handle": person.handle, "passphrase": person.words})
    signed_in = ask(live_server, "POST", "/sign-in", words)
    cookie = told(signed_in, cookies.NAME)["cookie"]
    page = ask(live_server, "GET", "/account", cookie=cookie)
    assert (page.status_code, "zeinab" in page.get_data(as_text=True)) == (200, True)
    (token, *_) = TOKEN.findall(page.get_data(as_text=True))
    out = ask(live_server, "POST", "/sign-out", urlencode({"csrf_token": token}), cookie)
    assert out.status_code == 303
    assert ask(live_server, "GET", "/account", cookie=cookie).status_code == 303


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
@pytest.mark.parametrize(
    ("host", "kept"), [("127.0.0.1", True), ("localhost", True), ("dossiers.example.org", False)]
)
def test_curls_own_rules_keep_the_cookie_on_this_machine_only(
    app: Flask, cast: Cast, live_server: str, tmp_path: Path, host: str, kept: bool
) -> None:
    app.config["TRUSTED_HOSTS"].append("dossiers.example.org")
    person, jar, port = cast.person("zeinab"), str(tmp_path / "jar"), urlsplit(live_server).port
    words = [f"handle={person.handle}", f"passphrase={person.words}"]
    curl = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30", "--ipv4"]
    curl += ["--cookie-jar", jar, "--cookie", jar, "--resolve", f"{host}:{port}:{HOST}"]
    data = [part for word in words for part in ("--data-urlencode", word)]
    address = f"http://{host}:{port}"
    subprocess.run([*curl, *data, f"{address}/sign-in"], check=True, capture_output=True)
    done = subprocess.run([*curl, f"{address}/account"], check=True, capture_output=True, text=True)
    assert ("zeinab" in done.stdout) is kept


def test_signing_in_by_the_test_client_is_signing_in(cast: Cast, client: StrictClient) -> None:
    sign_in(client, cast.person("zeinab"))
    assert client.get("/account").status_code == 200
