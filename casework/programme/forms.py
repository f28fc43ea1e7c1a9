"""The forms of the programme: an activity, a radio, a practice, the goals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from wtforms import HiddenField, IntegerField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation

from casework import places
from casework.i18n import lazy_gettext as _l
from casework.programme.actions import Described
from casework.programme.framework import indicators
from casework.programme.kinds import (
    AGES,
    LANGUAGES,
    PRACTICES,
    PROOFS,
    SEXES,
    THEMES,
    Asked,
)
from casework.programme.models import Activity, Goal, Radio
from casework.web.fields import (
    BoxesField,
    ChoiceField,
    DateField,
    ListField,
    Wrong,
    choice,
    is_number,
)
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce

TO_CHOOSE = InputRequired(_l("Choose an answer."))
NUMERIC = {"inputmode": "numeric", "class": "short"}
LARGEST_GOAL = 1_000_000
WHOLE_TRAINING = _l("Only those who came to at least four fifths of the training.")


def communes() -> list[SelectChoice]:
    """The communes of the programme."""
    return [choice(*place) for place in places.choices()]


def offered(words: Mapping[str, Any]) -> list[SelectChoice]:
    """The codes of one of the programme's lists."""
    return [choice(code, label) for code, label in words.items()]


def a_number(form: Any, field: Any) -> None:
    """Ends the validation where the field holds no whole number, in words of ours."""
    if field.raw_data and field.raw_data[0].strip() and field.data is None:
        field.errors = []
        raise StopValidation(str(_l("Write a whole number, with digits only.")))


def count(label: Any, most: int, description: Any = "") -> IntegerField:
    """A whole number from 0 that may be left out."""
    within = NumberRange(0, most, _l("Write a number from 0 to %(most)s.", most=most))
    return IntegerField(
        label, [a_number, Optional(), within], description=description, render_kw=NUMERIC
    )


class HeadsField(BoxesField):
    """How many people of one sex, by age band; `data` maps the bands filled in."""

    parts = tuple((age, label, 4) for age, label in AGES.items())
    kind = "date"

    def join(self, typed: dict[str, str]) -> dict[str, int]:
        """The numbers typed; raises `Wrong` for anything else."""
        for age, text in typed.items():
            if text and not is_number(text):
                raise Wrong(_l("Write how many people came, with digits only."), age)
        return {age: int(text) for age, text in typed.items() if text}

    def split(self, value: Any) -> dict[str, str]:
        """The numbers as typed."""
        return {age: str((value or {}).get(age, "")) for age in AGES}


class ActivityForm(BaseForm):
    """One activity; fields that its kind does not ask for are taken out."""

    version = HiddenField()
    held_on = DateField(_l("On which day?"), [InputRequired(_l("Write the day."))])
    commune = ListField(
        _l("In which commune?"), [InputRequired(_l("Choose the commune."))], choices=communes
    )
    theme = ListField(_l("About what?"), [InputRequired(_l("Choose the theme."))], choices=list)
    radio = ListField(_l("Which radio?"), [InputRequired(_l("Choose the radio."))], choices=list)
    language = ListField(
        _l("In which language?"),
        [InputRequired(_l("Choose the language."))],
        choices=lambda: offered(LANGUAGES),
    )
    minutes = count(_l("How many minutes in all?"), 1440)
    callers = count(_l("How many listeners called?"), 9999)
    women = HeadsField(_l("Women and girls who came"))
    men = HeadsField(_l("Men and boys who came"))
    displaced = count(_l("Among them, displaced or returned people"), 9999)
    disabled = count(_l("Among them, people with a disability"), 9999)
    services = count(_l("How many services were at the table?"), 99)
    before_percent = count(_l("Mean mark before the training, in per cent"), 100)
    after_percent = count(_l("Mean mark after the training, in per cent"), 100)
    proof = ListField(
        _l("What proof is kept?"),
        [InputRequired(_l("Choose the proof."))],
        choices=lambda: offered(PROOFS),
        description=_l("The paper or file stays in the office; nobody’s name is written here."),
    )

    def __init__(
        self, *args: Any, asked: Asked, radios: Iterable[Radio] = (), **kwargs: Any
    ) -> None:
        """Asks what this kind of activity asks."""
        super().__init__(*args, **kwargs)
        for name in unasked(asked):
            del self[name]
        if asked.themes:
            self.theme.choices = [choice(code, THEMES[code]) for code in asked.themes]
        if asked.radio:
            self.radio.choices = [choice(str(radio.id), radio.name) for radio in radios]
        if asked.tests:
            self.women.description = WHOLE_TRAINING

    def described(self, kind: str) -> Described:
        """What the form says."""
        values = {name: self[name].data for name in PLAIN if name in self}
        return Described(
            kind=kind,
            theme=self.theme.data if "theme" in self else "",
            language=self.language.data if "language" in self else "",
            radio_id=UUID(self.radio.data) if "radio" in self else None,
            heads=self.heads(),
            **values,
        )

    def heads(self) -> dict[tuple[str, str], int]:
        """Who came, by sex and age band."""
        if "women" not in self:
            return {}
        both = {"F": self.women.data or {}, "M": self.men.data or {}}
        return {(sex, age): both[sex].get(age, 0) for sex in SEXES for age in AGES}

    def shown_version(self) -> int:
        """The version this form was filled from; -1 when the field was lost."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else -1


PLAIN = (
    "held_on",
    "commune",
    "proof",
    "minutes",
    "callers",
    "services",
    "displaced",
    "disabled",
    "before_percent",
    "after_percent",
)


def unasked(asked: Asked) -> set[str]:
    """The fields that this kind of activity leaves out."""
    groups = (
        (asked.people, ("women", "men", "displaced", "disabled")),
        (bool(asked.themes), ("theme",)),
        (asked.radio, ("radio", "language", "minutes", "callers")),
        (asked.tests, ("before_percent", "after_percent")),
        (asked.services, ("services",)),
    )
    return {name for wanted, names in groups if not wanted for name in names}


def values_of(activity: Activity) -> dict[str, Any]:
    """The values of an `ActivityForm` for an activity as it stands."""
    heads: dict[str, dict[str, int]] = {sex: {} for sex in SEXES}
    for each in activity.heads:
        heads[each.sex][each.age] = each.people
    return {
        "version": str(activity.version),
        "theme": activity.theme,
        "language": activity.language,
        "radio": str(activity.radio_id) if activity.radio_id else None,
        "women": heads["F"],
        "men": heads["M"],
        **{name: getattr(activity, name) for name in PLAIN},
    }


class KindForm(BaseForm):
    """Which kind of activity."""

    kind = ChoiceField(_l("What was done?"), [TO_CHOOSE], choices=list)


class RadioForm(BaseForm):
    """A partner radio."""

    name = StringField(
        _l("Name of the radio"),
        [InputRequired(_l("Write the name.")), Length(max=60, message=_l("This is too long."))],
        filters=[lambda text: (text or "").strip()],
    )
    commune = ListField(
        _l("In which commune?"), [InputRequired(_l("Choose the commune."))], choices=communes
    )
    signed_on = DateField(_l("Day the protocol was signed"), [Optional()])


class PracticeForm(BaseForm):
    """A good customary or religious practice."""

    kind = ChoiceField(
        _l("Which kind of practice?"), [TO_CHOOSE], choices=lambda: offered(PRACTICES), inline=True
    )
    theme = ListField(
        _l("About what?"),
        [InputRequired(_l("Choose the theme."))],
        choices=lambda: offered(THEMES),
    )
    commune = ListField(
        _l("In which commune?"), [InputRequired(_l("Choose the commune."))], choices=communes
    )
    noted_on = DateField(_l("On which day was it told?"), [InputRequired(_l("Write the day."))])
    told = TextAreaField(
        _l("What is done, and what good comes of it?"),
        [
            InputRequired(_l("Tell the practice in a few words.")),
            Length(max=1500, message=_l("This is too long.")),
        ],
        description=_l("Nobody’s name, no village smaller than the commune, no real case."),
    )


class AttestForm(BaseForm):
    """One month that a team attests."""

    month = HiddenField()


class GoalsForm(BaseForm):
    """Baseline and target of every indicator."""


for _indicator in indicators():
    for _part, _words in (("baseline", _l("Baseline")), ("target", _l("Target"))):
        setattr(GoalsForm, f"{_part}_{_indicator.code}", count(_words, LARGEST_GOAL))


def goals_of(form: GoalsForm) -> dict[str, tuple[int | None, int | None]]:
    """What the form promises, by indicator."""
    return {
        each.code: (form[f"baseline_{each.code}"].data, form[f"target_{each.code}"].data)
        for each in indicators()
    }


def goal_values(goals: Mapping[str, Goal]) -> dict[str, int | None]:
    """The values of a `GoalsForm` for the goals as they stand."""
    found: dict[str, int | None] = {}
    for code, goal in goals.items():
        found |= {f"baseline_{code}": goal.baseline, f"target_{code}": goal.target}
    return found


announce(
    activity_saved=_l("The activity is saved."),
    activity_removed=_l("The activity is removed."),
    radio_saved=_l("The radio is saved."),
    practice_saved=_l("The practice is in the register."),
    goals_saved=_l("Baselines and targets are saved."),
    month_attested=_l("The month is attested."),
)
RULES.update(
    activity_to_come=_l("This day is still to come. Write down what has happened."),
    activity_reported=_l(
        "This activity stands in a report that was given out: it can no longer be changed."
    ),
    activity_changed=_l(
        "Somebody else has changed this activity meanwhile. Look at it again, then correct it."
    ),
    nobody_came=_l("Write how many people came: at least one."),
    more_than_came=_l("More displaced or disabled people than people who came: count again."),
    month_not_over=_l("This month is not over yet."),
    month_attested=_l("This month was attested already."),
)
