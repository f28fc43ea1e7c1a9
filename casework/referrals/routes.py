"""The screens of referrals: lists from both sides, the page of one, its letter."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.audit.log import record_view
from casework.cases.assignment import staff_names
from casework.db import db
from casework.directory.contacts import dialled
from casework.directory.queries import contact_of
from casework.i18n import lazy_gettext as _l
from casework.policy import Permission
from casework.referrals import (
    consent_routes,
    draft_routes,
    forms,
    move_routes,
    queries,
    rotation_routes,
    words,
)
from casework.referrals.blueprint import blueprint, by
from casework.referrals.letters import letter_code, referral_of_letter
from casework.referrals.reading import Reading, read_referral
from casework.referrals.shared_words import parts_of
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.navigation import register_place

VIEW = Permission.REFERRAL_VIEW
SCREENS = (draft_routes, move_routes)
"""The modules that put further views on the one blueprint."""


@blueprint.get("/referrals")
@requires(VIEW)
def listing() -> str:
    """The open referrals of the member's teams, the first due first; or those that are over."""
    over = request.args.get("state") == "over"
    after = place_in(request.args.get("after"))
    lines, following = (queries.list_over(*by()), None) if over else queries.list_open(*by(), after)
    return render_template(
        "referrals/listing.html",
        lines=lines,
        over=over,
        following=following and f"{following[0].isoformat()}_{following[1]}",
        names=names([line.actor_id for line in lines]),
        form=restored(forms.LetterCodeForm),
    )


def place_in(text: str | None) -> queries.Place | None:
    """Where a page of the list begins; the beginning for anything that is no such place."""
    try:
        moment, _, last = (text or "").partition("_")
        place = datetime.fromisoformat(moment), UUID(last)
    except ValueError:
        return None
    return place if place[0].tzinfo is not None else None


def names(user_ids: Any) -> dict[UUID, str]:
    """What the members of staff on a page are called."""
    return staff_names(db.session(), settings().server_key, user_ids)


@blueprint.post("/referrals")
@requires(VIEW)
def find_by_letter() -> Response:
    """To the referral whose slip came back."""
    form = posted(forms.LetterCodeForm)
    if not form.validate():
        return sent_back()
    found = referral_of_letter(db.session(), member().actor, form.code.data or "")
    if found is None:
        return sent_back("letter_unknown")
    return redirect(url_for("referrals.page", referral_id=found), 303)


@blueprint.get("/referrals/<uuid:referral_id>")
@requires(VIEW)
def page(referral_id: UUID) -> str:
    """One referral, as the member's side may see it."""
    reading = read_referral(*by(), referral_id)
    template = "referrals/sent.html" if reading.sends else "referrals/received.html"
    return render_template(template, **around(reading))


def around(reading: Reading) -> dict[str, Any]:
    """What the page of a referral shows around what was opened."""
    contact = contact_of(settings().server_key, reading.provider) if reading.sends else {}
    return {
        "reading": reading,
        "line": reading.line,
        "names": names(reading.people()),
        "me": member().actor.user_id,
        "contact": contact,
        "dialled": dialled,
        "parts": {
            one.section: parts_of(reading.values, reading.entries, one.section)
            for one in reading.shared
            if not reading.sends
        },
    }


@blueprint.get("/referrals/<uuid:referral_id>/letter")
@requires(Permission.REFERRAL_SEND)
def letter(referral_id: UUID) -> str:
    """A neutral page with a code, to print; the log says that it was."""
    reading = read_referral(*by(), referral_id)
    row = reading.row
    found = member()
    record_view(
        db.session(), "letter.printed", found.actor.user_id, case=row.case_id, referral=row.id
    )
    return render_template("referrals/letter.html", reading=reading, line=reading.line)


def register(app: Flask) -> None:
    """Adds the referrals and the consents of cases to the application."""
    app.register_blueprint(blueprint)
    app.register_blueprint(consent_routes.blueprint)
    app.register_blueprint(rotation_routes.blueprint)
    app.jinja_env.filters.update(
        letter_code=letter_code,
        reason_words=words.reason_words,
        means_words=words.means_words,
        plain_service=words.plain_service,
        why_shared=words.why_words,
        to_do=words.to_do,
    )
    app.jinja_env.globals["REFERRAL_WORDS"] = words
    register_place(app, "referrals.listing", _l("Referrals"), VIEW, 40)
