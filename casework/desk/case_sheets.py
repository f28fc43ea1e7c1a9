"""The case as its page shows it: opened once, noted in the log, every answer in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import record_view
from casework.cases.access import OpenCase, access_case
from casework.cases.assignment import staff_names
from casework.cases.case_file import Told, told
from casework.cases.closure import is_mistake_of
from casework.cases.follow_up import FOLLOWED
from casework.cases.models import CaseStatus
from casework.cases.sections import Entry, Section, read_entries, read_sections
from casework.consent.actions import SECTION as CONSENTS
from casework.consent.actions import VERSION, list_consents
from casework.consent.records import Consent
from casework.policy import Actor, Permission
from casework.vault.keys import Keyring

P = Permission
INTERNAL = frozenset({"admin"})
ASSIGNED, TEAM = "assigned", "team"
"""On which ground a member looked at a case: she works on it, or it is her team's."""


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """One case, opened, with what happened in it and the names of who wrote it down."""

    case: OpenCase
    sections: Mapping[str, Section] = field(repr=False)
    entries: Sequence[Entry] = field(repr=False)
    consents: Sequence[Consent] = field(repr=False)
    names: Mapping[UUID, str] = field(repr=False)
    may: frozenset[Permission]
    may_erase: bool

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        """What each written section says."""
        return {name: dict(section.value) for name, section in self.sections.items()}

    @property
    def closed(self) -> bool:
        """True while the case is closed."""
        return self.case.row.status == CaseStatus.CLOSED

    @property
    def overdue(self) -> bool:
        """True when the next step was due before today."""
        step = self.case.row.next_step_on
        return step is not None and step < clock.today()

    @property
    def told(self) -> list[Told]:
        """What happened, each act as it was last told, newest first."""
        return told(self.entries)[::-1]

    def name_of(self, text: object) -> str:
        """What colleagues call the member of staff with this id; empty for nobody."""
        return self.names.get(UUID(str(text)), "") if text else ""


def open_sheet(
    session: Session, actor: Actor, keyring: Keyring, server_key: bytes, case_id: UUID
) -> CaseSheet:
    """The case, opened for reading; the log says who looked at which sections, and why she may.

    Raises NotVisible, NotAllowed, SealBroken.
    """
    case = access_case(session, actor, keyring, case_id, P.CASE_VIEW)
    sections = read_sections(session, case)
    entries = read_entries(session, case, FOLLOWED)
    staff = [case.row.assigned_to, *(writer(entry) for entry in entries)]
    note_view(session, actor, case, sorted(set(sections) - INTERNAL))
    return CaseSheet(
        case,
        sections,
        entries,
        list_consents(session, case.id, case.key(CONSENTS, VERSION)),
        staff_names(session, server_key, staff),
        frozenset(one for one in Permission if actor.may_in(one, case.row.owner_team)),
        may_erase(actor, case, sections),
    )


def writer(entry: Entry) -> UUID | None:
    """Who wrote an entry down."""
    text = entry.value.get("recorded_by")
    return UUID(str(text)) if text else None


def note_view(session: Session, actor: Actor, case: OpenCase, sections: Sequence[str]) -> None:
    """The log will say that the member looked at these sections, and on which ground."""
    ground = ASSIGNED if case.row.assigned_to == actor.user_id else TEAM
    record_view(
        session,
        "case.viewed",
        actor.user_id,
        case=case.id,
        sections=list(sections),
        grounds=[ground],
    )


def may_erase(actor: Actor, case: OpenCase, sections: Mapping[str, Section]) -> bool:
    """True for a coordinator, and within 24 hours for whoever created the case by mistake."""
    own_mistake = is_mistake_of(actor, sections["admin"].value)
    return own_mistake or actor.may_in(P.CASE_ERASE, case.row.owner_team)
