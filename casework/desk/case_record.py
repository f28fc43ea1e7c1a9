"""What was done with a file and who saw it, told from the log to the person it is about: short
sentences, to be read aloud, by function and organisation, without a word out of the file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.audit.pages import about_case
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l
from casework.i18n import ngettext as _n
from casework.people.labels import role_label
from casework.people.models import Team
from casework.people.readers import Function, Reader, by_function, functions_of, opened_by

TOLD: dict[str, Any] = {
    "case.opened": _l("opened your file"),
    "section.written": _l("wrote in your file"),
    "entry.written": _l("wrote in your file"),
    "card.written": _l("wrote in your file"),
    "outcome.recorded": _l("wrote down a result"),
    "consent.recorded": _l("wrote down what you said yes or no to"),
    "consent.withdrawn": _l("wrote down that you no longer agree"),
    "necessity.requested": _l("asked to share a part of your file because of a danger"),
    "necessity.confirmed": _l("agreed to share a part of your file because of a danger"),
    "referral.sent": _l("asked another service for help for you"),
    "referral.moved": _l("followed up a request for help"),
    "grant.issued": _l("let %(team)s read a part of your file"),
    "grant.ended": _l("took back from %(team)s what it could read"),
    "letter.printed": _l("printed a letter for you"),
    "case.assigned": _l("gave your file to the person who follows it"),
    "case.closed": _l("closed your file"),
    "case.reopened": _l("opened your file again"),
    "record.read": _l("read to you what was done with your file"),
    "record.printed": _l("gave you this on paper"),
}
MOST = 500


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did on one day, as one sentence."""

    day: date
    words: str


@dataclass(frozen=True, slots=True)
class Record:
    """What was done, oldest first; who looked, one sentence a function; `cut` where the log holds
    more than 500 acts."""

    deeds: Sequence[Deed]
    seen: Sequence[str]
    cut: bool


def record_of(session: Session, case_id: UUID) -> Record:
    """Everything the person is told about her file."""
    entries = about_case(session, case_id, tuple(TOLD), MOST)
    looks = opened_by(session, case_id)
    seen = [looked(one) for one in by_function(session, looks)]
    cut = MOST in (len(entries), len(looks))
    return Record(deeds(session, entries[::-1]), seen, cut)


def deeds(session: Session, entries: Sequence[AuditEntry]) -> list[Deed]:
    """One sentence for what people of one function did on one day, each kind of act once."""
    functions = functions_of(session, {entry.actor_id for entry in entries})
    names = team_names(session, entries)
    told: dict[tuple[date, str], list[str]] = {}
    for entry in entries:
        who = somebody(functions.get(entry.actor_id, ())) if entry.actor_id else _("The program")
        told.setdefault((clock.local(entry.at).date(), who), []).append(act(entry, names))
    return [
        Deed(day, sentence(who, list(dict.fromkeys(acts)))) for (day, who), acts in told.items()
    ]


def act(entry: AuditEntry, names: dict[str, str]) -> str:
    """What was done, as it is said to the person."""
    return str(TOLD[entry.action]) % {"team": names.get(team_of(entry), _("another service"))}


def sentence(who: str, acts: Sequence[str]) -> str:
    """Who did what, as one sentence to the person."""
    *most, last = acts
    what = _("%(these)s and %(this)s", these=", ".join(most), this=last) if most else last
    return str(_("%(who)s %(what)s.", who=who, what=what))


def somebody(held: Sequence[Function], people: int = 1) -> str:
    """One person or several, by function and organisation."""
    if not held:
        return str(_("Somebody who works here no more"))
    everywhere = _("for the whole organisation")
    where = _(" and ").join(
        f"{small(role_label(role))}, {team or everywhere}" for role, team in held
    )
    return str(_n("Somebody (%(where)s)", "%(num)d people (%(where)s)", people, where=where))


def small(label: object) -> str:
    """The label of a function inside a sentence."""
    text = str(label)
    return text[:1].lower() + text[1:]


def looked(reader: Reader) -> str:
    """Who looked at the file, and how often."""
    if reader.people > 1:
        who = somebody(reader.functions, reader.people)
        words = _(
            "%(who)s looked at your file, %(times)s times in all.", who=who, times=reader.times
        )
        return str(words)
    words = _n(
        "%(who)s looked at your file once.",
        "%(who)s looked at your file %(num)d times.",
        reader.times,
        who=somebody(reader.functions),
    )
    return str(words)


def team_of(entry: AuditEntry) -> str:
    """The id of the team an act is about; empty for most."""
    return str(json.loads(entry.body).get("team", "")) if entry.body else ""


def team_names(session: Session, entries: Sequence[AuditEntry]) -> dict[str, str]:
    """The names of the teams these acts are about."""
    ids = {UUID(team) for team in map(team_of, entries) if team}
    rows = session.execute(select(Team.id, Team.name).where(Team.id.in_(ids)))
    return {str(team_id): name for team_id, name in rows}
