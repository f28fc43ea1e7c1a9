"""One page for each move of a referral, whoever makes it; and the messages between both teams."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import clock
from casework.db import db
from casework.errors import InvalidTransition, RuleBroken, StaleVersion
from casework.policy import Permission
from casework.referrals import forms
from casework.referrals.access import OpenReferral, access_referral
from casework.referrals.actions import move, move_of
from casework.referrals.blueprint import blueprint, by
from casework.referrals.exchange import write_message
from casework.referrals.forms import CHANGED
from casework.referrals.models import ReferralMove
from casework.referrals.words import NOUNS, asks
from casework.referrals.workflow import OPEN, By, Move, Side, State, rule
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires

VIEW = Permission.REFERRAL_VIEW
MOVES = f"<any({', '.join(repr(noun) for noun in NOUNS)}):noun>"


def quality_of(referral: OpenReferral, wanted: Move) -> By:
    """In which quality this side makes the move: the sender its own, else on the partner's behalf.

    Raises InvalidTransition where the table has no such move for this side.
    """
    allowed = rule(referral.state, wanted).by
    own = By.SENDER if referral.side is Side.SENDER else By.RECEIVER
    found = own if own in allowed else By.ON_BEHALF
    if found not in allowed or (found is By.ON_BEHALF and own is By.RECEIVER):
        raise InvalidTransition(f"{referral.state}: {wanted}")
    return found


def questions(referral: OpenReferral, wanted: Move, quality: By) -> dict[str, Any]:
    """What the form of the move asks."""
    asked = asks(referral.state, wanted, quality)
    return {"asked": asked, "on_behalf": quality is By.ON_BEHALF}


@blueprint.get(f"/referrals/<uuid:referral_id>/{MOVES}")
@requires(VIEW)
def step(referral_id: UUID, noun: str) -> str:
    """What the move needs, and what follows from it."""
    wanted = NOUNS[noun]
    referral = access_referral(*by(), referral_id, VIEW)
    quality = quality_of(referral, wanted)
    found = questions(referral, wanted, quality)
    form = restored(forms.MoveForm, **found, id=str(uuid4()), happened_on=clock.today())
    form.version.data = str(referral.row.version)
    return render_template(
        "referrals/move.html", form=form, row=referral.row, move=wanted, noun=noun, quality=quality
    )


@blueprint.post(f"/referrals/<uuid:referral_id>/{MOVES}")
@requires(VIEW)
def take_step(referral_id: UUID, noun: str) -> Response:
    """The referral has made the move."""
    wanted = NOUNS[noun]
    referral = access_referral(*by(), referral_id, VIEW)
    quality = quality_of(referral, wanted)
    form = posted(forms.MoveForm, **questions(referral, wanted, quality))
    if not form.validate():
        return sent_back()
    return made(referral, wanted, form, quality)


def made(referral: OpenReferral, wanted: Move, form: forms.MoveForm, quality: By) -> Response:
    """The referral stands where the move leads, or the form comes back with what to correct."""
    try:
        after = move(*by(), referral.id, wanted, form.act(), form.shown_version(), quality)
    except RuleBroken as broken:
        return sent_back(broken.code)
    except StaleVersion:
        return sent_back(CHANGED)
    return arrived(referral.id, wanted, after.state)


def arrived(referral_id: UUID, made: Move, state: State) -> Response:
    """To the page of the referral, which says what was done."""
    moved = "referral_moved" if state in OPEN else "referral_over"
    notice = "referral_sent" if made is Move.SEND else moved
    return redirect(url_for("referrals.page", referral_id=referral_id, notice=notice), 303)


@blueprint.get("/referrals/<uuid:referral_id>/messages")
@requires(VIEW)
def message(referral_id: UUID) -> str:
    """A message to the other team."""
    referral = access_referral(*by(), referral_id, VIEW)
    form = restored(forms.MessageForm, id=str(uuid4()))
    return render_template("referrals/message.html", form=form, row=referral.row)


@blueprint.post("/referrals/<uuid:referral_id>/messages")
@requires(VIEW)
def send_message(referral_id: UUID) -> Response:
    """The message stands in the exchange of both teams."""
    form = posted(forms.MessageForm)
    if not form.validate():
        return sent_back()
    write_message(*by(), referral_id, form.text.data or "", forms.one_id(form))
    address = url_for("referrals.page", referral_id=referral_id, notice="message_written")
    return redirect(f"{address}#messages", 303)


@blueprint.errorhandler(InvalidTransition)
def not_possible(_error: InvalidTransition) -> Response:
    """To the page of the referral, which says where it is now; and what was done, where this very
    form has done it already, as when « Send » is tapped twice."""
    db.session.rollback()
    referral_id = (request.view_args or {})["referral_id"]
    referral = access_referral(*by(), referral_id, VIEW)
    found = move_of(db.session(), posted_id())
    if found is not None and found.referral_id == referral_id and is_own(found):
        return arrived(referral_id, Move(found.move), referral.state)
    place = url_for("referrals.page", referral_id=referral_id, notice="referral_not_possible")
    return redirect(place, 303)


def posted_id() -> UUID | None:
    """The id that was made with the posted form."""
    return forms.one_id(posted(forms.MovingForm))


def is_own(made: ReferralMove) -> bool:
    """True for a move of the member of this request."""
    return made.moved_by == member().actor.user_id
