"""What an administrator does about lost words: a new code; a partner's team that begins anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from casework.admin import queries, restarting
from casework.db import db
from casework.errors import RuleBroken
from casework.i18n import lazy_gettext as _l
from casework.people import restart
from casework.people.reauthentication import words_again
from casework.people.routes_codes import to_code
from casework.people.routes_members import new_words
from casework.policy import Permission
from casework.web.fields import ChoiceField, choice
from casework.web.forms import BaseForm, posted, restored, sent_back
from casework.web.gate import member, requires, settings

blueprint = Blueprint("keys", __name__)
ADMINISTER = Permission.ACCOUNT_ADMINISTER


class RestartForm(BaseForm):
    """Who begins the team anew."""

    @classmethod
    def offering(cls, people: list[restarting.Beginner]) -> type[Any]:
        """The same form with a field `user_id` that offers these people."""
        offered = [choice(str(one.user_id), one.name) for one in people]
        asked = [InputRequired(_l("Choose an answer."))]
        field = ChoiceField(_l("Who begins the team anew?"), asked, choices=offered)
        return type(cls.__name__, (cls,), {"user_id": field})


@blueprint.get("/admin/accounts/<uuid:user_id>/words")
@requires(ADMINISTER)
@words_again
def words(user_id: UUID) -> str:
    """Says what happens when somebody has lost her words, and asks."""
    found = queries.account(db.session(), settings().server_key, user_id)
    onward = url_for("admin.account", user_id=user_id)
    form = restored(BaseForm)
    return render_template("people/lost_words.html", colleague=found, onward=onward, form=form)


@blueprint.post("/admin/accounts/<uuid:user_id>/words")
@requires(ADMINISTER)
@words_again
def forget(user_id: UUID) -> Response:
    """The person's words are void; shows her one-time code."""
    return new_words(user_id, url_for("admin.account", user_id=user_id))


@blueprint.get("/admin/teams/<uuid:team_id>/restart")
@requires(ADMINISTER)
@words_again
def again(team_id: UUID) -> str:
    """Leads through the new beginning of a partner's team, and asks who begins."""
    team = queries.team(db.session(), team_id)
    stranded = restart.is_stranded(db.session(), team)
    form = form_of(team_id, restored)
    return render_template("admin/restart.html", team=team, stranded=stranded, form=form)


@blueprint.post("/admin/teams/<uuid:team_id>/restart")
@requires(ADMINISTER)
@words_again
def begin(team_id: UUID) -> Response:
    """The team begins anew; shows the one-time code of who begins it."""
    form = form_of(team_id, posted)
    if not form.validate():
        return sent_back()
    given = team_id, UUID(form.user_id.data), settings().invitation_length
    try:
        made = restarting.begin_team_anew(db.session(), member().actor, *given)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return to_code(*made, url_for("admin.team", team_id=team_id))


def form_of(team_id: UUID, made: Any) -> Any:
    """The form made by `posted` or `restored`, offering the people of the team."""
    people = restarting.beginners(db.session(), settings().server_key, team_id)
    return made(RestartForm.offering(people))
