"""The macros draw every kind of field so that everybody can use it, and nothing typed is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import html5lib
import pytest
import wtforms
from flask import Flask, render_template_string
from flask_babel import Babel

import casework
from tests.support.html_rules import faults
from tests.web.every_kind import EveryKind, posted

HEADING = """{% extends "base.html" %}{% import "macros/forms.html" as forms %}
{% import "macros/page.html" as page %}{% block title %}A page{% endblock %}"""
FIELDS = """{{ forms.form_open(form, "/here") }}
{% for f in form if f.name != "token" %}{{ forms.field(f) }}{% endfor %}
{{ forms.button("Go") }}{{ forms.form_close() }}"""
PIECES = """{{ page.back("/list") }}
{{ page.summary_list([("Place", "Goundam", "/a"), ("Age", None, "")]) }}
{{ page.tasks([{"address": "/b", "label": "Call", "hint": "", "shape": "late", "state": "Late"}]) }}
{{ page.bars("All", ("Place", "Cases"), [("A", "45", 60), ("B", "<5", "few"), ("C", "0", none)]) }}
<table class="list"><tr>{{ page.cell("Place", "Ber") }}</tr></table>{{ page.pager("/2", "/1") }}"""
SVG = "{http://www.w3.org/2000/svg}svg"
FRAME_BYTES = 2_500


@pytest.fixture(scope="module")
def shell() -> Flask:
    """The templates without the application: no database, no gate."""
    root = Path(casework.__file__).parent.parent
    app = Flask("shell", template_folder=str(root / "templates"))
    Babel(app, default_locale="en")
    app.add_template_global(lambda name: f"/static/{name}", "asset")
    app.add_url_rule("/exit", "people.quick_exit", methods=["POST"])
    app.add_url_rule("/language/<language>", "web.language", methods=["POST"])
    return app


def drawn(shell: Flask, form: wtforms.Form | None, content: str) -> str:
    """A page with this content, as a browser gets it."""
    source = HEADING + "{% block content %}" + content + "{% endblock %}"
    with shell.test_request_context("/"):
        return render_template_string(source, form=form, service_name="Name")


def elements(page: str, name: str) -> list[Any]:
    return list(html5lib.parse(page, namespaceHTMLElements=False).iter(name))


def boxes(page: str) -> dict[str, Any]:
    """The last element of each name a form posts."""
    found = [box for kind in ("input", "select", "textarea") for box in elements(page, kind)]
    return {box.get("name"): box for box in found}


def test_every_kind_of_field_is_drawn_without_a_fault(shell: Flask) -> None:
    assert faults(drawn(shell, EveryKind(), FIELDS)) == []


def test_a_refused_form_is_drawn_without_a_fault(shell: Flask) -> None:
    assert faults(drawn(shell, posted(day_day="31"), FIELDS)) == []


def test_each_error_link_leads_to_a_box_of_its_field(shell: Flask) -> None:
    wrong_month = {"day_day": "5", "day_month": "13", "day_year": "2026"}
    page = drawn(shell, posted(**wrong_month, age_years="x", sex="?", shared=["?"]), FIELDS)
    summary = next(part for part in elements(page, "div") if part.get("id") == "errors")
    links = [link.get("href") for link in summary.iter("a")]
    assert links == ["#words", "#day-month", "#age-years", "#sex-0", "#shared-0", "#read"]


def test_a_form_without_errors_has_no_summary(shell: Flask) -> None:
    page = drawn(shell, EveryKind(), FIELDS)
    assert "errors" not in [part.get("id") for part in elements(page, "div")]


def test_a_wrong_field_names_its_error_to_a_screen_reader(shell: Flask) -> None:
    box = boxes(drawn(shell, posted(), FIELDS))["words"]
    assert box.get("aria-invalid") == "true"
    assert box.get("aria-describedby") == "words-hint words-wrong"


def test_only_the_wrong_box_of_a_date_is_marked(shell: Flask) -> None:
    page = drawn(shell, posted(day_day="5", day_month="13", day_year="2026"), FIELDS)
    marks = [boxes(page)[f"day-{part}"].get("aria-invalid") for part in ("day", "month", "year")]
    assert marks == [None, "true", None]


def test_what_was_typed_is_shown_again_and_harmless(shell: Flask) -> None:
    form = posted(words='"><script>', day_month='"><b>', long="</textarea>")
    shown = boxes(drawn(shell, form, FIELDS))
    assert shown["words"].get("value") == '"><script>'
    assert shown["day-month"].get("value") == '"><b>'
    assert shown["long"].text.strip() == "</textarea>"


def test_ticked_boxes_stay_ticked(shell: Flask) -> None:
    page = drawn(shell, posted(shared=["c"]), FIELDS)
    shared = [box for box in elements(page, "input") if box.get("name") == "shared"]
    assert [box.get("checked") is not None for box in shared] == [False, True]


def test_a_secret_is_never_shown_again(shell: Flask) -> None:
    assert not boxes(drawn(shell, posted(secret="abandon"), FIELDS))["secret"].get("value")


def test_no_browser_checks_or_keeps_what_is_typed(shell: Flask) -> None:
    page = drawn(shell, EveryKind(), FIELDS)
    shown = [box for box in boxes(page).values() if box.get("type") != "hidden"]
    assert elements(page, "form")[-1].get("novalidate") is not None
    assert {box.get("autocomplete") for box in shown} == {"off"}
    assert {box.get("required") for box in shown} == {None}


def test_no_service_gets_the_words_to_check_or_translate(shell: Flask) -> None:
    page = drawn(shell, EveryKind(), FIELDS)
    assert elements(page, "form")[-1].get("spellcheck") == "false"
    assert elements(page, "html")[0].get("translate") == "no"


def test_attributes_of_the_call_reach_the_input(shell: Flask) -> None:
    source = "{{ forms.field(form.words, class='short', inputmode='tel') }}"
    box = boxes(drawn(shell, EveryKind(), source))["words"]
    attributes = [box.get(name) for name in ("class", "inputmode", "autocomplete")]
    assert attributes == ["short", "tel", "off"]


def test_the_title_says_error_first(shell: Flask) -> None:
    assert elements(drawn(shell, posted(), ""), "title")[0].text == "Error: A page — Name"


def test_the_pieces_of_pages_are_drawn_without_a_fault(shell: Flask) -> None:
    assert faults(drawn(shell, None, PIECES)) == []


def test_a_bar_is_as_long_as_its_share_and_few_has_one_fixed_length(shell: Flask) -> None:
    page = drawn(shell, None, PIECES)
    assert [bar.get("width") for bar in elements(page, SVG)] == ["60%"]
    assert [span.get("class") for span in elements(page, "span")].count("few") == 1


@pytest.mark.parametrize(
    ("state", "shape"), [("en_retard", "late"), ("confirmed", "done"), ("wait", "wait")]
)
def test_a_state_has_words_and_a_shape(shell: Flask, state: str, shape: str) -> None:
    page = drawn(shell, None, "{{ page.tag('" + state + "', 'In words') }}")
    tag = next(span for span in elements(page, "span") if "tag" in (span.get("class") or ""))
    assert (tag.get("class"), tag.text) == (f"tag tag-{shape}", "In words")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 410, 413, 429, 500, 503])
def test_an_error_page_needs_nothing_but_its_template(shell: Flask, status: int) -> None:
    with shell.test_request_context("/"):
        page = shell.jinja_env.get_template(f"errors/{status}.html").render()
    assert faults(page) == []


def test_the_frame_leaves_room_in_the_budget_of_a_page(shell: Flask) -> None:
    assert len(drawn(shell, None, "").encode()) < FRAME_BYTES
