"""Sections and entries of an open case: read, written with the revision that was shown,
re-keyed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.log import record
from casework.cases.access import OpenCase
from casework.cases.models import CaseEntry, CaseSection
from casework.errors import StaleVersion
from casework.policy import Actor
from casework.vault.case_keys import open_entry, open_section, seal_entry, seal_section
from casework.vault.primitives import fingerprint

Value = dict[str, object]


@dataclass(frozen=True, slots=True)
class Section:
    """One section as it was read: its value and the revision a change must name."""

    value: Value = field(repr=False)
    version: int = 1
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was read."""

    id: UUID
    section: str
    value: Value = field(repr=False)
    revision: int


def read_section(session: Session, case: OpenCase, section: str) -> Section:
    """The section, or an empty one of revision 0 when nothing was ever written."""
    row = session.get(CaseSection, (case.id, section))
    return opened(case, row) if row else Section({})


def read_sections(session: Session, case: OpenCase) -> dict[str, Section]:
    """Every section that was ever written, by name, in one query."""
    rows = session.scalars(select(CaseSection).where(CaseSection.case_id == case.id)).all()
    return {row.section: opened(case, row) for row in rows}


def opened(case: OpenCase, row: CaseSection) -> Section:
    """A row's value; raises SealBroken when the box is not this section's."""
    key = case.key(row.section, row.version)
    value = open_section(key, case.id, row.section, row.version, row.revision, row.box)
    return Section(value, row.version, row.revision)


def write_section(
    session: Session, actor: Actor, case: OpenCase, section: str, value: Value, shown_revision: int
) -> int:
    """The section holds the value under its next revision, which is returned.

    Raises StaleVersion when `shown_revision` is not the present one.
    """
    row = session.get(CaseSection, (case.id, section))
    present = row.revision if row else 0
    if present != shown_revision:
        raise StaleVersion
    version = row.version if row else 1
    box = sealed(case, section, version, present + 1, value)
    if row is None:
        row = CaseSection(case_id=case.id, section=section, version=version, revision=1, box=box)
        session.add(row)
    else:
        row.revision, row.box = present + 1, box
    session.flush()
    note_section(session, actor, row)
    return row.revision


def sealed(
    case: OpenCase, section: str, version: int, revision: int, value: Mapping[str, object]
) -> bytes:
    """The box of a section in one version and revision."""
    return seal_section(case.key(section, version), case.id, section, version, revision, value)


def note_section(session: Session, actor: Actor, row: CaseSection) -> None:
    """The audit entry of a written section."""
    record(
        session,
        "section.written",
        actor=actor.user_id,
        case=row.case_id,
        section=row.section,
        revision=row.revision,
        digest=fingerprint(row.box),
    )


def add_entry(
    session: Session,
    case: OpenCase,
    section: str,
    value: Value,
    entry_id: UUID | None = None,
) -> CaseEntry:
    """A new entry stands in the section; the caller writes the audit entry of the act it
    belongs to."""
    version = section_version(session, case.id, section)
    row = CaseEntry(
        case_id=case.id, id=entry_id or uuid4(), section=section, version=version, revision=1
    )
    row.box = seal_entry(case.key(section, version), case.id, section, row.id, version, 1, value)
    session.add(row)
    return row


def box_name(row: CaseEntry) -> str:
    """What the audit log calls the box of an entry."""
    return f"entry:{row.id}"


def digest_of(row: CaseEntry) -> dict[str, str]:
    """The entry's box as the audit log writes it: name and digest."""
    return {box_name(row): fingerprint(row.box)}


def section_version(session: Session, case_id: UUID, section: str) -> int:
    """The present version of a section's key: raised whenever somebody loses it."""
    row = session.get(CaseSection, (case_id, section))
    return row.version if row else 1


def change_entry(
    session: Session, case: OpenCase, entry_id: UUID, value: Value, shown_revision: int
) -> CaseEntry:
    """The entry holds the value under its next revision; raises StaleVersion."""
    row = session.get_one(CaseEntry, (case.id, entry_id))
    if row.revision != shown_revision:
        raise StaleVersion
    key = case.key(row.section, row.version)
    row.box = seal_entry(key, case.id, row.section, row.id, row.version, row.revision + 1, value)
    row.revision += 1
    return row


def read_entries(
    session: Session, case: OpenCase, sections: Iterable[str] | None = None
) -> list[Entry]:
    """The entries of the named sections, or of all, oldest act first (at most 1 000)."""
    query = select(CaseEntry).where(CaseEntry.case_id == case.id)
    if sections is not None:
        query = query.where(CaseEntry.section.in_(list(sections)))
    rows = session.scalars(query.order_by(CaseEntry.id).limit(1000)).all()
    return sorted((read(case, row) for row in rows), key=moment)


def read(case: OpenCase, row: CaseEntry) -> Entry:
    """One entry opened; raises SealBroken."""
    key = case.key(row.section, row.version)
    value = open_entry(key, case.id, row.section, row.id, row.version, row.revision, row.box)
    return Entry(row.id, row.section, value, row.revision)


def moment(entry: Entry) -> tuple[str, str, str]:
    """The order of acts: the day they happened, the moment they were recorded, their number."""
    parts = (entry.value.get(key, "") for key in ("happened_on", "recorded_at", "number"))
    day, recorded_at, number = parts
    return str(day), str(recorded_at), f"{number:>4}"


def rekey_section(session: Session, actor: Actor, case: OpenCase, section: str) -> dict[str, str]:
    """The section and its entries are under the key of the next version: former keys open
    nothing new.

    Returns the digests of the boxes that were sealed anew, by name.
    """
    row = session.get(CaseSection, (case.id, section))
    if row is None:
        row = CaseSection(case_id=case.id, section=section, version=1, revision=0, box=b"")
        session.add(row)
        value: Value = {}
    else:
        value = opened(case, row).value
    entries = session.scalars(
        select(CaseEntry).where(CaseEntry.case_id == case.id, CaseEntry.section == section)
    ).all()
    texts = [read(case, entry).value for entry in entries]
    row.version, row.revision = row.version + 1, row.revision + 1
    row.box = sealed(case, section, row.version, row.revision, value)
    for entry, text in zip(entries, texts, strict=True):
        entry.version, entry.revision = row.version, entry.revision + 1
        key = case.key(section, entry.version)
        entry.box = seal_entry(key, case.id, section, entry.id, entry.version, entry.revision, text)
    return {f"section:{section}": fingerprint(row.box)} | {
        box_name(entry): fingerprint(entry.box) for entry in entries
    }
