"""The intake as a whole: what is written, what is missing, and everything once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import uuid4

from flask import request, url_for

from casework import clock
from casework.cases import form_steps as steps
from casework.cases.ages import is_child
from casework.cases.field_kinds import Page
from casework.cases.form_intake import ConsentForm, OpeningForm, changed, consents_from
from casework.cases.form_pages import LATER, THEN, Opened
from casework.cases.form_sheets import Values, grievances_of, people_of
from casework.cases.form_steps import CHECK, STEPS, Stop
from casework.cases.form_urgency import chosen_urgency, urgency_in_words
from casework.cases.form_way import address, back_address, captions
from casework.cases.form_words import answers_in_words, grievance_name
from casework.cases.intake import complete_intake, consents_of, is_complete
from casework.cases.models import CaseStatus
from casework.consent.actions import SECTION, VERSION, record_consent
from casework.consent.recipients import SHAREABLE, Section, section_label
from casework.consent.records import ASSENT, RECORDING, Answer, latest
from casework.db import db
from casework.i18n import gettext as _
from casework.web.gate import member

Row = dict[str, Any]


def is_draft(opened: Opened) -> bool:
    """True until the intake is completed."""
    return opened.case.row.status == CaseStatus.DRAFT


# Consents of a draft


def record_changes(opened: Opened, form: ConsentForm) -> None:
    """Every answer that changed is recorded anew."""
    case, day = opened.case, asked_on(opened).isoformat()
    known = consents_of(db.session(), case)
    for value in changed(known, consents_from(form, day)):
        key = case.key(SECTION, VERSION)
        record_consent(db.session(), member().actor, case.id, key, value)


def asked_on(opened: Opened) -> date:
    """The day of what she answers: that of the reception while the intake is written down on the
    day it was begun, however late that is; else today."""
    begun = datetime.fromisoformat(str(opened.values["admin"]["recorded_at"]))
    same_day = clock.local(begun).date() == clock.today()
    return received_on(opened) if is_draft(opened) and same_day else clock.today()


def after_agreements(opened: Opened, form: ConsentForm) -> str:
    """Where she goes once the agreements are kept: on with the intake, or back to where she was."""
    if LATER in request.form:
        return url_for("people.home", notice="intake_kept")
    if form["then"].data == CHECK:
        return url_for("cases.check", case_id=opened.id)
    if not people_of(opened.values):
        return address(opened.id, opened.values, Stop(Page.BENEFICIARIES))
    return url_for("cases.intake_tasks", case_id=opened.id)


def received_on(opened: Opened) -> date:
    """The day she was received: that of her yes to recording."""
    found = latest(consents_of(db.session(), opened.case), RECORDING)
    return date.fromisoformat(str(found.value["given_on"])) if found else clock.today()


def complete(opened: Opened, form: OpeningForm) -> None:
    """The case is open, as of the day she was received; raises RuleBroken."""
    found = member()
    complete_intake(db.session(), found.actor, found.keyring, opened.id, form.received_on.data)


def assent_missing(opened: Opened) -> bool:
    """True when a child is concerned and nobody wrote down that the child was asked."""
    child = any(is_child(one.get("age"), clock.today()) for one in people_of(opened.values))
    found = latest(consents_of(db.session(), opened.case), ASSENT)
    return child and (found is None or found.answer is Answer.NOT_YET)


# The list of pages


def task_list(opened: Opened) -> dict[str, Any]:
    """What the page of an unfinished intake shows."""
    return {
        "case_id": opened.id,
        "name": opened.case.card.get("name", ""),
        "rows": tasks(opened),
        "next": next_undone(opened),
    }


def tasks(opened: Opened) -> list[Row]:
    """One row a step: where it leads, and whether something is written there."""
    values = opened.values
    rows = [task(opened, Page.CONSENT, [Stop(Page.CONSENT)], done=True)]
    for step in STEPS[1:]:
        found = [stop for stop in steps.stops(values) if stop.step is step and stop.page != CHECK]
        told = [stop for stop in found if stop.item or step is not Page.GRIEVANCE]
        if found:
            done = bool(told) and all(steps.is_done(values, stop) for stop in told[:1])
            rows.append(task(opened, step, found, done))
    return rows


def task(opened: Opened, step: Page, found: list[Stop], done: bool) -> Row:
    """One step as the list of tasks shows it."""
    needed = step is Page.BENEFICIARIES
    state = _("Done") if done else _("To fill in") if needed else _("Nothing yet")
    first = Stop(Page.GRIEVANCE) if step is Page.GRIEVANCE else found[0]
    return {
        "address": address(opened.id, opened.values, first),
        "label": steps.TITLES[step],
        "state": state,
        "shape": "done" if done else "wait" if needed else "new",
    }


def next_undone(opened: Opened) -> str:
    """The address of the first page on which nothing is written."""
    values = opened.values
    asked = (stop for stop in steps.stops(values) if stop.page != CHECK)
    found = (stop for stop in asked if not is_told(values, stop))
    return address(opened.id, values, next(found, Stop(CHECK)))


def is_told(values: Values, stop: Stop) -> bool:
    """True when the page holds an answer; the list of grievances when it has one."""
    if stop == Stop(Page.GRIEVANCE):
        return bool(grievances_of(values))
    return steps.is_done(values, stop)


# Grievances


def matters(opened: Opened) -> dict[str, Any]:
    """What the page of all grievances shows."""
    values, here = opened.values, Stop(Page.GRIEVANCE)
    rows = [
        {
            "label": grievance_name(one),
            "address": address(opened.id, values, Stop(Page.GRIEVANCE, one["id"])),
        }
        for one in grievances_of(values)
    ]
    step, total = steps.progress(values, here)
    return {
        "rows": rows,
        "case_id": opened.id,
        "step": step,
        "total": total,
        "title": steps.TITLES[Page.GRIEVANCE],
        "another": url_for(
            "cases.intake_item", case_id=opened.id, page=Page.GRIEVANCE, item=uuid4()
        ),
        "following": address(opened.id, values, steps.after(values, here)),
        "back_address": back_address(opened, here),
    }


# Everything once more


@dataclass(frozen=True, slots=True)
class Told:
    """Some answers of one page, with the way back to it."""

    step: Page
    address: str
    caption: str = field(repr=False)
    lines: list[tuple[Any, str]] = field(repr=False)


def last_look(opened: Opened) -> dict[str, Any]:
    """Everything that is written, step by step, and what is still missing."""
    values = opened.values
    told = [part for stop in steps.stops(values) for part in told_at(opened, stop)]
    return {
        "case_id": opened.id,
        "steps": [(steps.TITLES[step], list(parts)) for step, parts in groupby(told, by_step)],
        "complete": is_complete(dict(values.get("identity", {}))),
        "assent_missing": assent_missing(opened),
        "unheard": not grievances_of(values),
        "back_address": address(opened.id, values, steps.before(values, Stop(CHECK))),
    }


def by_step(part: Told) -> Page:
    """The step under which some answers are read."""
    return part.step


def told_at(opened: Opened, stop: Stop) -> Iterator[Told]:
    """What is written on one page: about the case, then about each person or grievance."""
    if stop.page == CHECK or stop == Stop(Page.GRIEVANCE):
        return
    values = opened.values
    sheet = steps.sheet_at(values, stop)
    back = f"{address(opened.id, values, stop)}?{THEN}={CHECK}"
    about = {"": str(steps.TITLES[stop.page]), **captions(values, sheet)}
    if stop.page in steps.PAGES_OF_GRIEVANCE:
        about[stop.item] = about[""] if stop.page != Page.GRIEVANCE else about[stop.item]
    for item, caption in about.items():
        lines = answers_in_words(values, sheet, item)
        if stop.page == Page.RISK and not item and not chosen_urgency(values):
            lines = [*lines, (_("Urgency"), urgency_in_words(values))]
        if lines:
            yield Told(stop.step, back, caption.split(" · ")[0], lines)


# Lost forms


def page_name(path: str) -> str:
    """What a lost form was about, from the address it was sent to; never whom."""
    parts = path.strip("/").split("/")
    known = [part for part in parts[1:] if part in steps.TITLES]
    if known:
        return str(steps.TITLES[known[-1]])
    if parts[2:3] == ["sections"] and parts[-1] in set(SHAREABLE):
        return section_label(Section(parts[-1]))
    return str(_("A form"))
