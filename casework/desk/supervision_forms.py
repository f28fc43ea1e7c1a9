"""The forms of supervision: what a verifier asks to see, and the attestation of a month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, StopValidation

from casework.i18n import lazy_gettext as _l
from casework.web.fields import ChoiceField, ListField, choice
from casework.web.forms import BaseForm

VERIFIERS = {
    "donor": _l("The donor or whom it sends"),
    "auditor": _l("An outside auditor"),
    "authority": _l("The data protection authority"),
    "own": _l("Our own monitoring"),
}
LARGEST = 999_999


def a_number(_form: Any, field: Any) -> None:
    """Ends the validation where the field holds no whole number, in words of ours."""
    if field.raw_data and field.raw_data[0].strip() and field.data is None:
        field.errors = []
        raise StopValidation(str(_l("Write a whole number, with digits only.")))


class EvidenceForm(BaseForm):
    """Which quarter, for whom, and the number that draws the files."""

    quarter = ListField(
        _l("Which quarter?"), [InputRequired(_l("Choose the quarter."))], choices=list
    )
    verifier = ChoiceField(
        _l("Who wants to see?"),
        [InputRequired(_l("Choose an answer."))],
        choices=lambda: [choice(code, words) for code, words in VERIFIERS.items()],
    )
    number = IntegerField(
        _l("Which number does the verifier say?"),
        [
            a_number,
            InputRequired(_l("Write the number.")),
            NumberRange(1, LARGEST, _l("Write a number from 1 to 999 999.")),
        ],
        description=_l("Any number, said aloud by the verifier: it draws the files."),
        render_kw={"inputmode": "numeric", "class": "short"},
    )

    def __init__(self, *args: Any, quarters: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        """Offers the published quarters."""
        super().__init__(*args, **kwargs)
        self.quarter.choices = [choice(code, words) for code, words in quarters]


class AttestationForm(BaseForm):
    """Which month is attested; nothing else is said."""

    month = ListField(_l("Which month?"), [InputRequired(_l("Choose the month."))], choices=list)

    def __init__(self, *args: Any, months: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        """Offers the months that are over and not attested."""
        super().__init__(*args, **kwargs)
        self.month.choices = [choice(code, words) for code, words in months]
