"""A form with one field of each kind, and how it looks just after it was posted."""

from __future__ import annotations

from datetime import UTC, datetime

import wtforms
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, Optional

from casework import clock
from casework.web.fields import (
    AgeField,
    ChoiceField,
    ChoicesField,
    DateField,
    ListField,
    PartialDateField,
    choice,
    within_days,
)

TODAY = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
ANSWERS = [choice("f", "Woman"), choice("m", "Man", "a line that explains")]


class EveryKind(wtforms.Form):
    """One field of each kind."""

    token = wtforms.HiddenField(default="t")
    words = wtforms.StringField("Words", [InputRequired("Write something.")], description="A hint")
    long = wtforms.TextAreaField("Long text")
    secret = wtforms.PasswordField("Secret")
    day = DateField("Day it happened", [InputRequired("Write the date.")])
    known = PartialDateField("Born", [Optional()])
    due = DateField("Due", earliest=clock.today, latest=within_days(30))
    age = AgeField("Age")
    sex = ChoiceField("Sex", [InputRequired("Choose an answer.")], choices=ANSWERS, inline=True)
    place = ListField("Place", [Optional()], choices=[choice("g", "Goundam")])
    shared = ChoicesField("Shared", choices=[choice("i", "Identity"), choice("c", "Contact")])
    read = wtforms.BooleanField("Read aloud", [InputRequired("Tick the box.")])


def posted(**boxes: str | list[str]) -> EveryKind:
    """The form as posted: `day_month` stands for the box `day-month`."""
    with clock.at(TODAY):
        form = EveryKind(MultiDict({name.replace("_", "-"): text for name, text in boxes.items()}))
        form.validate()
    return form
