"""The body of an entry: checked against the vocabulary, then written as canonical JSON.

Canonical: one line of ASCII, keys sorted, no spaces, numbers whole. The same values with the same
salt always give the same bytes.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

from casework.audit.vocabulary import ACTIONS, TO_THE_MINUTE, Kind

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

SALT_BYTES = 16
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_WORD = re.compile(rf"(?=.{{1,64}}$)[A-Za-z0-9]{{1,24}}(?:[_.:-][A-Za-z0-9]{{1,24}})*|x:{_UUID}")
_LONG_NUMBER = re.compile(r"(?:[0-9][_.:-]?){7}")
_PERIOD = re.compile(r"[0-9]{4}(-Q[1-4]|-[01][0-9])?")
_HEX = re.compile(r"[0-9a-f]{64}")
_BOX = re.compile(
    rf"section:[a-z]{{1,20}}|section:x:{_UUID}|(?:entry|consent|attachment):{_UUID}"
    rf"|access:{_UUID}:{_UUID}"
)


def round_down(action: str, moment: datetime) -> datetime:
    """The moment as precisely as the act needs it: to the minute or, for most acts, to the hour."""
    finest = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return finest if action in TO_THE_MINUTE else finest.replace(minute=0)


def hour_of(moment: datetime) -> int:
    """Whole hours since the beginning of 1970, UTC."""
    return int(moment.timestamp() // 3600)


def compose(
    action: str, actor: UUID | None, at: datetime, values: Mapping[str, object]
) -> dict[str, Json]:
    """The body as JSON values, salted with 16 fresh bytes.

    Raises ValueError for an unknown action, a missing or foreign key, or a value not of its kind;
    the message names action and key, never the value.
    """
    return {
        **_checked(action, values),
        "action": action,
        "actor": None if actor is None else _id(actor),
        "at": round_down(action, at).isoformat()[:16] + "Z",
        "salt": secrets.token_hex(SALT_BYTES),
    }


def canonical(value: Json) -> bytes:
    """The one way these JSON values are written: ASCII, sorted keys, no spaces, no line end."""
    return _WRITER.encode(value).encode("ascii")


def _checked(action: str, values: Mapping[str, object]) -> dict[str, Json]:
    keys = ACTIONS.get(action)
    if keys is None:
        raise ValueError(f"the vocabulary has no action {action!r}")
    if wrong := values.keys() ^ keys.keys():
        raise ValueError(f"{action}: missing or foreign keys {sorted(wrong)}")
    return {key: _value(action, key, kind, values[key]) for key, kind in keys.items()}


def _value(action: str, key: str, kind: Kind, value: object) -> Json:
    try:
        return _CHECKS[kind](value)
    except (TypeError, ValueError, AttributeError):
        raise ValueError(f"{action}: {key} is not a {kind.name}") from None


def _id(value: object) -> str:
    if not isinstance(value, UUID):
        raise TypeError
    return str(value)


def _code(value: object) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise ValueError
    if _LONG_NUMBER.search(value) and not value.startswith("x:"):
        raise ValueError
    return str.__str__(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _period(value: object) -> str:
    return _matching(_PERIOD, value)


def _digest(value: object) -> str:
    return _matching(_HEX, value.hex() if isinstance(value, bytes) else value)


def _boxes(value: object) -> dict[str, Json]:
    if not isinstance(value, Mapping):
        raise TypeError
    return {_matching(_BOX, name): _digest(digest) for name, digest in value.items()}


def _ranges(value: object) -> list[Json]:
    return [[_count(first), _count(last)] for first, last in _listed(value)]


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError
    return value


def _listed(value: object) -> Sequence[Sequence[object]]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return value


def _many(check: Callable[[object], Json]) -> Callable[[object], Json]:
    """Lists keep their order; sets are sorted, so that their order says nothing."""

    def each(value: object) -> Json:
        if isinstance(value, set | frozenset):
            return sorted(str(check(one)) for one in value)
        return [check(one) for one in _listed(value)]

    return each


def _maybe(check: Callable[[object], Json]) -> Callable[[object], Json]:
    return lambda value: None if value is None else check(value)


_CHECKS: dict[Kind, Callable[[object], Json]] = {
    Kind.ID: _id,
    Kind.IDS: _many(_id),
    Kind.MAYBE_ID: _maybe(_id),
    Kind.CODE: _code,
    Kind.CODES: _many(_code),
    Kind.MAYBE_CODE: _maybe(_code),
    Kind.COUNT: _count,
    Kind.FLAG: _flag,
    Kind.PERIOD: _period,
    Kind.MAYBE_PERIOD: _maybe(_period),
    Kind.DIGEST: _digest,
    Kind.BOXES: _boxes,
    Kind.RANGES: _ranges,
}
