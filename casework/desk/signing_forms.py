"""« Saisie complète »: what a coordinator looks at before she signs a quarter for her team."""

from __future__ import annotations

from wtforms.validators import InputRequired

from casework.i18n import lazy_gettext as _l
from casework.web.fields import ChoicesField, choice
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce

CHECKLIST = (
    choice("sheets", _l("Every paper sheet and every relay’s sheet is entered")),
    choice("answers", _l("What partners answered on paper or by phone is entered")),
    choice("outcomes", _l("Outcomes and closures of the quarter are recorded")),
    choice("consents", _l("Each new case has its answer about statistics")),
)


class SignatureForm(BaseForm):
    """Four points, each of which must be ticked."""

    points = ChoicesField(
        _l("I have looked at these four points"),
        [InputRequired(_l("Tick each point once you have looked at it."))],
        choices=list(CHECKLIST),
    )


RULES.update(
    not_looked_at=_l("Tick each of the four points once you have looked at it."),
    signed_already=_l("Somebody of your team has signed this quarter already."),
    quarter_still_runs=_l("This quarter is not over: sign it after its last day."),
)
announce(quarter_signed=_l("Signed. Thank you: the report can be trusted now."))
