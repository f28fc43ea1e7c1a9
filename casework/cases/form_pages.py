"""One page of questions about a case: opened, shown, kept, and compared when two people wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask import abort, request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework.audit.log import record_view
from casework.cases.access import OpenCase, access_case
from casework.cases.form_intake import CHANGED
from casework.cases.form_sheets import Sheet, Values, placed, read
from casework.cases.form_words import differences, grievances_named, people_named
from casework.cases.forms import REVISION, DeclaredForm, data_for, sheet_form, values_from
from casework.cases.intake import save_section
from casework.cases.sections import Section, read_sections
from casework.db import db
from casework.errors import RuleBroken, StaleVersion
from casework.policy import Permission
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member
from casework.web.held import held

ROW_ID = re.compile(r"[bg](\d{1,2})_id")
THEN, LATER, ANOTHER = "then", "later", "another"


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that the member may write, with its sections as they stand now."""

    case: OpenCase
    sections: Mapping[str, Section] = field(repr=False)

    @property
    def id(self) -> UUID:
        """The case's id."""
        return self.case.id

    @property
    def values(self) -> Values:
        """What each written section says."""
        return {name: section.value for name, section in self.sections.items()}

    def revision(self, section: str) -> int:
        """The revision a change of the section must name."""
        return self.sections[section].revision if section in self.sections else 0


def to_write(case_id: UUID) -> Opened:
    """The case, opened for the member who may write it; raises NotVisible, NotAllowed."""
    found, session = member(), db.session()
    case = access_case(session, found.actor, found.keyring, case_id, Permission.CASE_WRITE)
    return Opened(case, read_sections(session, case))


def note_view(case: OpenCase, sections: Sequence[str]) -> None:
    """The log says that the member looked at these sections."""
    record_view(
        db.session(),
        "case.viewed",
        member().actor.user_id,
        case=case.id,
        sections=list(sections),
        grounds=[],
    )


def held_pairs() -> list[tuple[str, str]]:
    """What was typed and waits under the address; empty when nothing does."""
    kept = held(db.session(), member(), request.args.get("held")) or {}
    return [(str(name), str(text)) for name, text in kept.get("form", [])]


def row_ids(pairs: Mapping[str, str]) -> list[str]:
    """The ids of the rows of a posted page, in their order.

    Aborts with 400 when one is no id.
    """
    found = {
        int(match[1]): text for name, text in pairs.items() if (match := ROW_ID.fullmatch(name))
    }
    try:
        return [str(UUID(found[number])) for number in sorted(found)]
    except ValueError:
        abort(400)


def row_ids_now() -> list[str] | None:
    """The ids of the rows of the page that is posted, or that waits to be shown again.

    None when nothing was typed yet. A row that is not posted is never taken for an emptied one.
    """
    if request.method == "POST":
        return row_ids(request.form)
    typed = held_pairs()
    return row_ids(MultiDict(typed)) if typed else None


def class_of(opened: Opened, sheet: Sheet) -> type[DeclaredForm]:
    """The form of a sheet, with the revisions it was filled from."""
    values = opened.values
    hidden = [THEN, *(REVISION + section for section in sheet.sections)]
    told = read(values, sheet.questions)
    return sheet_form(sheet, told, people_named(values), grievances_named(values), hidden)


def form_to_show(opened: Opened, sheet: Sheet) -> DeclaredForm:
    """The form as it was typed a moment ago, else filled from what is stored."""
    note_view(opened.case, sheet.sections)
    revisions = {REVISION + name: str(opened.revision(name)) for name in sheet.sections}
    shown = data_for(read(opened.values, sheet.questions))
    return restored(class_of(opened, sheet), **shown, **revisions, **{THEN: request.args.get(THEN)})


def keep(opened: Opened, sheet: Sheet) -> tuple[DeclaredForm, Response | None]:
    """The posted answers are in their sections; else the way back, with everything typed."""
    form = posted(class_of(opened, sheet))
    if not form.validate():
        return form, sent_back()
    try:
        store(opened, sheet, form)
    except RuleBroken as rule:
        return form, sent_back(rule.code)
    except (StaleVersion, StaleDataError):
        return form, sent_back(CHANGED)
    return form, None


def store(opened: Opened, sheet: Sheet, form: DeclaredForm) -> None:
    """Every section that the answers change is written; posted again, nothing changes.

    Raises StaleVersion, RuleBroken.
    """
    found, present = member(), opened.values
    wanted = placed(present, sheet, values_from(form), form.removed())
    for section, value in wanted.items():
        if value != present.get(section, {}):
            shown = section in sheet.sections
            revision = form.revision(section) if shown else opened.revision(section)
            save_section(
                db.session(), found.actor, found.keyring, opened.id, section, value, revision
            )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of the same answers: what differs, and the form that keeps the typed one."""

    rows: Sequence[tuple[object, str, str]] = field(repr=False)
    pairs: Sequence[tuple[str, str]] = field(repr=False)


def comparison(opened: Opened, sheet: Sheet, form: DeclaredForm) -> Comparison | None:
    """What to choose between when a colleague wrote meanwhile; without rows, nothing differs."""
    if form.rule != CHANGED:
        return None
    mine = placed(opened.values, sheet, values_from(form), form.removed())
    rows = differences(mine, opened.values, sheet)
    now = [(REVISION + name, str(opened.revision(name))) for name in sheet.sections]
    for name, revision in now:
        form[name].data = revision
    typed = [pair for pair in held_pairs() if not pair[0].startswith(REVISION)]
    return Comparison(rows, [*typed, *now])
