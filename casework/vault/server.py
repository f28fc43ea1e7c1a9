"""Values under the server's own key: kept from a stolen copy, not from whoever holds the server."""

from __future__ import annotations

from collections.abc import Mapping

from casework.vault.context import Part, ctx
from casework.vault.documents import pack, unpack
from casework.vault.primitives import kdf, open_box, seal


def seal_under(server_key: bytes, purpose: str, *ids: Part, value: Mapping[str, object]) -> bytes:
    """A JSON object (staff contacts, held form values) bound to its purpose and its row's ids."""
    return seal(kdf(server_key, "server", purpose), pack(value), ctx("server", purpose, *ids))


def open_under(server_key: bytes, purpose: str, *ids: Part, box: bytes) -> dict[str, object]:
    """The JSON object sealed for this purpose and these ids; raises `SealBroken`."""
    return unpack(open_box(kdf(server_key, "server", purpose), box, ctx("server", purpose, *ids)))
