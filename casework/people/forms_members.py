"""The forms of lost words, of coming back, of deputies, and what their pages say."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from casework.i18n import lazy_gettext as _l
from casework.people.forms import TOO_LONG, stripped
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce


class DeputyForm(BaseForm):
    """Somebody of another team who stands in for this one."""

    handle = StringField(
        _l("Name for signing in"),
        [InputRequired(_l("Write a name for signing in.")), Length(max=40, message=TOO_LONG)],
        filters=[stripped],
        description=_l("Her own, from the other team."),
    )


announce(
    deputy_named=_l(
        "The deputy is named. She signs in once, then you compare six words with her by voice."
    ),
)
RULES.update(
    has_no_words=_l("This person has no words yet. Make a new one-time code for her instead."),
    handle_left=_l(
        "Somebody who has left had this name. If it is she, her coordinator brings her back: "
        "“My team”, “Invite a colleague”, “She was here before”. If not, choose another name."
    ),
    nobody_left_so=_l("Nobody who has left had this name for signing in. Check it."),
    not_a_confirmer=_l(
        "A deputy confirms colleagues in a team of her own: choose a coordinator of another team, "
        "for a partner a focal point."
    ),
    not_a_partner=_l(
        "A team of the programme does not begin anew: its files would be lost. "
        "It comes back with its recovery papers."
    ),
    not_stranded=_l(
        "Somebody in this team can still open its files. She makes codes for the others."
    ),
)
