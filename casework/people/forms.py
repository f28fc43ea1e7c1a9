"""The forms of signing in, of accounts and of teams, and what their pages say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length, Optional

from casework.i18n import lazy_gettext as _l
from casework.people.labels import ROLE_HINTS, ROLES
from casework.policy import Role
from casework.web.fields import ChoiceField, choice
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce

TOO_LONG = _l("This is too long. Write it more shortly.")


def stripped(text: str | None) -> str:
    """The text without spaces around it."""
    return (text or "").strip()


def words_field() -> StringField:
    """The words somebody signs in with: covered on the screen, and no field of a kind that
    browsers offer to keep or keyboards learn from."""
    return StringField(
        _l("Your six words"),
        [InputRequired(_l("Write your six words.")), Length(max=200)],
        description=_l("The first four letters of each word are enough."),
        render_kw={"class": "secret", "autocapitalize": "none", "autocorrect": "off"},
    )


class SignInForm(BaseForm):
    """Handle and words, in one POST; what was typed is never kept or shown again."""

    handle = StringField(
        _l("Your name for signing in"),
        [InputRequired(_l("Write your name for signing in.")), Length(max=40)],
    )
    passphrase = words_field()
    code = StringField(
        _l("Code of your telephone or your card"),
        [Optional(), Length(max=40)],
        description=_l("If you have one: the six digits in the app, or one code of the card."),
        render_kw={"autocapitalize": "none", "autocorrect": "off"},
    )


class CodeForm(BaseForm):
    """The one-time code somebody was given."""

    code = StringField(
        _l("Your one-time code"),
        [InputRequired(), Length(max=60)],
        description=_l("Sixteen letters and digits, in four groups. Capitals do not matter."),
    )

    def one_time_code(self) -> str:
        """What was typed, or nothing where it cannot be a code."""
        return str(self.code.data) if self.validate() else ""


class TypedWordsForm(BaseForm):
    """The six words typed back, as a proof that they are written down."""

    words = StringField(
        _l("Your six words"),
        [InputRequired(), Length(max=200)],
        description=_l("The first four letters of each word are enough."),
    )


def role_field(roles: Iterable[Role]) -> ChoiceField:
    """One of these functions, in the order of the policy."""
    offered = [choice(role, ROLES[role], ROLE_HINTS[role]) for role in Role if role in roles]
    return ChoiceField(_l("Function"), [InputRequired(_l("Choose an answer."))], choices=offered)


class RoleForm(BaseForm):
    """A form that asks for a function; which ones, depends on the team."""

    @classmethod
    def offering(cls, roles: Iterable[Role]) -> type[Any]:
        """The same form with a field `role` that offers these functions."""
        return type(cls.__name__, (cls,), {"role": role_field(roles)})


class InviteForm(RoleForm):
    """A colleague who gets an account."""

    name = StringField(
        _l("First and last name"),
        [InputRequired(_l("Write the name.")), Length(max=80, message=TOO_LONG)],
        filters=[stripped],
    )
    handle = StringField(
        _l("Name for signing in"),
        [InputRequired(_l("Write a name for signing in.")), Length(max=40, message=TOO_LONG)],
        filters=[stripped],
        description=_l("Short, one for each person, such as aminata or m.toure."),
    )


class JoinForm(RoleForm):
    """Somebody with an account who comes to one more team."""

    handle = StringField(
        _l("Name for signing in"),
        [InputRequired(_l("Write a name for signing in.")), Length(max=40, message=TOO_LONG)],
        filters=[stripped],
    )


class HeardForm(BaseForm):
    """The words were read aloud by both; `mark` stands for the keys they belong to."""

    mark = HiddenField()
    heard = BooleanField(
        _l("I heard the same six words, from the person herself"),
        [InputRequired(_l("Tick this only after you have heard the same six words."))],
    )


announce(
    please_sign_in=_l("Sign in to go on."),
    session_expired=_l("You were away for a while. Sign in again."),
    form_kept=_l(
        "You were away for a while. What you wrote is kept safe: "
        "sign in and you will find it again."
    ),
    signed_out=_l("You are signed out."),
    session_ended=_l("That session is ended."),
    account_ready=_l("Your account is ready. Sign in with your name and your six words."),
    member_confirmed=_l("The person is confirmed and can sign in now."),
    member_suspended=_l("The person is suspended: nothing opens to her from now on."),
    member_removed=_l("The person is no longer in the team."),
    member_joined=_l("The person was added. She signs in once, then you compare six words."),
    partner_compared=_l("The words are compared. Files can be sent to this team on the screen."),
)
RULES.update(
    words_refused=_l("The name or the words are not right. Check them and try again."),
    sign_in_incomplete=_l("Write your name and your six words."),
    account_suspended=_l("Your account is suspended. Call your coordinator."),
    account_ended=_l("Your account is closed. If this is a mistake, call your coordinator."),
    team_refused=_l(
        "Something about your team was changed outside this program. Nothing was opened or "
        "changed, and it is noted. Call your administrator."
    ),
    code_refused=_l(
        "This code does not work: it was mistyped, used already, or its time is over. "
        "Check it, or ask for a new one."
    ),
    code_over=_l("Half an hour has passed, or the page was closed. Write your code again."),
    words_differ=_l("These are not the six words. Look at your paper and type them again."),
    handle_taken=_l("Somebody has this name for signing in already. Choose another one."),
    handle_malformed=_l(
        "The name for signing in has 2 to 40 plain letters and digits, begins with a letter, and "
        "has no space."
    ),
    handle_unknown=_l("Nobody has this name for signing in. Check it."),
    already_member=_l("This person is in the team already."),
    organisation_role=_l(
        "This person works for the whole organisation. Such an account cannot be in a team."
    ),
    role_not_of_team=_l("This function does not exist in this team. Choose another one."),
    not_waiting=_l("This person is not waiting to be confirmed any more."),
    not_signed_in_yet=_l("This person must sign in once more before you compare the words."),
    not_active=_l("This person is not working in the team at the moment."),
    words_changed=_l("The keys have changed meanwhile. Read the new six words together."),
)
