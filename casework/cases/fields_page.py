"""`docs/fields.md`, made from the declaration: every field, its section, its kind and its purpose.

`python -m casework.cases.fields_page > docs/fields.md` writes it; a test compares the two. Outside
a request labels are in English, the language they are declared in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from casework.cases.fields import FIELDS, PAGE_TITLES, PURPOSES, Field, Only, Per, Section
from casework.consent.recipients import CODE_OF_SECTION, section_label

HEAD = """# Fields

Made from `casework/cases/fields.py` by `python -m casework.cases.fields_page`; do not edit it here.
A section is sealed as one box with its own key, and a person shares section by section. Beyond the
consents, only fields marked **required** must be answered at the intake; a person may refuse every
other question. What a value looks like in its box is written in the docstring of `fields.py`.
Sexual orientation and gender identity are never asked.
"""
COLUMNS = """| field | repeated per | kind | choices | asked on | purpose | |
|---|---|---|---|---|---|---|"""
_ONLY = {Only.GBV: "violence only", Only.CHILD: "children only"}


def page() -> str:
    """The whole text of `docs/fields.md`."""
    return "\n".join([HEAD, *(_part(section) for section in Section if section in CODE_OF_SECTION)])


def _part(section: Section) -> str:
    rows = [_row(declared) for declared in FIELDS if declared.section == section]
    return "\n".join([f"## {section_label(section, 'en')} (`{section}`)", "", COLUMNS, *rows, ""])


def _row(declared: Field) -> str:
    cells = (
        f"`{declared.name}` {declared.label}",
        _per(declared.per),
        str(declared.kind) + (", approximate" if declared.approximate else ""),
        f"`{declared.codes}`" if declared.codes else "",
        str(PAGE_TITLES[declared.page]) if declared.page else "the case",
        str(PURPOSES[declared.purpose]),
        ", ".join(_marks(declared)),
    )
    return f"| {' | '.join(cells)} |"


def _per(per: Per) -> str:
    return str(per) if per in (Per.CASE, Per.BENEFICIARY, Per.GRIEVANCE) else f"entry: {per}"


def _marks(declared: Field) -> Iterator[str]:
    if declared.required:
        yield "**required**"
    if declared.only in _ONLY:
        yield _ONLY[declared.only]
    if declared.restricted:
        yield "restricted"


if __name__ == "__main__":
    sys.stdout.write(page())
