"""Fields read what people write, and keep it when it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from casework import clock
from tests.web.every_kind import TODAY, EveryKind, posted

SHORT_TEXT = st.text(max_size=6)


@pytest.fixture(autouse=True)
def on_a_fixed_day() -> Iterator[None]:
    with clock.at(TODAY):
        yield


# Dates


def test_a_whole_date_is_read_from_three_boxes() -> None:
    assert posted(day_day="5", day_month="03", day_year="2026").day.data == date(2026, 3, 5)


def test_arabic_digits_are_digits() -> None:
    assert posted(day_day="٥", day_month="٣", day_year="٢٠٢٦").day.data == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("boxes", "wrong_part"),
    [
        (("31", "2", "2026"), "day"),
        (("29", "2", "2025"), "day"),
        (("0", "2", "2026"), "day"),
        (("5", "13", "2026"), "month"),
        (("5", "3", "2999"), "year"),
        (("29", "10", "2026"), "year"),
        (("5", "3", "26"), "year"),
        (("5", "3", "0000"), "year"),
        (("5", "3", "1850"), "year"),
        (("five", "3", "2026"), "day"),
        (("5", "²", "2026"), "month"),
        (("5", "3", "-2026"), "year"),
        (("5", "3", "9" * 5000), "year"),
        (("", "", "2026"), "month"),
        (("", "3", "2026"), "day"),
        (("5", "3", ""), "year"),
    ],
)
def test_a_date_that_cannot_be_is_refused_and_points_to_its_box(
    boxes: tuple[str, str, str], wrong_part: str
) -> None:
    field = posted(day_day=boxes[0], day_month=boxes[1], day_year=boxes[2]).day
    assert (len(field.errors), field.data, field.anchor) == (1, None, f"day-{wrong_part}")


def test_a_refused_date_keeps_what_was_typed() -> None:
    field = posted(day_day="31", day_month="février", day_year="2026").day
    assert [box.typed for box in field.boxes] == ["31", "février", "2026"]


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        (("5", "3", "2999"), "This date is in the future. Check the year."),
        (("31", "4", "2026"), "This day does not exist. Check the day and the month."),
        (("5", "3", "1850"), "The date must be 1 January 1900 or after."),
    ],
)
def test_a_refused_date_says_what_to_correct(boxes: tuple[str, str, str], words: str) -> None:
    field = posted(day_day=boxes[0], day_month=boxes[1], day_year=boxes[2]).day
    assert [str(error) for error in field.errors] == [words]


def test_a_due_date_too_far_away_says_the_last_day() -> None:
    field = posted(due_day="28", due_month="11", due_year="2026").due
    assert [str(error) for error in field.errors] == [
        "The date must be 27 November 2026 or before."
    ]


def test_today_is_not_in_the_future() -> None:
    assert posted(day_day="28", day_month="10", day_year="2026").day.data == TODAY.date()


def test_an_empty_obligatory_date_asks_for_itself() -> None:
    field = posted(day_day="", day_month=" ", day_year="").day
    assert (list(field.errors), field.anchor) == (["Write the date."], "day-day")


@pytest.mark.parametrize(
    ("boxes", "known"),
    [
        (("", "", "1985"), "1985"),
        (("", "7", "1985"), "1985-07"),
        (("9", "7", "1985"), "1985-07-09"),
        (("", "", "2026"), "2026"),
        (("", "", ""), None),
    ],
)
def test_a_partial_date_says_only_what_is_known(
    boxes: tuple[str, str, str], known: str | None
) -> None:
    field = posted(known_day=boxes[0], known_month=boxes[1], known_year=boxes[2]).known
    assert (field.data, list(field.errors)) == (known, [])


@pytest.mark.parametrize("boxes", [("9", "", "1985"), ("", "7", ""), ("", "11", "2026")])
def test_a_partial_date_with_a_hole_or_in_the_future_is_refused(
    boxes: tuple[str, str, str],
) -> None:
    field = posted(known_day=boxes[0], known_month=boxes[1], known_year=boxes[2]).known
    assert len(field.errors) == 1


@pytest.mark.parametrize(("day", "allowed"), [("27", False), ("28", True)])
def test_a_due_date_is_not_before_today(day: str, allowed: bool) -> None:
    assert (posted(due_day=day, due_month="10", due_year="2026").due.data is not None) is allowed


@pytest.mark.parametrize(("day", "allowed"), [("27", True), ("28", False)])
def test_a_due_date_is_not_beyond_its_limit(day: str, allowed: bool) -> None:
    assert (posted(due_day=day, due_month="11", due_year="2026").due.data is not None) is allowed


@given(st.dates(date(1900, 1, 1), TODAY.date()))
def test_a_stored_date_comes_back_from_its_boxes(day: date) -> None:
    shown = {f"day_{box.part}": box.typed for box in EveryKind(data={"day": day}).day.boxes}
    assert posted(**shown).day.data == day


@given(st.dates(date(1900, 1, 1), TODAY.date()), st.sampled_from([4, 7, 10]))
def test_a_stored_partial_date_comes_back_from_its_boxes(day: date, length: int) -> None:
    known = day.isoformat()[:length]
    shown = {f"known_{box.part}": box.typed for box in EveryKind(data={"known": known}).known.boxes}
    assert posted(**shown).known.data == known


@given(SHORT_TEXT, SHORT_TEXT, SHORT_TEXT)
def test_whatever_is_typed_is_a_date_or_one_message(day: str, month: str, year: str) -> None:
    field = posted(day_day=day, day_month=month, day_year=year).day
    assert (field.data is None) is (len(field.errors) == 1)


# Ages


@pytest.mark.parametrize(
    ("years", "about", "age"),
    [
        ("34", "", {"years": 34, "about": False}),
        ("0", "1", {"years": 0, "about": True}),
        ("", "", None),
    ],
)
def test_an_age_may_be_a_guess(years: str, about: str, age: dict[str, Any] | None) -> None:
    field = posted(age_years=years, age_about=about).age
    assert (field.data, list(field.errors)) == (age, [])


@pytest.mark.parametrize(("years", "about"), [("121", ""), ("abc", ""), ("-3", ""), ("", "1")])
def test_an_age_that_cannot_be_is_refused_and_kept(years: str, about: str) -> None:
    field = posted(age_years=years, age_about=about).age
    assert (len(field.errors), field.boxes[0].typed, field.about.typed) == (1, years, about)


# Choices


def test_an_answer_that_was_not_offered_is_refused_without_repeating_it() -> None:
    form = posted(sex="<x>", shared=["i", "<y>"], place="<z>")
    said = [str(error) for field in (form.sex, form.shared, form.place) for error in field.errors]
    assert len(said) == 3
    assert not any("<" in words for words in said)


def test_no_answer_is_an_error_only_where_one_is_asked_for() -> None:
    form = posted(place="")
    assert (list(form.sex.errors), list(form.place.errors)) == (["Choose an answer."], [])


def test_an_emptied_list_forgets_the_stored_answer() -> None:
    assert EveryKind(MultiDict({"place": ""}), data={"place": "g"}).place.data is None
