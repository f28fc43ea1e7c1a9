"""What the scenarios are staged with: the same people, matters and acts for every seed."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any
from uuid import UUID, uuid5

from casework import clock
from casework.cases import assignment, closure, intake
from casework.cases.access import access_case
from casework.cases.field_kinds import Per
from casework.cases.sections import read_section
from casework.demonstration.inventions import Story
from casework.demonstration.play import Performance, Step, note
from casework.demonstration.stage import Stage
from casework.policy import Permission

PLAYED = UUID("6f0c1f4e-50e5-4c4f-8f4f-0f6d5d3c9a11")
GOUNDAM, DOUEKIRE, ALAFIA, BOUREM, TOMBOUCTOU = (
    "ML060208",
    "ML060204",
    "ML060501",
    "ML060503",
    "ML060506",
)


def ident(*parts: str) -> UUID:
    """The same id for the same words."""
    return uuid5(PLAYED, " ".join(parts))


def someone(key: str, sex: str, years: int, on: date, given: str, **names: str) -> dict[str, Any]:
    """A beneficiary of a scenario."""
    age = {"years": years, "as_of": on.isoformat()}
    return {"id": str(ident(key)), "sex": sex, "age": age, "given_name": given, **names}


def matter(key: str, people: list[dict[str, Any]], story: str, **fields: Any) -> dict[str, Any]:
    """A grievance of a scenario."""
    ids = [person["id"] for person in people]
    return {"id": str(ident(key, "grief")), "people": ids, "story": story, **fields}


def staged(
    stage: Stage,
    key: str,
    on: date,
    commune: str,
    worker: str,
    people: list[dict[str, Any]],
    grievances: list[dict[str, Any]],
    risk: str = "moyen",
    counted: bool = True,
    more: dict[str, Any] | None = None,
) -> Performance:
    """A scenario ready to be played."""
    first = grievances[0]
    story = Story(
        case_id=ident(key, "case"),
        received_on=on,
        commune=commune,
        problem=(first.get("gbv_acts") or [first.get("justice_type", "autre")])[0],
        risk=risk,
        counted=counted,
        chance=Random(key),  # nosec B311 - invented people, no secret
        identity={"commune": commune, "beneficiaries": people, **(more or {})},
        facts={"grievances": grievances, "risk": risk},
    )
    return Performance(stage, story, -2, stage.player(worker))


def lately(play: Performance) -> Step:
    """A visit some days ago: what is still open is being followed."""
    text = "Visite. Elle va mieux ; la suite est convenue avec elle."
    days = (clock.today() - play.story.received_on).days - 5
    return play.at(days, lambda: note(play, Per.JOURNAL, nature="visite", text=text))


def reopen(play: Performance) -> None:
    """She comes back: the same case is open again."""
    text = "Elle revient. Nouvelle violence depuis une semaine."
    value: dict[str, object] = {"happened_on": clock.today().isoformat(), "text": text}
    closure.reopen_case(play.stage.session, *play.worker.by, play.story.case_id, value)


def tell(play: Performance, grievance: dict[str, Any], **section: dict[str, Any]) -> None:
    """One more grievance is told today; `section` holds what is said about it elsewhere."""
    told = {"facts": {"grievances": [grievance]}, **section}
    session, by = play.stage.session, play.worker.by
    for name, value in told.items():
        case = access_case(session, *by, play.story.case_id, Permission.CASE_VIEW)
        known = read_section(session, case, name)
        merged = {**known.value, **joined(known.value, value)}
        intake.save_section(session, *by, case.id, name, merged, known.revision)
    play.story.facts["grievances"].append(grievance)


def joined(known: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The grievances of a section, or what it says of each, with some more."""
    before, added = known.get("grievances"), more["grievances"]
    merged = [*(before or []), *added] if isinstance(added, list) else {**(before or {}), **added}
    return {"grievances": merged}


def hand_over(play: Performance, coordinator: str, to: str, reason: str) -> None:
    """The coordinator gives the case to somebody else: who had it is too close to the people."""
    stage, chief = play.stage, play.stage.player(coordinator)
    other = stage.player(to)
    case_id, to_whom = play.story.case_id, other.actor.user_id
    assignment.assign_case(stage.session, *chief.by, case_id, to_whom, reason, conflict=True)
    play.worker = other
