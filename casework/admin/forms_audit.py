"""What the auditor asks: the filters of the log, and a checkpoint that somebody kept."""

from __future__ import annotations

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from casework import clock
from casework.admin.audit_words import SENTENCES, in_general
from casework.i18n import lazy_gettext as _l
from casework.people.forms import TOO_LONG, stripped
from casework.web.fields import DateField, ListField, choice
from casework.web.forms import RULES, BaseForm


class AuditForm(BaseForm):
    """What the auditor looks for in the log."""

    act = ListField(
        _l("Which act?"),
        choices=lambda: sorted(
            (choice(act, in_general(act)) for act in SENTENCES), key=lambda one: str(one.label)
        ),
    )
    person = StringField(
        _l("Done by"),
        [Optional(), Length(max=40, message=TOO_LONG)],
        filters=[stripped],
        description=_l("The name for signing in."),
    )
    case = StringField(
        _l("About the file with the code"),
        [Optional(), Length(max=20, message=TOO_LONG)],
        filters=[stripped],
    )
    since = DateField(_l("From this day"), [Optional()], latest=clock.today)
    until = DateField(_l("Up to this day"), [Optional()], latest=clock.today)

    def validate(self, extra_validators: Any = None) -> bool:
        """A period ends on or after the day it begins."""
        fine = super().validate(extra_validators)
        if self.since.data and self.until.data and self.until.data < self.since.data:
            self.until.errors = [*self.until.errors, _l("This day is before the first one.")]
            return False
        return fine


class ComparisonForm(BaseForm):
    """A checkpoint as somebody kept it."""

    note = TextAreaField(
        _l("The checkpoint that was kept"),
        [
            InputRequired(_l("Paste or type the checkpoint.")),
            Length(max=6000, message=_l("This is too long: paste the lines of the checkpoint.")),
        ],
        description=_l("All its lines. Line breaks, spaces and words around them do not matter."),
    )


RULES.update(
    person_unknown=_l("Nobody has this name for signing in. Check it."),
    case_unknown=_l("No file has this code. Check it."),
    no_checkpoint=_l(
        "No checkpoint of this log can be read in this text. Look whether every line is there."
    ),
)
