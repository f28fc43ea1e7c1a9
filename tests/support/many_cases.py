"""Many cases at once, sealed as the real acts seal them but written without them: for lists,
searches and measurements, where only what a list reads matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from casework.cases import case_codes, names
from casework.cases.models import Case, CaseAccess
from casework.demonstration.inventions import FAMILIES, MEN, WOMEN
from casework.vault.case_keys import OwnerAccess, new_case_key, seal_owner_access
from casework.vault.keys import TeamKeys

FIRST_DAY, DAYS = date(2024, 1, 1), 700
PROBLEMS = ("ec_naissance", "fon_terre", "suc_heritage", "vbg_agr_physique", "lib_detention")
COMMUNES = ("ML060208", "ML060204", "ML060506")


def random_id(rng: Random) -> UUID:
    """An id that the same seed gives again."""
    return UUID(int=rng.getrandbits(128), version=4)


def random_name(rng: Random) -> list[str]:
    """Given, father's and family name."""
    return [rng.choice(WOMEN), rng.choice(MEN), rng.choice(FAMILIES)]


def card_for(parts: list[str], rng: Random, **more: object) -> dict[str, object]:
    """The card of a case of one woman of this name."""
    return {
        "name": " ".join(parts),
        "others": [],
        "keys": names.folded_keys(parts),
        "phones": [f"7{rng.randrange(10**7):07}"],
        "place": "",
        "commune": rng.choice(COMMUNES),
        "sex": "F",
        "band": "25_59",
        "people": 1,
        "problems": [rng.choice(PROBLEMS)],
        "risk": "faible",
        **more,
    }


def row_for(rng: Random, team: TeamKeys, worker: UUID | None, **more: Any) -> dict[str, Any]:
    """The row of an open case of the team."""
    return {
        "id": random_id(rng),
        "code": case_codes.new_code(),
        "owner_team": team.team_id,
        "status": "ouvert",
        "opened_on": FIRST_DAY + timedelta(rng.randrange(DAYS)),
        "next_step_on": None,
        "assigned_to": worker,
        "version": 1,
        **more,
    }


def access_for(team: TeamKeys, case_id: UUID, card: Mapping[str, object]) -> dict[str, Any]:
    """The owner's access row of a case with this card."""
    owner = OwnerAccess(new_case_key(), dict(card))
    return {
        "team_id": team.team_id,
        "case_id": case_id,
        "referral_id": case_id,
        "kind": "owner",
        "epoch": team.epoch,
        "form": "sym",
        "revision": 1,
        "box": seal_owner_access(team, case_id, 1, owner),
        "sig": None,
        "expires_on": None,
    }


def add_cases(
    session: Session, team: TeamKeys, worker: UUID | None, count: int, rng: Random, **more: Any
) -> list[UUID]:
    """So many cases of the team, their cards invented; returns their ids."""
    rows = [row_for(rng, team, worker, **more) for _ in range(count)]
    boxes = [access_for(team, row["id"], card_for(random_name(rng), rng)) for row in rows]
    if rows:
        session.execute(insert(Case), rows)
        session.execute(insert(CaseAccess), boxes)
    return [row["id"] for row in rows]


def add_case(session: Session, team: TeamKeys, name: str, rng: Random, **more: object) -> UUID:
    """One case of a woman of this name; `more` stands on her card."""
    row = row_for(rng, team, None)
    session.execute(insert(Case), [row])
    card = card_for(name.split(), rng, **more)
    session.execute(insert(CaseAccess), [access_for(team, row["id"], card)])
    return UUID(str(row["id"]))
