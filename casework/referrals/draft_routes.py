"""Referring, one short page after another: service, provider, request, sharing, sending."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import clock, codes
from casework.db import db
from casework.directory.contacts import dialled
from casework.errors import RuleBroken, StaleVersion
from casework.policy import Permission
from casework.referrals import draft_views as views
from casework.referrals import forms
from casework.referrals.actions import Act, move
from casework.referrals.blueprint import blueprint, by
from casework.referrals.drafting import ELECTRONIC, Wish, change_draft, draft_referral
from casework.referrals.forms import CHANGED
from casework.referrals.options import Offer, first_wish, offers
from casework.referrals.workflow import Move
from casework.web.errors import refused
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.held import held, hold

SEND = Permission.REFERRAL_SEND
CHOICE = "service"


def draft_of(referral_id: UUID) -> views.Draft:
    """The draft, opened for the member of this request."""
    return views.open_draft(*by(), referral_id)


def change(draft: views.Draft, wish: Wish, version: int, onwards: str) -> Response:
    """The draft asks what the wish says, and the next page follows."""
    try:
        change_draft(*by(), draft.referral.id, wish, version)
    except RuleBroken as rule:
        return sent_back(rule.code)
    except StaleVersion:
        return sent_back(CHANGED)
    return redirect(url_for(onwards, referral_id=draft.referral.id), 303)


def current(form: Any, draft: views.Draft) -> Any:
    """The form, naming the present version: whoever sends it again has seen what stands now."""
    form.version.data = str(draft.version)
    return form


@blueprint.get("/cases/<uuid:case_id>/referrals/new")
@requires(SEND)
def new(case_id: UUID) -> str:
    """Which service she needs."""
    case = views.open_for_referral(*by(), case_id)
    found = views.service_page(db.session(), case)
    form = restored(forms.ServiceForm, **found)
    blocked = views.blocked(db.session(), case)
    return render_template("referrals/service.html", form=form, case=case.row, blocked=blocked)


@blueprint.post("/cases/<uuid:case_id>/referrals/new")
@requires(SEND)
def choose_service(case_id: UUID) -> Response:
    """The service is known; nothing is written yet."""
    case = views.open_for_referral(*by(), case_id)
    form = posted(forms.ServiceForm, **views.service_page(db.session(), case))
    if not form.validate():
        return sent_back()
    held_id = hold(db.session(), member(), {CHOICE: views.fresh_choice(**form.asked())})
    return redirect(url_for("referrals.providers", case_id=case_id, held=held_id), 303)


@blueprint.get("/cases/<uuid:case_id>/referrals/new/provider")
@requires(SEND)
def providers(case_id: UUID) -> str | Response:
    """Who renders the service for her commune."""
    case, before = views.open_for_referral(*by(), case_id), chosen_before()
    if not codes.is_code("type_service", before.get("service", "")):
        return redirect(url_for("referrals.new", case_id=case_id, notice="referral_gone"))
    found = offers(db.session(), settings().server_key, case, before["service"])
    form = provider_form(found, before)
    pressing = views.is_pressing(db.session(), case)
    address = url_for("referrals.begin", case_id=case_id)
    return provider_page(form, case.row, found, pressing=pressing, address=address)


def chosen_before() -> dict[str, str]:
    """Service, grievance and id of the draft to be, as they were chosen or sent back."""
    kept = held(db.session(), member(), request.args.get("held")) or {}
    return dict(kept.get(CHOICE) or kept.get("form") or {})


def provider_form(found: list[Offer], before: dict[str, str]) -> forms.ProviderForm:
    """The form of the choice, fresh or as it was refused."""
    choices = views.provider_choices(found)
    kept = held(db.session(), member(), request.args.get("held")) or {}
    if CHOICE in kept:
        return forms.ProviderForm(offered=choices, **before)
    return restored(forms.ProviderForm, offered=choices, **before)


def provider_page(form: Any, row: Any, found: Any, **more: Any) -> str:
    """The page on which a provider is chosen."""
    return render_template(
        "referrals/provider.html", form=form, case=row, found=found, dialled=dialled, **more
    )


@blueprint.post("/cases/<uuid:case_id>/referrals/new/provider")
@requires(SEND)
def begin(case_id: UUID) -> Response:
    """A draft stands in the case, with what is proposed for this provider."""
    case = views.open_for_referral(*by(), case_id)
    form = chosen_provider(case)
    draft_id = forms.one_id(form)
    if not form.validate() or draft_id is None:
        return sent_back()
    try:
        draft_referral(*by(), case_id, proposal(case, form), draft_id)
    except RuleBroken as rule:
        return sent_back(rule.code)
    return redirect(url_for("referrals.request_page", referral_id=draft_id), 303)


def chosen_provider(case: Any) -> forms.ProviderForm:
    """The posted choice, among those that can be asked today."""
    found = offers(db.session(), settings().server_key, case, request.form.get("service", ""))
    return posted(forms.ProviderForm, offered=views.provider_choices(found))


def proposal(case: Any, form: forms.ProviderForm) -> Wish:
    """What is proposed for the chosen provider."""
    provider = views.existing_provider(db.session(), form.provider.data)
    service, grievance = form.service.data or "", form.grievance.data or ""
    return first_wish(db.session(), member().keyring, case, provider, service, grievance)


# A draft: changed on any of its pages, sent on the last


@blueprint.get("/referrals/<uuid:referral_id>/provider")
@requires(SEND)
def other_provider(referral_id: UUID) -> str:
    """Another provider for the same service."""
    draft = draft_of(referral_id)
    found = offers(db.session(), settings().server_key, draft.case, draft.wish.service)
    form = current(provider_form(found, views.chosen_so_far(draft)), draft)
    address = url_for("referrals.change_provider", referral_id=referral_id)
    return provider_page(form, draft.case.row, found, pressing=False, address=address)


@blueprint.post("/referrals/<uuid:referral_id>/provider")
@requires(SEND)
def change_provider(referral_id: UUID) -> Response:
    """The draft asks another provider, with what is proposed for it."""
    draft = draft_of(referral_id)
    form = chosen_provider(draft.case)
    if not form.validate():
        return sent_back()
    wish = replace(proposal(draft.case, form), grievance=draft.wish.grievance)
    return change(draft, wish, form.shown_version(), "referrals.request_page")


@blueprint.get("/referrals/<uuid:referral_id>/request")
@requires(SEND)
def request_page(referral_id: UUID) -> str:
    """For whom, how fast, which way."""
    draft = draft_of(referral_id)
    found = views.request_page(db.session(), member().keyring, draft)
    form = current(restored(forms.RequestForm, **found, **views.request_so_far(draft)), draft)
    why = views.why_not(db.session(), member().keyring, draft)
    return render_template("referrals/request.html", form=form, draft=draft, why_not=why)


@blueprint.post("/referrals/<uuid:referral_id>/request")
@requires(SEND)
def keep_request(referral_id: UUID) -> Response:
    """The draft says for whom, how fast and which way."""
    draft = draft_of(referral_id)
    found = views.request_page(db.session(), member().keyring, draft)
    form = posted(forms.RequestForm, **found)
    if not form.validate():
        return sent_back()
    wish = views.requested(draft, form)
    return change(draft, wish, form.shown_version(), "referrals.sharing")


@blueprint.get("/referrals/<uuid:referral_id>/sharing")
@requires(SEND)
def sharing(referral_id: UUID) -> str:
    """Exactly what will be shared, and why it may be."""
    draft = draft_of(referral_id)
    found = views.sharing_of(db.session(), draft)
    asked_now = request.args.get("notice") == "sharing_recorded"
    stored = {"sections": views.proposed_now(draft, found, asked_now)}
    form = current(restored(forms.SharingForm, allowed=found.allowed, **stored), draft)
    return render_template("referrals/sharing.html", form=form, draft=draft, found=found)


@blueprint.post("/referrals/<uuid:referral_id>/sharing")
@requires(SEND)
def keep_sharing(referral_id: UUID) -> Response:
    """The draft shares exactly these sections."""
    draft = draft_of(referral_id)
    form = posted(forms.SharingForm, allowed=views.sharing_of(db.session(), draft).allowed)
    if not form.validate():
        return sent_back()
    sections = tuple(form.sections.data or ())
    if draft.wish.channel == ELECTRONIC and not sections:
        return sent_back("no_consent")
    wish = replace(draft.wish, sections=sections)
    return change(draft, wish, form.shown_version(), "referrals.sending")


@blueprint.get("/referrals/<uuid:referral_id>/sending")
@requires(SEND)
def sending(referral_id: UUID) -> str:
    """Everything once more, before it goes."""
    draft = draft_of(referral_id)
    form = current(restored(forms.MovingForm, id=str(uuid4())), draft)
    look = views.last_look(db.session(), settings().server_key, draft)
    return render_template("referrals/sending.html", form=form, look=look, dialled=dialled)


@blueprint.post("/referrals/<uuid:referral_id>/sending")
@requires(SEND)
def send(referral_id: UUID) -> Response:
    """The referral is with the provider."""
    form = posted(forms.MovingForm)
    act = Act(clock.today(), id=forms.one_id(form))
    try:
        move(*by(), referral_id, Move.SEND, act, form.shown_version())
    except RuleBroken as rule:
        return sent_back(rule.code)
    except StaleVersion:
        return sent_back(CHANGED)
    return redirect(url_for("referrals.page", referral_id=referral_id, notice="referral_sent"), 303)


@blueprint.errorhandler(RuleBroken)
def closed_meanwhile(error: RuleBroken) -> Response | tuple[str, int]:
    """To the page of a case that takes no referral any more, which says why."""
    case_id = (request.view_args or {}).get("case_id")
    if error.code != "case_closed" or case_id is None:
        return refused(error)
    db.session.rollback()
    return redirect(url_for("case.page", case_id=case_id, notice="case_is_closed"), 303)
