"""Who looked at what in the last days: everyday looks, and some that an auditor would ask about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from casework.audit.log import flush_views
from casework.cases.models import Case, CaseStatus
from casework.demonstration.play import Step
from casework.demonstration.stage import Stage
from casework.desk.case_sheets import open_sheet

WORKERS = ("aminata", "ibrahim", "zeinab", "oumar", "fanta", "alassane")
DAYS, AT_A_TIME = 10, 2
CATCHING_UP = ("fanta", 3, time(10, 20), 36)
AT_NIGHT = ("alassane", 5, time(22, 40), 1)
"""Who, how many days ago, when, and how many files."""


def looking_steps(stage: Stage, server_key: bytes, today: date) -> Iterator[Step]:
    """Each worker opens two files of her own on each of ten days; one catches up on a whole week
    of notes in an hour, one opens a file at night."""
    for turn, handle in enumerate(WORKERS):
        for ago in range(1, DAYS + 1):
            moment = datetime.combine(today - timedelta(days=ago), time(9, 5 + turn), UTC)
            yield Step(moment, -2, partial(look, stage, server_key, handle, AT_A_TIME, ago))
    for handle, ago, at, files in (CATCHING_UP, AT_NIGHT):
        moment = datetime.combine(today - timedelta(days=ago), at, UTC)
        yield Step(moment, -2, partial(look, stage, server_key, handle, files))


def look(stage: Stage, server_key: bytes, handle: str, files: int, ago: int = 0) -> None:
    """The worker opened so many files of hers, or of her team where she has fewer."""
    player, session = stage.player(handle), stage.session
    for case_id in files_of(stage, handle, files, ago):
        open_sheet(session, *player.by, server_key, case_id)
    flush_views(session)


def files_of(stage: Stage, handle: str, files: int, ago: int) -> list[UUID]:
    """Files of her team, her own first; another day, others."""
    player = stage.player(handle)
    own = Case.assigned_to == player.actor.user_id
    query = (
        select(Case.id)
        .where(Case.owner_team == player.team_id, Case.status != CaseStatus.DRAFT)
        .order_by(own.desc(), Case.opened_on.desc(), Case.id)
        .offset(ago)
        .limit(files)
    )
    return list(stage.session.scalars(query))
