"""Whether answers may be sealed: the last check before a box, whoever sent them.

Forms check what a person types and say it kindly; this says, for a form, an offline draft or an
import alike, which declared field a value breaks and how.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from casework.cases.ages import BANDS, UNKNOWN, is_possible
from casework.cases.field_kinds import Field, Kind

MOST = 100_000_000
EARLIEST = 1900
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
_ABOUT = re.compile(r"^\d{4}(-\d\d)?$")


def cleaned(fields: Iterable[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to these fields only, text trimmed and composed (NFC), empty ones left out."""
    kept = {declared.name: _tidy(answers.get(declared.name)) for declared in fields}
    return {name: answer for name, answer in kept.items() if answer not in (None, "", [], {})}


def _tidy(answer: Any) -> Any:
    return unicodedata.normalize("NFC", answer).strip() if isinstance(answer, str) else answer


def problems(fields: Iterable[Field], answers: Mapping[str, Any], today: date) -> dict[str, str]:
    """Field name → what is wrong: 'missing', 'unknown_code', 'too_long', 'unreadable' or
    'impossible'. Dates of what happened lie in the past; only `next_on` may lie ahead."""
    found = {}
    for declared in fields:
        answer = answers.get(declared.name)
        if answer in (None, "", [], {}):
            if declared.required:
                found[declared.name] = "missing"
        elif wrong := problem(declared, answer, today):
            found[declared.name] = wrong
    return found


def problem(declared: Field, answer: Any, today: date) -> str | None:
    """What is wrong with one given answer, or None."""
    return _CHECKS[declared.kind](declared, answer, today)


def _text(declared: Field, answer: Any, _today: date) -> str | None:
    if not isinstance(answer, str) or "\x00" in answer or "\ufffd" in answer:
        return "unreadable"
    return "too_long" if len(answer) > declared.max_length else None


def _number(_declared: Field, answer: Any, _today: date) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, int):
        return "unreadable"
    return None if 0 <= answer <= MOST else "impossible"


def _choice(declared: Field, answer: Any, _today: date) -> str | None:
    return None if answer in declared.known_codes() else "unknown_code"


def _choices(declared: Field, answer: Any, today: date) -> str | None:
    if _ids(declared, answer, today) or len(answer) != len(set(answer)):
        return "unreadable"
    return None if set(answer) <= set(declared.known_codes()) else "unknown_code"


def _yes_no(_declared: Field, answer: Any, _today: date) -> str | None:
    return None if isinstance(answer, bool) else "unreadable"


def _date(declared: Field, answer: Any, today: date) -> str | None:
    text = str(answer)
    if not (_DAY.match(text) or (declared.approximate and _ABOUT.match(text))):
        return "unreadable"
    first = _day_of(text)
    if first is None or first.year < EARLIEST:
        return "impossible"
    return "impossible" if first > today and declared.name != "next_on" else None


def _day_of(text: str) -> date | None:
    """The first day that the text can mean; None for a day that no calendar has."""
    try:
        return date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return None


def _age(_declared: Field, answer: Any, today: date) -> str | None:
    if not isinstance(answer, dict) or len(_AGE_WAYS & answer.keys()) != 1:
        return "unreadable"
    if "band" in answer:
        return None if answer["band"] in (*BANDS, UNKNOWN) else "unknown_code"
    try:
        return None if is_possible(answer, today) and _told(answer) else "impossible"
    except (KeyError, TypeError, ValueError):
        return "unreadable"


def _told(answer: Mapping[str, Any]) -> bool:
    """An age in years means nothing without the day on which it was told."""
    return "years" not in answer or bool(date.fromisoformat(answer["as_of"]))


def _ids(_declared: Field, answer: Any, _today: date) -> str | None:
    fine = isinstance(answer, list) and all(isinstance(each, str) for each in answer)
    return None if fine else "unreadable"


def _id(_declared: Field, answer: Any, _today: date) -> str | None:
    return None if isinstance(answer, str) else "unreadable"


_AGE_WAYS = frozenset({"years", "birth_year", "birth_on", "band"})
_CHECKS: dict[Kind, Callable[[Field, Any, date], str | None]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.PHONE: _text,
    Kind.NUMBER: _number,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
    Kind.DATE: _date,
    Kind.APPROXIMATE_AGE: _age,
    Kind.BENEFICIARIES: _ids,
    Kind.GRIEVANCE: _id,
}
