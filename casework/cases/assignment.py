"""Who works on a case: one member of its team who can open it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record
from casework.cases.access import OpenCase, access_case
from casework.cases.field_kinds import Per
from casework.cases.follow_up import note, stamped
from casework.cases.models import CaseStatus
from casework.cases.sections import Entry, add_entry
from casework.errors import RuleBroken
from casework.people.profiles import open_profile
from casework.people.queries import active_keyholders, profiles
from casework.policy import Actor, Permission
from casework.vault.keys import Keyring


def assign_case(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    to: UUID,
    reason: str = "",
    *,
    conflict: bool = False,
) -> OpenCase:
    """The member works on the case from now on; why stands sealed in its journal.

    With `conflict`, the reason is that whoever had it is too close to somebody in it: her name
    stays there, so that nobody gives it back to her unaware. Raises NotVisible, NotAllowed;
    RuleBroken: 'case_closed', 'not_in_team', 'conflict_of_interest'.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CASE_ASSIGN)
    if case.row.status == CaseStatus.CLOSED:
        raise RuleBroken("case_closed")
    if to not in active_keyholders(session, case.row.owner_team):
        raise RuleBroken("not_in_team")
    before = case.row.assigned_to
    if conflict and to == before:
        raise RuleBroken("conflict_of_interest")
    case.row.assigned_to = to
    if reason or conflict:
        write_reason(session, actor, case, reason, before if conflict else None)
    session.flush()
    record(session, "case.assigned", actor=actor.user_id, case=case.id, to=to)
    return case


def write_reason(
    session: Session, actor: Actor, case: OpenCase, reason: str, in_conflict: UUID | None
) -> None:
    """A note of today says why the case changed hands, and who must not have it again."""
    value = {
        "nature": "observation",
        "happened_on": clock.today().isoformat(),
        "text": reason,
        "assigned": True,
        **({"in_conflict": str(in_conflict)} if in_conflict else {}),
    }
    row = add_entry(session, case, "notes", stamped(actor, Per.JOURNAL, value))
    session.flush()
    note(session, actor, Per.JOURNAL, row)


def in_conflict(entries: Iterable[Entry]) -> frozenset[UUID]:
    """The members of whom the journal says that they are too close to somebody in the case."""
    found = (entry.value.get("in_conflict") for entry in entries)
    return frozenset(UUID(str(one)) for one in found if one)


def staff_names(session: Session, server_key: bytes, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """What colleagues call these members of staff, by id."""
    wanted = sorted({one for one in ids if one is not None})
    boxes = profiles(session, wanted) if wanted else {}
    return {one: open_profile(server_key, one, box)["name"] for one, box in boxes.items()}
