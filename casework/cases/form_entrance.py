"""Before a case is begun: who is found already, whose case it is, counting without one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask import request, url_for

from casework import codes, places
from casework.cases import names
from casework.cases.cards import digits
from casework.cases.form_intake import ConsentForm, SearchForm, TallyForm, consents_from
from casework.cases.form_way import case_address
from casework.cases.intake import begin_case, tally_contact
from casework.cases.listing import Listed, as_code, search
from casework.cases.models import CaseStatus
from casework.db import db
from casework.errors import NotVisible
from casework.i18n import gettext as _
from casework.policy import Permission
from casework.web.formats import spoken
from casework.web.gate import member
from casework.web.held import held, hold
from casework.web.models import HeldForm

LEAST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be the person's: what agrees, and enough to recognise her."""

    address: str
    label: str = field(repr=False)
    hint: str = field(repr=False)
    state: str = ""
    shape: str = "wait"


def candidates(words: str) -> list[Candidate]:
    """The cases the words may mean, most alike first."""
    found = member()
    listed = search(db.session(), found.actor, found.keyring, words)
    return [candidate(words, score, one) for score, one in listed]


def candidate(words: str, score: float, listed: Listed) -> Candidate:
    """One case as the search shows it."""
    is_draft = listed.status == CaseStatus.DRAFT
    where = (
        url_for("cases.intake_tasks", case_id=listed.id) if is_draft else case_address(listed.id)
    )
    card = listed.card
    known = [
        codes.label("sexe", card["sex"]) if card.get("sex") else "",
        codes.label("tranche_age", card["band"]) if card.get("band") else "",
        places.name(card["commune"]) if card.get("commune") else "",
        str(card.get("place") or ""),
        codes.label("statut_dossier", listed.status) if not is_draft else _("Unfinished intake"),
        spoken(listed.code),
    ]
    shape, state = agreement(words, score, listed)
    others = ", ".join(card.get("others", []))
    label = ", ".join(part for part in (str(card.get("name") or ""), others) if part)
    return Candidate(
        where, label or spoken(listed.code), " · ".join(filter(None, known)), state, shape
    )


def agreement(words: str, score: float, listed: Listed) -> tuple[str, str]:
    """What agrees with the words, as a shape and in words."""
    if as_code(words) == listed.code:
        return "done", _("Same code")
    number = digits(words)
    if len(number) >= LEAST_DIGITS and any(
        phone.endswith(number) for phone in listed.card.get("phones", [])
    ):
        return "done", _("Same telephone")
    if score >= names.MATCH:
        return "run", _("Very close name")
    return "wait", _("Name a little close")


def remember(form: SearchForm) -> str:
    """The address of the search page that shows what was found for the words."""
    held_id = hold(db.session(), member(), {"form": [["wanted", form.wanted.data]], "rule": None})
    return url_for("cases.new_case", held=held_id)


# Whose case


def own_teams() -> list[tuple[str, str]]:
    """(id, name) of the teams in which the member may open a case."""
    actor = member().actor
    able = actor.teams_with(Permission.CASE_CREATE)
    return [(str(one.team_id), one.team_name) for one in actor.memberships if one.team_id in able]


def team_of(form: ConsentForm | TallyForm) -> UUID:
    """The team that was chosen, or the member's only one."""
    return UUID(form["team"].data if "team" in form else own_teams()[0][0])


def begin(form: ConsentForm) -> UUID:
    """A draft case holds the consents; the same form sent again finds the same case.

    Raises NotVisible, NotAllowed, RuleBroken.
    """
    found, case_id = member(), case_id_of(form)
    day: date = form["received_on"].data
    answers = consents_from(form, day.isoformat())
    begin_case(db.session(), found.actor, found.keyring, team_of(form), case_id, answers)
    return case_id


def case_id_of(form: ConsentForm) -> UUID:
    """The id that was made with the form; raises NotVisible where it is none."""
    try:
        return UUID(str(form["case_id"].data))
    except ValueError:
        raise NotVisible from None


# Without a file


def leave_without_file() -> str:
    """The address of the page that counts a person who said no; it counts her once."""
    once = hold(db.session(), member(), {"tally": True})
    return url_for("cases.contact", once=once)


def count_once(form: TallyForm) -> None:
    """One person more was heard; the same page sent again counts nobody."""
    session, found = db.session(), member()
    text = str(form.once.data or "")
    if text and held(session, found, text) is None:
        return
    if text:
        session.delete(session.get_one(HeldForm, UUID(text)))
    tally_contact(session, found.actor, team_of(form), form.commune.data, form.need.data)


def once_now(form: TallyForm) -> None:
    """The form carries the mark of this one contact while it is good, else none."""
    text = str(form.once.data or request.args.get("once", ""))
    form.once.data = text if held(db.session(), member(), text) is not None else ""
