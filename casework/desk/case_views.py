"""What the pages of an open case show, gathered from what was opened once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from casework import clock, places
from casework.cases import rules
from casework.cases.assignment import in_conflict
from casework.cases.field_kinds import Per
from casework.cases.follow_up import CORRECTED
from casework.cases.form_urgency import urgency_in_words
from casework.cases.sections import Value
from casework.consent.recipients import Section
from casework.desk import case_forms as forms
from casework.desk import case_words as words
from casework.desk.case_sheets import CaseSheet
from casework.desk.case_story import Act, act, outcomes, story
from casework.desk.erasing import keys_gone_on
from casework.errors import NotVisible
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l
from casework.people.queries import active_keyholders
from casework.people.rosters import roster
from casework.policy import Permission
from casework.referrals.models import Referral
from casework.referrals.withdrawal import open_referrals
from casework.web.formats import day, moment

P = Permission
HEADINGS = {
    Per.JOURNAL: _l("Add a note"),
    Per.STEP: _l("Write a procedural step"),
    Per.SERVICE: _l("Write a service given by us"),
    Per.OUTCOME: _l("Write an outcome"),
}
SHOWN_AT_ONCE = 10
"""How many acts the page of a case tells; the others stand on a page of their own."""


def risk_of(sheet: CaseSheet) -> str:
    """The code of the risk that was judged; empty where nobody did."""
    return str(sheet.values.get("facts", {}).get("risk", ""))


def whole(sheet: CaseSheet) -> dict[str, Any]:
    """Everything the page of the case shows."""
    acts = story(sheet)
    newest = acts[:SHOWN_AT_ONCE]
    identity = sheet.values.get("identity", {})
    return {
        "sheet": sheet,
        "row": sheet.case.row,
        "name": str(sheet.case.card.get("name", "")),
        "worker": sheet.name_of(sheet.case.row.assigned_to),
        "commune": places.name(identity["commune"]) if identity.get("commune") else "",
        "contact": words.contact(sheet),
        "warnings": words.warnings(sheet),
        "risk": risk_of(sheet),
        "urgency": urgency_in_words(sheet.values),
        "about": words.answers(sheet, Section.IDENTITY),
        "people": words.people(sheet),
        "grievances": words.grievances(sheet),
        "plan": sheet.values.get("notes", {}),
        "legal": words.answers(sheet, Section.LEGAL),
        "acts": newest,
        "older": len(acts) - len(newest),
        "outcomes": outcomes(acts),
        "counted": words.counted(sheet),
        "may": may(sheet),
    }


def may(sheet: CaseSheet) -> dict[str, bool]:
    """Which acts the member may do on the case as it stands."""
    held = sheet.may
    return {
        "write": P.CASE_WRITE in held and not sheet.closed,
        "refer": P.REFERRAL_SEND in held and not sheet.closed,
        "close": P.CASE_CLOSE in held and not sheet.closed,
        "reopen": P.CASE_REOPEN in held and sheet.closed,
        "assign": P.CASE_ASSIGN in held and not sheet.closed,
        "erase": sheet.may_erase,
        "readers": P.CASE_ASSIGN in held,
        "record": P.CASE_WRITE in held,
    }


def fresh(sheet: CaseSheet, kind: Per) -> dict[str, Any]:
    """What the form of a new entry proposes."""
    return forms.fresh(kind, sheet.case.row.next_step_on, risk_of(sheet))


def entry(sheet: CaseSheet, kind: Per) -> dict[str, Any]:
    """What stands around the form of an entry."""
    return {
        "sheet": sheet,
        "kind": str(kind),
        "heading": HEADINGS[kind],
        "withheld": forms.settlement_withheld(kind, sheet.values),
    }


def kept(kind: str, told: Value) -> str:
    """The notice that follows an entry."""
    if rules.is_alert(str(told.get("code", ""))):
        return "unlawful_kept"
    return "outcome_kept" if kind == Per.OUTCOME else "entry_kept"


def corrected(sheet: CaseSheet, entry_id: UUID) -> tuple[Per, Value]:
    """Kind and text of what a correction is about; raises NotVisible for anything else."""
    for one in sheet.entries:
        if one.id == entry_id and one.value["kind"] in CORRECTED and not one.value.get("assigned"):
            return Per(str(one.value["kind"])), one.value
    raise NotVisible


def newer(sheet: CaseSheet, entry_id: UUID) -> Act | None:
    """The act as a colleague has told it since, where one has."""
    for told in sheet.told:
        if entry_id in [each.id for each in told.before]:
            return act(sheet, told)
    return None


# Closing and erasing


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist of a closure, as the macro `tasks` wants it."""

    label: Any
    shape: str
    state: Any
    address: str = ""
    hint: str = ""


def closing(session: Session, sheet: CaseSheet) -> dict[str, Any]:
    """What is still open in the case, worst first."""
    rows = open_referrals(session, sheet.case.id)
    checks = [*map(still_open, rows), *dangers(sheet), *appointments(sheet), *results(sheet)]
    return {"sheet": sheet, "checks": checks, "blocked": bool(rows)}


def still_open(row: Referral) -> Check:
    """A referral that is not over: it holds the closure up."""
    due = _("due on %(day)s", day=day(row.due_at)) if row.due_at else ""
    address = url_for("referrals.page", referral_id=row.id)
    return Check(_("A referral is not over"), "late", _("To end"), address, due)


def dangers(sheet: CaseSheet) -> list[Check]:
    """The dangers that were told."""
    return [
        Check(one.text, "late", _("To look at"), hint=moment(one.until))
        for one in words.warnings(sheet)
    ]


def appointments(sheet: CaseSheet) -> list[Check]:
    """The dates still to come in the procedure."""
    now = clock.today().isoformat()
    steps = (one.now.value for one in sheet.told if not one.void)
    coming = sorted(
        str(value["next_on"]) for value in steps if str(value.get("next_on", "")) >= now
    )
    return [
        Check(_("A date is still to come"), "wait", _("To look at"), hint=day(one))
        for one in coming
    ]


def results(sheet: CaseSheet) -> list[Check]:
    """Whether the case has an outcome."""
    if outcomes(story(sheet)):
        return [Check(_("An outcome is written"), "done", _("Done"))]
    address = url_for("case.entry", case_id=sheet.case.id, kind=Per.OUTCOME)
    return [Check(_("No outcome is written"), "wait", _("To look at"), address)]


def erasing(session: Session, sheet: CaseSheet) -> dict[str, Any]:
    """What goes with the case."""
    return {
        "sheet": sheet,
        "referrals": len(open_referrals(session, sheet.case.id)),
        "allowed": sheet.may_erase,
        "on_request": P.CASE_ERASE in sheet.may,
        "keys_gone_on": keys_gone_on(),
    }


def assigning(session: Session, server_key: bytes, sheet: CaseSheet) -> type[forms.AssignmentForm]:
    """The form with the members of the case's team who can open it."""
    team_id = sheet.case.row.owner_team
    able = active_keyholders(session, team_id)
    team = [one for one in roster(session, server_key, team_id) if one.user_id in able]
    return forms.assignment_form(team, in_conflict(sheet.entries))
