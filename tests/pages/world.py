"""One of everything that has an address, for walking through every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.field_kinds import Per
from casework.consent.models import ConsentRow
from casework.programme.actions import Described, record_activity
from casework.referrals.models import ReferralMove
from casework.referrals.workflow import Move
from tests.support.cast import GOUNDAM, HEALTH, Cast
from tests.support.files import agree, moved, noted, opened, referred

SAMPLES: dict[str, Any] = {
    "period": "2026Q3",
    "language": "fr",
    "page": "names",
    "name": "identity",
    "kind": "journal",
    "noun": "service",
    "table": "commune",
    "quarter": "2026Q1",
    "verifier": "donor",
    "number": 5,
}
OF_STATISTICS = {"kind": "registered"}
OF_PROGRAMME = {"kind": "causerie"}


def sample(endpoint: str, name: str) -> Any:
    """A value for an argument that names no row of this world."""
    if endpoint.startswith("statistics.") and name in OF_STATISTICS:
        return OF_STATISTICS[name]
    if endpoint.startswith("programme.") and name in OF_PROGRAMME:
        return OF_PROGRAMME[name]
    return SAMPLES[name] if name in SAMPLES else uuid4()


@dataclass(frozen=True, slots=True)
class World:
    """The ids of what exists, by the name the addresses give them."""

    ids: dict[str, Any]

    def value(self, endpoint: str, name: str) -> Any:
        """The value for one argument of an address."""
        return self.ids[name] if name in self.ids else sample(endpoint, name)


def make_world(app: Flask, session: Session, cast: Cast) -> World:
    """A case of Goundam, followed, referred to the health centre and accepted there."""
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    moved(session, mariam, row, Move.ACCEPT)
    entry_id = noted(session, zeinab, case, Per.JOURNAL, nature="entretien", text="Un mot.")
    consent = session.scalars(select(ConsentRow.id).where(ConsentRow.case_id == case.id)).first()
    heads = {("F", "u18"): 7}
    said = Described("causerie", clock.today(), "ML060208", "photo", theme="land", heads=heads)
    talk = record_activity(session, cast.person("aminata").actor, said)
    move_id = session.scalars(select(ReferralMove.id)).first()
    session.commit()
    return World(
        {
            "case_id": case.id,
            "referral_id": row.id,
            "consent_id": consent,
            "entry_id": entry_id,
            "move_id": move_id,
            "provider_id": cast.provider(HEALTH),
            "team_id": cast.team(GOUNDAM).id,
            "partner_id": cast.team(HEALTH).id,
            "other_id": cast.team(HEALTH).id,
            "user_id": cast.person("ibrahim").id,
            "activity_id": talk.id,
        }
    )
