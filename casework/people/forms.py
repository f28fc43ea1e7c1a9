"""The forms of signing in and of accounts."""

from __future__ import annotations

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from casework.i18n import lazy_gettext as _l
from casework.web.forms import RULES, BaseForm
from casework.web.notices import announce


class SignInForm(BaseForm):
    """Handle and words, in one POST; what was typed is never kept or shown again."""

    handle = StringField(
        _l("Your name here"), [InputRequired(_l("Write your name here.")), Length(max=40)]
    )
    passphrase = PasswordField(
        _l("Your six words"),
        [InputRequired(_l("Write your six words.")), Length(max=200)],
        description=_l("The first four letters of each word are enough."),
    )


announce(
    please_sign_in=_l("Sign in to go on."),
    session_expired=_l("You were away for a while. Sign in again."),
    form_kept=_l(
        "You were away for a while. What you wrote is kept safe: "
        "sign in and you will find it again."
    ),
    signed_out=_l("You are signed out."),
    words_refused=_l("The name or the words are not right. Check them and try again."),
    too_many_tries=_l("Too many tries. Wait fifteen minutes, then try again."),
    sign_in_incomplete=_l("Write your name here and your six words."),
    session_ended=_l("That session is ended."),
)
RULES["too_many_tries"] = _l("Too many tries. Wait fifteen minutes, then try again.")
