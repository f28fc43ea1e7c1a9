"""The consents of a case on screen: what she said, asking her again, taking back, necessity."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import clock
from casework.cases.access import OpenCase, access_case
from casework.consent import forms
from casework.consent.recipients import Section
from casework.db import db
from casework.directory.queries import Sheet, sheet
from casework.errors import RuleBroken
from casework.people.reauthentication import words_again
from casework.policy import Permission
from casework.referrals import agreement
from casework.referrals import consent_views as views
from casework.referrals.withdrawal import withdraw
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.held import held, hold

blueprint = Blueprint("consent", __name__)
RECORD = Permission.CONSENT_RECORD
Place = dict[str, Any]
FRESH = "fresh"
"""Marks what a first form hands on to a second one, which nobody has filled in yet."""


def by() -> tuple[Any, Any, Any]:
    """What every act wants first: the session, the actor and her keyring."""
    return db.session(), member().actor, member().keyring


def book_of(case_id: UUID) -> views.Book:
    """The consents of a case, opened for the member of this request."""
    found = member()
    return views.open_book(db.session(), found.actor, found.keyring, settings().server_key, case_id)


def case_of(case_id: UUID) -> OpenCase:
    """The case, opened for somebody who may record consents in it."""
    return access_case(*by(), case_id, RECORD)


def provider_of(provider_id: UUID) -> Sheet:
    """The provider that the person is asked about."""
    return sheet(db.session(), settings().server_key, provider_id)


def asked_from() -> dict[str, str]:
    """The draft referral that this was asked from, to go back to it."""
    text = request.args.get("referral", "")
    return {"referral": text} if as_id(text) else {}


def as_id(text: str) -> UUID | None:
    """The id written in a text, None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def back(case_id: UUID, notice: str, referral: str = "") -> Response:
    """To where this was asked from, which says what was done."""
    return redirect(way_out(case_id, referral, notice=notice), 303)


def way_out(case_id: UUID, referral: str | None, **more: Any) -> str:
    """The address of the draft referral that this was asked from, else of the consents."""
    draft = as_id(referral or "")
    if draft is not None:
        return url_for("referrals.sharing", referral_id=draft, **more)
    return url_for("consent.listing", case_id=case_id, **more)


@blueprint.get("/cases/<uuid:case_id>/consents")
@requires(Permission.CASE_VIEW)
def listing(case_id: UUID) -> str:
    """Everything the person agreed to, refused, or took back."""
    may_record = member().actor.may(RECORD)
    return render_template(
        "consent/listing.html", **views.listing(book_of(case_id)), may_record=may_record
    )


@blueprint.get("/cases/<uuid:case_id>/consents/new")
@requires(RECORD)
def new(case_id: UUID) -> str:
    """One question, one answer."""
    book = book_of(case_id)
    form = restored(forms.AnswerForm, **views.fresh_answer(book))
    return render_template("consent/answer.html", form=form, case=book.case.row)


@blueprint.post("/cases/<uuid:case_id>/consents/new")
@requires(RECORD)
def record(case_id: UUID) -> Response:
    """The answer stands in the case and is obeyed."""
    form = posted(forms.AnswerForm)
    if not form.validate():
        return sent_back()
    try:
        agreement.record_answer(*by(), case_id, form.value(), forms.one_id(form))
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "answer_recorded")


# Sharing: with whom, then what, then her answer


@blueprint.get("/cases/<uuid:case_id>/consents/sharing")
@requires(RECORD)
def recipients(case_id: UUID) -> str:
    """Whom the person can be asked about."""
    case = case_of(case_id)
    found = views.recipients(db.session(), case)
    return render_template("consent/recipients.html", case=case.row, found=found, danger=False)


@blueprint.get("/cases/<uuid:case_id>/consents/sharing/<uuid:provider_id>")
@requires(RECORD)
def question(case_id: UUID, provider_id: UUID) -> str:
    """What would be shared with this provider; nothing is asked yet."""
    case, found = case_of(case_id), provider_of(provider_id)
    fresh = views.fresh_share(found, request.args.get("service", "")) | asked_from()
    form = restored(forms.ShareForm, services=found.services, **fresh)
    leave = way_out(case_id, form.referral.data)
    shown = {"case": case.row, "found": found, "way_out": leave}
    return render_template("consent/question.html", form=form, **shown)


@blueprint.post("/cases/<uuid:case_id>/consents/sharing/<uuid:provider_id>")
@requires(RECORD)
def ask(case_id: UUID, provider_id: UUID) -> Response:
    """The sentence to read aloud is made of what was chosen."""
    case_of(case_id)
    form = posted(forms.ShareForm, services=provider_of(provider_id).services)
    if not form.validate():
        return sent_back()
    held_id = hold(db.session(), member(), {FRESH: form.asked().pairs()})
    place: Place = {"case_id": case_id, "provider_id": provider_id, "held": held_id}
    return redirect(url_for("consent.answer", **place), 303)


@blueprint.get("/cases/<uuid:case_id>/consents/sharing/<uuid:provider_id>/answer")
@requires(RECORD)
def answer(case_id: UUID, provider_id: UUID) -> str | Response:
    """The sentence to read aloud, and her answer."""
    book, found = book_of(case_id), provider_of(provider_id)
    form = answer_form(book)
    asked = form.asked()
    if asked is None:
        place: Place = {"case_id": case_id, "provider_id": provider_id}
        return redirect(url_for("consent.question", **place))
    shown = {"case": book.case.row, "found": found, "way_out": way_out(case_id, asked.referral)}
    return render_template("consent/sharing_answer.html", form=form, asked=asked, **shown)


def answer_form(book: views.Book) -> forms.ShareAnswerForm:
    """The form of the answer: fresh from the question, or as it was refused."""
    kept = held(db.session(), member(), request.args.get("held")) or {}
    if FRESH not in kept:
        return restored(forms.ShareAnswerForm)
    return forms.ShareAnswerForm(**(views.fresh_answer(book) | dict(kept[FRESH])))


@blueprint.post("/cases/<uuid:case_id>/consents/sharing/<uuid:provider_id>/answer")
@requires(RECORD)
def record_sharing(case_id: UUID, provider_id: UUID) -> Response:
    """Her answer about this provider stands in the case and is obeyed."""
    form = posted(forms.ShareAnswerForm)
    asked = form.asked()
    if not form.validate() or asked is None:
        return sent_back()
    value = form.value(provider_of(provider_id).provider.id, asked)
    try:
        agreement.record_answer(*by(), case_id, value, forms.one_id(form))
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "sharing_recorded", asked.referral)


# Taking back


@blueprint.get("/cases/<uuid:case_id>/consents/<uuid:consent_id>/withdrawal")
@requires(RECORD)
@words_again
@words_again
def withdrawal(case_id: UUID, consent_id: UUID) -> str:
    """What taking a consent back will end, and what it cannot undo."""
    book = book_of(case_id)
    form = restored(forms.WithdrawalForm, on=clock.today())
    found = views.consequences(*by(), book, book.one(consent_id))
    return render_template("consent/withdrawal.html", form=form, **found)


@blueprint.post("/cases/<uuid:case_id>/consents/<uuid:consent_id>/withdrawal")
@requires(RECORD)
@words_again
@words_again
def take_back(case_id: UUID, consent_id: UUID) -> Response:
    """The consent no longer holds, and what it opened is closed."""
    form = posted(forms.WithdrawalForm)
    if not form.validate():
        return sent_back()
    try:
        withdraw(*by(), case_id, consent_id, form.on.data or clock.today())
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "consent_withdrawn")


# Necessity: a danger, two people, seven days


@blueprint.get("/cases/<uuid:case_id>/necessity")
@requires(RECORD)
def endangered(case_id: UUID) -> str:
    """Whom a danger must be told to."""
    case = case_of(case_id)
    found = views.recipients(db.session(), case)
    return render_template("consent/recipients.html", case=case.row, found=found, danger=True)


@blueprint.get("/cases/<uuid:case_id>/necessity/<uuid:provider_id>")
@requires(RECORD)
def danger(case_id: UUID, provider_id: UUID) -> str:
    """Which danger, and the least that must be said."""
    case, found = case_of(case_id), provider_of(provider_id)
    fresh = views.least(found.provider) | {"id": str(uuid4())} | asked_from()
    form = restored(forms.NecessityForm, **fresh)
    leave = way_out(case_id, form.referral.data)
    shown = {"case": case.row, "found": found, "way_out": leave}
    return render_template("consent/danger.html", form=form, **shown)


@blueprint.post("/cases/<uuid:case_id>/necessity/<uuid:provider_id>")
@requires(RECORD)
def ask_necessity(case_id: UUID, provider_id: UUID) -> Response:
    """The danger is written down and waits for a second person."""
    form = posted(forms.NecessityForm, **views.offered(provider_of(provider_id).provider))
    if not form.validate():
        return sent_back()
    sections = [Section(one) for one in form.sections.data or ()]
    told = (form.reason.data, sections, forms.one_id(form))
    try:
        agreement.ask_necessity(*by(), case_id, provider_id, *told)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "necessity_asked", form.referral.data or "")


@blueprint.get("/cases/<uuid:case_id>/necessity/<uuid:consent_id>/confirmation")
@requires(Permission.NECESSITY_CONFIRM)
def judgement(case_id: UUID, consent_id: UUID) -> str:
    """What a second person needs to judge a danger."""
    book = book_of(case_id)
    shown = book.one(consent_id)
    own = shown.consent.value.get("requested_by") == str(member().actor.user_id)
    form = restored(forms.JudgementForm)
    return render_template(
        "consent/judgement.html", form=form, case=book.case.row, shown=shown, own=own
    )


@blueprint.post("/cases/<uuid:case_id>/necessity/<uuid:consent_id>/confirmation")
@requires(Permission.NECESSITY_CONFIRM)
def confirm_necessity(case_id: UUID, consent_id: UUID) -> Response:
    """The danger is confirmed by a second person."""
    if not posted(forms.JudgementForm).validate():
        return sent_back()
    try:
        agreement.confirm_necessity(*by(), case_id, consent_id)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "necessity_confirmed")


# A decision of two workers for a child


@blueprint.get("/cases/<uuid:case_id>/decisions/<uuid:consent_id>/confirmation")
@requires(Permission.NECESSITY_CONFIRM)
def decision(case_id: UUID, consent_id: UUID) -> str:
    """What a second worker needs to decide for a child with her colleague."""
    book = book_of(case_id)
    shown = book.one(consent_id)
    together = views.decided_with(book, shown)
    own = shown.consent.value.get("requested_by") == str(member().actor.user_id)
    form = restored(forms.DecisionForm)
    found = {"shown": shown, "together": together, "own": own}
    return render_template("consent/decision.html", form=form, case=book.case.row, **found)


@blueprint.post("/cases/<uuid:case_id>/decisions/<uuid:consent_id>/confirmation")
@requires(Permission.NECESSITY_CONFIRM)
def confirm_decision(case_id: UUID, consent_id: UUID) -> Response:
    """The decision for the child bears two names."""
    if not posted(forms.DecisionForm).validate():
        return sent_back()
    try:
        agreement.confirm_decision(*by(), case_id, consent_id)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return back(case_id, "decision_confirmed")
