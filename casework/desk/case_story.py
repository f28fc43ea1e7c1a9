"""What happened in a case, in words: every act once, as last told, with what stood before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from casework import codes
from casework.cases import rules
from casework.cases.case_file import Told
from casework.cases.counting import counts_as_redress
from casework.cases.field_kinds import Per
from casework.cases.fields import of_entry
from casework.cases.follow_up import CORRECTED
from casework.cases.form_sheets import grievances_of
from casework.cases.form_words import grievances_named, in_words, people_named
from casework.cases.sections import Entry
from casework.desk.case_sheets import CaseSheet
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l

KINDS: dict[str, Any] = {
    Per.JOURNAL: _l("Note"),
    Per.STEP: _l("Procedural step"),
    Per.SERVICE: _l("Service given by us"),
    Per.OUTCOME: _l("Outcome"),
    Per.CLOSURE: _l("Case closed"),
    Per.REOPENING: _l("Case opened again"),
}
TITLES = {
    Per.JOURNAL: ("nature", "nature_note"),
    Per.STEP: ("code", "etape_justice"),
    Per.SERVICE: ("code", "type_service"),
    Per.OUTCOME: ("code", "issue"),
    Per.CLOSURE: ("code", "motif_cloture"),
}
"""In which field of an entry its heading stands, and in which code list the words."""

IN_HEAD = frozenset({"code", "nature", "happened_on"})
REDRESS_SHAPES = {"oui": "done", "partiel": "wait", "etape": "run", "service": "run"}


@dataclass(frozen=True, slots=True)
class Said:
    """One text of an act: who wrote it, when, and what it says."""

    by: str = field(repr=False)
    recorded_at: str
    rows: list[tuple[Any, str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the case as the page tells it; `redress` is shape and words, for an outcome."""

    id: UUID
    kind: str
    kind_words: Any
    title: str = field(repr=False)
    happened_on: str
    now: Said
    before: list[Said] = field(repr=False)
    void: bool = False
    correctable: bool = False
    redress: tuple[str, Any] | None = None

    @property
    def written_later(self) -> bool:
        """True when the act was written down on another day than it happened."""
        return self.now.recorded_at[:10] != self.happened_on[:10]


def story(sheet: CaseSheet) -> list[Act]:
    """Everything that happened, newest first."""
    return [act(sheet, one) for one in sheet.told]


def act(sheet: CaseSheet, one: Told) -> Act:
    """One act in words."""
    value = one.now.value
    kind = Per(str(value["kind"]))
    return Act(
        id=one.now.id,
        kind=kind,
        kind_words=_("New worker") if value.get("assigned") else KINDS[kind],
        title=title(kind, value),
        happened_on=str(value.get("happened_on", "")),
        now=said(sheet, one.now),
        before=[said(sheet, entry, whole=True) for entry in one.before],
        void=one.void,
        correctable=kind in CORRECTED and not one.void and not value.get("assigned"),
        redress=redress(sheet, one) if kind is Per.OUTCOME and not one.void else None,
    )


def title(kind: Per, value: dict[str, Any]) -> str:
    """The heading of an act: the words of its code."""
    if kind not in TITLES or value.get("assigned"):
        return ""
    name, list_name = TITLES[kind]
    return codes.label(list_name, str(value[name])) if value.get(name) else ""


def said(sheet: CaseSheet, entry: Entry, *, whole: bool = False) -> Said:
    """What one entry says beside its heading; with `whole`, the heading too."""
    value = entry.value
    names = dict([*people_named(sheet.values), *grievances_named(sheet.values)])
    fields = of_entry(Per(str(value["kind"])))
    rows = [
        (each.label, in_words(each, value[each.name], names))
        for each in fields
        if each.name in value and (whole or each.name not in IN_HEAD)
    ]
    by = sheet.name_of(value.get("recorded_by"))
    return Said(by, str(value.get("recorded_at", "")), [row for row in rows if row[1]])


def redress(sheet: CaseSheet, one: Told) -> tuple[str, Any]:
    """Whether an outcome counts as redress: shape of the tag and words."""
    code = str(one.now.value["code"])
    if rules.is_alert(code):
        return "late", _("Unlawful: never counts as redress")
    if rules.is_redress(code):
        if counts_as_redress(one.now, grievances_of(sheet.values)):
            return "done", _("Counts as redress")
        return "late", _("Not allowed for this: does not count as redress")
    sort = rules.REDRESS[code]
    return REDRESS_SHAPES.get(sort, "stop"), codes.label("reparation", sort)


def outcomes(acts: list[Act]) -> list[Act]:
    """The outcomes that stand, newest first."""
    return [one for one in acts if one.kind == Per.OUTCOME and not one.void]
