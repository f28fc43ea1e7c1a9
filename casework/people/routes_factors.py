"""One's own second factors: the telephone, the printed card, the security key."""

from __future__ import annotations

import re
import secrets
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import clock
from casework.db import db
from casework.errors import NotVisible, RuleBroken
from casework.people import factors, proofs
from casework.people.forms_sign_in import KeyForm, PhoneForm
from casework.people.models import FactorKind
from casework.people.reauthentication import words_again
from casework.policy import Permission
from casework.vault import one_time_codes as phones
from casework.vault.primitives import kdf
from casework.web import qr
from casework.web.forms import BaseForm, posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.held import held, hold

blueprint = Blueprint("factors", __name__)
OWN = Permission.ACCOUNT_VIEW
_OFFER = re.compile(r"[0-9a-f]{32}")


def mine() -> list[factors.Factor]:
    """The second factors of the member of this request."""
    found = member()
    return factors.listed(db.session(), found.actor.user_id, found.keyring.user)


def to_list(notice: str) -> Response:
    """The list of her factors, with what was done."""
    return redirect(url_for("factors.listing", notice=notice), 303)


def origin() -> str:
    """The address of this site as a browser names it to a security key."""
    scheme = "https" if settings().behind_tls else request.scheme
    return f"{scheme}://{request.host}"


@blueprint.get("/account/factors")
@requires(OWN, on_the_way=True)
def listing() -> str:
    """What she has, what she can add, and whether she must."""
    must = g.get("before_anything_else") is not None
    return render_template("people/factors.html", factors=mine(), must=must)


# A telephone


def offered(offer: str) -> bytes:
    """The secret that an offer of this session stands for: nothing is stored until a code was
    right. Raises NotVisible for anything but an offer."""
    if not _OFFER.fullmatch(offer):
        raise NotVisible
    return kdf(member().session_key, "totp-offer", offer)[: phones.SECRET_BYTES]


@blueprint.get("/account/factors/phone")
@requires(OWN, on_the_way=True)
@words_again
def phone() -> str | Response:
    """Shows the secret to the app, as a code to scan and in letters, and asks for a first code."""
    form = restored(PhoneForm)
    offer = form.offer.data or request.args.get("offer", "")
    if not offer:
        return redirect(url_for("factors.phone", offer=secrets.token_hex(16)), 303)
    form.offer.data = offer
    return render_template("people/factor_phone.html", form=form, **shown(offered(offer)))


def shown(secret: bytes) -> dict[str, Any]:
    """A secret as a telephone takes it, scanned or typed, and the time it must agree with."""
    code = qr.drawn(phones.address(secret, settings().service_name))
    return {"code": code, "letters": phones.written(secret), "now": clock.now()}


@blueprint.post("/account/factors/phone")
@requires(OWN, on_the_way=True)
@words_again
def add_phone() -> Response:
    """The telephone counts from now on."""
    form = posted(PhoneForm)
    secret = offered(form.offer.data or "")
    if not form.validate():
        return sent_back()
    given = secret, form.code.data, form.name.data
    try:
        factors.add_phone(db.session(), member().keyring, *given)
    except RuleBroken as rule:
        return with_minutes(sent_back(rule.code), rule)
    return to_list("phone_added")


def with_minutes(response: Response, rule: RuleBroken) -> Response:
    """The same way back, which also says by how many minutes a clock is wrong."""
    minutes = getattr(rule, "minutes", None)
    if minutes is not None:
        more = f"&minutes={abs(minutes)}#errors"
        response.headers["Location"] = response.headers["Location"].replace("#errors", more)
    return response


# A printed card


@blueprint.get("/account/factors/card")
@requires(OWN, on_the_way=True)
@words_again
def card() -> str:
    """The codes just made, to be printed or copied; or the question whether to make some."""
    kept = held(db.session(), member(), request.args.get("held")) or {}
    codes, had = kept.get("codes"), any(one.kind == FactorKind.CARD for one in mine())
    return render_template("people/factor_card.html", form=BaseForm(), codes=codes, had=had)


@blueprint.post("/account/factors/card")
@requires(OWN, on_the_way=True)
@words_again
def make_card() -> Response:
    """A new card; an older one does not count any more."""
    try:
        codes = factors.add_card(db.session(), member().keyring)
    except RuleBroken as rule:
        return sent_back(rule.code, url_for("factors.listing"))
    held_id = hold(db.session(), member(), {"codes": codes})
    return redirect(url_for("factors.card", held=held_id), 303)


# A security key


def purpose() -> str:
    """What a challenge of this session is for: a new key of hers, and nothing else."""
    return f"new-key/{member().session_id.hex}"


@blueprint.get("/account/factors/key")
@requires(OWN, on_the_way=True)
@words_again
def key() -> str:
    """Asks for a security key, by its script."""
    found, form = member(), restored(KeyForm)
    form.challenge.data = proofs.challenge(settings().secret_key, purpose())
    form.answer.data = ""
    name = kdf(found.keyring.user.totp_key, "webauthn-name", found.actor.user_id).hex()[:32]
    return render_template("people/factor_key.html", form=form, name=name)


@blueprint.post("/account/factors/key")
@requires(OWN, on_the_way=True)
@words_again
def add_key() -> Response:
    """The security key counts from now on."""
    form, secret = posted(KeyForm), settings().secret_key
    if not form.validate():
        return sent_back()
    given = proofs.KeyAnswer(form.answer.data or "", form.challenge.data or "", origin())
    named = purpose(), given, form.name.data
    try:
        proofs.register_key(db.session(), secret, member().keyring, *named)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return to_list("key_added")


# Away with it


@blueprint.get("/account/factors/<uuid:factor_id>/removal")
@requires(OWN, on_the_way=True)
@words_again
def removal(factor_id: UUID) -> str:
    """Says what removing means, and asks; raises NotVisible when it is not one of hers."""
    one = next((one for one in mine() if one.id == factor_id), None)
    if one is None:
        raise NotVisible
    return render_template("people/factor_removal.html", factor=one, form=BaseForm())


@blueprint.post("/account/factors/<uuid:factor_id>/removal")
@requires(OWN, on_the_way=True)
@words_again
def remove(factor_id: UUID) -> Response:
    """It proves nothing any more."""
    factors.remove(db.session(), member().actor.user_id, factor_id)
    return to_list("factor_removed")
