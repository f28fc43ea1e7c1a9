"""The strict client stops at a bad answer, and fills in forms as a browser would."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, redirect, request
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.support.databases import connect
from tests.support.pages import Page
from tests.support.strict_client import StrictClient
from tests.support.test_html_rules import GOOD

HEADERS = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"}
WEAK = "default-src 'none' 'unsafe-inline'"
FORM = GOOD.replace(
    "<button>Continuer</button>",
    """<label>Note<textarea name="note" autocomplete="off">
a &amp; b</textarea></label>
<label>Commune<select name="commune">
<option value="1">Alafia</option><option>Goundam</option></select></label>
<label><input type="checkbox" name="with" value="child" checked> Enfant</label>
<label><input type="checkbox" name="with" value="elder"> Ancien</label>
<button name="go" value="on">Continuer</button><button name="go" value="back">Retour</button>""",
)


@pytest.fixture
def planted() -> Flask:
    """A small application that answers what each test wants."""
    application = Flask("planted", static_folder=None)
    application.test_client_class = StrictClient

    @application.route("/", methods=["GET", "POST"])
    def answer() -> Any:
        return application.extensions["answer"]

    @application.get("/form")
    def form() -> Any:
        return FORM, 200, HEADERS

    @application.post("/cases")
    def cases() -> Any:
        application.extensions["sent"] = request.form.to_dict(flat=False)
        response = redirect("/form", 303)
        response.headers.update(HEADERS)
        return response

    return application


def open_with(planted: Flask, method: str, answer: Any) -> None:
    planted.extensions["answer"] = answer
    planted.test_client().open("/", method=method)


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("GET", (GOOD, 200, HEADERS)),
        ("GET", (GOOD, 404, HEADERS)),
        ("POST", (GOOD, 400, HEADERS)),
        ("POST", ("", 204, {})),
        ("POST", ({"fine": True}, 200, {})),
    ],
)
def test_a_good_answer_passes(planted: Flask, method: str, answer: Any) -> None:
    open_with(planted, method, answer)


@pytest.mark.parametrize(
    ("method", "answer", "fault"),
    [
        ("GET", (GOOD.replace("<h1>", "<h2>"), 200, HEADERS), "h1"),
        ("GET", (GOOD.replace("<h1>", "<h2>"), 500, HEADERS), "h1"),
        ("GET", (GOOD, 200, {**HEADERS, "Content-Security-Policy": ""}), "missing or weak"),
        (
            "GET",
            (
                GOOD,
                200,
                {**HEADERS, "Content-Security-Policy": "default-src 'none' 'unsafe-inline'"},
            ),
            "missing or weak",
        ),
        ("GET", (GOOD, 200, {**HEADERS, "Cache-Control": "no-cache"}), "no-store"),
        ("POST", (GOOD, 200, HEADERS), "redirect instead"),
    ],
)
def test_a_bad_answer_fails_the_test(planted: Flask, method: str, answer: Any, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        open_with(planted, method, answer)


def client_of(planted: Flask) -> StrictClient:
    client = planted.test_client()
    assert isinstance(client, StrictClient)
    return client


def test_a_form_is_sent_as_it_stands_but_for_what_is_given(planted: Flask) -> None:
    client = client_of(planted)
    page = client.submit(client.page("/form"), place="Alafia", who="a", go="on", commune="Goundam")
    assert page.address == "/form"
    assert planted.extensions["sent"] == {
        "csrf_token": ["x"],
        "place": ["Alafia"],
        "who": ["a"],
        "note": ["a & b"],
        "commune": ["Goundam"],
        "with": ["child"],
        "go": ["on"],
    }


def test_a_form_left_alone_sends_its_defaults(planted: Flask) -> None:
    client = client_of(planted)
    nobody: dict[str, Any] = {"with": None}
    client.send(client.page("/form"), **nobody)
    assert planted.extensions["sent"] == {
        "csrf_token": ["x"],
        "place": [""],
        "note": ["a & b"],
        "commune": ["1"],
    }


@pytest.mark.parametrize("values", [{"name": "x"}, {"who": "b"}, {"with": ["child", "nobody"]}])
def test_what_the_form_does_not_offer_cannot_be_sent(planted: Flask, values: Any) -> None:
    client = client_of(planted)
    with pytest.raises(AssertionError, match=r"has no field|offers"):
        client.send(client.page("/form"), **values)


def test_a_page_tells_its_words(planted: Flask) -> None:
    page: Page = client_of(planted).page("/form")
    assert (page.title, page.heading) == ("Dossier", "Dossier")
    assert page.links == {"Aller au contenu": "#main"}
    assert "Le lieu dit" in page.text


def test_what_a_test_arranged_is_there_before_the_request(planted: Flask, sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    planted.extensions["answer"] = ("", 204, {})
    with Session(engine) as session, engine.connect() as other:
        session.execute(text("CREATE TABLE arranged (id INTEGER)"))
        client = client_of(planted)
        client.arranged = session
        client.get("/")
        assert other.execute(text("SELECT count(*) FROM arranged")).scalar() == 0
    engine.dispose()
