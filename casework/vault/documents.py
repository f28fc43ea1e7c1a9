"""JSON values as padded bytes and back: what stands inside nearly every box."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from casework.vault.context import pad, unpad
from casework.vault.errors import SealBroken
from casework.vault.primitives import KEY_BYTES

_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_load = json.JSONDecoder().decode


def write(value: Mapping[str, object]) -> bytes:
    """The UTF-8 of one JSON object; raises `TypeError` or `ValueError` if it is not one."""
    return _dump(value).encode()


def read(written: bytes) -> dict[str, object]:
    """The JSON object that `write` was given; raises `SealBroken` on anything else."""
    try:
        value = _load(written.decode())
    except ValueError:
        raise SealBroken("the box holds no document") from None
    return as_object(value)


def pack(value: Mapping[str, object]) -> bytes:
    """The padded UTF-8 of one JSON object; raises `TypeError` or `ValueError` if it is not one."""
    return pad(write(value))


def unpack(padded: bytes) -> dict[str, object]:
    """The JSON object that `pack` was given; raises `SealBroken` on anything else."""
    return read(unpad(padded))


def as_object(value: object) -> dict[str, object]:
    """The value as a JSON object; raises `SealBroken` when it is something else."""
    if not isinstance(value, dict):
        raise SealBroken("the box holds another document")
    return value


def as_list(value: object) -> list[object]:
    """The value as a JSON array; raises `SealBroken` when it is something else."""
    if not isinstance(value, list):
        raise SealBroken("the box holds another document")
    return value


def as_text(value: object) -> str:
    """The value as text; raises `SealBroken` when it is something else."""
    if not isinstance(value, str):
        raise SealBroken("the box holds another document")
    return value


def as_number(value: object) -> int:
    """The value as an integer; raises `SealBroken` when it is something else."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise SealBroken("the box holds another document")
    return value


def as_bytes(value: object) -> bytes:
    """The bytes a hexadecimal text stands for; raises `SealBroken` when it is something else."""
    try:
        return bytes.fromhex(as_text(value))
    except ValueError:
        raise SealBroken("the box holds another document") from None


def as_key(value: object) -> bytes:
    """The 32-byte key a hexadecimal text stands for; raises `SealBroken` otherwise."""
    key = as_bytes(value)
    if len(key) != KEY_BYTES:
        raise SealBroken("the box holds another document")
    return key


def as_uuid(value: object) -> UUID:
    """The id a text stands for; raises `SealBroken` when it is something else."""
    try:
        return UUID(as_text(value))
    except ValueError:
        raise SealBroken("the box holds another document") from None
