"""Fields that ask the way people answer: three-box dates, guessed ages, large choices.

Every field keeps what was typed, says in plain words what to correct, and names by `anchor` the box
an error link leads to. `kind` tells the macro `field` how to draw it. Make a field obligatory with
`InputRequired(message)`; `Optional()` writes "(optional)" beside the label.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypedDict

from wtforms import Field, RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from casework import clock
from casework.i18n import lazy_gettext as _l
from casework.web.formats import day as day_in_words

Limit = date | Callable[[], date]
FIRST_DAY = date(1900, 1, 1)
OLDEST_AGE = 120
LONGEST_NUMBER = 4
NOT_AN_ANSWER = _l("Choose one of the answers shown.")


class Wrong(ValueError):
    """What was typed cannot be read: the words to show, and the box they are about."""

    def __init__(self, message: Any, part: str) -> None:
        super().__init__(message)
        self.part = part


def choice(value: str, label: Any, hint: Any = None) -> SelectChoice:
    """One answer to choose, with an optional line under it that explains it."""
    return SelectChoice(value=value, label=label, render_kw={"hint": hint} if hint else None)


def within_days(days: int) -> Callable[[], date]:
    """The limit `days` after today: for due dates and the end of a consent."""
    return lambda: clock.today() + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Box:
    """One small box of a field: what the macro needs to draw it."""

    part: str
    name: str
    id: str
    label: Any
    typed: str
    digits: int


class BoxesField(Field):
    """The ground of fields made of several inputs, named `<name>-<part>`."""

    parts: tuple[tuple[str, Any, int], ...] = ()
    kind = "boxes"
    typed: dict[str, str]
    wrong_part: str | None = None

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Reads the boxes from what was posted; without a post they show the stored value."""
        names = {part: f"{self.name}-{part}" for part in self.names()}
        self.typed = {}
        if formdata is not None and any(name in formdata for name in names.values()):
            self.typed = {part: formdata.get(name, "").strip() for part, name in names.items()}
        self.wrong_part = None
        super().process(formdata, *args, **kwargs)
        self.typed = self.typed or self.split(self.data)

    def process_formdata(self, _valuelist: Sequence[str]) -> None:
        """The value is in `data`, None where it is empty or wrong; raises `Wrong`."""
        if not self.typed:
            return
        self.raw_data, self.data = [" ".join(self.typed.values()).strip()], None
        try:
            self.data = self.join(self.typed) if self.raw_data[0] else None
        except Wrong as wrong:
            self.wrong_part = wrong.part
            raise

    def names(self) -> tuple[str, ...]:
        """The parts that are posted."""
        return tuple(part for part, *_ in self.parts)

    def split(self, value: Any) -> dict[str, str]:
        """What stands in each box for a stored value."""
        raise NotImplementedError

    def join(self, typed: dict[str, str]) -> Any:
        """The value of the boxes; raises `Wrong`."""
        raise NotImplementedError

    @property
    def boxes(self) -> list[Box]:
        """The boxes in the order of the page."""
        return [self.box(*part) for part in self.parts]

    def box(self, part: str, label: Any, digits: int) -> Box:
        """One box with what was typed in it."""
        typed = self.typed.get(part, "")
        return Box(part, f"{self.name}-{part}", f"{self.id}-{part}", label, typed, digits)

    @property
    def anchor(self) -> str:
        """The id an error link leads to: the wrong box when one is known, else the first."""
        return f"{self.id}-{self.wrong_part or self.parts[0][0]}"


class PartialDateField(BoxesField):
    """A date of which only the year, or the year and the month, may be known.

    `data` is None or text: "1985", "1985-03" or "1985-03-12", ready for a sealed section.
    `earliest` and `latest` are dates or functions that give one; by default no date is in the
    future.
    """

    parts = (("day", _l("Day"), 2), ("month", _l("Month"), 2), ("year", _l("Year"), 4))
    kind = "date"
    partial = True

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        earliest: Limit = FIRST_DAY,
        latest: Limit | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.earliest = earliest
        self.latest = latest or clock.today

    def join(self, typed: dict[str, str]) -> Any:
        """The date as ISO text, as far as it is known."""
        day, month, year = read_numbers(typed, self.partial)
        first, last = span(day, month, year)
        self.check_limits(first, last)
        return first.isoformat()[: 10 if day else 7 if month else 4]

    def split(self, value: Any) -> dict[str, str]:
        """The parts of ISO text, without leading zeros."""
        known = [part.lstrip("0") for part in str(value or "").split("-")]
        return dict(zip(("year", "month", "day"), known, strict=False))

    def check_limits(self, first: date, last: date) -> None:
        """Raises `Wrong` when no day between `first` and `last` is allowed."""
        earliest, latest = limit(self.earliest), limit(self.latest)
        if first > latest and latest == clock.today():
            raise Wrong(_l("This date is in the future. Check the year."), "year")
        if first > latest:
            raise Wrong(
                _l("The date must be %(date)s or before.", date=day_in_words(latest)), "year"
            )
        if last < earliest:
            raise Wrong(
                _l("The date must be %(date)s or after.", date=day_in_words(earliest)), "year"
            )


class DateField(PartialDateField):
    """A whole date: `data` is a `date` or None."""

    partial = False

    def join(self, typed: dict[str, str]) -> Any:
        """The date itself."""
        return date.fromisoformat(super().join(typed))


def limit(given: Limit) -> date:
    """The date a limit stands for at this moment."""
    return given() if callable(given) else given


def read_numbers(typed: dict[str, str], partial: bool) -> tuple[int | None, int | None, int]:
    """Day, month and year as numbers, None where a partial date leaves one out; raises `Wrong`."""
    for part in ("day", "month", "year"):
        if typed[part] and not is_number(typed[part]):
            raise Wrong(_l("Write the date in numbers, such as 28 10 2026."), part)
    for part, message in missing(typed, partial):
        raise Wrong(message, part)
    if len(typed["year"]) != LONGEST_NUMBER or int(typed["year"]) < 1:
        raise Wrong(_l("Write the year with four digits, such as 2026."), "year")
    day, month = (int(typed[part]) if typed[part] else None for part in ("day", "month"))
    return day, month, int(typed["year"])


def missing(typed: dict[str, str], partial: bool) -> Iterator[tuple[str, Any]]:
    """Which boxes must not stay empty, with the words that say so."""
    if not typed["year"]:
        yield "year", _l("Write the year as well.")
    if not typed["month"] and (typed["day"] or not partial):
        yield "month", _l("Write the month as well.")
    if not typed["day"] and not partial:
        yield "day", _l("Write the day as well.")


def is_number(text: str) -> bool:
    """True for one to four digits of any script."""
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def span(day: int | None, month: int | None, year: int) -> tuple[date, date]:
    """The first and the last day the parts may mean; raises `Wrong` where no such day exists."""
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        raise Wrong(_l("The month is a number from 1 to 12."), "month")
    last = monthrange(year, month)[1]
    if day is None:
        return date(year, month, 1), date(year, month, last)
    if not 1 <= day <= last:
        raise Wrong(_l("This day does not exist. Check the day and the month."), "day")
    return date(year, month, day), date(year, month, day)


class Age(TypedDict):
    """An age in completed years; `about` says that it is a guess."""

    years: int
    about: bool


class AgeField(BoxesField):
    """An age in years that may be approximate: `data` is an `Age` or None."""

    parts = (("years", _l("Years"), 3),)
    kind = "age"

    def names(self) -> tuple[str, ...]:
        """The number and the box "about"."""
        return ("years", "about")

    def join(self, typed: dict[str, str]) -> Age | None:
        """The age; "about" without a number says nothing."""
        years, about = typed["years"], bool(typed["about"])
        if not years:
            raise Wrong(_l("Write the age too, or untick “about”."), "years")
        if not is_number(years) or int(years) > OLDEST_AGE:
            raise Wrong(_l("Write the age in years, with a number from 0 to 120."), "years")
        return {"years": int(years), "about": about}

    def split(self, value: Any) -> dict[str, str]:
        """The stored age as typed."""
        known = value or {}
        about = "1" if known.get("about") else ""
        return {"years": str(known.get("years", "")), "about": about}

    @property
    def about(self) -> Box:
        """The box "about"."""
        return self.box("about", _l("About (a guess)"), 0)


class OneAnswer:
    """One answer at most: no answer is None, and no error unless `InputRequired` asks for one."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Nothing chosen, or the empty row, is None, also where an answer was stored."""
        self.data = None
        super().process_formdata([value for value in valuelist if value])  # type: ignore[misc]

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError for an answer that was not offered."""
        if self.data is not None:
            super().pre_validate(form)  # type: ignore[misc]


class ChoiceField(OneAnswer, RadioField):
    """One answer among a few, each a large row; `inline=True` sets short ones side by side."""

    kind = "radios"

    def __init__(self, *args: Any, inline: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, invalid_choice_message=NOT_AN_ANSWER, **kwargs)
        self.inline = inline

    @property
    def anchor(self) -> str:
        """The first answer."""
        return f"{self.id}-0"


class ChoicesField(SelectMultipleField):
    """Any number of answers, each a large row to tick; `data` is a list of values."""

    kind = "checkboxes"
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, inline: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, invalid_choice_message=NOT_AN_ANSWER, **kwargs)
        self.inline = inline
        self.label.field_id = False

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError for an answer that was not offered, without repeating it."""
        offered = {self.coerce(option.value) for option in self.choices or ()}
        if set(self.data or ()) - offered:
            raise ValidationError(NOT_AN_ANSWER)

    @property
    def anchor(self) -> str:
        """The first answer."""
        return f"{self.id}-0"


class ListField(OneAnswer, SelectField):
    """One answer in a long list, opened the phone’s own way; its empty first row asks to choose."""

    kind = "list"
    prompt = _l("Choose")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, invalid_choice_message=NOT_AN_ANSWER, **kwargs)
