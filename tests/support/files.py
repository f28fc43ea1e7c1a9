"""A case as the tests open it: by the real acts, with as little written as the rules allow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from casework import clock
from casework.cases import intake
from casework.cases.access import OpenCase
from casework.cases.field_kinds import Per
from casework.cases.follow_up import record_entry
from casework.cases.sections import read_section
from casework.consent import actions as consents
from casework.consent.records import ASSENT, RECORDING, SHARING, STATISTICS, TWO_WORKERS
from casework.referrals.actions import Act, move
from casework.referrals.deadlines import Urgency
from casework.referrals.drafting import Wish, draft_referral
from casework.referrals.models import Referral
from casework.referrals.workflow import By, Move
from tests.support.cast import Person

COMMUNE = "ML060208"
CANARY = "Zoumanatou Canari-Tessalit"


def woman(**more: Any) -> dict[str, Any]:
    """A beneficiary: a woman of 34, with a name no other text holds."""
    age = {"years": 34, "as_of": clock.today().isoformat()}
    return {"id": str(uuid4()), "sex": "F", "age": age, "given_name": CANARY, **more}


def answer(kind: str, said: str = "yes", **more: Any) -> dict[str, object]:
    """What a person answered today, aloud before a witness."""
    return {
        "kind": kind,
        "answer": said,
        "given_on": clock.today().isoformat(),
        "mode": "oral_temoin",
        "language": "khq",
        **more,
    }


def opened(
    session: Session,
    worker: Person,
    *,
    people: list[dict[str, Any]] | None = None,
    grievances: list[dict[str, Any]] | None = None,
    statistics: str = "yes",
    **sections: dict[str, Any],
) -> OpenCase:
    """An open case of the worker's team."""
    assert worker.team_id is not None
    answers = [answer(RECORDING), answer(STATISTICS, statistics)]
    by = (session, worker.actor, worker.keyring)
    case = intake.begin_case(*by, worker.team_id, uuid4(), answers)
    identity: dict[str, Any] = {"commune": COMMUNE, "beneficiaries": people or [woman()]}
    facts: dict[str, Any] = {"grievances": grievances or [civil_status()], "risk": "faible"}
    for name, value in {"identity": identity, "facts": facts, **sections}.items():
        intake.save_section(*by, case.id, name, value, 0)
    return intake.complete_intake(*by, case.id)


def case_of_a_girl(session: Session, worker: Person, asked: bool = True) -> OpenCase:
    """An open case of a girl of 15 whose guardian is suspected: the worker decided in her place, a
    second one has not yet; with `asked`, the girl herself said yes."""
    assert worker.team_id is not None
    answers = [answer(kind, by=TWO_WORKERS) for kind in (RECORDING, STATISTICS)]
    if asked:
        answers.append(answer(ASSENT, by="personne"))
    by = (session, worker.actor, worker.keyring)
    case = intake.begin_case(*by, worker.team_id, uuid4(), answers)
    girl = woman(age={"years": 15, "as_of": clock.today().isoformat()})
    identity: dict[str, Any] = {"commune": COMMUNE, "beneficiaries": [girl]}
    facts: dict[str, Any] = {"grievances": [civil_status()], "risk": "faible"}
    for name, value in {"identity": identity, "facts": facts}.items():
        intake.save_section(*by, case.id, name, value, 0)
    return intake.complete_intake(*by, case.id)


def civil_status(**more: Any) -> dict[str, Any]:
    """A grievance about a birth that was never declared."""
    return {"id": str(uuid4()), "justice_type": "ec_naissance", **more}


def agree(
    session: Session,
    worker: Person,
    case: OpenCase,
    provider_id: UUID,
    *sections: str,
    days: int = 180,
    service: str = "",
) -> UUID:
    """The person agrees that the provider may open the sections; returns the consent's id."""
    expires = (clock.today() + timedelta(days=days)).isoformat()
    value = answer(
        SHARING,
        recipient=str(provider_id),
        sections=list(sections),
        expires_on=expires,
        service=service,
    )
    key = case.key(consents.SECTION, consents.VERSION)
    return consents.record_consent(session, worker.actor, case.id, key, value).id


def referred(
    session: Session,
    worker: Person,
    case: OpenCase,
    provider_id: UUID,
    *sections: str,
    service: str = "sante",
    urgency: Urgency = Urgency.URGENT,
    channel: str = "electronic",
) -> Referral:
    """A referral of the case, sent."""
    wish = Wish(provider_id, service, urgency, channel, sections=sections)
    row = draft_referral(session, worker.actor, worker.keyring, case.id, wish)
    moved(session, worker, row, Move.SEND)
    return row


def moved(
    session: Session, who: Person, row: Referral, wanted: Move, by: By | None = None, **act: Any
) -> None:
    """The person has moved the referral today."""
    done = Act(clock.today(), **act)
    move(session, who.actor, who.keyring, row.id, wanted, done, by=by)


def noted(session: Session, worker: Person, case: OpenCase, kind: Per, **value: object) -> UUID:
    """An entry of today stands in the case; returns its id."""
    dated = {"happened_on": clock.today().isoformat(), **value}
    return record_entry(session, worker.actor, worker.keyring, case.id, kind, dated).id


def value_of(session: Session, case: OpenCase, section: str) -> dict[str, object]:
    """What a section holds now."""
    return read_section(session, case, section).value
