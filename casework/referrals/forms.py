"""The forms of a referral: what is asked, of whom, what is shared; and every move afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wtforms import HiddenField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from casework import clock, codes
from casework.consent.recipients import section_label
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l
from casework.referrals.actions import Act
from casework.referrals.deadlines import Urgency, due_at
from casework.referrals.reading import Shared
from casework.referrals.words import CHANNELS, Asks, why_words
from casework.referrals.workflow import Clock
from casework.web.fields import ChoiceField, ChoicesField, DateField, ListField, choice
from casework.web.formats import moment
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce, refuse

TOO_LONG = _l("This is too long. Write it more shortly.")
NEEDED = _l("Choose an answer.")
NEEDED_TEXT = _l("Write an answer.")
CHANGED = "referral_changed"
LONGEST = 2000
Pairs = Sequence[tuple[str, str]]


def tidy(text: str | None) -> str:
    """The text without spaces around it."""
    return (text or "").strip()


def listed(list_name: str, *only: str) -> list[SelectChoice]:
    """The codes of a list as answers to choose, or only some of them."""
    found = codes.choices(list_name)
    return [choice(code, label) for code, label in found if not only or code in only]


def long_text(label: Any, *checks: Any, description: Any = "") -> TextAreaField:
    """A field of several lines."""
    return TextAreaField(
        label,
        [*checks, Length(max=LONGEST, message=TOO_LONG)],
        filters=[tidy],
        description=description,
        render_kw={"rows": 4},
    )


class VersionForm(BaseForm):
    """A form that knows which version of the referral was on the page."""

    version = HiddenField()

    def shown_version(self) -> int:
        """The version this form was made from; one that never was, when the field was lost."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else -1


class MovingForm(VersionForm):
    """A form that moves the referral once, however often it is sent."""

    id = HiddenField()


# A new referral, page after page


class ServiceForm(BaseForm):
    """Which service is needed, and for which of the grievances."""

    grievance = ChoiceField(_l("For which matter?"), [InputRequired(NEEDED)])
    service = ListField(_l("Which service?"), [InputRequired(NEEDED)])

    def __init__(
        self, *args: Any, allowed: Sequence[str] = (), grievances: Pairs = (), **kwargs: Any
    ) -> None:
        """Offers the services that are allowed; asks for the grievance where there are several."""
        super().__init__(*args, **kwargs)
        self.service.choices = listed("type_service", *allowed) if allowed else []
        self.grievance.choices = [choice(one, name) for one, name in grievances]
        if len(grievances) < 2:
            del self.grievance

    def asked(self) -> dict[str, str]:
        """The service and the grievance, empty where it was not asked."""
        grievance = self.grievance.data if "grievance" in self else ""
        return {"service": self.service.data, "grievance": grievance or ""}


class ProviderForm(VersionForm):
    """Who is asked; what was chosen before travels in hidden fields."""

    id = HiddenField()
    service = HiddenField()
    grievance = HiddenField()
    provider = ChoiceField(_l("Which partner?"), [InputRequired(NEEDED)])

    def __init__(self, *args: Any, offered: Iterable[SelectChoice] = (), **kwargs: Any) -> None:
        """Offers the providers that can be asked today."""
        super().__init__(*args, **kwargs)
        self.provider.choices = list(offered)


class RequestForm(VersionForm):
    """For whom, how fast, and on which way."""

    people = ChoicesField(_l("For whom?"), [InputRequired(_l("Choose at least one person."))])
    urgency = ChoiceField(_l("How fast?"), [InputRequired(NEEDED)])
    channel = ChoiceField(_l("On which way?"), [InputRequired(NEEDED)])

    def __init__(
        self,
        *args: Any,
        people_named: Pairs = (),
        open_channels: Sequence[str] = (),
        care_until: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        """Offers the people of the case, each urgency with the moment of its answer, and the ways
        that are open."""
        super().__init__(*args, **kwargs)
        self.people.choices = [choice(one, name) for one, name in people_named]
        self.urgency.choices = urgencies(care_until)
        self.channel.choices = [choice(one, *CHANNELS[one]) for one in open_channels]
        if len(people_named) < 2:
            del self.people


def urgencies(care_until: datetime | None) -> list[SelectChoice]:
    """Each urgency with the moment by which an answer would be due, were it sent now."""
    now = clock.now()
    return [
        choice(
            one,
            codes.label("priorite", one),
            _(
                "Answer expected before %(moment)s",
                moment=moment(due_at(Clock.ANSWER, one, now, care_until)),
            ),
        )
        for one in Urgency
    ]


class SharingForm(VersionForm):
    """Which of the allowed sections go to the partner."""

    sections = ChoicesField(_l("What will be shared"))

    def __init__(self, *args: Any, allowed: Iterable[Shared] = (), **kwargs: Any) -> None:
        """Offers only what is allowed today, each section with why it is."""
        super().__init__(*args, **kwargs)
        self.sections.choices = [
            choice(one.section, section_label(one.section), why_words(one)) for one in allowed
        ]


# Moves


class MoveForm(MovingForm):
    """One move of a referral; which questions it asks depends on the move and on who makes it."""

    reason = ListField(_l("Reason"), [InputRequired(_l("Choose a reason."))])
    told = long_text(_l("What was said"), InputRequired(NEEDED_TEXT))
    note = long_text(_l("Note"))
    source = StringField(
        _l("Who gave the answer?"),
        [InputRequired(_l("Write who gave the answer.")), Length(max=120, message=TOO_LONG)],
        filters=[tidy],
        description=_l("Name and function of the person at the partner’s."),
    )
    means = ChoiceField(
        _l("How did you get it?"),
        [InputRequired(NEEDED)],
        choices=lambda: listed("moyen_reponse"),
    )
    happened_on = DateField(_l("On which day?"), [InputRequired(_l("Write the date."))])

    def __init__(
        self, *args: Any, asked: Asks | None = None, on_behalf: bool = False, **kwargs: Any
    ) -> None:
        """Asks what the move needs and nothing else."""
        super().__init__(*args, **kwargs)
        self.keep(asked or Asks())
        if not on_behalf:
            del self.source, self.means

    def keep(self, asked: Asks) -> None:
        """Leaves the questions about why that belong to the move."""
        if asked.lists:
            self.reason.choices = reasons(asked.lists)
        else:
            del self.reason
        if asked.reason:
            self.told.label.text = asked.reason
        else:
            del self.told
        if asked.note:
            self.note.label.text = asked.note
            self.note.validators = [InputRequired(NEEDED_TEXT), *self.note.validators]

    def act(self) -> Act:
        """What the form says."""
        said = {name: self[name].data or "" for name in ("source", "means") if name in self}
        why = next((self[name].data for name in ("reason", "told") if name in self), "")
        day = self.happened_on.data or clock.today()
        return Act(day, why or "", self.note.data or "", **said, id=one_id(self))


def reasons(lists: Sequence[str]) -> list[SelectChoice]:
    """The reasons of one or several lists; of several, each under whose reason it is."""
    whose = {
        "motif_refus_victime": _("The person’s reasons"),
        "motif_refus_partenaire": _("The partner’s reasons"),
    }
    return [
        SelectChoice(value=code, label=label, optgroup=whose[name] if len(lists) > 1 else None)
        for name in lists
        for code, label in codes.choices(name)
    ]


class MessageForm(BaseForm):
    """A message to the other team."""

    id = HiddenField()
    text = long_text(
        _l("Message"),
        InputRequired(_l("Write your message.")),
        description=_l("Both teams read it. Write nothing the person did not agree to share."),
    )


class LetterCodeForm(BaseForm):
    """The code on a slip that came back."""

    code = StringField(
        _l("Code on the slip"),
        [InputRequired(_l("Write the six signs of the code.")), Length(max=20, message=TOO_LONG)],
        filters=[tidy],
    )


def one_id(form: BaseForm, name: str = "id") -> UUID | None:
    """The id in a hidden field, None where it was lost."""
    try:
        return UUID(form[name].data)
    except (ValueError, TypeError, AttributeError, KeyError):
        return None


announce(
    referral_sent=_l("It is sent. Below stands who must answer, and by when."),
    referral_moved=_l("It is written down. Below stands who must act now, and by when."),
    referral_over=_l("It is written down. This referral is over."),
    referral_kept=_l("The draft is kept. You find it under “To do”."),
    message_written=_l("The message stands below, for both teams."),
)
refuse(
    referral_not_possible=_l(
        "This is no longer possible: the referral has moved on. Below stands where it is now."
    ),
    referral_gone=_l("The choice was too long ago. Choose the service again."),
)
RULES.update(
    referral_changed=_l(
        "The referral has changed since you opened this page. Look at where it stands, "
        "then send what you wrote once more, or leave it."
    ),
    partner_not_compared=_l(
        "Nothing can go to this partner on the screen: the six words are not compared. "
        "Choose telephone, letter or going along."
    ),
    nobody_to_act=_l("Nobody in your team can act on this. Call your coordinator."),
    before_last_move=_l(
        "“On which day?”: something later stands already in this referral. Look at its page, then "
        "write the same day, or a later one."
    ),
    source_missing=_l("Write who gave the answer and how you got it."),
    reason_missing=_l("Write the reason."),
    provider_suspended=_l("This partner is suspended. Choose another one."),
    provider_wrong_service=_l("This partner does not render this service. Choose another one."),
    provider_wrong_jurisdiction=_l(
        "This partner is not competent for her commune. Choose another one."
    ),
    letter_unknown=_l("No referral of your team has this code. Check the six signs."),
)
