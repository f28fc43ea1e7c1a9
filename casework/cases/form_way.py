"""Where a page of the intake leads, and what it shows around its questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from casework import clock, codes
from casework.cases import deadlines, rules
from casework.cases import form_steps as steps
from casework.cases.ages import age_band
from casework.cases.field_kinds import Page, Per
from casework.cases.form_pages import ANOTHER, LATER, THEN, Opened, row_ids_now
from casework.cases.form_sheets import Row, Sheet, Values, grievances_of, listed, people_of
from casework.cases.form_steps import CHECK, CIRCUMSTANCES, FACTS, Stop
from casework.cases.form_words import grievance_name, person_name
from casework.cases.forms import DeclaredForm
from casework.cases.models import CaseStatus
from casework.errors import NotVisible
from casework.i18n import gettext as _

PAGES_OF_ITEM = (Page.NAMES.value, *steps.PAGES_OF_GRIEVANCE)


# Addresses


def case_address(case_id: UUID) -> str:
    """Where a case that is open is read."""
    return f"/cases/{case_id}"


def address(case_id: UUID, values: Values, stop: Stop) -> str:
    """Where a page of the intake stands; the first grievance is begun under a fresh id."""
    if stop.page == CHECK:
        return url_for("cases.check", case_id=case_id)
    if stop.page == Page.CONSENT:
        return url_for("cases.agreements", case_id=case_id)
    item = stop.item
    if stop.page == Page.GRIEVANCE and not item:
        if grievances_of(values):
            return url_for("cases.grievances", case_id=case_id)
        item = str(uuid4())
    if item:
        return url_for("cases.intake_item", case_id=case_id, page=stop.page, item=item)
    return url_for("cases.intake_page", case_id=case_id, page=stop.page)


def onwards(opened: Opened, stop: Stop, form: DeclaredForm) -> Response:
    """From a page that was kept to where the button pressed leads."""
    if opened.case.row.status != CaseStatus.DRAFT:
        return redirect(f"{case_address(opened.id)}?notice=section_saved", 303)
    if LATER in request.form:
        return redirect(url_for("people.home", notice="intake_kept"), 303)
    if ANOTHER in request.form:
        return grown(Per.BENEFICIARY, opened.values)
    if form[THEN].data == CHECK:
        return redirect(url_for("cases.check", case_id=opened.id), 303)
    taken_out = stop.item in form.removed()
    following = Stop(Page.GRIEVANCE) if taken_out else steps.after(opened.values, stop)
    return redirect(address(opened.id, opened.values, following), 303)


def grown(per: Per, values: Values) -> Response:
    """Back to the same page, at a new empty row."""
    number = len(listed(values, per)) + 1
    return redirect(f"{request.path}?more={uuid4()}#{per.value[0]}{number}", 303)


def stop_at(page: str, item: UUID | None = None) -> Stop:
    """The page of an address; raises NotVisible for one that does not exist."""
    if page not in (steps.PAGES_OF_CASE if item is None else PAGES_OF_ITEM):
        raise NotVisible
    return Stop(page, str(item) if item else "")


def sheet_now(opened: Opened, stop: Stop) -> Sheet:
    """The questions of a page with the rows it shows now; raises NotVisible for unknown items."""
    values, typed = opened.values, row_ids_now()
    if stop.item:
        check_item(values, stop, typed)
    ids = rows_now(values, Per.BENEFICIARY) if stop.page == Page.BENEFICIARIES else typed
    return steps.sheet_at(values, stop, ids)


def check_item(values: Values, stop: Stop, typed: list[str] | None) -> None:
    """Raises NotVisible for a page about nobody; aborts with 400 when its form is of another."""
    per = Per.BENEFICIARY if stop.page == Page.NAMES else Per.GRIEVANCE
    known = [one["id"] for one in listed(values, per)]
    if stop.item not in known and stop.page != Page.GRIEVANCE:
        raise NotVisible
    if typed is not None and typed != [stop.item]:
        abort(400)


def rows_now(values: Values, per: Per) -> list[str]:
    """The rows a growing page shows: those posted, else those stored and the one just begun."""
    typed = row_ids_now()
    if typed is not None:
        return typed
    stored = [one["id"] for one in listed(values, per)]
    more = request.args.get("more", type=UUID)
    if more is not None:
        return [*stored, str(more)]
    return stored or ([str(uuid4())] if per is Per.BENEFICIARY else [])


# Around the questions


def captions(values: Values, sheet: Sheet) -> dict[str, str]:
    """The heading of each row: a person by name or number and group, a grievance by its type."""
    return {row.id: caption(values, row) for row in sheet.rows}


def caption(values: Values, row: Row) -> str:
    """The heading of one row."""
    if row.per is Per.GRIEVANCE:
        return grievance_name(row.stored) if row.stored else _("A new matter")
    found = [person["id"] for person in people_of(values)]
    number = found.index(row.id) + 1 if row.id in found else row.number
    person = row.stored or {}
    sex = codes.label("sexe", person["sex"]) if person.get("sex") else ""
    band = age_band(person.get("age"), clock.today())
    age = codes.label("tranche_age", band) if person.get("age") else ""
    return " · ".join(part for part in (person_name(person, number), sex, age) if part)


@dataclass(frozen=True, slots=True)
class Window:
    """Care that must begin before a moment; `hours` are the whole ones left, 0 at its end."""

    kind: str
    until: datetime
    hours: int

    @property
    def over(self) -> bool:
        """True when that moment has passed."""
        return self.until <= clock.now()


@dataclass(frozen=True, slots=True)
class Advice:
    """What follows from the answers so far; derived each time, never stored."""

    core_type: str = ""
    contexts: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    urgency: str = ""
    reasons: tuple[Any, ...] = field(default=(), repr=False)
    settlement_forbidden: bool = False


def advice(values: Values, stop: Stop) -> Advice:
    """What a page says back: the type of the grievance, or how fast to act."""
    if stop.page in (FACTS, CIRCUMSTANCES):
        told = next(one for one in grievances_of(values) if one["id"] == stop.item)
        return Advice(
            core_type=rules.core_type(told) or "",
            settlement_forbidden=rules.settlement_forbidden(told),
        )
    if stop.page not in (Page.RISK, Page.HEALTH):
        return Advice()
    told_all = grievances_of(values)
    facts, health = values.get("facts", {}), values.get("health", {})
    proposed = deadlines.suggested_urgency(told_all, facts, health, clock.now())
    return Advice(
        contexts=contexts(values),
        windows=windows(values, told_all),
        urgency=proposed.urgency,
        reasons=proposed.reasons,
    )


def windows(values: Values, told: list[dict[str, Any]]) -> tuple[Window, ...]:
    """The care that works only in time, soonest first."""
    found = {
        window.kind: window
        for grievance in reversed(told)
        for window in deadlines.care_windows(grievance, sex_of(values, grievance))
    }
    ordered = sorted(found.values(), key=lambda window: window.until)
    return tuple(Window(one.kind, one.until, hours_left(one.until)) for one in ordered)


def hours_left(until: datetime) -> int:
    """Whole hours from now to a moment, never below zero."""
    return max(0, int((until - clock.now()).total_seconds() // 3600))


def sex_of(values: Values, grievance: dict[str, Any]) -> str:
    """The sex of the person a grievance is about, the person who came where it names nobody."""
    people = people_of(values)
    named = [person for person in people if person["id"] in (grievance.get("people") or [])]
    return str(next(iter([*named, *people]), {}).get("sex", "F"))


def contexts(values: Values) -> tuple[str, ...]:
    """The derived contexts of every grievance, each once."""
    authors: Any = values.get("perpetrator", {}).get("grievances", {})
    people = people_of(values)
    found: dict[str, None] = {}
    for grievance in grievances_of(values):
        named = [one for one in people if one["id"] in (grievance.get("people") or [])] or people
        age = named[0].get("age") if named else None
        author = authors.get(grievance["id"], {})
        found |= dict.fromkeys(rules.contexts(grievance, author, age, clock.today()))
    return tuple(found)


def around(opened: Opened, stop: Stop) -> dict[str, Any]:
    """What a template shows around the questions of a page."""
    values = opened.values
    step, total = steps.progress(values, stop)
    return {
        "case_id": opened.id,
        "step": step,
        "total": total,
        "back_address": back_address(opened, stop),
    }


def back_address(opened: Opened, stop: Stop) -> str:
    """The page before, or the last look at the answers when she came from there."""
    if request.args.get(THEN) == CHECK:
        return url_for("cases.check", case_id=opened.id)
    return address(opened.id, opened.values, steps.before(opened.values, stop))
