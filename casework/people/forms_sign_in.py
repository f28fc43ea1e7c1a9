"""The forms of second factors, of the lock, of giving the words again, and what their pages say."""

from __future__ import annotations

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, Optional

from casework.i18n import lazy_gettext as _l
from casework.people.forms import TOO_LONG, SignInForm, stripped, words_field
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce

DIGITS = {"inputmode": "numeric", "class": "short"}
LONGEST_ANSWER = 20_000


class KeyFields:
    """What the script of a security key fills in."""

    challenge = HiddenField(validators=[Length(max=200)])
    answer = HiddenField(validators=[Length(max=LONGEST_ANSWER)])


class KeySignInForm(KeyFields, SignInForm):
    """Handle and words, signed for by a security key in the same POST."""

    code = None


class FactorForm(BaseForm):
    """What a new second factor is called."""

    name = StringField(
        _l("What you call it"),
        [Optional(), Length(max=40, message=TOO_LONG)],
        filters=[stripped],
        description=_l("So that you know it again, such as: my telephone, key of the office."),
    )


class PhoneForm(FactorForm):
    """A telephone that shows the right code counts."""

    offer = HiddenField(validators=[Length(max=64)])
    code = StringField(
        _l("The six digits in the app"),
        [InputRequired(_l("Write the six digits that the app shows now.")), Length(max=20)],
        render_kw=DIGITS,
    )


class KeyForm(KeyFields, FactorForm):
    """A security key that answered counts."""


class PinForm(BaseForm):
    """Six digits of one's own, typed twice."""

    pin = StringField(
        _l("Six digits"),
        [InputRequired(_l("Write six digits.")), Length(max=20)],
        description=_l("Not your birthday, not one after the other."),
        render_kw=DIGITS | {"class": "short secret"},
    )
    pin_again = StringField(
        _l("The same six digits once more"),
        [InputRequired(_l("Write the six digits once more.")), Length(max=20)],
        render_kw=DIGITS | {"class": "short secret"},
    )


class LockForm(BaseForm):
    """The six digits that reopen a locked page."""

    back = HiddenField(validators=[Length(max=500)])
    pin = StringField(
        _l("Your six digits"),
        [InputRequired(_l("Write your six digits.")), Length(max=20)],
        render_kw=DIGITS | {"class": "short secret"},
    )


class WordsForm(BaseForm):
    """The words once more, before a serious act."""

    back = HiddenField(validators=[Length(max=500)])
    passphrase = words_field()


announce(
    phone_added=_l("Your telephone is added. From now on its code is asked when you sign in."),
    key_added=_l("Your security key is added. From now on it is asked when you sign in."),
    factor_removed=_l("It is removed and opens nothing any more."),
    card_few=_l("Your card has only a few codes left. Print a new one under “My account”."),
    pin_chosen=_l("After a pause your six digits reopen the page."),
    sessions_ended=_l("You are signed out everywhere."),
    alarm_practised=_l(
        "This was an exercise: nothing was ended. In danger you press the same two buttons."
    ),
    alarm_lifted=_l("The alarm is lifted. The person signs in with her six words."),
)
RULES.update(
    too_many_tries=_l("Too many tries. Wait a little, then try again."),
    words_wrong=_l("These are not your six words. Look at your paper and try again."),
    factor_needed=_l(
        "The code is missing. Write your name and your words again, and below them the code of "
        "your telephone or one code of your card."
    ),
    code_wrong=_l("The code is not right. Look at the app or the card, and try again."),
    code_used=_l(
        "This code was used already. Wait for the next one in the app, or take the next one on "
        "the card."
    ),
    phone_fast=_l("The clock of your telephone is fast, so its code does not fit."),
    phone_slow=_l("The clock of your telephone is slow, so its code does not fit."),
    key_refused=_l(
        "The security key did not fit, or the page stood open too long. Try again, or use the "
        "code of your telephone or card."
    ),
    factors_full=_l("You have ten already. Remove one that you do not use any more."),
    pin_malformed=_l("Write exactly six digits."),
    pin_weak=_l("These digits are too easy to guess. Choose six others."),
    pin_differs=_l("The six digits were not the same twice. Type them again."),
    pin_wrong=_l("These are not your six digits. After five tries only your words help."),
    lock_over=_l("Sign in again with your name and your six words."),
    not_suspended=_l("This account is not suspended. A suspension in a team is lifted there."),
)
