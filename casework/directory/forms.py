"""The forms of the directory: looking for a provider, and describing one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import BooleanField, HiddenField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from casework import codes, places
from casework.directory.actions import Description
from casework.directory.contacts import CONTACT, is_number
from casework.directory.queries import Sheet
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l
from casework.web.fields import ChoicesField, ListField, choice
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce

TOO_LONG = _l("This is too long. Write it more shortly.")
CHANGED = "provider_changed"
NOT_COMPARED = frozenset({"csrf_token", "version"})


def listed(list_name: str) -> list[SelectChoice]:
    """The codes of a list, in its order and in the reader’s language."""
    return [choice(code, label) for code, label in codes.choices(list_name)]


def communes() -> list[SelectChoice]:
    """The communes of the programme."""
    return [choice(pcode, name) for pcode, name in places.choices()]


def one_line(label: Any, most: int, *checks: Any, description: Any = "") -> StringField:
    """A field of one line with at most so many characters; spaces around it are dropped."""
    return StringField(
        label,
        [*(checks or [Optional()]), Length(max=most, message=TOO_LONG)],
        filters=[lambda text: (text or "").strip()],
        description=description,
    )


def one_number(_form: Any, field: Any) -> None:
    """Raises ValidationError unless the field holds one telephone number."""
    if field.data and not is_number(field.data):
        raise ValidationError(_("Write one telephone number, with its digits only."))


class SearchForm(BaseForm):
    """What is looked for: two codes, which may stand in an address."""

    service = ListField(_l("Which service?"), choices=lambda: listed("type_service"))
    commune = ListField(_l("For which commune?"), choices=communes)


class ProviderForm(BaseForm):
    """Everything the directory says of one provider."""

    version = HiddenField()
    name = one_line(_l("Name of the provider"), 120, InputRequired(_l("Write the name.")))
    kind = ListField(
        _l("Kind of provider"),
        [InputRequired(_l("Choose the kind."))],
        choices=lambda: listed("type_partenaire"),
    )
    services = ChoicesField(
        _l("Services it renders"),
        [InputRequired(_l("Choose at least one service."))],
        choices=lambda: listed("type_service"),
    )
    communes = ChoicesField(
        _l("Communes it is competent for"),
        [InputRequired(_l("Choose at least one commune."))],
        choices=communes,
        description=_l("Its jurisdiction by law, wherever it sits today."),
    )
    seat = ListField(
        _l("Commune where it sits today"),
        [Optional()],
        choices=lambda: [choice(*place) for place in places.choices(everywhere=True)],
    )
    seat_note = one_line(
        _l("More about the present seat"),
        200,
        description=_l("For example: moved to Tombouctou since 2023, beside the town hall."),
    )
    hours = one_line(_l("Opening hours"), 200)
    day = one_line(_l("Telephone by day"), 40, Optional(), one_number)
    night = one_line(
        _l("Telephone at night and on days off"),
        40,
        Optional(),
        one_number,
        description=_l("The number that answers in an emergency."),
    )
    person = one_line(_l("Whom to ask for"), 80)
    address = one_line(_l("Where letters are brought"), 200)
    fallback = ListField(
        _l("Whom to ask when it does not answer"), [Optional()], choices=list[SelectChoice]
    )
    suspended = BooleanField(
        _l("Suspended: nobody can be referred to it for now"),
        description=_l("Its sheet stays in the directory."),
    )

    def __init__(
        self,
        *args: Any,
        others: Iterable[tuple[UUID, str]] = (),
        earlier: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        """Offers the `others` to stand in, and the communes stored `earlier` besides today's."""
        super().__init__(*args, **kwargs)
        self.fallback.choices = [choice(str(one), name) for one, name in others]
        offered = communes()
        known = {option.value for option in offered}
        kept = [choice(pcode, places.name(pcode)) for pcode in earlier if pcode not in known]
        self.communes.choices = [*offered, *kept]

    def description(self) -> Description:
        """What the form says, as the directory keeps it."""
        fallback = UUID(self.fallback.data) if self.fallback.data else None
        return Description(
            kind=self.kind.data,
            name=self.name.data,
            services=tuple(self.services.data),
            communes=tuple(self.communes.data),
            seat=self.seat.data,
            seat_note=self.seat_note.data,
            hours=self.hours.data,
            fallback_id=fallback,
            suspended=self.suspended.data,
        )

    def contact(self) -> dict[str, str]:
        """How the provider is reached, as the form says."""
        return {key: self[key].data for key in CONTACT}

    def shown_version(self) -> int:
        """The version this form was filled from; one that never was, when the field was lost."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else -1


def values_of(stored: Sheet) -> dict[str, Any]:
    """The values of a `ProviderForm` for a provider as it stands in the directory."""
    provider = stored.provider
    return {
        "version": str(provider.version),
        "name": provider.name,
        "kind": provider.kind,
        "services": list(stored.services),
        "communes": list(stored.communes),
        "seat": provider.seat,
        "seat_note": provider.seat_note,
        "hours": provider.hours,
        "fallback": str(provider.fallback_id) if provider.fallback_id else None,
        "suspended": provider.suspended,
        **{key: stored.contact.get(key, "") for key in CONTACT},
    }


def differences(typed: ProviderForm, now: ProviderForm) -> list[tuple[Any, str]]:
    """Where what was typed differs from the directory: the question, and what stands there now."""
    return [
        (field.label.text, in_words(field))
        for field in now
        if field.name not in NOT_COMPARED and _value(field) != _value(typed[field.name])
    ]


def _value(field: Any) -> Any:
    return sorted(field.data or []) if isinstance(field, ChoicesField) else field.data or None


def in_words(field: Any) -> str:
    """The answer of a field as one reads it aloud; an empty one is a dash."""
    if isinstance(field, (ChoicesField, ListField)):
        chosen = [str(option.label) for option in field.iter_choices() if option.selected]
        return ", ".join(chosen) or "–"
    if isinstance(field, BooleanField):
        return str(_("Yes") if field.data else _("No"))
    return str(field.data or "–")


announce(provider_saved=_l("The sheet is saved."))
RULES.update(
    provider_name_taken=_l("Another provider has this name. Correct it, or change that sheet."),
    fallback_is_itself=_l("A provider cannot stand in for itself. Choose another."),
    provider_changed=_l(
        "Somebody else has changed this sheet meanwhile. "
        "Compare what stands there now with what you typed, then save what is right."
    ),
)
