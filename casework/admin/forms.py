"""The forms of the administrator, and what her pages say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from casework.directory.models import Provider
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l
from casework.people.forms import TOO_LONG, stripped
from casework.people.labels import TEAM_KINDS
from casework.people.models import TeamKind
from casework.web.fields import ChoiceField, ListField, choice
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce


class TeamForm(BaseForm):
    """A team of the programme with a name, or the team of a provider under the provider's name."""

    kind = ChoiceField(
        _l("Which kind of team?"),
        [InputRequired(_l("Choose an answer."))],
        choices=[
            choice(TeamKind.OWNER, TEAM_KINDS[TeamKind.OWNER], _l("Receives people, holds files.")),
            choice(TeamKind.PARTNER, TEAM_KINDS[TeamKind.PARTNER], _l("Receives referrals.")),
        ],
    )
    name = StringField(
        _l("Name of the team"),
        [Optional(), Length(max=120, message=TOO_LONG)],
        filters=[stripped],
        description=_l("For a team of the programme."),
    )

    @classmethod
    def offering(cls, providers: Iterable[Provider]) -> type[Any]:
        """The same form with a field `provider` that offers these providers."""
        offered = [choice(str(one.id), one.name) for one in providers]
        field = ListField(
            _l("Provider"), choices=offered, description=_l("For the team of a partner.")
        )
        return type(cls.__name__, (cls,), {"provider": field})

    def validate(self, extra_validators: Any = None) -> bool:
        """A team of the programme needs a name, a partner's needs its provider."""
        fine = super().validate(extra_validators)
        if self.kind.data == TeamKind.OWNER and not self.name.data:
            return complain(self.name, _("Write the name of the team."))
        if self.kind.data == TeamKind.PARTNER and not self.provider_id():
            return complain(self["provider"], _("Choose the provider."))
        return fine

    def provider_id(self) -> UUID | None:
        """The provider chosen for a partner's team."""
        chosen = self["provider"].data
        return UUID(chosen) if chosen and self.kind.data == TeamKind.PARTNER else None


def complain(field: Any, message: str) -> bool:
    """The field says what is missing; always False."""
    field.errors = [*field.errors, message]
    return False


announce(
    team_created=_l("The team is made. Invite the person who will confirm the others."),
    account_ended=_l("The account is closed."),
)
RULES.update(
    team_name_taken=_l("A team has this name already. Choose another one."),
    provider_has_team=_l("This provider has a team already."),
    member_of_team=_l("This person is in a team: her coordinator removes her there."),
)
