"""What is asked before a person is given a paper about her file."""

from __future__ import annotations

from wtforms.validators import InputRequired

from casework.i18n import lazy_gettext as _l
from casework.web.fields import ChoiceField, choice
from casework.web.forms import RULES, BaseForm

YES, NO = "yes", "no"
CHOOSE = InputRequired(_l("Choose an answer."))


class PaperForm(BaseForm):
    """Paper is printed where she asked for it herself, knows what it says, and can keep it safe."""

    wanted = ChoiceField(
        _l("Did she ask for the paper herself, after she heard what it says?"),
        [CHOOSE],
        choices=[choice(YES, _l("Yes")), choice(NO, _l("No"))],
        inline=True,
    )
    safe = ChoiceField(
        _l("Is it safe for her to have this paper?"),
        [CHOOSE],
        choices=[
            choice(YES, _l("Yes, she says so herself")),
            choice(NO, _l("No, or she is not sure")),
        ],
        description=_l(
            "Ask her: who could find it at home, on the way or in her bag? Who would read it?"
        ),
    )

    @property
    def is_safe(self) -> bool:
        """True when both answers are yes."""
        return bool(self.wanted.data == YES and self.safe.data == YES)


RULES.update(
    paper_not_safe=_l(
        "Then nothing is printed. Tell her that she can hear it again whenever she wants."
    )
)
