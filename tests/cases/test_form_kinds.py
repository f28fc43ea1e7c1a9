"""Every declared field, asked and read back: what is stored, shown and sent again is the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask, render_template_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from casework import clock
from casework.cases.field_kinds import ENTRIES, Field, Kind, Per
from casework.cases.fields import FIELDS, of_entry
from casework.cases.form_kinds import EXPECTED, MOST_RADIOS, tidy
from casework.cases.forms import DeclaredForm, data_for, section_form, values_from
from casework.web.fields import ChoiceField, ListField
from tests.support.html_rules import faults, parse
from tests.support.pages import read_form

UNHURRIED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
PEOPLE = [("a", "Hadjara"), ("b", "Issa")]
GRIEVANCES = [("g", "Viol"), ("h", "Acte de naissance")]
PAGE = """{% extends "base.html" %}{% from "macros/forms.html" import form_open, form_close %}
{% from "cases/intake/questions.html" import groups %}{% block title %}x{% endblock %}
{% block content %}{{ form_open(form, "/here") }}
{{ groups(form, sheet.groups()) }}{{ form_close() }}{% endblock %}"""
LETTERS = st.characters(codec="utf-8", exclude_characters="\ufffd{}%")
"""Any sign but those that the reader of pages takes for a template left unrendered."""

TEXT = st.text(LETTERS, max_size=60).map(tidy)
LONG = st.lists(TEXT, max_size=3).map("\n".join).map(tidy)


def iso(field: Field) -> st.SearchStrategy[str]:
    """Days, months and years that a date may be known to; none in the future."""
    days = st.dates(date(1950, 1, 1), clock.today() - timedelta(days=400)).map(date.isoformat)
    return (
        st.one_of(days, days.map(lambda day: day[:7]), days.map(lambda day: day[:4]))
        if (field.approximate)
        else days
    )


def ages() -> st.SearchStrategy[dict[str, Any]]:
    """Every shape of an age."""
    day = clock.today().isoformat()
    years = st.integers(0, 110)
    return st.one_of(
        years.map(lambda n: {"years": n, "as_of": day}),
        years.map(lambda n: {"years": n, "as_of": day, "approximate": True}),
        years.map(lambda n: {"birth_year": clock.today().year - n, "approximate": True}),
        st.dates(date(1930, 1, 1), clock.today()).map(lambda d: {"birth_on": d.isoformat()}),
        st.sampled_from(["0_4", "12_17", "inconnu"]).map(lambda b: {"band": b, "as_of": day}),
    )


def told(field: Field) -> st.SearchStrategy[Any]:
    """Stored answers to one field, None where there is none."""
    known = field.known_codes() or ("",)
    some = {
        Kind.TEXT: TEXT,
        Kind.LONG_TEXT: LONG,
        Kind.PHONE: st.from_regex(r"\+?[0-9]{2}( [0-9]{2}){3}", fullmatch=True),
        Kind.NUMBER: st.integers(0, 10**9),
        Kind.CHOICE: st.sampled_from(known),
        Kind.CHOICES: st.sets(st.sampled_from(known), min_size=1).map(
            lambda chosen: [code for code in known if code in chosen]
        ),
        Kind.YES_NO: st.booleans(),
        Kind.DATE: iso(field),
        Kind.APPROXIMATE_AGE: ages(),
        Kind.BENEFICIARIES: st.sampled_from([["a"], ["a", "b"]]),
        Kind.GRIEVANCE: st.sampled_from(["g", "h"]),
    }[field.kind]
    return some if field.required else st.none() | some


def fields_of(per: Per) -> tuple[Field, ...]:
    """The fields asked once for a case, person, grievance or entry, each name once."""
    found = of_entry(per) if per in ENTRIES else [one for one in FIELDS if one.per is per]
    return tuple({field.name: field for field in found}.values())


@pytest.fixture
def words(app: Flask) -> Iterator[Flask]:
    """The application answering somebody who is not signed in."""
    with app.test_request_context("/", base_url="https://127.0.0.1"):
        yield app


def form_of(fields: tuple[Field, ...], value: dict[str, Any]) -> type[DeclaredForm]:
    """The form class that edits a stored value."""
    return section_form(fields, people=PEOPLE, grievances=GRIEVANCES, stored=value)


def sent_back(form: DeclaredForm) -> MultiDict[str, str]:
    """What a browser sends when the form is shown and nothing is touched."""
    page = render_template_string(PAGE, form=form, sheet=form.sheet)
    assert faults(page) == []
    shown = next(one for one in parse(page).all("form") if one.get("action") == "/here")
    return read_form(shown, "/here").values


@pytest.mark.parametrize("per", list(Per))
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_is_shown_and_sent_again_is_the_same(words: Flask, per: Per, data: Any) -> None:
    fields = fields_of(per)
    drawn = {field.name: data.draw(told(field), field.name) for field in fields}
    value = {name: answer for name, answer in drawn.items() if answer not in (None, "")}
    form_class = form_of(fields, value)
    pairs = sent_back(form_class(**data_for(value)))
    again = form_class(pairs)
    again.validate()
    missing = {field.name for field in fields if field.required and field.name not in value}
    assert set(again.errors) <= missing
    assert values_from(again) == value


@pytest.mark.parametrize("per", list(Per))
def test_only_what_is_declared_required_is_asked_for(words: Flask, per: Per) -> None:
    fields = fields_of(per)
    form = form_of(fields, {})(MultiDict())
    form.validate()
    assert set(form.errors) == {field.name for field in fields if field.required}


@pytest.mark.parametrize("per", list(Per))
def test_long_lists_open_the_phones_own_way(words: Flask, per: Per) -> None:
    form = form_of(fields_of(per), {})()
    for question in form.questions:
        if question.declared.kind is Kind.CHOICE:
            many = len(question.declared.options()) > MOST_RADIOS
            assert isinstance(form[question.name], ListField if many else ChoiceField)


def asked(name: str, per: Per) -> Field:
    """One declared field."""
    return next(field for field in fields_of(per) if field.name == name)


def typed(field: Field, **boxes: str) -> DeclaredForm:
    """The form of one field as it was just posted."""
    pairs = {name.replace("__", "-"): text for name, text in boxes.items()}
    form = form_of((field,), {})(MultiDict(pairs))
    form.validate()
    return form


def test_a_retired_code_can_be_kept_but_not_chosen(
    words: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = asked("marital_status", Per.BENEFICIARY)
    real = Field.options
    offered = lambda self, language=None: real(self, language)[1:]  # noqa: E731
    monkeypatch.setattr(Field, "options", offered)
    kept = form_of((field,), {"marital_status": "celibataire"})(
        MultiDict({"marital_status": "celibataire"})
    )
    chosen = form_of((field,), {})(MultiDict({"marital_status": "celibataire"}))
    assert (kept.validate(), chosen.validate()) == (True, False)


def test_a_telephone_is_trimmed(words: Flask) -> None:
    form = typed(asked("phone", Per.CASE), phone="  76 12 34 56 ")
    assert values_from(form) == {"phone": "76 12 34 56"}


def test_text_is_composed_so_that_accents_are_found_again(words: Flask) -> None:
    form = typed(asked("given_name", Per.BENEFICIARY), given_name="Aïchata")
    assert values_from(form) == {"given_name": "Aïchata"}


def test_a_next_hearing_lies_ahead_and_an_act_does_not(words: Flask) -> None:
    day = clock.today() + timedelta(days=30)
    assert set(EXPECTED) == {"next_on"}
    for name, fine in (("next_on", True), ("happened_on", False)):
        boxes = {"day": day.day, "month": day.month, "year": day.year}
        posted = {f"{name}__{part}": str(number) for part, number in boxes.items()}
        form = typed(asked(name, Per.STEP), **posted)
        assert (not form.errors) is fine


def test_no_answer_and_no_are_not_the_same(words: Flask) -> None:
    field = asked("collective", Per.CASE)
    assert values_from(typed(field)) == {}
    assert values_from(typed(field, collective="no")) == {"collective": False}


def test_the_month_of_a_birth_alone_is_asked_again(words: Flask) -> None:
    form = typed(asked("age", Per.BENEFICIARY), age_birth__month="3", age_birth__year="1985")
    assert "age_birth" in form.errors


def test_a_number_may_be_zero(words: Flask) -> None:
    form = typed(asked("affected_male", Per.CASE), affected_male="0")
    assert values_from(form) == {"affected_male": 0}
