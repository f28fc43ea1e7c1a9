"""The forms of consent: what was asked, how she answered, taking it back, and necessity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from wtforms import BooleanField, HiddenField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from casework import clock, codes
from casework.consent import records, rules
from casework.consent.recipients import SHAREABLE, Section, section_label
from casework.i18n import lazy_gettext as _l
from casework.web.fields import ChoiceField, ChoicesField, DateField, ListField, choice, within_days
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce

TOO_LONG = _l("This is too long. Write it more shortly.")
NEEDED = _l("Choose an answer.")
NEEDED_DATE = _l("Write the date.")
ASKED_LATER = (
    records.SERVICES,
    records.STATISTICS,
    records.LEGAL,
    records.CONTACT,
    records.CALL_BACK,
    records.FILES,
    records.INTERPRETER,
    records.ASSENT,
)
"""What a person can be asked again at any time; sharing is asked apart, by name."""

GIVEN_BY = ("personne", "parent", "tuteur", "representant", records.TWO_WORKERS)
"""Who may answer; where a guardian is suspected, two workers decide for a child."""

SECTION_HINTS: dict[Section, Any] = {
    Section.IDENTITY: _l("Names, sex, age, municipality."),
    Section.CONTACT: _l("How and where to reach her safely."),
    Section.FACTS: _l("What happened, and when."),
    Section.HEALTH: _l("Injuries, pregnancy, care received."),
    Section.PERPETRATOR: _l("Who is said to have done it."),
    Section.LEGAL: _l("Steps taken, papers, outcomes."),
    Section.ATTACHMENTS: _l("Photos and papers kept in the case."),
    Section.NOTES: _l("Only if she asks for it: nobody needs them."),
}


def listed(list_name: str, *only: str) -> list[SelectChoice]:
    """The codes of a list as answers to choose, or only some of them."""
    found = codes.choices(list_name)
    return [choice(code, label) for code, label in found if not only or code in only]


def tidy(text: str | None) -> str:
    """The text without spaces around it."""
    return (text or "").strip()


def sections_to_choose(sections: Iterable[Section]) -> list[SelectChoice]:
    """Sections as rows to tick, each with a line that says what stands in it."""
    return [choice(one, section_label(one), SECTION_HINTS[one]) for one in sections]


class HowForm(BaseForm):
    """How an answer was given: by whom, in which way, in which language, before whom, when."""

    id = HiddenField()
    answer = ChoiceField(
        _l("Her answer"),
        [InputRequired(NEEDED)],
        choices=lambda: listed("reponse"),
        inline=True,
    )
    by = ListField(
        _l("Who answered"),
        [InputRequired(NEEDED)],
        choices=lambda: listed("qui_consent", *GIVEN_BY),
    )
    mode = ListField(
        _l("How the agreement was given"),
        [InputRequired(NEEDED)],
        choices=lambda: listed("consentement_mode"),
    )
    language = ListField(_l("Language spoken"), choices=lambda: listed("langue_contact"))
    interpreter = BooleanField(_l("An interpreter was there"))
    witness = StringField(_l("Witness"), [Length(max=120, message=TOO_LONG)], filters=[tidy])
    given_on = DateField(_l("Answered on"), [InputRequired(NEEDED_DATE)])

    def how(self) -> dict[str, object]:
        """The part of a consent value that says how the answer was given."""
        found: dict[str, object] = {
            "answer": self.answer.data,
            "given_on": (self.given_on.data or clock.today()).isoformat(),
            "by": self.by.data,
            "mode": self.mode.data,
        }
        told = {"language": self.language.data, "witness": self.witness.data}
        found |= {name: text for name, text in told.items() if text}
        return found | ({"interpreter": True} if self.interpreter.data else {})


class AnswerForm(HowForm):
    """A new answer to a question that names no partner."""

    kind = ListField(
        _l("What she was asked"),
        [InputRequired(NEEDED)],
        choices=lambda: listed("consentement", *ASKED_LATER),
    )

    def value(self) -> dict[str, object]:
        """The consent value to record."""
        return {"kind": self.kind.data, **self.how()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person is asked to share: with whom, for which service, which sections, until when."""

    service: str
    sections: tuple[Section, ...]
    until: date
    person: str = field(default="", repr=False)
    referral: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """The same as hidden fields of the form that records the answer."""
        return [
            ("service", self.service),
            ("sections", ",".join(self.sections)),
            ("until", self.until.isoformat()),
            ("person", self.person),
            ("referral", self.referral),
        ]


class ShareForm(BaseForm):
    """What she is going to be asked: nothing is recorded yet."""

    referral = HiddenField()
    service = ListField(_l("For which service"), [InputRequired(NEEDED)])
    sections = ChoicesField(
        _l("What would be shared"),
        [InputRequired(_l("Choose what may be shared. Nothing else will be."))],
        choices=lambda: sections_to_choose(SHAREABLE),
        description=_l("Only the least that this partner needs is proposed. She decides."),
    )
    person = StringField(
        _l("Only to one person there"),
        [Length(max=120, message=TOO_LONG)],
        filters=[tidy],
        description=_l("If she wishes it, for example: the midwife."),
    )
    until = DateField(
        _l("Until"),
        [InputRequired(NEEDED_DATE)],
        earliest=clock.today,
        latest=within_days(rules.LONGEST_DAYS),
        description=_l("Six months are proposed, one year is the most. She can stop at any time."),
    )

    def __init__(self, *args: Any, services: Sequence[str] = (), **kwargs: Any) -> None:
        """Offers the services that the partner renders."""
        super().__init__(*args, **kwargs)
        self.service.choices = listed("type_service", *services) if services else []

    def asked(self) -> Asked:
        """What the form says."""
        return Asked(
            service=self.service.data,
            sections=tuple(Section(one) for one in self.sections.data),
            until=self.until.data or clock.today(),
            person=self.person.data or "",
            referral=self.referral.data or "",
        )


class ShareAnswerForm(HowForm):
    """Her answer to a sentence that was read aloud; what was asked travels in hidden fields."""

    service = HiddenField()
    sections = HiddenField()
    until = HiddenField()
    person = HiddenField()
    referral = HiddenField()

    def asked(self) -> Asked | None:
        """What she was asked, None where a hidden field was lost or is nonsense."""
        named = str(self.sections.data or "").split(",")
        until = iso_day(self.until.data)
        service = str(self.service.data or "")
        known = set(named) <= set(SHAREABLE) and codes.is_code("type_service", service)
        if until is None or not known:
            return None
        return Asked(
            service=service,
            sections=tuple(Section(one) for one in named),
            until=until,
            person=self.person.data or "",
            referral=self.referral.data or "",
        )

    def value(self, provider_id: UUID, asked: Asked) -> dict[str, object]:
        """The consent value to record."""
        return {
            "kind": records.SHARING,
            **self.how(),
            "recipient": str(provider_id),
            "sections": [str(one) for one in asked.sections],
            "service": asked.service,
            "expires_on": asked.until.isoformat(),
            **({"person": asked.person} if asked.person else {}),
        }


class WithdrawalForm(BaseForm):
    """She changes her mind."""

    on = DateField(_l("She said it on"), [InputRequired(NEEDED_DATE)])


class NecessityForm(BaseForm):
    """A danger that allows to share a little without her yes."""

    id = HiddenField()
    referral = HiddenField()
    reason = ChoiceField(
        _l("Which danger?"),
        [InputRequired(NEEDED)],
        choices=lambda: listed("motif_necessite"),
    )
    sections = ChoicesField(
        _l("What must be said to prevent it"),
        [InputRequired(_l("Choose what may be shared. Nothing else will be."))],
        description=_l("Only what is needed to act. Anything else waits for her yes."),
    )

    def __init__(self, *args: Any, offered: Iterable[Section] = (), **kwargs: Any) -> None:
        """Offers the sections that necessity may open to this kind of partner."""
        super().__init__(*args, **kwargs)
        allowed = frozenset(offered)
        self.sections.choices = sections_to_choose(one for one in SHAREABLE if one in allowed)


class DecisionForm(BaseForm):
    """A second worker decides for the child as her colleague did."""

    decided = BooleanField(
        _l("I have read the case, and this is best for the child"),
        [InputRequired(_l("Tick this only if you have judged for yourself."))],
    )


class JudgementForm(BaseForm):
    """A second person judges the danger herself."""

    judged = BooleanField(
        _l("I have judged the danger myself, and it is real"),
        [InputRequired(_l("Tick this only if you have judged the danger yourself."))],
    )


def iso_day(text: str | None) -> date | None:
    """The day a text stands for, None where it stands for none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def one_id(form: BaseForm) -> UUID | None:
    """The id that was made with a form, so that posting it twice makes one record."""
    try:
        return UUID(form["id"].data)
    except (ValueError, TypeError, AttributeError):
        return None


announce(
    answer_recorded=_l("Her answer is recorded."),
    sharing_recorded=_l("Her answer is recorded. Only what she agreed to can be shared."),
    consent_withdrawn=_l("Her consent is taken back. From now on nothing more opens."),
    necessity_asked=_l(
        "It is written down. A second person must confirm the danger before anything is shared: "
        "call her now."
    ),
    decision_confirmed=_l("Confirmed. The decision for the child bears both your names."),
    necessity_confirmed=_l("Confirmed. What was asked can be shared for seven days at most."),
)
RULES.update(rules.MESSAGES)
RULES.update(
    sharing_before_reception=_l(
        "“Answered on”: she came to you later than that. Write the day on which you asked her."
    ),
    before_consent=_l(
        "“She said it on”: she agreed later than that. Write the day she agreed, or a later one."
    ),
    necessity_too_wide=_l("Danger allows only the least: who she is, where, and what threatens."),
    necessity_not_waiting=_l("This no longer waits for a second person."),
    decision_not_waiting=_l("This no longer waits for a second person."),
)
