"""Every template is used, and says nothing outside the catalogues."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.frontend import parse_mapping_cfg
from flask import Flask

from casework.cli import catalogues
from tests.architecture import pages, words
from tests.architecture.source import ROOT, templates


def test_every_template_is_used_and_exists() -> None:
    assert not list(pages.faults())


def test_no_template_says_anything_outside_the_catalogues() -> None:
    said = {
        str(path.relative_to(ROOT)): words.bare_words(path.read_text(encoding="utf-8"))
        for path in templates()
    }
    assert said
    assert not {name: found for name, found in said.items() if found}


def test_the_program_says_nothing_outside_the_catalogues() -> None:
    assert not list(words.bare_words_in_program())


def test_every_name_of_a_translating_function_is_known_to_the_extraction() -> None:
    assert not list(words.unknown_names())


def test_templates_are_read_for_words_as_the_application_reads_them(app: Flask) -> None:
    with (ROOT / catalogues.TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as lines:
        _methods, options = parse_mapping_cfg(lines)
    environment = app.jinja_env
    present = {
        "newstyle_gettext": environment.newstyle_gettext,  # type: ignore[attr-defined]
        "trimmed": environment.policies["ext.i18n.trimmed"],
        "trim_blocks": environment.trim_blocks,
        "lstrip_blocks": environment.lstrip_blocks,
        "silent": False,
    }
    declared = {name: value == "true" for name, value in options["templates/**.html"].items()}
    assert declared == present


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p>Open cases</p>", "line 1: 'Open cases'"),
        ("<p>\n{{ code }} dossier\n</p>", "line 2: 'dossier'"),
        ("{% if late %}\n\n<b>Late</b>{% endif %}", "line 3: 'Late'"),
        ('<a title="Go back" href="/">{{ name }}</a>', "line 1: 'Go back'"),
        ('<input type="submit" value="Send">', "line 1: 'Send'"),
        ('<p class="{% if late %}late{% endif %}">Late</p>', "line 1: 'Late'"),
        ("{% trans %}Said well{% endtrans %} said badly", "line 1: 'said badly'"),
        ("{{ 'Said badly' }}", "line 1: 'Said badly'"),
        ("{{ 'Late' if late else '' }}", "line 1: 'Late'"),
        ('{{ button("Send now") }}', "line 1: 'Send now'"),
        ('{{ button(label="Why?") }}', "line 1: 'Why?'"),
    ],
)
def test_bare_words_in_a_template_are_found(source: str, said: str) -> None:
    assert words.bare_words(source) == [said]


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ _('Open cases') }}</p>",
        "{% trans name=name %}Good day, {{ name }}{% endtrans %}",
        '<a class="button main" href="{{ url_for("people.sign_in") }}">{{ _("Exit") }}</a>',
        "<html dir=\"{{ 'rtl' if language == 'ar' else 'ltr' }}\"></html>",
        "<p>{# A remark #}12 — 3 %&nbsp;</p>",
        "<a download>PDF</a>",
        '{{ row(class="button wide", field=form.name) }}',
    ],
)
def test_a_well_spoken_template_is_left_alone(source: str) -> None:
    assert not words.bare_words(source)


@pytest.mark.parametrize(
    "line",
    [
        'name = StringField("Name")',
        'name = fields.StringField(label="Name")',
        'name = StringField(_l("Name"), [InputRequired(_l("No."))], description="As she says it")',
        'raise ValidationError("Impossible")',
        'flash("Saved")',
    ],
)
def test_bare_words_in_the_program_are_found(tmp_path: Path, line: str) -> None:
    plant(tmp_path, {"casework/planted.py": line})
    assert len(list(words.bare_words_in_program(tmp_path))) == 1


def test_a_translating_function_under_an_unknown_name_is_found(tmp_path: Path) -> None:
    source = "from casework.i18n import gettext as say, lazy_gettext as _l\n"
    plant(tmp_path, {"casework/planted.py": source})
    assert [fault.split(": ")[1] for fault in words.unknown_names(tmp_path)] == [
        "gettext is called say"
    ]


def plant(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def test_unused_and_missing_templates_are_found(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "casework/a.py": 'show("a.html")\nshow(f"errors/{x}.html")\nshow("gone.html")\n',
            "templates/a.html": '{% extends "base.html" %}{% from "macros/x.html" import y %}',
            "templates/base.html": "",
            "templates/macros/x.html": "",
            "templates/errors/404.html": "",
            "templates/forgotten.html": "",
        },
    )
    assert list(pages.faults(tmp_path)) == [
        "templates/forgotten.html: nothing shows it",
        "casework/a.py:3: there is no template gone\\.html",
    ]
