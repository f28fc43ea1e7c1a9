"""Whether people are satisfied: one answer, without a name and without a case."""

from __future__ import annotations

from wtforms import SelectChoice
from wtforms.validators import InputRequired

from casework import clock, codes, places
from casework.i18n import lazy_gettext as _l
from casework.web.fields import ChoiceField, DateField, ListField, choice
from casework.web.forms import BaseForm
from casework.web.notices import announce

NEEDED = InputRequired(_l("Choose an answer."))
ANSWERS = (
    choice("yes", _l("Yes")),
    choice("partly", _l("In part")),
    choice("no", _l("No")),
    choice("no_answer", _l("She prefers not to answer")),
)


def communes() -> list[SelectChoice]:
    """The communes of the programme."""
    return [choice(*place) for place in places.choices()]


def sexes() -> list[SelectChoice]:
    """The codes of the list `sexe`."""
    return [choice(code, codes.label("sexe", code)) for code in ("F", "M", "NP")]


class FeedbackForm(BaseForm):
    """One answer to the one question."""

    answer = ChoiceField(
        _l("“Did our help bring what you came for?”"), [NEEDED], choices=list(ANSWERS)
    )
    sex = ChoiceField(_l("Sex"), [NEEDED], choices=sexes, inline=True)
    commune = ListField(_l("Commune"), [NEEDED], choices=communes)
    answered_on = DateField(
        _l("Asked on"), [InputRequired(_l("Write the day."))], latest=clock.today
    )


announce(feedback_noted=_l("Noted, without a name. Thank her for us."))
