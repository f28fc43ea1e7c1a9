"""The sections a person shared, in words: what the receiver of an accepted referral reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.cases.case_file import standing
from casework.cases.field_kinds import ENTRIES, Per
from casework.cases.fields import of_entry, of_section
from casework.cases.form_sheets import Row, Sheet, Values, of_case, rows_of, sheet_of
from casework.cases.form_words import answers_in_words, grievances_named, people_named
from casework.cases.sections import Entry
from casework.consent.recipients import Section
from casework.web.formats import partial_day

Answers = list[tuple[Any, str]]
DATED = "happened_on"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a shared section: whom, which matter or which day it is about, and the answers."""

    caption: str = field(repr=False)
    answers: Answers = field(repr=False)


def parts_of(values: Values, entries: Sequence[Entry], section: Section) -> list[Part]:
    """Everything that stands in one shared section, in the order of its fields."""
    found = [*written(values, section), *happened(values, entries, section)]
    return [part for part in found if part.answers]


def written(values: Values, section: Section) -> Iterator[Part]:
    """The answers about the case, then about each person or matter."""
    fields = of_section(section)
    rows = rows_in(values, section)
    sheet = sheet_of(fields, values, rows)
    yield Part("", answers_in_words(values, sheet))
    captions = dict([*people_named(values), *grievances_named(values)])
    for row in rows:
        yield Part(captions.get(row.id, ""), answers_in_words(values, sheet, row.id))


def rows_in(values: Values, section: Section) -> tuple[Row, ...]:
    """The people or matters that a section has answers about."""
    if section is Section.IDENTITY:
        return rows_of(values, Per.BENEFICIARY)
    if section is Section.FACTS:
        return rows_of(values, Per.GRIEVANCE)
    told: Any = values.get(section, {}).get("grievances", {})
    return rows_of(values, Per.GRIEVANCE, list(told)) if isinstance(told, Mapping) else ()


def happened(values: Values, entries: Iterable[Entry], section: Section) -> Iterator[Part]:
    """What happened since, one part an act, as it was last told."""
    for entry in standing(entries):
        if entry.section == section and entry.value.get("kind") in ENTRIES:
            fields = [one for one in of_entry(Per(str(entry.value["kind"]))) if one.name != DATED]
            sheet = Sheet(of_case(fields))
            told = {**values, str(section): entry.value}
            yield Part(partial_day(str(entry.value.get(DATED, ""))), answers_in_words(told, sheet))
