"""Drafts: what a browser without keys, or an expired session, seals to a team's draft key."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from casework.vault.context import ctx
from casework.vault.documents import pack, unpack
from casework.vault.keys import TeamKeys
from casework.vault.primitives import hpke_open, hpke_seal
from casework.vault.suites import P256


def seal_draft(
    draft_public: bytes,
    team_id: UUID,
    epoch: int,
    draft_id: UUID,
    kind: str,
    payload: Mapping[str, object],
) -> bytes:
    """One draft (kind intake, answer or lost-form) that only the team's keyholders can open.

    `draft_public` is the team's P-256 point, 65 bytes; raises `SealBroken` when malformed. A
    draft proves nothing about who wrote it: a keyholder reads it before it becomes part of a case.
    """
    info = ctx("draft", team_id, epoch, draft_id, kind)
    return hpke_seal(draft_public, pack(payload), info, P256)


def open_draft(team: TeamKeys, draft_id: UUID, kind: str, box: bytes) -> dict[str, object]:
    """The draft's JSON object, with the team's keys of the epoch it was sealed to.

    Raises `SealBroken`.
    """
    info = ctx("draft", team.team_id, team.epoch, draft_id, kind)
    return unpack(hpke_open(team.draft_private, box, info, P256))
