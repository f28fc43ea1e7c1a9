"""The page on which a confirmer gives her team new keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template
from werkzeug.wrappers import Response
from wtforms import BooleanField
from wtforms.validators import InputRequired

from casework.db import db
from casework.errors import RuleBroken
from casework.i18n import lazy_gettext as _l
from casework.people.keyrings import note_mismatch
from casework.people.queries import team_book
from casework.people.reauthentication import words_again
from casework.people.routes_team import own_team, team_address
from casework.people.team_keys import recovery_print
from casework.policy import Permission
from casework.referrals.rotation import rotate_team
from casework.vault.errors import VaultError
from casework.vault.recovery import recovery_words
from casework.web.forms import RULES, BaseForm, posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.notices import announce

blueprint = Blueprint("team_keys", __name__)
CONFIRM = Permission.MEMBER_CONFIRM


class RecoveryForm(BaseForm):
    """New keys, also for another recovery key, whose words were compared."""

    heard = BooleanField(
        _l("I heard the same six words, from the keeper of a recovery paper"),
        [InputRequired(_l("Tick this only after you have heard the same six words."))],
    )


@blueprint.get("/team/<uuid:team_id>/keys")
@requires(CONFIRM)
@words_again
def page(team_id: UUID) -> str:
    """Says what new keys mean, and asks."""
    team, words = own_team(team_id, CONFIRM), new_recovery(team_id)
    form = restored(RecoveryForm if words else BaseForm)
    return render_template("people/team_keys.html", team=team, words=words, form=form)


@blueprint.post("/team/<uuid:team_id>/keys")
@requires(CONFIRM)
@words_again
def rotate(team_id: UUID) -> Response:
    """The team has new keys."""
    own_team(team_id, CONFIRM)
    form = posted(RecoveryForm if new_recovery(team_id) else BaseForm)
    if not form.validate():
        return sent_back()
    return rotated(team_id) or redirect(team_address(team_id, "keys_changed"), 303)


def new_recovery(team_id: UUID) -> tuple[str, ...]:
    """The words of the recovery key where the team does not trust it yet; else none."""
    public = settings().recovery_public
    book = team_book(db.session(), member().keyring.team(team_id))[1]
    known = public is None or recovery_print(public) == book.recovery
    return () if known else recovery_words(public)


def rotated(team_id: UUID) -> Response | None:
    """None when the keys are new, and this request goes on with them; else the way back."""
    found, own = member(), settings()
    given: Any = (team_id, own.server_key, own.recovery_public, recovery_print(own.recovery_public))
    try:
        new = rotate_team(db.session(), found.actor, found.keyring, *given)
    except RuleBroken as rule:
        return sent_back(rule.code)
    except VaultError:
        response = sent_back("team_refused")
        note_mismatch(db.session(), found.actor.user_id)
        return response
    g.member = replace(found, keyring=found.keyring.with_team(new))
    return None


announce(
    keys_changed=_l(
        "The team has new keys. Your colleagues notice nothing: they work on as before."
    ),
)
RULES.update(
    recovery_changed=_l(
        "The recovery key of this installation is another one by now. Open this page again and "
        "compare its six words first."
    ),
    rotated_already=_l("A colleague has just changed the keys. There is nothing left to do."),
)
