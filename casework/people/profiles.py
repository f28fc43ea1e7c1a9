"""Names and telephones of staff, sealed under the server key: readable by the server, not in a
dump."""

from __future__ import annotations

from uuid import UUID

from casework.vault.errors import SealBroken
from casework.vault.server import open_under, seal_under


def seal_profile(server_key: bytes, user_id: UUID, name: str, phone: str = "") -> bytes:
    """One box holding what colleagues call the person and the number she answers."""
    return seal_under(server_key, "staff", user_id, value={"name": name, "phone": phone})


def open_profile(server_key: bytes, user_id: UUID, box: bytes | None) -> dict[str, str]:
    """Name and telephone of one member of staff; empty strings where nothing was given, or where
    the box was made for somebody else: colleagues then see her handle."""
    try:
        value = open_under(server_key, "staff", user_id, box=box or b"")
    except SealBroken:
        value = {}
    return {"name": str(value.get("name", "")), "phone": str(value.get("phone", ""))}
